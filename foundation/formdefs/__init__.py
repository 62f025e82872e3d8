"""Versioned form definitions: forms as data."""
