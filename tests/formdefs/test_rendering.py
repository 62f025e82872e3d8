"""Forms and answers as HTML: sound markup, a label for every box, links that lead somewhere, nothing let through."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from django.template import engines
from django.template.loader import render_to_string
from tinyhtml5.parser import HTMLParser

from foundation.formdefs import definitions, services
from foundation.formdefs.answers import read
from foundation.formdefs.definitions import Definition
from foundation.formdefs.forms import PageForm, initial_from, page_form
from tests.formdefs.making import PEOPLE, WHOLE_ANSWERS, definition, every_kind, field, post, whole_post
from tests.formdefs.test_library import load

XHTML = "{http://www.w3.org/1999/xhtml}"
EHA = definitions.parse(load("eha.json"))
EVIL = """</textarea></option></script><script>alert("x")</script>'"><img src=x onerror=alert(1)>"""
WRAPPED = """{% load early_help %}<!doctype html><html lang="en"><head><title>Page</title></head><body><main>
{% error_summary form %}<form method="post" novalidate>{% include "formdefs/page_form.html" %}
<button type="submit" class="govuk-button">Save and continue</button></form></main></body></html>"""


def html_of(form: PageForm) -> str:
    return engines["django"].from_string(WRAPPED).render({"form": form})


def parsed(html: str) -> ElementTree.Element:
    """The page as a browser reads it; fails on any error of its markup."""
    parser = HTMLParser()
    tree = parser.parse(html)
    assert parser.errors == []
    assert "UNDEFINED" not in html
    return tree


def all_of(tree: ElementTree.Element, *tags: str) -> list[ElementTree.Element]:
    return [element for element in tree.iter() if element.tag in {f"{XHTML}{tag}" for tag in tags}]


def ids_of(tree: ElementTree.Element) -> list[str]:
    return [element.get("id") for element in tree.iter() if element.get("id")]  # type: ignore[misc]


def unlabelled(tree: ElementTree.Element) -> list[str | None]:
    named = {label.get("for") for label in all_of(tree, "label")}
    boxes = [box for box in all_of(tree, "input", "select", "textarea") if box.get("type") != "hidden"]
    assert boxes
    return [box.get("name") for box in boxes if box.get("id") not in named]


def dangling(tree: ElementTree.Element) -> set[str]:
    """Ids that something points to and that are not there."""
    wanted = {label.get("for", "") for label in all_of(tree, "label")}
    for element in tree.iter():
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            wanted |= set(element.get(name, "").split())
        if element.get("href", "").startswith("#"):
            wanted.add(element.get("href", "")[1:])
    return wanted - set(ids_of(tree))


def forms_to_show() -> dict[str, PageForm]:
    every = page_form(every_kind(), "first", people=PEOPLE)
    whole = initial_from(every_kind(), "first", WHOLE_ANSWERS, people=PEOPLE)
    shown = {
        "empty": every(),
        "whole": every(initial=whole),
        "sent empty": every(post()),
        "sent with mistakes": every(
            post(met_day="77", attendance="x", name="y" * 50, adults__count="3", adults__2__born_day="4")
        ),
        "sent whole": every(whole_post()),
    }  # fmt: skip
    for page in EHA:
        shown[page.key] = page_form(EHA, page.key, people=PEOPLE)(
            initial=initial_from(EHA, page.key, {}, people=PEOPLE)
        )
        shown[f"{page.key}, sent empty"] = page_form(EHA, page.key, people=PEOPLE)(QueryDict())
    return shown


FORMS = forms_to_show()


@pytest.mark.parametrize("name", FORMS)
def test_a_page_is_sound_html_with_a_label_for_each_box(name: str) -> None:
    """EHA-3: no error of markup, no id twice, no box without a label, no reference to nothing."""
    tree = parsed(html_of(FORMS[name]))
    ids = ids_of(tree)
    assert sorted(ids) == sorted(set(ids))
    assert unlabelled(tree) == []
    assert dangling(tree) == set()
    for fieldset in all_of(tree, "fieldset"):
        assert [child for child in fieldset if child.tag == f"{XHTML}legend"], "a fieldset says what it is about"


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.is_bound and form.errors])
def test_every_mistake_is_in_the_summary_and_linked_to_its_box(name: str) -> None:
    """EHA-3: the summary's links lead to a box that can be typed into or chosen."""
    form = FORMS[name]
    tree = parsed(html_of(form))
    links = [link for link in all_of(tree, "a") if link.get("href", "").startswith("#")]
    assert len(links) == sum(map(len, form.errors.values()))
    boxes = {box.get("id") for box in all_of(tree, "input", "select", "textarea")}
    assert {link.get("href", "")[1:] for link in links} <= boxes


def test_a_condition_is_there_for_script_and_in_words_for_people() -> None:
    """EHA-3: without script everything is asked, with the words that say when."""
    tree = parsed(html_of(page_form(every_kind(), "first", people=PEOPLE)()))
    asked = {(e.get("data-eh-when"), e.get("data-eh-is")) for e in tree.iter() if e.get("data-eh-when")}
    assert asked == {("answer-needs", "other"), ("answer-adults-0-agrees", "no")}
    names = {box.get("name") for box in all_of(tree, "input", "select", "textarea")}
    assert {name for name, _ in asked} <= names
    words = ["".join(p.itertext()) for p in all_of(tree, "p") if p.get("class") == "govuk-hint eh-when"]
    assert words == ["Only if the answer to “Needs” is “Other”.", "Only if the answer to “Do they agree?” is “No”."]


