"""Stored documents, and the renderer that makes them."""
