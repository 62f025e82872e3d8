"""What beat starts: ids only; twice, or twice at once, does no harm (CLK-5)."""

from __future__ import annotations

from celery import shared_task

from foundation.deadlines import sweeping
from foundation.deadlines.services import work_out_waiting
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope


@shared_task(name="deadlines.sweep")
def sweep() -> None:
    """Tell every reminder that is due, partnership by partnership."""
    for partnership_id in Partnership.objects.values_list("pk", flat=True):
        sweeping.sweep_partnership(partnership_id)


@shared_task(name="deadlines.work_out")
def work_out() -> None:
    """Work out the clocks that waited for a year's bank holidays."""
    for partnership_id in Partnership.objects.values_list("pk", flat=True):
        with tenant_scope(partnership_id):
            work_out_waiting()
