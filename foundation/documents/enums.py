"""The states of a stored document."""

from django.db.models import TextChoices


class DocumentState(TextChoices):
    """From asked for to there, or why not."""

    ASKED = "asked", "Waiting to be made"
    RENDERING = "rendering", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
    CANCELLED = "cancelled", "Cancelled"
