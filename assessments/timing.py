"""The clocks of an assessment: started, and completed, which is when it is sent for approval (CLK-1, decision 027)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from assessments.models import Assessment
from cases.services.beginning import whose_work
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.deadlines import services as deadlines
from foundation.partnership.enums import ClockKind, StartEvent

CLOCKS = (ClockKind.ASSESSMENT_STARTED, ClockKind.ASSESSMENT_COMPLETED)


def opened(by: Actor, assessment: Assessment, events: Mapping[StartEvent, dt.datetime]) -> None:
    """Those that the policy starts with the enquiry, the decision, the consent or the case."""
    case = assessment.case
    deadlines.start_clocks(
        by=by, kinds=CLOCKS, subject=assessment, events=events, reference=case.reference, whose=whose_work(case),
        case_id=case.pk,
    )  # fmt: skip


def started(by: Actor, assessment: Assessment) -> None:
    """The first words are saved; from here some policies count the time until it is completed."""
    deadlines.meet_clock(by=by, kind=ClockKind.ASSESSMENT_STARTED, subject_id=assessment.pk)
    opened(by, assessment, {StartEvent.ASSESSMENT_STARTED: clock.now()})


def completed(by: Actor, assessment: Assessment) -> None:
    """It is written, the family agrees, and it is with the manager, whose time is not counted against its author."""
    deadlines.meet_clock(
        by=by, kind=ClockKind.ASSESSMENT_COMPLETED, subject_id=assessment.pk, at=assessment.submitted_at
    )


def not_completed(by: Actor, assessment: Assessment) -> None:
    """The manager returned it: it was not complete after all."""
    deadlines.set_going_again(by=by, kind=ClockKind.ASSESSMENT_COMPLETED, subject_id=assessment.pk)