def test_a_group_can_be_added_to_and_taken_from_without_script() -> None:
    """EHA-3: its buttons are the form's own; Enter in a box presses none of them."""
    tree = parsed(html_of(page_form(every_kind(), "first", people=PEOPLE)(whole_post())))
    buttons = all_of(tree, "button")
    assert (buttons[0].get("name"), buttons[0].get("tabindex"), buttons[0].get("aria-hidden")) == (None, "-1", "true")
    pressed = [(button.get("name"), button.get("value")) for button in buttons if button.get("name")]
    assert pressed == [("group-remove", "adults-0"), ("group-remove", "adults-1"), ("group-add", "adults")]
    assert "".join(buttons[1].itertext()) == "Remove Adult 1"
    hidden = [box for box in all_of(tree, "input") if box.get("type") == "hidden"]
    assert [(box.get("name"), box.get("value")) for box in hidden] == [("answer-adults-count", "2")]


def test_a_full_group_has_no_button_to_add() -> None:
    """EHA-3: nobody is offered what would be refused."""
    one = definition(field("adults", "group", max_items=1))
    assert "group-add" not in html_of(page_form(one, "first")())


def test_an_entry_says_whom_it_is_about() -> None:
    """EHA-2: with several children on one page, each fieldset carries a name."""
    tree = parsed(html_of(FORMS["children"]))
    legends = ["".join(legend.itertext()) for legend in all_of(tree, "legend")]
    assert "Child 1: Amy Larkspur" in legends
    assert "Child 2: Ben Larkspur" in legends


def evil() -> Definition:
    option = [{"value": "a", "label": EVIL, "help": EVIL}, {"value": "b", "label": "B"}]
    return definition(
        field("name", "text", label=EVIL, help=EVIL, required=True),
        field("story", "long_text", label=EVIL),
        field("pick", "choice", label=EVIL, options=option),
        field("picks", "many_choices", label=EVIL, options=option),
        field("score", "scale", label=EVIL, low=EVIL, high=EVIL),
        field("then", "text", label=EVIL, condition={"field": "pick", "equals": "a"}),
        field("about", "person", label=EVIL),
        field("rooms", "number", label=EVIL, unit="<b>%</b>"),
        field("people", "group", label=EVIL, entry=EVIL[:60], help=EVIL, fields=[
            field("who", "person", label=EVIL), field("voice", "long_text", label=EVIL)]),
    )  # fmt: skip


EVIL_PEOPLE = [("p-1", EVIL, "child")]
EVIL_ANSWERS = {
    "name": EVIL, "story": EVIL, "pick": "a", "picks": ["a"], "then": EVIL, "about": "p-1", "rooms": EVIL,
    "people": [{"who": "p-1", "voice": EVIL}],
}  # fmt: skip


def test_a_payload_in_labels_options_people_and_answers_stays_text() -> None:
    """EHA-3: no definition, name or answer becomes markup, in boxes or in messages."""
    form_class = page_form(evil(), "first", people=EVIL_PEOPLE)
    filled = form_class(initial=initial_from(evil(), "first", EVIL_ANSWERS, people=EVIL_PEOPLE))
    sent = form_class(post(rooms=EVIL, pick=EVIL, people__count="1", people__0__who=EVIL, people__0__voice=EVIL))
    for form in (filled, sent):
        tree = parsed(html_of(form))
        assert all_of(tree, "img", "b") == []
        assert [script.get("src") for script in all_of(tree, "script")] == ["/static/js/form-conditions.js"]
        assert not any(name.startswith("on") for element in tree.iter() for name in element.keys())  # noqa: SIM118


@pytest.mark.parametrize("template", ["formdefs/answers.html", "formdefs/answers_pdf.html"])
def test_a_payload_in_what_is_read_stays_text(template: str) -> None:
    """EHA-2, EHA-9: likewise where answers are read."""
    page = evil().page("first")
    tree = parsed(wrapped(template, {"answers": read(page, EVIL_ANSWERS, people=EVIL_PEOPLE), "level": 3}))
    assert all_of(tree, "img", "b", "script") == []
    assert EVIL in " ".join("".join(element.itertext()) for element in tree.iter())


def wrapped(template: str, context: dict) -> str:
    inner = render_to_string(template, context)
    return f'<!doctype html><html lang="en"><head><title>Page</title></head><body><h2>Page</h2>{inner}</body></html>'


@pytest.mark.parametrize("template", ["formdefs/answers.html", "formdefs/answers_pdf.html"])
@pytest.mark.parametrize("answers", [WHOLE_ANSWERS, {}, {"adults": [{}]}, {"met": {"day": "3"}}])
def test_what_is_read_is_sound_html(template: str, answers: dict) -> None:
    """EHA-2, EHA-9: no error of markup, no empty list, headings that step down one at a time."""
    shown = read(every_kind().page("first"), answers, people=PEOPLE)
    tree = parsed(wrapped(template, {"answers": shown, "level": 3}))
    assert all(len(list(found)) for found in all_of(tree, "dl", "tbody"))
    levels = [int(element.tag[-1]) for element in all_of(tree, "h1", "h2", "h3", "h4", "h5", "h6")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_the_library_is_where_the_service_looks() -> None:
    """EHA-3: the form shown here is the form that is published."""
    assert (services.LIBRARY / "eha.json").is_file()
