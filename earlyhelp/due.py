"""What is late and due soon, for My work: a worker's own clocks, a manager's counts (CLK-2, REP-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from foundation.common import clock
from foundation.common.actors import Actor
from foundation.deadlines import policies, queries, subjects
from foundation.deadlines.models import Deadline
from foundation.deadlines.words import ClockLine, line_of
from foundation.partnership.enums import ClockKind
from foundation.tenancy.models import Partnership
from foundation.ui.paging import Count, bounded_count

MOST = 10
CONTACT = ("Record contact", "cases:contact", "case_id")
ASSESSMENT = ("Write the assessment", "assessments:detail", "assessment_id")
# Where that is done which meets a clock: the button's words, the page, and what the page calls the thing.
DONE_AT = {
    ClockKind.SCREENING_DECISION: ("Screen it", "intake:enquiry", "enquiry_id"),
    ClockKind.FIRST_CONTACT: CONTACT,
    ClockKind.FAMILY_ENGAGED: CONTACT,
    ClockKind.ASSESSMENT_STARTED: ASSESSMENT,
    ClockKind.ASSESSMENT_COMPLETED: ASSESSMENT,
}


@dataclass(frozen=True, slots=True)
class Due:
    """One clock of the reader's own: about whom, its line, and the button to where it is met."""

    about: str
    reference: str
    clock: ClockLine
    button: str
    url: str


@dataclass(frozen=True, slots=True)
class Team:
    """How a manager's teams stand, as far as counted, and how many ask for more time."""

    bands: queries.Bands
    asked: Count


def own(actor: Actor, partnership: Partnership, *, known: Mapping[UUID, str]) -> tuple[list[Due], bool]:
    """The hat's own running clocks, soonest first, and whether there are more.

    `known` are the families' names of cases that the page has looked up already. Without a policy there is no clock.
    """
    if not partnership.pathway_version:
        return [], False
    found = list(queries.own(actor)[: MOST + 1])
    shown = found[:MOST]
    return list(_lines(actor, shown, partnership, known)), len(found) > MOST


def of_team(actor: Actor, partnership: Partnership) -> Team | None:
    """For managers, where there is a policy; None for others."""
    if not partnership.pathway_version or not policies.check_manages_clocks.allows(by=actor):
        return None
    clocks, calendar = queries.managed_by(actor), queries.calendar_for_pages(partnership)
    asked = bounded_count(queries.extensions_to_answer(actor, clocks))
    return Team(queries.bands_of(clocks, clock.now(), calendar), asked)


def _lines(
    actor: Actor, clocks: Sequence[Deadline], partnership: Partnership, known: Mapping[UUID, str]
) -> Iterator[Due]:
    calendar = queries.calendar_for_pages(partnership)
    names = subjects.names_of(actor, [one for one in clocks if not one.case_id or one.case_id not in known])
    for one in clocks:
        about = (known.get(one.case_id) if one.case_id else None) or names.get(one.pk)
        line = line_of(one, slug=partnership.slug, calendar=calendar)
        yield Due(about or one.reference, one.reference, line, *_done_at(partnership.slug, one))


def _done_at(slug: str, one: Deadline) -> tuple[str, str]:
    if (place := DONE_AT.get(ClockKind(one.kind))) is None:
        return "Open", subjects.url_of(slug, one.subject_kind, one.subject_id)
    words, name, called = place
    return words, reverse(name, kwargs={"partnership": slug, called: one.subject_id})
