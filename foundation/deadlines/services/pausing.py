"""A clock stands still for a reason that the policy names, and is due later by as much (CLK-4)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common import text
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.deadlines import policies, queries
from foundation.deadlines.enums import DeadlineState, DeadlineVerb
from foundation.deadlines.models import Deadline, Pause
from foundation.deadlines.services.closing import end_pause, withdraw_requests
from foundation.deadlines.services.steps import drop_reminders, renew_reminders, stands_at
from foundation.partnership import queries as partnership


@transaction.atomic
def pause_clock(*, by: Actor, deadline_id: UUID, reason: str, note: str = "") -> Pause:
    """Let a running clock stand still. Raises Invalid for a reason that the policy in force does not name."""
    one = _locked(by, deadline_id, DeadlineState.RUNNING)
    policies.check_may_pause(by=by, deadline=one)
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
    audit.record(by=by, verb=DeadlineVerb.PAUSED, subject=one, case_id=one.case_id, clock=one.kind, pause=pause.pk)
    return pause


@transaction.atomic
def resume_clock(*, by: Actor, deadline_id: UUID) -> Deadline:
    """Let it go on. It is due later by the hours, or by the days of its own kind, for which it stood still.

    Raises Clash where the clock is not paused, and where its new due time cannot be worked out yet.
    """
    one = _locked(by, deadline_id, DeadlineState.PAUSED)
    policies.check_may_pause(by=by, deadline=one)
    due = end_pause(by, one, at=clocks.now())
    if due is None:
        raise Clash(
            "When this would be due is not known yet, because the bank holidays of that year are not. Leave the clock "
            "paused, and ask whoever runs this installation to update it."
        )
    one.resume(due_at=due)
    one.save(update_fields=["state", "paused_at", "due_at"])
    renew_reminders(one)
    audit.record(by=by, verb=DeadlineVerb.RESUMED, subject=one, case_id=one.case_id, clock=one.kind, due=due)
    return one


def _locked(by: Actor, deadline_id: UUID, wanted: DeadlineState) -> Deadline:
    one = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=deadline_id).first()
    if one is None:
        raise NotThere
    if one.state != wanted:
        raise Clash(
            f"This cannot be done now: the clock stands at “{stands_at(one)}”. Somebody may have been there first."
        )
    return one
