"""The stories: every section of the assessment passes the form that a person would fill in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict

from cases.enums import Part
from earlyhelp.demo import places, stories
from earlyhelp.demo.families import Registry
from earlyhelp.demo.roles import EVERYONE, TWO_HATS
from earlyhelp.demo.stages import PLANS, Stage
from earlyhelp.demo.stories import Tale
from earlyhelp.demo.walk import VISITS
from foundation.common import clock
from foundation.formdefs import definitions, services
from foundation.formdefs.definitions import Definition
from foundation.formdefs.forms import answers_from, initial_from, page_form
from foundation.ui.widgets import DateInput
from intake import rules
from tests.demo.conftest import NOW

WHOLE = sorted(key for key, story in stories.load().items() if story.has_assessment)
COMPLETING = {Stage.AGREED, Stage.SUBMITTED, Stage.RETURNED, Stage.APPROVED, Stage.WITHDRAWN, Stage.ENDED,
              Stage.IN_PROGRESS, Stage.NOT_COVERED}  # fmt: skip


@pytest.fixture(scope="module")
def eha() -> Definition:
    return definitions.parse(json.loads((services.LIBRARY / "eha.json").read_text(encoding="utf-8")))


def tale(key: str) -> Tale:
    """A story told in the first partnership that can."""
    place = places.load()[0]
    story = stories.load()[key]
    home = Registry(place, seed=1, today=NOW.date()).household(
        story.data["family"], peoples=story.data.get("peoples", ())
    )
    words = {name: agency.get("name", "Early Help") for name, agency in place.data["agencies"].items()}
    workers = {f"worker_{name}": person for name, person in place.data["people"].items()}
    return Tale(story, home, words | workers | {"worker_twohats": "Beatriz Fonseca"})


def ids_of(told: Tale) -> dict[str, str]:
    return {member.key: f"p-{member.key}" for member in told.household.members}


def people_of(told: Tale) -> list[tuple[str, str, str]]:
    young = {Part.CHILD, Part.UNBORN}
    return [
        (f"p-{member.key}", member.name, "child" if member.part in young else "adult")
        for member in told.household.members
    ]


def posted(form: Any, initial: dict[str, Any]) -> QueryDict:
    """What a browser would send for these answers."""
    sent = QueryDict(mutable=True)
    for name, value in initial.items():
        field = form.fields.get(name)
        if field is not None and isinstance(field.widget, DateInput):
            for part, box in zip(DateInput.parts, field.widget.boxes_of(value), strict=True):
                sent[f"answer-{name}_{part}"] = box
        elif value is not None:
            sent.setlist(f"answer-{name}", [str(one) for one in (value if isinstance(value, list) else [value])])
    return sent


@pytest.mark.parametrize("key", WHOLE)
def test_every_section_passes_its_form(key: str, eha: Definition) -> None:
    """EHA-2: required answers are there, choices are the form's own, and the form keeps just what was told."""
    told = tale(key)
    people = people_of(told)
    with clock.at(NOW):
        for page in eha:
            answers = told.answers(eha, page.key, ids_of(told))
            form_class = page_form(eha, page.key, people=people)
            initial = initial_from(eha, page.key, answers, people=people)
            form = form_class(posted(form_class(initial=initial), initial))
            assert form.is_valid(), f"{key} {page.key}: {form.errors.as_text()}"
            assert {name: value for name, value in answers_from(form).items() if value != []} == answers


@pytest.mark.parametrize("key", WHOLE)
def test_every_child_and_adult_is_heard(key: str, eha: Definition) -> None:
    """EHA-2: each child has a voice and an impact of their own, and nobody answers to a question that is not there."""
    told = tale(key)
    young = {member.key for member in told.household.members if member.part in {Part.CHILD, Part.UNBORN}}
    eha_of = told.story.data["eha"]
    assert {entry["who"] for entry in eha_of["children"]["child"]} == young
    assert {entry["who"] for entry in eha_of["impact"]["child"]} == young
    assert set(eha_of) == {page.key for page in eha}
    for page in eha:
        assert set(eha_of[page.key]) <= {field.key for field in page}


@pytest.mark.parametrize("key", sorted(stories.load()))
def test_every_enquiry_passes_its_rules(key: str) -> None:
    """INT-1: and names only people, agencies and needs that there are."""
    told = tale(key)
    with clock.at(NOW):
        enquiry = rules.story(told.enquiry())
        rules.people(
            {
                "given_name": member.given_name, "family_name": member.family_name, "part": member.part,
                "born_on": member.born_on, "born_kind": member.born_kind, "nhs_number": member.nhs_number,
            }
            for member in told.household.members
        )  # fmt: skip
    assert not any("{" in enquiry[key] for key in stories.TOLD)
    consent = told.story.data["consent"]
    assert set(consent["see"]) | set(consent["work"]) <= set(places.load()[0].data["agencies"])
    assert "early_help" in consent["work"]
    assert told.household.member(consent["giver"])


def test_every_writer_may_write() -> None:
    """CON-2: whoever sends an enquiry or writes a section has a seat, and consent lets their agency work on it."""
    seats = {worker.key: worker.agency for worker in (*EVERYONE, *TWO_HATS["rotherham"])}
    for story in stories.load().values():
        assert story.data["sender"] in seats
        for writer in story.data.get("wrote", {}):
            assert seats[writer] in story.data["consent"]["work"], f"{story.key}: {writer}"


def test_every_plan_has_a_story_that_goes_so_far() -> None:
    """Demo: a stage's texts are there in every story planned for it."""
    known = stories.load()
    for plan in PLANS:
        for story in (known[key] for key in plan.stories):
            assert plan.stage not in COMPLETING or story.has_assessment
            assert "reason" in story.data or plan.stage in {Stage.WAITING, Stage.TAKEN, Stage.DRAFT}
            if plan.stage is Stage.NOT_COVERED:
                assert story.data["consent"]["apart"] != story.data["consent"]["giver"]
            if plan.stage is Stage.WITHDRAWN:
                assert "primary" in story.data["consent"]["work"] + story.data["consent"]["see"]


def test_six_whole_stories_and_every_section_is_visited(eha: Definition) -> None:
    """Demo: no section is left out by the visits."""
    assert len(WHOLE) >= 6
    assert sorted(key for visit in VISITS for key in visit) == sorted(page.key for page in eha)


def test_a_name_that_nobody_bears_is_an_error() -> None:
    """Demo: a slip in a story does not reach a page."""
    with pytest.raises(KeyError):
        tale("mornings").tell("{uncle} was there.")
