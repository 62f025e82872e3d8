"""Consent: what opens and closes a case to an agency."""
