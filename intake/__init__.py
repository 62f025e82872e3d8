"""Enquiries and their screening."""
