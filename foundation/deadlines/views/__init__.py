"""Clocks on pages."""
