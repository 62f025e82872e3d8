"""Reading clocks: who sees which, which are late, which come next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import NotThere
from foundation.deadlines import subjects
from foundation.deadlines.calendar import Calendar, DayNotKnown
from foundation.deadlines.enums import OPEN, DeadlineState, ExtensionState
from foundation.deadlines.models import Deadline, Extension, Reminder
from foundation.partnership import queries as partnership
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.pathway import Policy
from foundation.tenancy.models import Partnership
from foundation.ui.paging import PAGE, Count

BY_DUE = ("due_at", "id")
SOON = 5
"""How many working days ahead a manager's list looks."""
COUNTED = 1_000


def visible_to(actor: Actor) -> QuerySet[Deadline]:
    """Clocks about something that the actor may see; nothing else decides it."""
    found: QuerySet[Deadline] = Deadline.objects.filter(subjects.seen_by(actor))
    return found


def deadline_for(actor: Actor, deadline_id: UUID) -> Deadline:
    """One clock, if the actor may see what it is about; NotThere otherwise."""
    found = visible_to(actor).select_related("owner", "agency", "team").filter(pk=deadline_id).first()
    if found is None:
        raise NotThere
    return found


def working(actor: Actor) -> QuerySet[Deadline]:
    """The running clocks that somebody is reminded of and the actor may see."""
    return visible_to(actor).filter(state=DeadlineState.RUNNING, for_figures=False)


def own(actor: Actor) -> QuerySet[Deadline]:
    """The running clocks of what the actor does for this agency, soonest first: what My work begins with."""
    found = working(actor).filter(owner_id=actor.user_id)
    return found.filter(Q(agency_id=actor.agency_id) | Q(agency=None)).order_by(*BY_DUE)


def managed_by(actor: Actor) -> QuerySet[Deadline]:
    """The running clocks of a manager's teams; of a hub manager, the hub's. To be paged in the order `BY_DUE`.

    Only those about what the manager may see: a restricted case is in nobody's list of what is late.
    """
    mine = Q(pk__in=[])
    if actor.has(Role.MANAGER):
        mine |= Q(agency_id=actor.agency_id)
        if actor.team_ids:
            mine &= Q(team_id__in=list(actor.team_ids)) | Q(team=None)
    if actor.has(Role.HUB_MANAGER):
        mine |= Q(agency=None)
    return working(actor).filter(mine).select_related("owner", "team")


def late(clocks: QuerySet[Deadline], now: dt.datetime) -> QuerySet[Deadline]:
    """Of these clocks those past their due time."""
    return clocks.filter(due_at__lt=now)


def due_today(clocks: QuerySet[Deadline], now: dt.datetime) -> QuerySet[Deadline]:
    """Of these clocks those due before midnight."""
    return clocks.filter(due_at__gte=now, due_at__lt=_midnight_after(_day(now)))


def due_soon(clocks: QuerySet[Deadline], now: dt.datetime, calendar: Calendar) -> QuerySet[Deadline]:
    """Of these clocks those due from tomorrow to the end of the fifth working day."""
    return clocks.filter(due_at__gte=_midnight_after(_day(now)), due_at__lt=_end_of_soon(now, calendar))


def in_band(band: str, clocks: QuerySet[Deadline], now: dt.datetime, calendar: Calendar) -> QuerySet[Deadline]:
    """Of these clocks those of one band: "late", "today" or "soon"."""
    if band == "late":
        return late(clocks, now)
    return due_today(clocks, now) if band == "today" else due_soon(clocks, now, calendar)


@dataclass(frozen=True, slots=True)
class Bands:
    """How many clocks are late now, due today and due soon; `more` says that counting stopped at its limit.

    `first` names those that each band begins with, as many as show a page of it and whether there is a next one.
    """

    late: int
    today: int
    soon: int
    more: bool = False
    first: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False)

    @property
    def counts(self) -> dict[str, Count]:
        """Each band with its count. Those due first were counted first: a band that counting ended in has more."""
        number = {"late": self.late, "today": self.today, "soon": self.soon}
        after = {"late": self.today + self.soon, "today": self.soon, "soon": 0}
        return {band: Count(found, more=self.more and not after[band]) for band, found in number.items()}

    def opening(self, band: str) -> QuerySet[Deadline] | None:
        """What the first page of a band is taken from, already found; None where counting stopped short of it."""
        ids = self.first[band]
        if len(ids) <= PAGE and self.counts[band].more:
            return None
        found: QuerySet[Deadline] = Deadline.objects.filter(pk__in=ids).select_related("owner", "team")
        return found


