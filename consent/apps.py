"""The app's place in the house."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consent: what opens and closes a case to an agency."""

    name = "consent"
    label = "consent"
