"""Clocks start when the event happens that their policy names (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from foundation.accounts import queries as accounts
from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common.actors import Actor, system
from foundation.common.errors import Invalid, NotThere
from foundation.deadlines import queries
from foundation.deadlines.calendar import Calendar, DayNotKnown
from foundation.deadlines.enums import DeadlineState, DeadlineVerb
from foundation.deadlines.models import Deadline
from foundation.deadlines.reckoning import Reckoning, reckon
from foundation.deadlines.services.steps import renew_reminders, set_reminders
from foundation.deadlines.telling import NOT_WORKED_OUT
from foundation.notifications import services as notifications
from foundation.partnership import queries as partnership
from foundation.partnership.enums import ClockKind, StartEvent
from foundation.partnership.pathway import Clock, Length, Policy
from foundation.tenancy.models import TenantModel
from foundation.tenancy.scope import current_partnership_id


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
    found = {kind: limit for kind in kinds if (limit := policy.clock(kind)) and limit.start in events}
    had = set(Deadline.objects.filter(subject_id=subject.pk, kind__in=list(found)).values_list("kind", flat=True))
    about = {
        "subject_kind": subject._meta.label_lower,
        "subject_id": subject.pk,
        "case_id": case_id,
        "reference": reference,
        "owner_id": whose.owner_id,
        "agency_id": whose.agency_id,
        "team_id": whose.team_id,
    }
    wanted = [(kind, limit) for kind, limit in found.items() if kind not in had]
    return [_start(by, kind, limit, policy, events[limit.start], about) for kind, limit in wanted]


@transaction.atomic
def work_out_waiting() -> int:
    """Work out the clocks whose years are known by now, in the partnership whose scope is open; how many (CLK-1)."""
    waiting = queries.not_worked_out().select_for_update(of=("self",), skip_locked=True)
    return sum(_work_out(one) for one in waiting.order_by("pk"))


def _start(
    by: Actor, kind: ClockKind, limit: Clock, policy: Policy, at: dt.datetime, about: Mapping[str, Any]
) -> Deadline:
    calendar = queries.calendar_of(policy)
    reckoning = _reckoned(at, limit.length, calendar)
    one = Deadline(
        **about,
        kind=kind,
        state=DeadlineState.RUNNING if reckoning else DeadlineState.UNKNOWN,
        policy_version=policy.version,
        start_event=limit.start,
        started_at=at,
        count=limit.length.count,
        unit=limit.length.unit,
        for_figures=limit.for_figures,
        approval_first=limit.approval_first,
        left_out=_as_kept(reckoning),
        original_due_at=reckoning.due_at if reckoning else None,
        due_at=reckoning.due_at if reckoning else None,
    )
    one.save(force_insert=True)
    if reckoning is None:
        _record(by, DeadlineVerb.WAITS, one)
        _tell_administrators()
    else:
        set_reminders(one, limit, calendar)
        _record(by, DeadlineVerb.STARTED, one, due=one.due_at)
    return one


def _work_out(one: Deadline) -> bool:
    policy = queries.policy_of(one.policy_version)
    reckoning = _reckoned(one.started_at, one.length, queries.calendar_of(policy))
    if reckoning is None:
        return False
    one.left_out = _as_kept(reckoning)
    one.work_out(due_at=reckoning.due_at)
    one.save(update_fields=["state", "due_at", "original_due_at", "left_out"])
    renew_reminders(one)
    _record(system(current_partnership_id()), DeadlineVerb.WORKED_OUT, one, due=one.due_at)
    return True


def _reckoned(start: dt.datetime, length: Length, calendar: Calendar) -> Reckoning | None:
    try:
        return reckon(start=start, length=length, calendar=calendar)
    except DayNotKnown:
        return None


def _as_kept(reckoning: Reckoning | None) -> list[list[str]]:
    return [[day.isoformat(), name] for day, name in reckoning.left_out] if reckoning else []


def _tell_administrators() -> None:
    """Somebody has to update the installation; said once a day, however many clocks wait."""
    notifications.tell(
        to=accounts.administrators().values_list("user_id", "agency_id"),
        kind=NOT_WORKED_OUT,
        key=f"not-worked-out:{clocks.today()}",
        subject_kind="partnership",
        subject_id=current_partnership_id(),
    )


def _record(by: Actor, verb: DeadlineVerb, one: Deadline, **detail: object) -> None:
    audit.record(
        by=by, verb=verb, subject=one, case_id=one.case_id, clock=one.kind, version=one.policy_version, **detail
    )
