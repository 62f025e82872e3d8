"""The clocks of an enquiry: started by what happens to it, handed over with it, met by the decision (INT-8, CLK-1)."""

from __future__ import annotations

import datetime as dt

from consent.models import Consent
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.deadlines import services as deadlines
from foundation.deadlines.services.starting import Whose
from foundation.partnership.enums import ClockKind, StartEvent
from intake.models import Enquiry

CLOCKS = (ClockKind.SCREENING_DECISION, ClockKind.REFERRER_TOLD)


def start_received(by: Actor, enquiry: Enquiry) -> None:
    """Those that the policy starts when an enquiry comes: the hub's, and nobody's until one of them takes it."""
    _start(by, enquiry, StartEvent.ENQUIRY_RECEIVED, enquiry.received_at, Whose())


def hand_over(by: Actor, enquiry: Enquiry) -> None:
    """They go with the enquiry: to who has it, or back to the hub."""
    deadlines.hand_over_clocks(by=by, subject_id=enquiry.pk, whose=Whose(owner_id=enquiry.taken_by_id))


def decided(by: Actor, enquiry: Enquiry) -> None:
    """The decision is made; telling the sender is up to who made it."""
    at = enquiry.decision_at
    deadlines.meet_clock(by=by, kind=ClockKind.SCREENING_DECISION, subject_id=enquiry.pk, at=at)
    whose = Whose(owner_id=enquiry.decided_by_id)
    if enquiry.decided_by_id != enquiry.taken_by_id:
        deadlines.hand_over_clocks(by=by, subject_id=enquiry.pk, whose=whose)
    _start(by, enquiry, StartEvent.ENQUIRY_DECIDED, at, whose)


def of_the_case(enquiry: Enquiry) -> dict[StartEvent, dt.datetime]:
    """What has happened by the time that its case opens, for the clocks of the rooms beside this one."""
    moments = {
        StartEvent.ENQUIRY_RECEIVED: enquiry.received_at,
        StartEvent.ENQUIRY_DECIDED: enquiry.decided_at,
        StartEvent.CASE_OPENED: enquiry.case.opened_at if enquiry.case else None,
        StartEvent.CONSENT_GIVEN: _given_at(enquiry.consent),
    }
    return {event: at for event, at in moments.items() if at is not None}


def sender_told(by: Actor, enquiry: Enquiry, at: dt.datetime) -> None:
    """The sender knows."""
    deadlines.meet_clock(by=by, kind=ClockKind.REFERRER_TOLD, subject_id=enquiry.pk, at=at)


def sender_not_told(by: Actor, enquiry: Enquiry) -> None:
    """What had told them did not arrive after all: the clock runs on."""
    deadlines.set_going_again(by=by, kind=ClockKind.REFERRER_TOLD, subject_id=enquiry.pk)


def _given_at(consent: Consent) -> dt.datetime:
    """When the family gave it; of an earlier day than it was recorded on only the day is known."""
    day = consent.given_on
    recorded = consent.recorded_at
    known = recorded.astimezone(clock.LONDON).date() == day
    return recorded if known else dt.datetime.combine(day, dt.time.min, clock.LONDON)


def _start(by: Actor, enquiry: Enquiry, event: StartEvent, at: dt.datetime, whose: Whose) -> None:
    deadlines.start_clocks(
        by=by, kinds=CLOCKS, subject=enquiry, events={event: at}, reference=enquiry.reference, whose=whose
    )
