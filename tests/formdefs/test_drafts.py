"""Drafts: whatever was typed is kept and stands in its box again (EHA-4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foundation.common.errors import Invalid
from foundation.formdefs.drafts import anchor, draft_answers, pressed
from foundation.formdefs.forms import PageForm, answers_from, initial_from, page_form
from tests.formdefs.making import PEOPLE, WHOLE_ANSWERS, definition, every_kind, field, post, whole_post


def drafted(*fields: dict[str, Any], **values: Any) -> dict[str, Any]:
    return draft_answers(definition(*fields), "first", post(**values), people=PEOPLE)


def shown_again(form: Any, draft: dict[str, Any]) -> PageForm:
    return page_form(form, "first", people=PEOPLE)(initial=initial_from(form, "first", draft, people=PEOPLE))


def test_a_whole_page_is_the_same_as_a_draft_and_as_answers() -> None:
    """EHA-4: a draft that is finished is the answers."""
    draft = draft_answers(every_kind(), "first", whole_post(), people=PEOPLE)
    assert draft == WHOLE_ANSWERS


def test_an_empty_page_is_an_empty_draft() -> None:
    """EHA-4: nothing typed, nothing kept, but that its group stands empty."""
    assert draft_answers(every_kind(), "first", post(), people=PEOPLE) == {"adults": [{}]}


HALF = {
    "half a date": (
        field("met", "date"), {"met_day": "31", "met_year": "20"}, {"day": "31", "month": "", "year": "20"}
    ),
    "a day that is none": (
        field("met", "date"),
        {"met_day": "31", "met_month": "2", "met_year": "2026"},
        {"day": "31", "month": "2", "year": "2026"},
    ),
    "a date in words": (
        field("met", "date"), {"met_day": "the", "met_month": "Tues", "met_year": "day"},
        {"day": "the", "month": "Tues", "year": "day"},
    ),
    "half a partial date": (
        field("since", "partial_date"), {"since_month": "4"}, {"day": "", "month": "4", "year": ""}
    ),
    "no number yet": (field("rooms", "number"), {"rooms": "about 3"}, "about 3"),
    "a number out of bounds": (field("rooms", "number", max=4), {"rooms": "40"}, "40"),
    "too long a line": (field("voice", "text", max_length=3), {"voice": "much longer"}, "much longer"),
    "spaces around": (field("voice", "long_text"), {"voice": " and then \r\n"}, " and then \n"),
    "a NUL": (field("voice", "long_text"), {"voice": "a\0b"}, "ab"),
    "half a character": (field("voice", "long_text"), {"voice": "a\ud800b"}, "a\ufffdb"),
    "a turned direction": (field("voice", "text"), {"voice": "a\u202eb"}, "a\u202eb"),
}  # fmt: skip


@pytest.mark.parametrize("name", HALF)
def test_what_is_half_typed_is_kept_as_typed(name: str) -> None:
    """EHA-4: a draft refuses no mistake that can still be put right."""
    one, values, kept = HALF[name]
    draft = drafted(one, **values)
    assert draft == {one["key"]: kept}
    assert json.loads(json.dumps(draft)) == draft
    again = shown_again(definition(one), draft)[one["key"]].value()
    assert again == (list(kept.values()) if isinstance(kept, dict) else kept)


def test_a_half_typed_date_is_still_refused_when_it_is_meant() -> None:
    """EHA-4: a draft passes no check by being a draft."""
    one = definition(field("met", "date", label="Met"))
    form = page_form(one, "first")(post(met_day="31", met_year="2026"))
    assert list(form.errors) == ["met"]


def test_answers_that_are_not_asked_at_present_are_kept_in_a_draft() -> None:
    """EHA-4: whoever chooses no, and yes again, finds the words again."""
    fields = [field("agree", "choice"), field("why", "text", condition={"field": "agree", "equals": "yes"})]
    assert drafted(*fields, agree="no", why="words") == {"agree": "no", "why": "words"}


CHOSEN = {
    "choice": (field("agree", "choice"), {"agree": "<script>"}),
    "many choices": (field("agree", "many_choices"), {"agree": ["<script>"]}),
    "scale": (field("score", "scale"), {"score": "99"}),
    "person": (field("about", "person"), {"about": "p-stranger"}),
}


@pytest.mark.parametrize("kind", CHOSEN)
def test_what_the_page_never_offered_is_not_kept(kind: str) -> None:
    """EHA-4: a choice is not typed, so another value is no words of anybody's."""
    one, values = CHOSEN[kind]
    assert drafted(one, **values) == {}


