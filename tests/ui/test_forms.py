"""Forms as pages: markup, escaping, summaries."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template import engines
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.ui import fields
from tests.markup import Markup
from tests.ui.gallery import EveryField

# Text that would break out of an attribute, an element, a textarea or a script, mixed with anything.
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ['"><img src=x onerror=alert(1)>', "</textarea><script>1</script>", "' onfocus='1", "{{ 7|add:7 }}", "&amp;<b>"]
    ),
).map(lambda text: text.replace("\x00", ""))
KINDS = {
    "text": lambda words: fields.PlainTextField(label=words, help_text=words),
    "note": lambda words: fields.PlainTextField(label=words, help_text=words, rows=4),
    "date": lambda words: fields.DateField(label=words, help_text=words),
    "radios": lambda words: fields.ChoiceField(label=words, help_text=words, choices=[(words, words), ("b", "B")]),
    "select": lambda words: fields.SelectField(label=words, help_text=words, choices=[(words, words), ("b", "B")]),
    "checkboxes": lambda words: fields.CheckboxesField(label=words, choices=[(words, words), ("b", words)]),
    "checkbox": lambda words: fields.YesField(label=words, help_text=words),
    "number": lambda words: fields.NumberField(label=words, help_text=words),
    "scale": lambda words: fields.ScaleField(label=words, low=words, high=words),
}
ELEMENTS = {"html", "head", "body", "div", "label", "input", "textarea", "fieldset", "legend", "select", "option", "p"}
ELEMENTS |= {"span", "h1", "h2", "ul", "li", "a"}


def page(source: str, **context: Any) -> Markup:
    """A template's output, parsed."""
    return Markup.of(engines["django"].from_string("{% load early_help %}" + source).render(context))


def one(field: forms.Field, data: dict[str, Any] | None = None) -> forms.Form:
    return type("One", (forms.Form,), {"it": field})(data)


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(deadline=None, max_examples=60)
@given(said=HOSTILE, typed=HOSTILE)
def test_no_text_becomes_markup(kind, said, typed):
    """Trust 17: label, hint, option, value and error are text in every kind of field, whatever they hold."""
    form = one(KINDS[kind](said), {"it": typed, "it_day": typed, "it_month": "1", "it_year": typed})
    form.full_clean()
    if form.fields and not form.errors:
        form.add_error("it", said)
    drawn = page("{% error_summary form %}{{ form }}", form=form)
    for element in drawn.root.iter():
        assert element.tag in ELEMENTS
        assert not [name for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize("kind", ["text", "note"])
@settings(deadline=None, max_examples=60)
@given(typed=HOSTILE)
def test_what_was_typed_comes_back_as_it_was(kind, typed):
    """INT-1: a refused form keeps its words, to the character."""
    form = one(KINDS[kind]("Name"), {"it": typed})
    drawn = page("{{ form }}", form=form)
    (box,) = drawn.all("#id_it")
    shown = box.get("value", "") if kind == "text" else (box.text or "")
    assert shown == typed.replace("\r\n", "\n").replace("\r", "\n")  # as HTML reads line breaks


def bound() -> Markup:
    return page("{% error_summary form %}{{ form }}", form=EveryField({"born_day": "3"}))


def test_every_error_leads_to_an_input():
    """Trust 22: each link of the summary names an input that stands on the page."""
    drawn = bound()
    links = drawn.all(".govuk-error-summary a")
    assert len(links) == len(EveryField.base_fields)
    for link in links:
        (target,) = drawn.by_id(link.get("href")[1:])
        assert target.tag in {"input", "select", "textarea"}
    assert [link.get("href") for link in links if "born" in link.get("href")] == ["#id_born_month"]


def test_hints_and_errors_are_read_out_with_their_input():
    """Trust 22: aria-describedby names what is on the page, and nothing else."""
    drawn = bound()
    described = drawn.all("[aria-describedby]")
    assert len(described) >= len(EveryField.base_fields)
    for element in described:
        for name in element.get("aria-describedby").split():
            assert drawn.by_id(name), name


def test_ids_are_unique():
    """Trust 22: no two elements share an id."""
    ids = [element.get("id") for element in bound().all("[id]")]
    assert len(ids) == len(set(ids))


def test_only_the_wrong_boxes_of_a_date_are_marked():
    """FAM-1: a missing year is marked, the day that was given is not."""
    marked = [box.get("id") for box in bound().all(".govuk-date-input__input.govuk-input--error")]
    assert marked == ["id_born_month", "id_born_year"]


def test_every_input_has_a_label():
    """Trust 22: each box, radio and list has words of its own."""
    drawn = bound()
    labels = {label.get("for") for label in drawn.all("label")}
    assert {element.get("id") for element in drawn.all("input, select, textarea")} == labels


def test_one_question_can_be_the_heading():
    """Style: one thing per page has its question as the heading."""
    form = one(fields.PlainTextField(label="What is the family's name?"))
    form.heading_field = "it"
    assert page("{{ form }}", form=form).all("h1 label")[0].text == "What is the family's name?"
    form = one(KINDS["radios"]("How did this reach you?"))
    form.heading_field = "it"
    assert page("{{ form }}", form=form).all("legend h1")[0].text == "How did this reach you?"


def test_a_package_s_form_looks_the_same():
    """Style: Django's own fields and widgets are drawn like ours."""

    class Theirs(forms.Form):
        login = forms.EmailField()
        password = forms.CharField(widget=forms.PasswordInput)
        remember = forms.BooleanField(required=False)
        when = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
        next = forms.CharField(widget=forms.HiddenInput, initial="/home/")
        letter = forms.FileField(required=False)

    drawn = page("{{ form }}", form=Theirs())
    assert [box.get("type") for box in drawn.all("input.govuk-input")] == ["email", "password"]
    assert len(drawn.all("input.govuk-radios__input, input.govuk-checkboxes__input")) == 2
    assert drawn.all("input[type=hidden]")[0].get("value") == "/home/"
    assert drawn.all("input[type=file].govuk-file-upload")


def test_a_formset_s_mistakes_are_summed_up_too():
    """INT-1: a mistake about the second person is linked to the second person's box."""
    people = forms.formset_factory(type("Person", (forms.Form,), {"it": fields.PlainTextField(label="Name")}))
    sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-it": "Amy", "form-1-it": ""}
    formset = people(sent)
    assert not formset.is_valid()
    drawn = page("{% error_summary formset %}{{ formset }}", formset=formset)
    assert [link.get("href") for link in drawn.all(".govuk-error-summary a")] == ["#id_form-1-it"]


def test_no_mistake_no_summary():
    """Trust 22: a page without mistakes has no empty box at its head."""
    assert not page("{% error_summary form %}", form=EveryField()).all(".govuk-error-summary")
