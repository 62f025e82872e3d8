"""The app's place in the house."""

from django.apps import AppConfig


class FormdefsConfig(AppConfig):
    """Versioned form definitions: forms as data."""

    name = "foundation.formdefs"
    label = "formdefs"
