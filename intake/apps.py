"""The app's place in the house."""

from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Enquiries and their screening."""

    name = "intake"
    label = "intake"

    def ready(self) -> None:
        """Hang up what other rooms show of this one, and listen to them; the models are not loaded before."""
        import_module("intake.receivers")
        import_module("intake.panels").hang()
