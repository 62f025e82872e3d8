"""The app's place in the house."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Stored documents, and the renderer that makes them."""

    name = "foundation.documents"
    label = "documents"
