"""Where the rooms above hang what they have to show of a case. Fill these in `apps.ready()`.

    from cases import panels

    panels.add("assessments/case_panel.html", context_fn, order=20)   # context_fn(actor, case, request) -> dict
    panels.next_steps.add(fn, order=10)                                # fn(actor, cases) -> {case key: NextStep}
    panels.path.add(fn, order=20)                                      # fn(cases) -> {case key: [PathStep, …]}
    panels.happenings.know(AssessmentVerb)                             # the labels of the verbs become sentences
    panels.looked_at.know("assessments.assessment", page="The assessment")     # what the access log's page says

Steps and stages are asked for many cases at once, because lists show them too. A panel's template finds the keys of
its own context at the top level, and `case`, `actor`, `partnership` and `request`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from cases import clocks, queries
from cases.models import Case
from cases.policies import check_can_record_contact
from cases.registries import NextStep, PathStep, happenings, looked_at, next_steps, panels, path
from cases.words import contact_event, contacts_in_words
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.deadlines.subjects import Subject
from foundation.ui.components import Event

__all__ = [
    "NextStep", "PathStep", "add", "happenings", "latest_panel", "looked_at", "next_steps", "opened", "panels", "path",
]  # fmt: skip

add = panels.add


def opened(cases: Sequence[Case]) -> Mapping[UUID, list[PathStep]]:
    """The first stage of every family's path: the case was opened."""
    return {case.pk: [PathStep("Case opened", case.opened_at.astimezone(clock.LONDON).date())] for case in cases}


def latest_panel(actor: Actor, case: Case, request: HttpRequest) -> dict[str, Any]:
    """What was done last in the case, as lines of a timeline; the same done again and again by one person is one."""
    latest = queries.latest_happenings(actor, case)
    runs = [list(run) for _, run in groupby(latest, key=lambda one: (one.words, one.who, one.agency))]
    return {"events": [_event(run[0], again=len(run) > 1) for run in runs]}


def contact_the_family(actor: Actor, cases: Sequence[Case]) -> Mapping[UUID, NextStep]:
    """While first contact is still to be sought, the lead's agency turns to the family before anything else."""
    waiting = [
        case for case in cases if case.lead_agency_id == actor.agency_id and clocks.first_contact_of(case, cases)
    ]
    if not waiting:
        return {}
    slug = cases[0].partnership.slug
    words, workable = "Contact the family, and record that you did.", queries.workable_among(actor, waiting)
    return {key: NextStep(words, "Record contact", contact_url(slug, key)) for key in workable}


def contact_url(slug: str, case_id: UUID) -> str:
    """The page on which contact is recorded."""
    return reverse("cases:contact", kwargs={"partnership": slug, "case_id": case_id})


def contacts_panel(actor: Actor, case: Case, request: HttpRequest) -> dict[str, Any]:
    """The latest contacts with the family, how it went in a sentence; the notes for those who work on the case."""
    works = check_can_record_contact.allows(by=actor, case=case)
    found = queries.contacts_of(actor, case).order_by(*queries.LATEST_CONTACT_FIRST)
    contacts = list(found[: queries.CONTACTS_SHOWN + 1])
    return {
        "contacts": [contact_event(one, with_note=works) for one in contacts[: queries.CONTACTS_SHOWN]],
        "more": len(contacts) > queries.CONTACTS_SHOWN,
        "summary": contacts_in_words(contacts),
        "may_record": works,
    }


def told_to_all(actor: Actor, case: Case) -> Q:
    """Whoever sees a case may know who opened it, and when."""
    return Q()


def _event(happening: queries.Happening, *, again: bool = False) -> Event:
    title = happening.words[:1].upper() + happening.words[1:] + (", several times" if again else "")
    by = f"{happening.who}, {happening.agency}" if happening.agency else happening.who
    return Event(title, happening.at, by)


clock_subject = Subject(
    visible_ids=queries.visible_ids,
    workable_ids=queries.workable_ids,
    ids_of="case_id",
    describe=queries.family_names,
    url=lambda slug, case_id: reverse("cases:detail", kwargs={"partnership": slug, "case_id": case_id}),
)
"""What the clocks of a case are about (CLK-2)."""
