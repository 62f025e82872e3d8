"""Whatever is typed is saved and shown the same, or a field says why not; a draft loses nothing (EHA-3, EHA-4)."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.formdefs.answers import read
from foundation.formdefs.drafts import draft_answers
from foundation.formdefs.forms import PageForm, answers_from, initial_from, page_form
from tests.formdefs.making import PEOPLE, every_kind

FORM = every_kind()
WORDS = st.text(max_size=60) | st.sampled_from(["", " ", "a\r\nb", "‮x", "\0", "<b>&", "=1+1", "עדי", "👩‍👧", "\u200b"])
BOX = st.sampled_from(["", "1", "31", "2", "13", "2024", "1066", "24", "x", "٣", "-1", " 4 ", "0004"])
NUMBER = st.sampled_from(["", "0", "7", "100", "101", "-1", "7.5", "7.555", "1e3", "NaN", "85%", "1,000", "seven"])
DATES = {"met", "since", "adults-0-born", "adults-1-born"}
CHOICES = {
    "route": ["", "foot", "bus", "plane"],
    "score": ["", "0", "10", "11", "x"],
    "about": ["", "p-amy", "p-cara", "p-nobody"],
    **{f"adults-{n}-who": ["", "p-cara", "p-dev", "p-amy"] for n in (0, 1)},
    **{f"adults-{n}-agrees": ["", "yes", "no", "maybe"] for n in (0, 1)},
}
TEXTS = ["name", "story", "other_need", "adults-0-why_not", "adults-1-why_not"]


@st.composite
def posts(draw: st.DrawFn) -> QueryDict:
    """What a browser, or somebody who writes their own request, may send for a page with every kind of field."""
    sent = QueryDict(mutable=True)
    for name in TEXTS:
        sent[f"answer-{name}"] = draw(WORDS)
    for name in DATES:
        for part in ("day", "month", "year"):
            sent[f"answer-{name}_{part}"] = draw(BOX)
    for name, values in CHOICES.items():
        sent[f"answer-{name}"] = draw(st.sampled_from(values))
    sent["answer-attendance"] = draw(NUMBER)
    sent.setlist("answer-needs", draw(st.lists(st.sampled_from(["sleep", "money", "other", "x"]), max_size=4)))
    sent["answer-adults-count"] = draw(st.sampled_from(["0", "1", "2"]))
    return sent


def bound(sent: QueryDict) -> PageForm:
    return page_form(FORM, "first", people=PEOPLE)(sent)


def shown_again(answers: dict[str, Any]) -> PageForm:
    return page_form(FORM, "first", people=PEOPLE)(initial=initial_from(FORM, "first", answers, people=PEOPLE))


def sent_back(form: PageForm) -> QueryDict:
    """The page as it stands, posted unchanged: what its boxes hold, by the names that its widgets give them."""
    sent = QueryDict(mutable=True)
    for block in form.blocks:
        if block.count_name:
            sent[block.count_name] = str(len(block.entries))
    for field in form:
        value, widget = field.value(), field.field.widget
        if hasattr(widget, "boxes_of"):
            for part, box in zip(widget.parts, widget.boxes_of(value), strict=True):
                sent[f"{field.html_name}_{part}"] = box
        elif isinstance(value, list):
            sent.setlist(field.html_name, value)
        elif value is not None:
            sent[field.html_name] = str(value)
    return sent


@given(posts())
@settings(max_examples=150, deadline=None)
def test_an_answer_is_saved_and_shown_the_same_or_refused_by_its_field(sent: QueryDict) -> None:
    """EHA-3: nothing that a form accepts changes on the way to JSON and back."""
    form = bound(sent)
    if not form.is_valid():
        assert set(form.errors) <= {*form.fields, "__all__"}
        assert all(str(error).strip() for errors in form.errors.values() for error in errors)
        return
    answers = json.loads(json.dumps(answers_from(form)))
    again = bound(sent_back(shown_again(answers)))
    assert again.is_valid(), again.errors
    assert answers_from(again) == answers


@given(posts())
@settings(max_examples=150, deadline=None)
def test_a_draft_shown_and_sent_again_is_the_same_draft(sent: QueryDict) -> None:
    """EHA-4: saving as you type, leaving and coming back never wears words away."""
    draft = draft_answers(FORM, "first", sent, people=PEOPLE)
    stored = json.loads(json.dumps(draft))
    assert draft_answers(FORM, "first", sent_back(shown_again(stored)), people=PEOPLE) == draft


@given(posts())
@settings(max_examples=100, deadline=None)
def test_a_draft_holds_every_word_typed(sent: QueryDict) -> None:
    """EHA-4: each text, each half of a date and each thing that is no number yet can be found in the draft."""
    draft = draft_answers(FORM, "first", sent, people=PEOPLE)
    entries = draft["adults"]
    for name in ["name", "story", "other_need"]:
        typed = sent[f"answer-{name}"].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        assert draft.get(name, "") == typed
    for number, entry in enumerate(entries):
        typed = sent[f"answer-adults-{number}-why_not"].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        assert entry.get("why_not", "") == typed
    if isinstance(draft.get("met"), dict):
        assert draft["met"] == {part: sent[f"answer-met_{part}"].strip() for part in ("day", "month", "year")}
    if isinstance(draft.get("attendance"), str):
        assert draft["attendance"] == sent["answer-attendance"]


@given(posts())
@settings(max_examples=100, deadline=None)
def test_any_draft_can_be_read(sent: QueryDict) -> None:
    """EHA-2: the reading view takes half-finished answers as well as whole ones."""
    draft = draft_answers(FORM, "first", sent, people=PEOPLE)
    read_out = read(FORM.page("first"), draft, people=PEOPLE)
    assert all(isinstance(answer.text, str) for answer in read_out)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_post_of_anything_is_no_traceback(values: dict[str, str]) -> None:
    """EHA-3: unknown names are passed over."""
    sent = QueryDict(mutable=True)
    sent.update({f"answer-{name}": value for name, value in values.items()} | values)
    bound(sent).is_valid()
    draft_answers(FORM, "first", sent, people=PEOPLE)
