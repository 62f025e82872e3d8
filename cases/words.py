"""How people of a case are told in a word or two."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from cases import clocks
from cases.disclosure import Disclosure
from cases.enums import BirthDateKind, CaseState, ContactResult, Part
from cases.models import Case, Contact, Person
from cases.registries import PathStep
from foundation.common import clock
from foundation.common.text import age_in_words
from foundation.tenancy.models import Partnership
from foundation.ui.components import Event, NameBar
from foundation.ui.templatetags.early_help import day

CHILDREN = {Part.CHILD, Part.UNBORN}


def age_of(person: Person) -> str:
    """Somebody's age today, as sure as their date of birth is: "7 years", "about 7 years", "due 3 May 2027" (FAM-1)."""
    if person.born_on is None:
        return "age not known"
    if person.born_kind == BirthDateKind.EXPECTED:
        return f"due {person.born_on.day} {person.born_on:%B %Y}"
    age = age_in_words(person.born_on, clock.today())
    return f"about {age}" if person.born_kind == BirthDateKind.ESTIMATED else age


def name_of(person: Person) -> str:
    """A person's name; a baby who has none yet is "Baby" with the family's."""
    return str(person) if person.given_name else f"Baby {person.family_name}"


def level_of(case: Case, partnership: Partnership) -> str:
    """A case's level of need with the partnership's word for it: "2: Targeted early help"."""
    return f"{case.level}: {partnership.level_words(case.level)}"


def name_bar_of(case: Case, partnership: Partnership) -> NameBar:
    """The bar that stands on every page inside a case (its family, lead and lead's agency are fetched).

    The case's open clocks are asked for in one query, unless they are known already.
    """
    return NameBar(
        family_name=case.family.name,
        reference=case.reference,
        level=level_of(case, partnership),
        lead=f"{case.lead.full_name}, {case.lead_agency.name}",
        url=reverse("cases:detail", args=[partnership.slug, case.pk]),
        marks=() if case.state == CaseState.OPEN else (CaseState(case.state).label,),
        clock=clocks.next_line(case, partnership),
    )


def children_of(disclosure: Disclosure) -> str:
    """The ages of a family's children whom the reader may know about: "8 years, about 4 years"."""
    ages = [age_of(member.person) for member in disclosure.people() if member.part in CHILDREN]
    return ", ".join(ages) or ("None that your agency may know of" if disclosure.left_out else "None")


def current_stage(stages: list[PathStep]) -> int:
    """The place of the first stage that is not reached yet; past the last when all are."""
    return next((place for place, stage in enumerate(stages) if stage.done_on is None), len(stages))


def where_on_path(stages: list[PathStep]) -> str:
    """The stage at which a family is now, in words; the last one where all are done."""
    place = current_stage(stages)
    return stages[place].words if place < len(stages) else (f"{stages[-1].words}, done" if stages else "")


def contacts_in_words(contacts: Sequence[Contact]) -> str:
    """Such as "Reached last on Tue 14 April 2026. Tried 2 times since then." Latest first; "" for none."""
    reached = next((one for one in contacts if one.result == ContactResult.REACHED), None)
    since = contacts[: contacts.index(reached)] if reached else contacts
    tried = f"{len(since)} time{'' if len(since) == 1 else 's'}"
    if reached is None:
        return f"Tried {tried}, not reached yet." if contacts else ""
    return f"Reached last on {day(reached.at)}." + (f" Tried {tried} since then." if since else "")


def contact_event(one: Contact, *, with_note: bool) -> Event:
    """A contact as a line of a timeline."""
    title = f"{one.get_how_display()}: {one.get_result_display().lower()}"
    return Event(title, one.at, f"{one.made_by.full_name}, {one.agency.name}", one.note if with_note else "")
