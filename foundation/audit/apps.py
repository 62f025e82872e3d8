"""The app's place in the house."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, and who looked at what."""

    name = "foundation.audit"
    label = "audit"
