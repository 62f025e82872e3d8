"""What beat starts."""

from __future__ import annotations

from celery import shared_task

from foundation.audit import checkpoints
from foundation.tenancy.models import Partnership


@shared_task(name="audit.checkpoint")
def checkpoint() -> None:
    """Note where every chain stands; twice at once does no harm."""
    for partnership in Partnership.objects.order_by("pk"):
        checkpoints.take(partnership)
