"""A page of a definition as a form: what it asks, what it refuses, what it keeps (EHA-3)."""

from __future__ import annotations

import json

import pytest

from foundation.common.errors import NotThere
from foundation.formdefs import definitions
from foundation.formdefs.definitions import Definition
from foundation.formdefs.forms import PageForm, answers_from, initial_from, page_form
from tests.formdefs.making import PEOPLE, WHOLE_ANSWERS, body, definition, every_kind, field, post, whole_post


def sent(form: Definition, **values) -> PageForm:
    return page_form(form, "first", people=PEOPLE)(post(**values))


def errors(form: PageForm) -> dict[str, list[str]]:
    return {name: list(words) for name, words in form.errors.items()}


def test_every_kind_of_field_is_saved_as_json() -> None:
    """EHA-3: each kind of field, a condition and a repeated group."""
    form = page_form(every_kind(), "first", people=PEOPLE)(whole_post())
    assert errors(form) == {}
    assert answers_from(form) == WHOLE_ANSWERS
    assert json.loads(json.dumps(answers_from(form))) == WHOLE_ANSWERS


def test_what_was_saved_stands_in_the_boxes_again() -> None:
    """EHA-3: saved answers, shown and sent back unchanged, are the same answers."""
    form = page_form(every_kind(), "first", people=PEOPLE)(
        initial=initial_from(every_kind(), "first", WHOLE_ANSWERS, people=PEOPLE)
    )
    assert form["met"].value() == "2026-04-14"
    assert form.fields["since"].widget.boxes_of(form["since"].value()) == ["", "9", "2024"]
    assert form["adults-1-born"].value() == "1990-02-01"
    assert form["needs"].value() == ["sleep", "other"]
    assert [entry.about for entry in form.blocks[-1].entries] == ["Cara Larkspur", "Dev Rowan"]


def test_an_empty_page_asks_for_what_is_required_and_for_nothing_else() -> None:
    """EHA-3: what is not asked, behind a condition or in an entry not begun, is not missed."""
    assert errors(sent(every_kind())) == {"story": ["Answer “What happened?”"]}


def test_only_a_valid_form_has_answers() -> None:
    """EHA-3: nobody saves by mistake what was refused."""
    with pytest.raises(ValueError, match="valid"):
        answers_from(sent(every_kind()))


def test_a_page_that_is_not_there() -> None:
    """EHA-3: an address with another page's key gets the 404 page."""
    with pytest.raises(NotThere):
        page_form(every_kind(), "second")
    with pytest.raises(NotThere):
        every_kind().page("first").field("nothing")


def test_optional_questions_say_so() -> None:
    """EHA-3: nobody has to guess what may be left empty."""
    fields = [field("voice", "text", label="Voice"), field("need", "text", label="Need", required=True)]
    form = page_form(definition(*fields), "first")()
    assert form["voice"].label == "Voice (optional)"
    assert form["need"].label == "Need"


