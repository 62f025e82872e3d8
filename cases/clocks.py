"""The clocks of cases as pages show them: asked once for a page, however many pieces of it want to know (CLK-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from cases.models import Case
from foundation.deadlines import queries as deadlines
from foundation.deadlines.enums import OPEN, DeadlineState
from foundation.deadlines.models import Deadline
from foundation.deadlines.words import ClockLine, line_of
from foundation.partnership.enums import ClockKind
from foundation.tenancy.models import Partnership

_KNOWN, _BESIDE = "known_open_clocks", "open_clocks"
# What a clock's line is made of.
_SHOWN = ("id", "kind", "state", "due_at", "paused_at")


@dataclass(frozen=True, slots=True)
class Clocks:
    """A case's clocks in lines: the open ones, the ended ones, and those that only the figures count."""

    open: list[ClockLine]
    ended: list[ClockLine]
    for_figures: list[ClockLine]

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.open or self.ended or self.for_figures)


def with_open(cases: QuerySet[Case]) -> QuerySet[Case]:
    """These cases, each with its open clocks in the same query: what asks for them later asks nothing."""
    found = Deadline.objects.filter(case_id=OuterRef("pk"), state__in=OPEN, for_figures=False)
    shown = found.values(shown=JSONObject(**{name: name for name in _SHOWN}))
    return cases.annotate(**{_BESIDE: ArraySubquery(shown)})


def open_of(cases: Sequence[Case]) -> dict[UUID, list[Deadline]]:
    """The open clocks of each of these cases, which the reader sees: the next first, what stands still last.

    Looked up once for these `case` objects.
    """
    for case in cases:
        if hasattr(case, _BESIDE) and not hasattr(case, _KNOWN):
            _remember([case], [_as_kept(case, row) for row in getattr(case, _BESIDE)])
    unknown = {case.pk: case for case in cases if not hasattr(case, _KNOWN)}
    if unknown:
        _remember(unknown.values(), deadlines.of_cases(unknown))
    return {case.pk: getattr(case, _KNOWN) for case in cases}


def next_line(case: Case, partnership: Partnership) -> ClockLine | None:
    """The line of the clock that comes next; None where none is open."""
    return next_lines([case], partnership)[case.pk]


def next_lines(cases: Sequence[Case], partnership: Partnership) -> dict[UUID, ClockLine | None]:
    """The same for each of several cases: one query; without a policy none, for there are no clocks."""
    if not partnership.pathway_version:
        return {case.pk: None for case in cases}
    return {key: _line(found[0], partnership) if found else None for key, found in open_of(cases).items()}


def all_of(case: Case, partnership: Partnership) -> Clocks:
    """Every clock of a case, which the reader sees, in one query; whoever asks for its open ones later asks nothing."""
    found = list(deadlines.all_of_case(case.pk))
    figures = [one for one in found if one.for_figures]
    ended = [one for one in found if not one.for_figures and not one.is_open]
    _remember([case], (one for one in found if one.is_open and not one.for_figures))
    lines = ([_line(one, partnership) for one in some] for some in (open_of([case])[case.pk], ended, figures))
    return Clocks(*lines)


def first_contact_of(case: Case, among: Sequence[Case]) -> Deadline | None:
    """The clock of first contact while it is open; `among` are the cases of the same page."""
    open_ones = open_of(among)[case.pk]
    return next((one for one in open_ones if one.kind == ClockKind.FIRST_CONTACT), None)


def met_after(case: Case, kind: ClockKind, at: dt.datetime) -> bool:
    """Whether a clock of a case was met by something later than `at`."""
    met = Deadline.objects.filter(kind=kind, subject_id=case.pk, state=DeadlineState.MET, met_at__gt=at)
    return bool(met.exists())


def _remember(cases: Iterable[Case], found: Iterable[Deadline]) -> None:
    by_case: dict[UUID | None, list[Deadline]] = {case.pk: [] for case in cases}
    for one in found:
        by_case[one.case_id].append(one)
    for case in cases:
        setattr(case, _KNOWN, sorted(by_case[case.pk], key=_soonest))


def _as_kept(case: Case, row: Mapping[str, Any]) -> Deadline:
    """A clock as its case's row brought it; for lines, never to be saved."""
    due, paused = (dt.datetime.fromisoformat(at) if at else None for at in (row["due_at"], row["paused_at"]))
    key = UUID(row["id"])
    return Deadline(pk=key, case_id=case.pk, kind=row["kind"], state=row["state"], due_at=due, paused_at=paused)


def _soonest(one: Deadline) -> tuple[bool, float]:
    """What runs comes before what stands still or cannot be worked out yet."""
    due = one.due_at.timestamp() if one.due_at else float("inf")
    return one.state != DeadlineState.RUNNING, due


def _line(one: Deadline, partnership: Partnership) -> ClockLine:
    return line_of(one, slug=partnership.slug, calendar=deadlines.calendar_for_pages(partnership))
