"""The app's place in the house."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Enquiries and their screening."""

    name = "intake"
    label = "intake"