def test_choices_are_kept_once_and_only_those_offered() -> None:
    """EHA-4: the good ones of a bad list stay."""
    assert drafted(field("agree", "many_choices"), agree=["no", "x", "no", "yes"]) == {"agree": ["no", "yes"]}


TOO_LONG = {
    "text": (field("voice", "long_text", label="Voice"), {"voice": "x" * 60_001}, "voice"),
    "number": (field("rooms", "number"), {"rooms": "9" * 201}, "rooms"),
    "date": (field("met", "date"), {"met_day": "1", "met_month": "x" * 201}, "met"),
    "in an entry": (field("adults", "group"), {"adults__count": "2", "adults__1__name": "x" * 60_001}, "adults-1-name"),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_what_is_too_long_to_keep_is_said_and_not_cut(name: str) -> None:
    """EHA-4: a note of two megabytes is refused by its field."""
    one, values, where = TOO_LONG[name]
    with pytest.raises(Invalid) as refused:
        drafted(one, **values)
    assert list(refused.value.fields) == [where]
    assert "too long to keep" in refused.value.sentence


def test_a_page_that_holds_too_much_altogether_is_refused() -> None:
    """EHA-4: twelve texts, none too long by itself."""
    fields = [field(f"voice{n}", "long_text") for n in range(12)]
    with pytest.raises(Invalid, match="more than can be kept"):
        drafted(*fields, **{f"voice{n}": "x" * 59_000 for n in range(12)})


def test_too_many_entries_are_refused() -> None:
    """EHA-4: entries beyond the group's room would be lost, so they are refused aloud."""
    with pytest.raises(Invalid, match="2 entries at most"):
        drafted(field("adults", "group", max_items=2), adults__count="3")


ADULTS = field("adults", "group", entry="Adult", max_items=3)
TWO = {"adults__count": "2", "adults__0__name": "Cara", "adults__1__name": "Dev"}


def test_add_another_makes_room_for_one_more() -> None:
    """EHA-3: without script, Add another posts the page, keeps it and shows one entry more."""
    sent = post(**TWO, group_add="adults")
    draft = draft_answers(definition(ADULTS), "first", sent)
    assert draft == {"adults": [{"name": "Cara"}, {"name": "Dev"}, {}]}
    assert pressed(sent)
    assert anchor(sent, draft) == "#group-adults-2"
    assert shown_again(definition(ADULTS), draft).counts == {"adults": 3}


def test_add_another_stops_where_the_group_is_full() -> None:
    """EHA-3: a full group stays as it is, and its page shows no button."""
    draft = draft_answers(definition(ADULTS), "first", post(**TWO | {"adults__count": "3"}, group_add="adults"))
    assert len(draft["adults"]) == 3
    assert not shown_again(definition(ADULTS), draft).blocks[0].can_add


def test_remove_takes_out_that_entry_alone() -> None:
    """EHA-3: without script, Remove posts the page and the others move up."""
    sent = post(**TWO, group_remove="adults-0")
    draft = draft_answers(definition(ADULTS), "first", sent)
    assert draft == {"adults": [{"name": "Dev"}]}
    assert pressed(sent)
    assert anchor(sent, draft) == "#group-adults"


@pytest.mark.parametrize("wrong", ["adults-9", "adults--1", "adults", "others-0", "-", "adults-٠", "<b>"])
def test_a_button_that_is_not_there_does_nothing(wrong: str) -> None:
    """EHA-3: nor does its name reach the address."""
    sent = post(**TWO, group_remove=wrong)
    draft = draft_answers(definition(ADULTS), "first", sent)
    assert draft["adults"] == [{"name": "Cara"}, {"name": "Dev"}]
    assert anchor(sent, draft) in {"", "#group-adults"}
    sent = post(**TWO, group_add=wrong)
    assert "<" not in anchor(sent, draft_answers(definition(ADULTS), "first", sent))


def test_a_page_sent_without_those_buttons_has_pressed_none() -> None:
    """EHA-3: the plain save."""
    assert not pressed(post(**TWO))
    assert anchor(post(**TWO), {"adults": []}) == ""


def test_without_the_people_a_person_is_kept_as_sent() -> None:
    """EHA-4: a draft may be kept without looking the people up."""
    assert draft_answers(definition(field("about", "person")), "first", post(about="p-amy")) == {"about": "p-amy"}


def test_a_draft_finished_later_is_saved_like_any_answers() -> None:
    """EHA-4: from the draft's boxes to the answers, nothing in between is lost."""
    draft = draft_answers(every_kind(), "first", whole_post(), people=PEOPLE)
    form = page_form(every_kind(), "first", people=PEOPLE)(whole_post())
    assert shown_again(every_kind(), draft)["story"].value() == answers_from(form)["story"]
