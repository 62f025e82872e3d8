"""What beat and the kick start. These tasks carry ids only and may run twice, or twice at once."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from foundation.common import clock
from foundation.outbox import kick, services
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope


@shared_task(name=kick.DELIVER)
def deliver(partnership_id: str) -> None:
    """Carry out what is due in one partnership; what is left over is the next task's, so that others get a turn."""
    done = services.deliver_due(partnership_id=UUID(partnership_id))
    if done >= services.AT_MOST:
        kick.send(UUID(partnership_id))


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Find the partnerships with work that nobody was told of, or whose worker died."""
    for partnership_id in Partnership.objects.values_list("pk", flat=True):
        with tenant_scope(partnership_id):
            is_due = services.waiting(clock.now()).exists()
        if is_due:
            kick.send(partnership_id)
