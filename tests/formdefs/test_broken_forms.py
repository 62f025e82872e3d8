"""Forms that are none: each has its sentence, which names the place, and none brings the product down (EHA-3)."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.common.errors import Invalid
from foundation.formdefs import definitions
from foundation.formdefs.checks import SCHEMA
from foundation.formdefs.enums import FIGURE_KINDS, Figure, Kind
from tests.formdefs.making import EVERY_KIND, YES_NO, body, field

KEYS = "use small letters, digits and underscores, begin with a letter, and stay within 40 characters."
LOOKS_BACK = {"field": "agree", "equals": "yes"}


def group(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return field("adults", "group", fields=list(fields), **more)


def without(thing: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != key}


def pages(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "title": key, "fields": [field("voice", "text")]} for key in keys]


BROKEN: dict[str, tuple[object, str]] = {
    "not an object": ([], "A form must be a set of named values."),
    "nothing": (None, "A form must be a set of named values."),
    "no title": (without(body(), "title"), "‘title’ is missing."),
    "no pages at all": (body(pages=[]), "‘pages’ needs at least 1."),
    "pages of another type": (body(pages="many"), "‘pages’ must be a list."),
    "too many pages": (body(pages=pages(*[f"page{n}" for n in range(61)])), "‘pages’ can have at most 60."),
    "something unknown": (body(colour="red"), "‘colour’ is not known here."),
    "a key with spaces": (body(key="My form"), f"‘My form’ cannot be a key: {KEYS}"),
    "a key with a line break": (body(key="form\n"), f"‘form’ cannot be a key: {KEYS}"),
    "two pages of one key": (
        body(pages=pages("first", "first")), "Page 2: another page has the key ‘first’ already."
    ),
    "a page without fields": (
        body(pages=[{"key": "first", "title": "First", "fields": []}]), "Page 1: ‘fields’ needs at least 1."
    ),
    "a page with a blank title": (
        body(pages=[{"key": "first", "title": "  ", "fields": [field("voice", "text")]}]),
        "Page 1: ‘title’ cannot be blank.",
    ),
    "no label": (body(without(field("voice", "text"), "label")), "Page 1, field ‘voice’: ‘label’ is missing."),
    "an empty label": (body(field("voice", "text", label="")), "Page 1, field ‘voice’: ‘label’ cannot be empty."),
    "a label without end": (
        body(field("voice", "text", label="x" * 161)),
        "Page 1, field ‘voice’: ‘label’ must be 160 characters or fewer.",
    ),
    "no key": (body(without(field("voice", "text"), "key")), "Page 1, field 1: ‘key’ is missing."),
    "an unknown kind": (
        body(field("voice", "colour")),
        f"Page 1, field ‘voice’: ‘kind’ must be one of {', '.join(Kind.values)}, not ‘colour’.",
    ),
    "required in words": (
        body(field("voice", "text", required="yes")), "Page 1, field ‘voice’: ‘required’ must be true or false."
    ),
    "a choice without options": (
        body(without(field("agree", "choice"), "options")), "Page 1, field ‘agree’: ‘options’ is missing."
    ),
    "a choice of one": (
        body(field("agree", "choice", options=YES_NO[:1])), "Page 1, field ‘agree’: ‘options’ needs at least 2."
    ),
    "an option without a label": (
        body(field("agree", "choice", options=[YES_NO[0], {"value": "no"}])),
        "Page 1, field ‘agree’, option 2: ‘label’ is missing.",
    ),
    "two options of one value": (
        body(field("agree", "choice", options=[YES_NO[0], {"value": "yes", "label": "Yes again"}])),
        "Page 1, field ‘agree’, option 2: another option has the value ‘yes’ already.",
    ),
    "options of a text": (
        body(field("voice", "text", options=YES_NO)),
        "Page 1, field ‘voice’: ‘options’ does not belong to a field of this kind.",
    ),
    "a length of a date": (
        body(field("met", "date", max_length=9)),
        "Page 1, field ‘met’: ‘max_length’ does not belong to a field of this kind.",
    ),
    "a length of nothing": (
        body(field("voice", "text", max_length=0)), "Page 1, field ‘voice’: ‘max_length’ must be 1 or more."
    ),
    "a length beyond reason": (
        body(field("voice", "text", max_length=60_000)),
        "Page 1, field ‘voice’: ‘max_length’ must be 50,000 or less.",
    ),
    "bounds crossed": (
        body(field("rooms", "number", min=9, max=2)), "Page 1, field ‘rooms’: ‘min’ is more than ‘max’."
    ),
    "two fields of one key": (
        body(field("voice", "text"), field("voice", "date")),
        "Page 1, field ‘voice’: another field has the key ‘voice’ already.",
    ),
    "a key that a date's box takes": (
        body(field("met", "date"), field("met_year", "number")),
        "Page 1, field ‘met_year’: the key ‘met_year’ is taken by a box of the date ‘met’.",
    ),
    "a condition on nothing": (
        body(field("voice", "text", condition=LOOKS_BACK)),
        "Page 1, field ‘voice’, condition: there is no field ‘agree’ beside it.",
    ),
    "a condition on a later field": (
        body(field("voice", "text", condition=LOOKS_BACK), field("agree", "choice")),
        "Page 1, field ‘voice’, condition: the field ‘agree’ comes later; a condition can only look back.",
    ),
    "a condition on itself": (
        body(field("agree", "choice", condition=LOOKS_BACK)),
        "Page 1, field ‘agree’, condition: a field cannot hang on itself.",
    ),
    "a condition on another page": (
        body(pages=[
            {"key": "first", "title": "First", "fields": [field("agree", "choice")]},
            {"key": "second", "title": "Second", "fields": [field("voice", "text", condition=LOOKS_BACK)]},
        ]),
        "Page 2, field ‘voice’, condition: there is no field ‘agree’ beside it.",
    ),
    "a condition on a text": (
        body(field("agree", "text"), field("voice", "text", condition=LOOKS_BACK)),
        "Page 1, field ‘voice’, condition: ‘agree’ must be a choice, many choices, a number or a scale.",
    ),
    "a condition on an option that is not there": (
        body(field("agree", "choice"), field("voice", "text", condition={"field": "agree", "equals": "perhaps"})),
        "Page 1, field ‘voice’, condition: ‘perhaps’ is not an option of ‘agree’.",
    ),
    "contains, of one choice": (
        body(field("agree", "choice"), field("voice", "text", condition={"field": "agree", "contains": "yes"})),
        "Page 1, field ‘voice’, condition: ‘agree’ holds one answer: use ‘equals’.",
    ),
    "equals, of many choices": (
        body(field("agree", "many_choices"), field("voice", "text", condition=LOOKS_BACK)),
        "Page 1, field ‘voice’, condition: ‘agree’ holds many choices: use ‘contains’.",
    ),
    "equals, off the scale": (
        body(field("score", "scale"), field("voice", "text", condition={"field": "score", "equals": 11})),
        "Page 1, field ‘voice’, condition: a scale goes from 0 to 10, and ‘11’ is not on it.",
    ),
    "equals, a word on a scale": (
        body(field("score", "scale"), field("voice", "text", condition={"field": "score", "equals": "low"})),
        "Page 1, field ‘voice’, condition: ‘score’ is a number, and ‘low’ is not.",
    ),
    "a condition that says nothing": (
        body(field("agree", "choice"), field("voice", "text", condition={"field": "agree"})),
        "Page 1, field ‘voice’, condition: a condition names a field, and either what it equals or what it contains.",
    ),
    "an unknown figure": (
        body(field("score", "scale", figure="happiness")), "Page 1, field ‘score’: there is no figure ‘happiness’."
    ),
    "a figure of another kind": (
        body(field("voice", "text", figure="family_scale")),
        "Page 1, field ‘voice’: the figure ‘family_scale’ is fed by a field of kind scale.",
    ),
    "a figure fed twice": (
        body(field("score", "scale", figure="family_scale"), field("again", "scale", figure="family_scale")),
        "Page 1, field ‘again’: the figure ‘family_scale’ is fed by ‘score’ already.",
    ),
    "a group in a group": (
        body(group(field("inner", "group"))), "Page 1, field ‘adults’: a group cannot hold another group."
    ),
    "a group of nothing": (body(group()), "Page 1, field ‘adults’: ‘fields’ needs at least 1."),
    "a fault inside a group": (
        body(group(field("name", "text"), field("name", "text"))),
        "Page 1, field ‘adults’, field ‘name’: another field has the key ‘name’ already.",
    ),
    "a group of too many": (
        body(group(field("name", "text"), max_items=31)), "Page 1, field ‘adults’: ‘max_items’ must be 30 or less."
    ),
    "an entry for each child, without the child": (
        body(group(field("who", "person", who="adult"), for_each="child")),
        "Page 1, field ‘adults’: to begin with one entry for each child, it needs a person field that offers them.",
    ),
    "too many fields": (
        body(pages=[
            {"key": f"page{n}", "title": "Page", "fields": [field(f"field{m}", "text") for m in range(60)]}
            for n in range(6)
        ]),
        "A form can have at most 300 fields; this one has 360.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_has_its_sentence(name: str) -> None:
    """EHA-3: an administrator reads what is wrong and where."""
    broken, sentence = BROKEN[name]
    with pytest.raises(Invalid) as refused:
        definitions.validate(broken)
    assert sentence in refused.value.fields.values()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_is_never_parsed(name: str) -> None:
    """EHA-3: no code works on a form that has not passed the checks."""
    with pytest.raises(Invalid):
        definitions.parse(BROKEN[name][0])


def test_several_faults_are_told_at_once_and_by_place() -> None:
    """EHA-3: correcting a form does not take one attempt for each fault."""
    with pytest.raises(Invalid) as refused:
        definitions.validate(body(field("voice", "text", label=""), field("agree", "choice", options=[])))
    assert refused.value.fields == {
        "pages/0/fields/0/label": "Page 1, field ‘voice’: ‘label’ cannot be empty.",
        "pages/0/fields/1/options": "Page 1, field ‘agree’: ‘options’ needs at least 2.",
    }


def test_a_hundred_faults_are_not_all_told() -> None:
    """EHA-3: twenty sentences, and that there are more."""
    with pytest.raises(Invalid) as refused:
        definitions.validate(body(*[field(f"field{n}", "nonsense") for n in range(50)]))
    assert len(refused.value.fields) == 21
    assert "There are more faults" in refused.value.fields[""]


def nested(depth: int) -> object:
    thing: object = "x"
    for _ in range(depth):
        thing = {"fields": [thing]}
    return thing


HOSTILE: dict[str, object] = {
    "nested 50,000 deep": nested(50_000),
    "five megabytes of help": body(field("voice", "text", help="x" * 5_000_000)),
    "a million numbers": body(pages=[1] * 1_000_000),
    "a page that is a number": body(pages=[7]),
    "a field that is a list": body(["key"]),  # type: ignore[arg-type]
    "keys that are no text": {1: 2, "key": "sample"},
    "an infinite number": body(field("rooms", "number", max=float("inf"))),
    "no number at all": body(field("rooms", "number", max=float("nan"))),
    "a huge whole number": body(field("rooms", "number", max=10**400)),
    "a NUL in a label": body(field("voice", "text", label="a\0b")),
    "half a character": body(field("voice", "text", label="a\ud800b")),
    "an object of another kind": body(field("voice", "text", label=object())),
    "a set": body(pages={1, 2}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_without_a_traceback_and_soon(name: str) -> None:
    """EHA-3: whatever is sent as a form, the answer is a sentence."""
    began = time.monotonic()
    with pytest.raises(Invalid) as refused:
        definitions.validate(HOSTILE[name])
    assert refused.value.sentence
    assert len(refused.value.sentence) < 5_000
    with pytest.raises(Invalid):
        definitions.parse(HOSTILE[name])
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("made", [(1, 2), "text", b"bytes", 1.5, True])
def test_what_is_no_object_is_refused(made: object) -> None:
    """EHA-3: likewise."""
    with pytest.raises(Invalid):
        definitions.validate(made)


json_things = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(json_things)
@settings(max_examples=100, deadline=None)
def test_any_json_is_a_form_or_refused(thing: object) -> None:
    """EHA-3: no input makes anything but a form or a sentence."""
    with pytest.raises(Invalid):
        definitions.validate(thing)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_form_with_one_thing_changed_is_a_form_or_refused(data: st.DataObject) -> None:
    """EHA-3: likewise for what is nearly a form, down to its fields, options and conditions."""
    changed: Any = body(*deepcopy(EVERY_KIND))
    here: Any = changed
    while True:
        step = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[step], dict | list) or not here[step] or data.draw(st.integers(0, 4)) == 0:
            break
        here = here[step]
    here[step] = data.draw(json_things)
    with suppress(Invalid):
        assert definitions.parse(changed).pages


def test_a_form_of_every_kind_is_accepted() -> None:
    """EHA-3: the kinds of field, groups and conditions."""
    whole = body(*deepcopy(EVERY_KIND))
    assert {one["kind"] for one in whole["pages"][0]["fields"]} == set(Kind.values)
    definitions.validate(whole)


def test_the_published_schema_is_sound_and_names_the_kinds_that_there_are() -> None:
    """EHA-3: schema and code list the same kinds, and every figure says which kinds feed it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$defs"]["field"]["properties"]["kind"]["enum"] == Kind.values
    assert set(FIGURE_KINDS) == set(Figure.values)


def test_a_form_that_was_right_is_judged_anew_once_a_letter_of_it_changed() -> None:
    """EHA-3: what is remembered of a form is never taken for another, nor for the same object changed since."""
    form = body(*deepcopy(EVERY_KIND))
    for _ in range(2):
        definitions.validate(form)
    form["pages"][0]["fields"][0]["kind"] = "no such kind"
    for _ in range(2):
        with pytest.raises(Invalid, match="no such kind"):
            definitions.validate(form)
