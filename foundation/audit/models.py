"""Placeholder until the audit room is built."""
