"""The app's place in the house."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Families, people and cases."""

    name = "cases"
    label = "cases"
