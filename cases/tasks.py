"""What beat starts. These tasks carry ids only and may run twice, or twice at once."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from cases import services
from foundation.common.actors import system
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

TURNS = 20
"""So many readings of `AT_ONCE` entries for one partnership at a time, so that a long log does not hold up others."""


@shared_task(name="cases.unusual_looks")
def find_unusual_looks() -> None:
    """Begin the sweep of each partnership's access log."""
    for partnership_id in Partnership.objects.order_by("pk").values_list("pk", flat=True):
        find_unusual_looks_in.delay(str(partnership_id))


@shared_task(name="cases.unusual_looks_in")
def find_unusual_looks_in(partnership_id: str) -> None:
    """Go through what one partnership's people have looked at since the last time, each reading in its own scope."""
    key = UUID(partnership_id)
    for _ in range(TURNS):
        with tenant_scope(key):
            read = services.find_unusual_looks(by=system(key))
        if not read:
            return
