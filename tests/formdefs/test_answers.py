"""Answers as people read them (EHA-2, EHA-9), and a writer who may not see everybody (EHA-4, CON-2)."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.template.loader import render_to_string

from foundation.formdefs.answers import read, show
from foundation.formdefs.definitions import shown
from foundation.formdefs.merging import put_back
from tests.formdefs.making import PEOPLE, WHOLE_ANSWERS, definition, every_kind, field

READ = {
    "name": "Amy",
    "story": "First line\nSecond line",
    "route": "By bus",
    "needs": "Sleep\nOther",
    "other_need": "A bicycle",
    "met": "Tue 14 April 2026",
    "since": "September 2024",
    "attendance": "85.5%",
    "score": "7 out of 10",
    "about": "Amy Larkspur",
    "adults": (
        "Adult 1: Cara Larkspur\nDo they agree?\nNo\nWhy not?\nShe sees it otherwise\n\n"
        "Adult 2: Dev Rowan\nDo they agree?\nYes\nDate of birth\nThu 1 February 1990"
    ),
}


@pytest.mark.parametrize("key", READ)
def test_each_kind_of_answer_in_words(key: str) -> None:
    """EHA-9: labels instead of values, dates with their weekday, names instead of ids."""
    assert show(every_kind().page("first").field(key), WHOLE_ANSWERS[key], PEOPLE) == READ[key]


ODD = [
    (field("met", "date"), {"day": "3", "month": "", "year": "2026"}, "day 3 year 2026 (not finished)"),
    (field("met", "date"), "not a date", "not a date"),
    (field("since", "partial_date"), "2019", "2019"),
    (field("since", "partial_date"), "2019-04-02", "Tue 2 April 2019"),
    (field("rooms", "number", unit="rooms"), 3, "3 rooms"),
    (field("rooms", "number", unit="rooms"), "about 3", "about 3"),
    (field("rooms", "number"), 0, "0"),
    (field("agree", "choice"), "gone", "gone"),
    (field("about", "person"), "p-hidden", "Somebody not shown here"),
    (field("voice", "text"), "", ""),
    (field("voice", "text"), None, ""),
    (field("needs", "many_choices"), [], ""),
    (field("adults", "group"), [{}], ""),
]


@pytest.mark.parametrize(("one", "value", "words"), ODD)
def test_odd_answers_in_words(one, value, words) -> None:
    """EHA-9: half a draft, an option that a later version dropped, a person whom the reader may not know."""
    assert show(definition(one).pages[0].fields[0], value, PEOPLE) == words


def test_a_page_is_read_in_order_with_what_is_missing() -> None:
    """EHA-2: an approver sees what was not answered, and not what was not asked."""
    answers = {"story": "Words", "needs": ["sleep"], "other_need": "kept in a draft, not asked"}
    page = read(every_kind().page("first"), answers, people=PEOPLE)
    assert [answer.key for answer in page] == [
        "name", "story", "route", "needs", "met", "since", "attendance", "score", "about", "adults"
    ]  # fmt: skip
    assert [answer.key for answer in page if answer.text] == ["story", "needs"]
    assert page[-1].is_group
    assert page[-1].entries == ()


def test_an_entry_is_headed_by_the_person_it_is_about() -> None:
    """EHA-2: each adult's views held apart, under their name."""
    group = read(every_kind().page("first"), WHOLE_ANSWERS, people=PEOPLE)[-1]
    assert [entry.name for entry in group.entries] == ["Adult 1: Cara Larkspur", "Adult 2: Dev Rowan"]
    assert [answer.label for answer in group.entries[0].answers] == ["Do they agree?", "Why not?", "Date of birth"]


def test_shown_asks_by_answers_alone() -> None:
    """EHA-3: one rule of conditions for forms, pages and documents."""
    fields = every_kind().page("first").fields
    assert "other_need" not in [one.key for one in shown(fields, {})]
    assert "other_need" in [one.key for one in shown(fields, {"needs": ["other"]})]


def test_the_reading_view_leaves_line_breaks_and_escapes_everything() -> None:
    """EHA-2: text as typed, never as markup, on pages and in documents."""
    one = field("voice", "long_text", label="<img src=x>")
    page = definition(one, field("adults", "group", label="<i>")).page("first")
    answers = {"voice": "a\nb\n\n<script>alert(1)</script>", "adults": [{"name": "<b>Cara</b>"}]}
    for template in ("formdefs/answers.html", "formdefs/answers_pdf.html"):
        html = render_to_string(template, {"answers": read(page, answers), "level": 3})
        assert "a<br>b" in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert not any(tag in html for tag in ("<script", "<img", "<b>", "<i>"))


def test_the_document_view_has_headings_and_header_cells() -> None:
    """EHA-9: headings in order, each row of an entry with its header, a caption to each table."""
    html = render_to_string(
        "formdefs/answers_pdf.html",
        {"level": 3, "answers": read(every_kind().page("first"), WHOLE_ANSWERS, people=PEOPLE)},
    )
    assert html.count("<table") == html.count("<caption>") == 2
    assert '<h3 class="question">What happened?</h3>' in html
    assert '<h4 class="entry" dir="auto">Adult 1: Cara Larkspur</h4>' in html
    assert '<th scope="row">Why not?</th>' in html


def test_unanswered_is_said_in_words() -> None:
    """EHA-2: an empty answer is not mistaken for one that was left out."""
    for template in ("formdefs/answers.html", "formdefs/answers_pdf.html"):
        html = render_to_string(template, {"level": 3, "answers": read(every_kind().page("first"), {}, people=PEOPLE)})
        assert html.count("Not answered") == 10


PAGE = definition(
    field("about", "person"),
    field("voice", "text"),
    field("adults", "group", fields=[field("who", "person"), field("view", "text")]),
).page("first")
KEPT = {
    "about": "p-hidden",
    "voice": "before",
    "adults": [{"who": "p-cara", "view": "hers"}, {"who": "p-hidden", "view": "theirs"}, {"view": "nobody's"}],
}
VISIBLE = ["p-cara", "p-dev"]


def test_what_a_writer_may_not_see_is_not_lost_by_their_saving() -> None:
    """EHA-4, CON-2: entries about people out of sight stay as they were."""
    written = {"voice": "after", "adults": [{"who": "p-cara", "view": "changed"}]}
    before = deepcopy(KEPT)
    assert put_back(PAGE, kept=KEPT, written=written, visible=VISIBLE) == {
        "about": "p-hidden",
        "voice": "after",
        "adults": [{"who": "p-cara", "view": "changed"}, {"who": "p-hidden", "view": "theirs"}],
    }
    assert before == KEPT


def test_a_writer_who_sees_everybody_may_take_anything_out() -> None:
    """EHA-4: what was in sight and is gone was taken out on purpose."""
    everybody = [*VISIBLE, "p-hidden"]
    assert put_back(PAGE, kept=KEPT, written={"adults": []}, visible=everybody) == {"adults": []}
    assert put_back(PAGE, kept={}, written={"about": "p-dev"}, visible=[]) == {"about": "p-dev"}


def test_a_writer_who_names_another_person_in_place_of_one_unseen_is_heard() -> None:
    """EHA-4: a person in one single field is replaced only by somebody's choice."""
    assert put_back(PAGE, kept=KEPT, written={"about": "p-dev"}, visible=VISIBLE)["about"] == "p-dev"
