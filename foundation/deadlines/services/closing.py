"""What ends with a clock: its reminders, its open pause, a request for more time."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from foundation.audit import services as audit
from foundation.common.actors import Actor
from foundation.deadlines import queries
from foundation.deadlines.calendar import DayNotKnown
from foundation.deadlines.enums import DeadlineState, DeadlineVerb, ExtensionState
from foundation.deadlines.models import Deadline, Extension, Pause
from foundation.deadlines.reckoning import after_pause
from foundation.deadlines.services.steps import drop_reminders
from foundation.partnership.enums import Unit


def end_what_hangs_on(by: Actor, one: Deadline, *, at: dt.datetime) -> None:
    """A clock ends, whose row the caller's service holds and saves: no more reminders, nothing left to answer.

    One that stood still is due later by as much as it did, up to the moment at which it ends.
    """
    drop_reminders(one)
    withdraw_requests(by, one)
    if one.state == DeadlineState.PAUSED:
        one.due_at = end_pause(by, one, at=at) or one.due_at


def withdraw_requests(by: Actor, one: Deadline) -> None:
    """A request for more time that nobody answered is no longer needed."""
    asked = Extension.objects.filter(deadline=one, state=ExtensionState.ASKED)
    for extension in asked.select_for_update(of=("self",)):
        extension.withdraw()
        extension.save(update_fields=["state", "decided_at"])
        audit.record(by=by, verb=DeadlineVerb.EXTENSION_WITHDRAWN, subject=extension, case_id=one.case_id)


def end_pause(by: Actor, one: Deadline, *, at: dt.datetime) -> dt.datetime | None:
    """Close the open pause of a paused clock, whose row the caller's service holds; gives back when it is due then.

    None where the bank holidays until then are not known. A moment before the pause began ends it where it began.
    """
    pause: Pause = Pause.objects.select_for_update(of=("self",)).get(deadline=one, resumed_at=None)
    pause.resumed_at, pause.resumed_by_id = max(at, pause.paused_at), by.user_id
    calendar = queries.calendar_of(queries.policy_of(one.policy_version))
    with suppress(DayNotKnown):
        pause.due_after = after_pause(
            pause.due_before,
            Unit(one.unit),
            paused_at=pause.paused_at,
            resumed_at=pause.resumed_at,
            calendar=calendar,
        )
    pause.save(update_fields=["resumed_at", "resumed_by", "due_after"])
    return pause.due_after
