"""Families, people and cases."""
