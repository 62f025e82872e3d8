"""A case begins: what is known of its enquiry is kept, and the clocks of reaching the family start (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from cases.models import Case
from foundation.common.actors import Actor
from foundation.deadlines import services as deadlines
from foundation.deadlines.services.starting import Whose
from foundation.partnership.enums import ClockKind, StartEvent

CLOCKS = (ClockKind.FIRST_CONTACT, ClockKind.FAMILY_ENGAGED)


@transaction.atomic
def begin_case(*, by: Actor, case: Case, events: Mapping[StartEvent, dt.datetime]) -> None:
    """Keep when the enquiry came, and start those clocks of the case whose policy names one of the events.

    Called in the transaction that opened the case, whose service has asked its policy.
    """
    case.enquired_at = events.get(StartEvent.ENQUIRY_RECEIVED)
    if case.enquired_at is not None:
        case.save(update_fields=["enquired_at"])
    deadlines.start_clocks(
        by=by, kinds=CLOCKS, subject=case, events=events, reference=case.reference, whose=whose_work(case),
        case_id=case.pk,
    )  # fmt: skip


def whose_work(case: Case) -> Whose:
    """Who does the work that a case's clocks measure: its lead, for their agency and team."""
    return Whose(owner_id=case.lead_id, agency_id=case.lead_agency_id, team_id=case.team_id)
