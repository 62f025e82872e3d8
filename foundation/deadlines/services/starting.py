"""Clocks start when the event happens that their policy names (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from foundation.accounts import queries as accounts
from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common.actors import Actor, system
from foundation.common.errors import Invalid, NotThere
from foundation.deadlines import queries
from foundation.deadlines.calendar import DayNotKnown
from foundation.deadlines.enums import DeadlineState, DeadlineVerb
from foundation.deadlines.models import Deadline
from foundation.deadlines.reckoning import reckon
from foundation.deadlines.services.steps import set_reminders
from foundation.deadlines.telling import NOT_WORKED_OUT
from foundation.notifications import services as notifications
from foundation.partnership import queries as partnership
from foundation.partnership.enums import ClockKind, StartEvent
from foundation.partnership.pathway import Clock, Policy
from foundation.tenancy.models import TenantModel
from foundation.tenancy.scope import current_partnership_id

_KEPT = (
    "kind", "subject_kind", "subject_id", "case_id", "reference", "owner_id", "agency_id", "team_id", "policy_version",
    "start_event", "started_at", "count", "unit", "for_figures", "approval_first",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Whose:
    """Who does the work that a clock measures; without an agency it is the hub's."""

    owner_id: int | None = None
    agency_id: UUID | None = None
    team_id: UUID | None = None


@transaction.atomic
def start_clocks(
    *,
    by: Actor,
    kinds: Iterable[ClockKind],
    subject: TenantModel,
    events: Mapping[StartEvent, dt.datetime],
    reference: str,
    whose: Whose,
    case_id: UUID | None = None,
) -> list[Deadline]:
    """Start those of these clocks whose policy names one of the events; gives back the new ones.

    The caller's service has asked its policy. A kind without a limit here has no clock, and one that the subject has
    had already is not started twice. A clock whose end cannot be worked out, because its years' bank holidays are not
    known, waits, and the administrators are told: nothing is guessed, and no work is held up. Raises Invalid for an
    event that has not happened yet.
    """
    if any(at > clocks.now() for at in events.values()):
        raise Invalid("A clock cannot start in the future.")
    try:
        policy = partnership.current_policy()
    except NotThere:
        return []  # a partnership that has not chosen its pathway has no limits
    wanted = {kind: found for kind in kinds if (found := policy.clock(kind)) and found.start in events}
    had = Deadline.objects.filter(subject_id=subject.pk, kind__in=list(wanted)).values_list("kind", flat=True)
    for kind in set(had) if wanted else ():
        del wanted[ClockKind(kind)]
    about = {
        "subject_kind": subject._meta.label_lower,
        "subject_id": subject.pk,
        "case_id": case_id,
        "reference": reference,
        "owner_id": whose.owner_id,
        "agency_id": whose.agency_id,
        "team_id": whose.team_id,
    }
    return [
        _start(by, Deadline(kind=kind, **about), found, policy, events[found.start]) for kind, found in wanted.items()
    ]


@transaction.atomic
def work_out_waiting() -> int:
    """Work out the clocks whose years are known by now, in the partnership whose scope is open; how many (CLK-1)."""
    waiting = Deadline.objects.filter(state=DeadlineState.UNKNOWN).select_for_update(of=("self",), skip_locked=True)
    return sum(_work_out(one) for one in waiting.order_by("pk"))


def _start(by: Actor, one: Deadline, found: Clock, policy: Policy, at: dt.datetime) -> Deadline:
    one.policy_version, one.start_event, one.started_at = policy.version, found.start, at
    one.count, one.unit = found.length.count, found.length.unit
    one.for_figures, one.approval_first = found.for_figures, found.approval_first
    calendar = queries.calendar_of(policy)
    try:
        reckoning = reckon(start=at, length=found.length, calendar=calendar)
    except DayNotKnown:
        return _wait(by, one)
    one.original_due_at = one.due_at = reckoning.due_at
    one.left_out = [[day.isoformat(), name] for day, name in reckoning.left_out]
    one.save(force_insert=True)
    set_reminders(one, found, calendar)
    _record(by, DeadlineVerb.STARTED, one, due=one.due_at)
    return one


def _wait(by: Actor, one: Deadline) -> Deadline:
    """Keep a clock whose end nobody can say yet, and tell the administrators once a day."""
    waiting = Deadline(state=DeadlineState.UNKNOWN, **{field: getattr(one, field) for field in _KEPT})
    waiting.save(force_insert=True)
    _record(by, DeadlineVerb.WAITS, waiting)
    notifications.tell(
        to=accounts.administrators().values_list("user_id", "agency_id"),
        kind=NOT_WORKED_OUT,
        key=f"not-worked-out:{clocks.today()}",
        subject_kind="partnership",
        subject_id=current_partnership_id(),
    )
    return waiting


def _work_out(one: Deadline) -> bool:
    policy = queries.policy_of(one.policy_version)
    calendar, found = queries.calendar_of(policy), policy.clock(ClockKind(one.kind))
    try:
        reckoning = reckon(start=one.started_at, length=one.length, calendar=calendar)
    except DayNotKnown:
        return False
    one.left_out = [[day.isoformat(), name] for day, name in reckoning.left_out]
    one.work_out(due_at=reckoning.due_at)
    one.save(update_fields=["state", "due_at", "original_due_at", "left_out"])
    if found is not None:
        set_reminders(one, found, calendar)
    _record(system(one.partnership_id), DeadlineVerb.WORKED_OUT, one, due=one.due_at)
    return True


def _record(by: Actor, verb: DeadlineVerb, one: Deadline, **detail: object) -> None:
    audit.record(
        by=by, verb=verb, subject=one, case_id=one.case_id, clock=one.kind, version=one.policy_version, **detail
    )
