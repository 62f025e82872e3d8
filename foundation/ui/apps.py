"""The app's place in the house."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The pages' shell: components, base views, error pages."""

    name = "foundation.ui"
    label = "ui"