MISTAKES = {
    "no such option": (field("agree", "choice"), {"agree": "perhaps"}, "Select one of the answers shown"),
    "no such options": (field("agree", "many_choices"), {"agree": ["yes", "x"]}, "Select from the answers shown"),
    "no such person": (field("about", "person"), {"about": "p-stranger"}, "Select one of the answers shown"),
    "an adult for a child": (
        field("about", "person", who="child"), {"about": "p-cara"}, "Select one of the answers shown"
    ),
    "text too long": (
        field("voice", "text", label="Voice", max_length=5), {"voice": "too long"},
        "Voice must be 5 characters or fewer. It has 8.",
    ),
    "long text too long": (
        field("voice", "long_text", label="What was said?", max_length=5), {"voice": "too\r\nlong"},
        "“What was said?” must be 5 characters or fewer. You have written 8.",
    ),
    "a date without its month": (
        field("met", "date", label="Met"), {"met_day": "3", "met_year": "2026"}, "Met must include a month"
    ),
    "a day that is none": (
        field("met", "date", label="Met"), {"met_day": "31", "met_month": "4", "met_year": "2026"},
        "Met must be a real date",
    ),
    "a partial date without its year": (
        field("since", "partial_date", label="Since"), {"since_month": "4"},
        "Since must include a year, even if you do not know the day",
    ),
    "a day without its month": (
        field("since", "partial_date", label="Since"), {"since_day": "4", "since_year": "2020"},
        "Since must include a month if it has a day",
    ),
    "a month that is none": (
        field("since", "partial_date", label="Since"), {"since_month": "13", "since_year": "2020"},
        "Since must be a real date",
    ),
    "a year of two digits": (
        field("since", "partial_date", label="Since"), {"since_year": "20"},
        "Since must include the year in full, such as 2019",
    ),
    "no number": (field("rooms", "number", label="Rooms"), {"rooms": "three"}, "Rooms must be a whole number"),
    "half a number": (field("rooms", "number", label="Rooms"), {"rooms": "3.5"}, "Rooms must be a whole number"),
    "no number at all": (
        field("share", "number", label="Share", whole=False), {"share": "NaN"},
        "Share must be a number, such as 7 or 7.5",
    ),
    "a number too small": (
        field("rooms", "number", label="Rooms", min=1), {"rooms": "0"}, "Rooms must be 1 or more"
    ),
    "a number too great": (
        field("share", "number", label="Share", max=99.5, whole=False), {"share": "100"},
        "Share must be 99.5 or fewer",
    ),
    "a number as long as a line": (
        field("rooms", "number", label="Rooms"), {"rooms": "9" * 5000}, "Rooms must be a whole number"
    ),
    "off the scale": (field("score", "scale"), {"score": "11"}, "The number must be one from 0 to 10"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_its_sentence_and_keeps_the_words(name: str) -> None:
    """EHA-3: each kind of field refuses what it cannot hold, and what was typed stays in its box."""
    one, values, sentence = MISTAKES[name]
    form = sent(definition(one), **values)
    assert errors(form) == {one["key"]: [sentence]}
    typed = form[one["key"]].value()
    assert set(typed if isinstance(typed, list) else [typed]) - {""} == {
        part for value in values.values() for part in (value if isinstance(value, list) else [value])
    }


REQUIRED = {
    "text": "Answer “Q”",
    "long_text": "Answer “Q”",
    "choice": "Select an answer to “Q”",
    "many_choices": "Select an answer to “Q”",
    "date": "Answer “Q”",
    "partial_date": "Answer “Q”",
    "number": "Answer “Q”",
    "scale": "Select an answer to “Q”",
    "person": "Choose a person for “Q”",
}


@pytest.mark.parametrize("kind", REQUIRED)
def test_each_kind_can_be_required(kind: str) -> None:
    """EHA-3: a required field that was left empty says what to do."""
    assert errors(sent(definition(field("q", kind, label="Q", required=True)))) == {"q": [REQUIRED[kind]]}


KEPT = {
    "number 0": (field("rooms", "number"), {"rooms": "0"}, 0),
    "scale 0": (field("score", "scale"), {"score": "0"}, 0),
    "a thousand": (field("rooms", "number"), {"rooms": "1,000"}, 1000),
    "a negative number": (field("rooms", "number"), {"rooms": "-4"}, -4),
    "with its unit": (field("share", "number", unit="%"), {"share": "85 %"}, 85),
    "with decimals": (field("share", "number", whole=False), {"share": "85.50"}, 85.5),
    "a year": (field("since", "partial_date"), {"since_year": "2019"}, "2019"),
    "a month": (field("since", "partial_date"), {"since_month": "4", "since_year": "2019"}, "2019-04"),
    "a leap day": (
        field("since", "partial_date"), {"since_day": "29", "since_month": "2", "since_year": "2024"}, "2024-02-29"
    ),
    "emoji and another script": (field("voice", "text"), {"voice": " עדי 🦊 "}, "עדי 🦊"),
    "lines": (field("voice", "long_text"), {"voice": "one\r\n\r\ntwo\n"}, "one\n\ntwo"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_an_answer_is_kept_as_meant(name: str) -> None:
    """EHA-3: zero is an answer, a year is a partial date, a percentage may carry its sign."""
    one, values, kept = KEPT[name]
    form = sent(definition(one), **values)
    assert errors(form) == {}
    assert answers_from(form) == {one["key"]: kept}


CONDITIONS = [
    (field("on", "choice"), {"equals": "yes"}, "yes", "no"),
    (field("on", "many_choices"), {"contains": "yes"}, ["no", "yes"], ["no"]),
    (field("on", "scale"), {"equals": 3}, "3", "4"),
    (field("on", "number"), {"equals": 0}, "0", ""),
]


@pytest.mark.parametrize(("on", "condition", "met", "unmet"), CONDITIONS)
def test_a_field_is_asked_only_when_its_condition_holds(on, condition, met, unmet) -> None:
    """EHA-3: a hidden field's answer is neither required nor kept."""
    form = definition(on, field("then", "text", label="Then", required=True, condition={"field": "on"} | condition))
    assert errors(sent(form, on=met)) == {"then": ["Answer “Then”"]}
    assert answers_from(sent(form, on=met, then="words"))["then"] == "words"
    assert "then" not in answers_from(sent(form, on=unmet, then="words"))
    assert errors(sent(form, on=unmet)) == {}


def test_a_field_behind_a_hidden_field_is_hidden_too() -> None:
    """EHA-3: conditions hang on one another."""
    chain = definition(
        field("first", "choice"),
        field("second", "choice", condition={"field": "first", "equals": "yes"}),
        field("third", "text", required=True, condition={"field": "second", "equals": "yes"}),
    )
    assert answers_from(sent(chain, first="no", second="yes", third="words")) == {"first": "no"}
    assert list(errors(sent(chain, first="yes", second="yes"))) == ["third"]


def test_mistakes_in_hidden_fields_are_nobodys_business() -> None:
    """EHA-3: a bad date in a field that is not asked does not stop anyone."""
    form = definition(
        field("agree", "choice"), field("met", "date", condition={"field": "agree", "equals": "yes"})
    )  # fmt: skip
    assert errors(sent(form, agree="no", met_day="77")) == {}
    assert list(errors(sent(form, agree="yes", met_day="77"))) == ["met"]


def test_a_group_behind_a_condition_is_dropped_whole() -> None:
    """EHA-3: the condition of a group counts for all its entries."""
    form = definition(
        field("agree", "choice"),
        field("adults", "group", required=True, condition={"field": "agree", "equals": "yes"}),
    )
    assert answers_from(sent(form, agree="no", adults__count="1", adults__0__name="Cara")) == {"agree": "no"}
    assert answers_from(sent(form, agree="yes", adults__count="1", adults__0__name="Cara")) == {
        "agree": "yes",
        "adults": [{"name": "Cara"}],
    }


def test_empty_entries_are_left_out_and_begun_ones_must_be_finished() -> None:
    """EHA-3: a repeated group keeps what was entered; a mistake names its entry."""
    adults = field(
        "adults", "group", label="Adults", entry="Adult",
        fields=[field("who", "text", label="Who", required=True), field("born", "date", label="Born")],
    )  # fmt: skip
    form = sent(definition(adults), adults__count="3", adults__0__who="Cara", adults__2__born_day="4")
    assert errors(form) == {
        "adults-2-who": ["Adult 3: Answer “Who”"],
        "adults-2-born": ["Adult 3: Born must include a month and year"],
    }
    form = sent(definition(adults), adults__count="3", adults__0__who="Cara")
    assert answers_from(form) == {"adults": [{"who": "Cara"}]}


def test_a_required_group_wants_one_entry() -> None:
    """EHA-3: the sentence leads to the first box of the first entry."""
    form = sent(definition(field("adults", "group", label="Adults", required=True)), adults__count="2")
    assert errors(form) == {"adults-0-name": ["Answer “Adults” at least once"]}
    strict = field(
        "adults", "group", required=True, entry="Adult", fields=[field("a", "text", label="A", required=True)]
    )
    assert errors(sent(definition(strict))) == {"adults-0-a": ["Adult 1: Answer “A”"]}


@pytest.mark.parametrize("count", ["", "-1", "nonsense", "٣", "1e9", "999999999999"])
def test_a_count_that_is_no_count_is_one(count: str) -> None:
    """EHA-3: nobody makes the server build a million boxes."""
    form = sent(definition(field("adults", "group")), adults__count=count, adults__0__name="Cara")
    assert form.counts == {"adults": 1}
    assert answers_from(form) == {"adults": [{"name": "Cara"}]}


def test_more_entries_than_the_group_holds_are_refused() -> None:
    """EHA-3: and said, rather than dropped."""
    form = sent(definition(field("adults", "group", label="Adults", max_items=2)), adults__count="5")
    assert form.counts == {"adults": 2}
    assert list(form.non_field_errors()) == ["“Adults” can have 2 entries at most."]


def test_a_group_for_each_child_begins_with_them_until_somebody_changes_it() -> None:
    """EHA-3, EHA-2: one entry for each child of the case is there to be filled."""
    form = definition(
        field("children", "group", for_each="child", fields=[field("who", "person", who="child"), field("v", "text")])
    )
    begun = initial_from(form, "first", {}, people=PEOPLE)
    assert (begun["children-count"], begun["children-0-who"], begun["children-1-who"]) == (2, "p-amy", "p-ben")
    assert initial_from(form, "first", {"children": []}, people=PEOPLE)["children-count"] == 0
    assert initial_from(form, "first", {}, people=[("p-x", "Nobody said")])["children-count"] == 0


def test_somebody_of_whom_nobody_says_child_or_adult_is_offered_always() -> None:
    """EHA-3: pairs of id and name are enough."""
    form = page_form(definition(field("about", "person", who="child")), "first", people=[("p-x", "Robin Vale")])
    assert [label for _, label in form().fields["about"].choices] == ["Choose a person", "Robin Vale"]


def test_a_forms_field_cannot_take_the_place_of_the_pages_own() -> None:
    """EHA-3: a field called revision is not the page's revision."""
    form = page_form(definition(field("revision", "number"), field("csrfmiddlewaretoken", "text")), "first")()
    assert [bound.html_name for bound in form] == ["answer-revision", "answer-csrfmiddlewaretoken"]


def test_definitions_are_remembered_and_cannot_be_changed() -> None:
    """EHA-3: one definition is parsed once, and nobody changes it behind another's back."""
    first, second = body(field("voice", "text")), body(field("voice", "text"))
    assert definitions.parse(first) is definitions.parse(second)
    with pytest.raises(AttributeError):
        definitions.parse(first).pages[0].title = "Changed"  # type: ignore[misc]
    first["pages"][0]["title"] = "Changed in the JSON"
    assert definitions.parse(first).page("first").title == "Changed in the JSON"
    assert [page.key for page in definitions.parse(first)] == ["first"]


def test_two_pages_forms_do_not_share_anything() -> None:
    """EHA-3: the people of one case are never offered in another's form."""
    form = definition(field("about", "person"))
    mine, theirs = page_form(form, "first", people=PEOPLE)(), page_form(form, "first", people=[("p-z", "Zoe")])()
    assert "Zoe" not in str(mine)
    assert "Amy" not in str(theirs)
