"""A clock stands still for a reason that the policy names, and is due later by as much (CLK-4)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common import text
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.deadlines import policies, queries
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.enums import DeadlineState, DeadlineVerb
from foundation.deadlines.models import Deadline, Pause
from foundation.deadlines.reckoning import closing
from foundation.deadlines.services.closing import withdraw_requests
from foundation.deadlines.services.steps import drop_reminders, renew_reminders
from foundation.partnership import queries as partnership
from foundation.partnership.enums import Unit


@transaction.atomic
def pause_clock(*, by: Actor, deadline_id: UUID, reason: str, note: str = "") -> Pause:
    """Let a running clock stand still. Raises Invalid for a reason that the policy in force does not name."""
    one = _locked(by, deadline_id, DeadlineState.RUNNING)
    policies.check_works_on(by=by, deadline=one)
    if reason not in partnership.current_policy().pause_reasons:
        raise Invalid({"reason": "Choose why the clock stands still."})
    try:
        note = text.clean_note(note, what="What you wrote")
    except Invalid as refusal:
        raise Invalid({"note": refusal.sentence}) from None
    if one.due_at is None or one.is_late:
        raise Clash("The clock is past its due time, so it cannot be paused. Ask for more time instead.")
    pause: Pause = Pause.objects.create(
        deadline=one, reason=reason, note=note, paused_by_id=by.person, paused_at=clocks.now(), due_before=one.due_at
    )
    withdraw_requests(by, one)
    drop_reminders(one)
    one.pause()
    one.save(update_fields=["state", "paused_at"])
    audit.record(by=by, verb=DeadlineVerb.PAUSED, subject=one, case_id=one.case_id, clock=one.kind)
    return pause


@transaction.atomic
def resume_clock(*, by: Actor, deadline_id: UUID) -> Deadline:
    """Let it go on. It is due later by the hours, or by the days of its own kind, for which it stood still."""
    one = _locked(by, deadline_id, DeadlineState.PAUSED)
    policies.check_works_on(by=by, deadline=one)
    pause = Pause.objects.select_for_update(of=("self",)).get(deadline=one, resumed_at=None)
    now = clocks.now()
    due = resumed_due(one, pause, now, queries.calendar_of(queries.policy_of(one.policy_version)))
    pause.resumed_at, pause.resumed_by_id, pause.due_after = now, by.user_id, due
    pause.save(update_fields=["resumed_at", "resumed_by", "due_after"])
    one.resume(due_at=due)
    one.save(update_fields=["state", "paused_at", "due_at"])
    renew_reminders(one)
    audit.record(by=by, verb=DeadlineVerb.RESUMED, subject=one, case_id=one.case_id, clock=one.kind, due=due)
    return one


def resumed_due(one: Deadline, pause: Pause, now: dt.datetime, calendar: Calendar) -> dt.datetime:
    """When a clock is due that stood still since `pause.paused_at`.

    Hours are added as they passed. Otherwise days: working days to a clock of working days, calendar days to others.
    """
    if one.unit == Unit.HOURS:
        return pause.due_before + (now - pause.paused_at)
    since, until = (moment.astimezone(clocks.LONDON).date() for moment in (pause.paused_at, now))
    due = pause.due_before.astimezone(clocks.LONDON).date()
    if one.unit == Unit.WORKING_DAYS:
        days = calendar.working_days_between(since, until)
        return closing(calendar.working_day(days, due), calendar) if days else pause.due_before
    return closing(due + (until - since), calendar) if until > since else pause.due_before


def _locked(by: Actor, deadline_id: UUID, wanted: DeadlineState) -> Deadline:
    one = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=deadline_id).first()
    if one is None:
        raise NotThere
    if one.state != wanted:
        stands = DeadlineState(one.state).label.lower()
        raise Clash(f"This cannot be done now: the clock stands at “{stands}”. Somebody may have been there first.")
    return one
