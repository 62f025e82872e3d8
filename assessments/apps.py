"""The app's place in the house."""

from importlib import import_module

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Early Help Assessments, from draft to approval."""

    name = "assessments"
    label = "assessments"

    def ready(self) -> None:
        """Hang on what is below: its models are only there now, so this cannot be imported above."""
        import_module("assessments.receivers")
        import_module("assessments.panels").hang()
