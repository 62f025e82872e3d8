"""The forms that the product brings (EHA-2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foundation.formdefs import definitions, services
from foundation.formdefs.definitions import Definition, Field
from foundation.formdefs.enums import Figure, Kind
from foundation.formdefs.forms import initial_from, page_form
from tests.formdefs.making import PEOPLE

FORMS = sorted(services.LIBRARY.glob("*.json"))


def load(name: str) -> dict[str, Any]:
    return json.loads((services.LIBRARY / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def eha() -> Definition:
    return definitions.parse(load("eha.json"))


def every_field(form: Definition) -> list[Field]:
    return [one for page in form for field in page for one in (field, *field.fields)]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_each_form_of_the_library_is_a_form(path: Any) -> None:
    """EHA-3: and is named as its file."""
    form = json.loads(path.read_text(encoding="utf-8"))
    definitions.validate(form)
    assert form["key"] == path.stem


def test_the_assessment_has_the_sections_of_the_practice_model(eha: Definition) -> None:
    """EHA-2: each section, in an order in which a lead and a family would talk."""
    assert [page.key for page in eha] == [
        "safeguarding", "people", "reason", "children", "adults", "strengths", "development", "parenting",
        "environment", "balance", "agencies", "baseline", "characteristics", "analysis", "impact", "gaps", "next_steps",
    ]  # fmt: skip


def test_each_child_and_each_adult_has_an_entry_of_their_own(eha: Definition) -> None:
    """EHA-2: each child's voice; each adult's views held apart; the impact on each child."""
    for page, wanted, names in [
        ("children", "child", ["p-amy", "p-ben"]),
        ("adults", "adult", ["p-cara", "p-dev"]),
        ("impact", "child", ["p-amy", "p-ben"]),
        ("baseline", "child", ["p-amy", "p-ben"]),
    ]:
        group = next(field for field in eha.page(page) if field.kind == Kind.GROUP)
        assert group.for_each == wanted
        initial = initial_from(eha, page, {}, people=PEOPLE)
        assert [initial[f"{group.key}-{number}-who"] for number in range(2)] == names


def test_worries_come_with_strengths_and_a_scale(eha: Definition) -> None:
    """EHA-2: worried about, working well, needs to happen, and 0 to 10 by family and worker."""
    balance = eha.page("balance")
    assert [field.kind for field in balance] == [Kind.LONG_TEXT] * 3 + [Kind.SCALE] * 2
    assert all(field.required for field in balance)


def test_every_characteristic_can_be_chosen(eha: Definition) -> None:
    """EHA-2: the twelve characteristics, in their order."""
    initials = [option.label[0] for option in eha.page("characteristics").field("aspects").options]
    assert "".join(initials) == "GGRRAACCEESS"


def test_every_figure_is_fed(eha: Definition) -> None:
    """EHA-2: the baseline's figures reach their columns."""
    assert {field.figure for field in every_field(eha)} - {""} == set(Figure.values)


def test_a_lead_can_finish_it(eha: Definition) -> None:
    """Screens: no page of more than eight questions, and each says what it is for."""
    for page in eha:
        assert 2 <= sum(len(field.fields) or 1 for field in page) <= 8, page.key
        assert page.intro, page.key
    assert len(every_field(eha)) < 90


def test_its_words_are_plain(eha: Definition) -> None:
    """Style, pages: no word that a school's pastoral lead would not use, and no shouting."""
    words = json.dumps(load("eha.json"), ensure_ascii=False).lower()
    assert not [jargon for jargon in ("client", "service user", "dysfunctional", "non-engag", "!") if jargon in words]


def test_each_page_makes_a_form_that_asks_for_something_or_lets_one_go_on(eha: Definition) -> None:
    """EHA-3: every page can be opened empty, and sent empty without a traceback."""
    for page in eha:
        form = page_form(eha, page.key, people=PEOPLE)
        assert form(initial=initial_from(eha, page.key, {}, people=PEOPLE)).blocks
        form({}).is_valid()
