"""The app's place in the house."""

from importlib import import_module

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Stored documents, and the renderer that makes them."""

    name = "foundation.documents"
    label = "documents"

    def ready(self) -> None:
        """What the outbox carries for this room is registered wherever messages are carried out."""
        import_module("foundation.documents.tasks")