def bands_of(clocks: QuerySet[Deadline], now: dt.datetime, calendar: Calendar) -> Bands:
    """The three counts at once, in one query that reads at most `COUNTED` clocks, those due first."""
    ahead = clocks.filter(due_at__lt=_end_of_soon(now, calendar)).select_related(None).order_by(*BY_DUE)
    # As text a key costs nothing to read, and a few of a thousand are looked at.
    read: list[Any] = list(ahead.values_list("due_at", Cast("pk", TextField()))[: COUNTED + 1])
    midnight = _midnight_after(_day(now))
    found: dict[str, list[str]] = {"late": [], "today": [], "soon": []}
    for due_at, key in read[:COUNTED]:
        found["late" if due_at < now else "today" if due_at < midnight else "soon"].append(key)
    number = {band: len(keys) for band, keys in found.items()}
    return Bands(**number, more=len(read) > COUNTED, first={band: keys[: PAGE + 1] for band, keys in found.items()})


def of_subjects(ids: Iterable[UUID]) -> QuerySet[Deadline]:
    """The open clocks of things that the caller has shown to be the reader's to see, soonest first.

    Those that are only counted for the figures are left out.
    """
    found: QuerySet[Deadline] = Deadline.objects.filter(
        subject_id__in=list(ids), state__in=OPEN, for_figures=False
    ).order_by("due_at", "id")
    return found


def of_cases(case_ids: Iterable[UUID]) -> QuerySet[Deadline]:
    """The open clocks of cases that the caller has shown to be the reader's to see, soonest first."""
    found: QuerySet[Deadline] = Deadline.objects.filter(
        case_id__in=list(case_ids), state__in=OPEN, for_figures=False
    ).order_by("due_at", "id")
    return found


def all_of_case(case_id: UUID) -> QuerySet[Deadline]:
    """Every clock of a case, ended ones and those for the figures too, oldest start first."""
    found: QuerySet[Deadline] = Deadline.objects.filter(case_id=case_id).order_by("started_at", "id")
    return found


def open_of(kind: str, subject_id: UUID) -> QuerySet[Deadline]:
    """The one open clock of a kind about a thing, if there is one."""
    found: QuerySet[Deadline] = Deadline.objects.filter(kind=kind, subject_id=subject_id, state__in=OPEN)
    return found


def extensions_to_answer(actor: Actor, managed: QuerySet[Deadline] | None = None) -> QuerySet[Extension]:
    """The requests for more time that the actor may answer, longest waiting first; none for the actor's own work.

    `managed` are the actor's clocks as `managed_by` finds them, if the caller has them at hand.
    """
    managed = managed_by(actor) if managed is None else managed
    others = managed.select_related(None).filter(~Q(owner_id=actor.user_id) | Q(owner=None), pk=OuterRef("deadline_id"))
    asked = Extension.objects.filter(Exists(others), state=ExtensionState.ASKED)
    found: QuerySet[Extension] = asked.exclude(asked_by_id=actor.user_id).order_by("asked_at", "id")
    return found.select_related("deadline", "asked_by")


def reminders_due(now: dt.datetime) -> QuerySet[Reminder]:
    """What the sweep has still to tell (inside a scope)."""
    found: QuerySet[Reminder] = Reminder.objects.filter(done_at=None, due_at__lte=now)
    return found


def reminders_are_due() -> bool:
    """Whether the sweep is behind: mail waits a moment then, so that each person has one digest (CLK-7)."""
    return reminders_due(clock.now()).exists()


def not_worked_out() -> QuerySet[Deadline]:
    """The clocks whose end waits for a year's bank holidays to be known (inside a scope)."""
    found: QuerySet[Deadline] = Deadline.objects.filter(state=DeadlineState.UNKNOWN)
    return found


def policy_of(version: int) -> Policy:
    """The pathway policy of one version, as a clock keeps it."""
    return partnership.policy_from(PathwayPolicy.objects.filter(version=version).first())


def calendar_of(policy: Policy) -> Calendar:
    """The working days of a policy: its closure days and office hours."""
    hours = policy.office_hours
    return Calendar(dict(policy.closure_days), hours.opens, hours.closes)


def calendar_for_pages(partnership_row: Partnership) -> Calendar:
    """The working days of the policy in force, for "2 working days left"; read once for each version."""
    return _calendar(partnership_row.pk, partnership_row.pathway_version)


@lru_cache(maxsize=256)
def _calendar(partnership_id: UUID, version: int) -> Calendar:
    return calendar_of(policy_of(version)) if version else Calendar()


def _end_of_soon(now: dt.datetime, calendar: Calendar) -> dt.datetime:
    try:
        last = calendar.working_day(SOON, _day(now))
    except DayNotKnown:  # past the last year whose bank holidays are known
        last = _day(now) + dt.timedelta(days=7)
    return _midnight_after(last)


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.LONDON).date()


def _midnight_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, clock.LONDON)
