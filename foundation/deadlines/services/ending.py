"""A clock is met, stopped, set going again or given to somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common.actors import Actor
from foundation.common.errors import Invalid
from foundation.deadlines import queries
from foundation.deadlines.enums import OPEN, CancelReason, DeadlineState, DeadlineVerb
from foundation.deadlines.models import Deadline
from foundation.deadlines.services.closing import end_what_hangs_on
from foundation.deadlines.services.starting import Whose
from foundation.deadlines.services.steps import renew_reminders
from foundation.partnership.enums import ClockKind


@transaction.atomic
def meet_clock(*, by: Actor, kind: ClockKind, subject_id: UUID, at: dt.datetime | None = None) -> Deadline | None:
    """What a clock waited for has happened, now or at a moment before. None where no such clock is open.

    Its reminders go, and a request for more time is no longer needed. Raises Invalid for a moment in the future.
    """
    now = clocks.now()
    if at is not None and at > now:
        raise Invalid("This cannot have happened in the future.")
    one = queries.open_of(kind, subject_id).select_for_update(of=("self",)).first()
    if one is None:
        return None
    end_what_hangs_on(by, one, at=at or now)
    one.meet(at=at or now)
    one.save(update_fields=["state", "met_at", "paused_at", "due_at"])
    _record(by, DeadlineVerb.MET, one, late=one.is_late)
    return one


@transaction.atomic
def set_going_again(*, by: Actor, kind: ClockKind, subject_id: UUID) -> Deadline | None:
    """What met a clock was taken back: it runs on, due when it was due. None where none was met, or one is open."""
    met = Deadline.objects.filter(kind=kind, subject_id=subject_id, state=DeadlineState.MET)
    one = met.select_for_update(of=("self",)).order_by("-met_at").first()
    if one is None or queries.open_of(kind, subject_id).exists():
        return None
    if one.due_at is None:
        one.wait_again()
        verb = DeadlineVerb.WAITS_AGAIN
    else:
        one.go_on()
        verb = DeadlineVerb.WENT_ON
    one.save(update_fields=["state", "met_at"])
    renew_reminders(one)
    _record(by, verb, one)
    return one


@transaction.atomic
def cancel_clocks(
    *, by: Actor, subject_id: UUID, reason: CancelReason, kinds: Iterable[ClockKind] | None = None
) -> list[Deadline]:
    """Stop the open clocks of a thing, or those of some kinds; gives back which."""
    found = Deadline.objects.filter(subject_id=subject_id, state__in=OPEN)
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    stopped = list(found.select_for_update(of=("self",)).order_by("pk"))
    for one in stopped:
        end_what_hangs_on(by, one, at=clocks.now())
        one.cancel(reason=reason)
        one.save(update_fields=["state", "cancelled_at", "cancel_reason", "paused_at", "due_at"])
        _record(by, DeadlineVerb.CANCELLED, one, reason=reason)
    return stopped


@transaction.atomic
def hand_over_clocks(*, by: Actor, subject_id: UUID, whose: Whose) -> list[Deadline]:
    """From now on somebody else does the work that the open clocks of a thing measure; their due times stay."""
    found = Deadline.objects.filter(subject_id=subject_id, state__in=OPEN)
    moved = list(found.select_for_update(of=("self",)).order_by("pk"))
    for one in moved:
        one.owner_id, one.agency_id, one.team_id = whose.owner_id, whose.agency_id, whose.team_id
        one.save(update_fields=["owner", "agency", "team"])
        _record(by, DeadlineVerb.HANDED_OVER, one, owner=whose.owner_id)
    return moved


def _record(by: Actor, verb: DeadlineVerb, one: Deadline, **detail: object) -> None:
    audit.record(by=by, verb=verb, subject=one, case_id=one.case_id, clock=one.kind, **detail)
