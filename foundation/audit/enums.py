"""The words of the trail."""

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """Which of the two logs a link of the chain stands for."""

    AUDIT = "audit", "Something done"
    ACCESS = "access", "Something looked at"
