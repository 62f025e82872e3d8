"""What beat starts: ids only; twice, or twice at once, does no harm (CLK-5)."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from foundation.deadlines import queries, sweeping
from foundation.deadlines.services import work_out_waiting
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope


@shared_task(name="deadlines.sweep")
def sweep() -> None:
    """Find the partnerships with reminders to tell. Each is swept by itself, so that none holds up the others."""
    for partnership_id in Partnership.objects.order_by("pk").values_list("pk", flat=True):
        with tenant_scope(partnership_id):
            is_due = queries.reminders_are_due()
        if is_due:
            sweep_in.delay(str(partnership_id))


@shared_task(name="deadlines.sweep_in")
def sweep_in(partnership_id: str) -> None:
    """Tell every reminder that is due in one partnership."""
    sweeping.sweep_partnership(UUID(partnership_id))


@shared_task(name="deadlines.work_out")
def work_out() -> None:
    """Find the partnerships with clocks that wait for a year's bank holidays."""
    for partnership_id in Partnership.objects.order_by("pk").values_list("pk", flat=True):
        with tenant_scope(partnership_id):
            waits = queries.not_worked_out().exists()
        if waits:
            work_out_in.delay(str(partnership_id))


@shared_task(name="deadlines.work_out_in")
def work_out_in(partnership_id: str) -> None:
    """Work out the clocks of one partnership whose years are known by now."""
    with tenant_scope(UUID(partnership_id)):
        work_out_waiting()
