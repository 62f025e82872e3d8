"""The app's place in the house."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """What must reach the outside, written in the same transaction, carried by Celery."""

    name = "foundation.outbox"
    label = "outbox"
