"""What people type into boxes, and the sentences they get back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from foundation.common import clock
from foundation.ui import fields

NOON = dt.datetime(2026, 4, 14, 12, tzinfo=dt.UTC)


def answer(field: forms.Field, **sent: Any) -> forms.Form:
    """A form of one field named `it`, filled with what was sent."""
    form = type("One", (forms.Form,), {"it": field})(QueryDict("", mutable=True))
    for name, value in sent.items():
        form.data.setlist(name, value if isinstance(value, list) else [value])
    return form


def sentence(field: forms.Field, **sent: Any) -> str:
    form = answer(field, **sent)
    return "" if form.is_valid() else form.errors["it"][0]


def born(**more: Any) -> fields.DateField:
    return fields.DateField(label="When was Amy born?", called="Date of birth", **more)


class TestDate:
    def test_three_boxes_make_a_date(self):
        """FAM-1: a date of birth is typed as three numbers."""
        form = answer(born(), it_day="31", it_month=" 3 ", it_year="2019")
        assert form.is_valid()
        assert form.cleaned_data["it"] == dt.date(2019, 3, 31)

    @pytest.mark.parametrize(
        ("boxes", "expected"),
        [
            ({"it_day": "3"}, "Date of birth must include a month and year"),
            ({"it_day": "3", "it_month": "4"}, "Date of birth must include a year"),
            ({"it_month": "4", "it_year": "2019"}, "Date of birth must include a day"),
            ({"it_day": "31", "it_month": "2", "it_year": "2019"}, "Date of birth must be a real date"),
            ({"it_day": "1", "it_month": "13", "it_year": "2019"}, "Date of birth must be a real date"),
            ({"it_day": "x", "it_month": "1", "it_year": "2019"}, "Date of birth must be a real date"),
            ({"it_day": "١", "it_month": "1", "it_year": "2019"}, "Date of birth must be a real date"),
            ({"it_day": "1", "it_month": "1", "it_year": "0001"}, "Date of birth must be a real date"),
            (
                {"it_day": "1", "it_month": "1", "it_year": "19"},
                "Date of birth must include the year in full, such as 2019",
            ),
            ({}, "Enter date of birth"),
        ],
    )
    def test_each_mistake_has_its_sentence(self, boxes, expected):
        """FAM-1: every wrong date says what is wrong with it."""
        assert sentence(born(), **boxes) == expected

    def test_a_date_to_come_is_refused_where_it_cannot_be(self):
        """FAM-1: nobody's date of birth is tomorrow."""
        with clock.at(NOON):
            assert sentence(born(not_future=True), it="2026-04-15") == "Date of birth must be in the past"
            assert sentence(born(not_future=True), it="2026-04-14") == ""

    def test_a_day_gone_by_is_refused_where_it_cannot_be(self):
        """EHA-2: a meeting is planned for a day to come."""
        with clock.at(NOON):
            assert sentence(born(not_past=True), it="2026-04-13") == "Date of birth must be today or later"
            assert sentence(born(not_past=True), it="2026-04-14") == ""

    def test_an_optional_date_may_be_left_out(self):
        """FAM-1: not every date is known."""
        form = answer(born(required=False))
        assert form.is_valid()
        assert form.cleaned_data["it"] is None

    @given(day=st.text(max_size=6), month=st.text(max_size=6), year=st.text(max_size=6))
    def test_no_text_breaks_it(self, day, month, year):
        """FAM-1: anything at all in the boxes is either a date or a sentence."""
        form = answer(born(), it_day=day, it_month=month, it_year=year)
        if form.is_valid():
            assert isinstance(form.cleaned_data["it"], dt.date)
        else:
            assert form.errors["it"][0].startswith(("Date of birth must", "Enter date of birth"))

    @given(st.dates(min_value=dt.date(1880, 1, 1)))
    def test_what_is_shown_is_what_is_read(self, date):
        """FAM-1: a stored date comes back unchanged from its boxes."""
        day, month, year = fields.DateField.widget().boxes_of(date)
        form = answer(born(), it_day=day, it_month=month, it_year=year)
        assert form.is_valid() is (date.year >= 1880)
        assert form.cleaned_data["it"] == date


class TestText:
    def test_too_long_a_note_is_refused_and_kept(self):
        """INT-1: two million characters get a sentence, and stay in their box."""
        form = answer(fields.PlainTextField(label="Story", rows=5, max_length=20_000), it="x" * 2_000_000)
        assert not form.is_valid()
        assert "20,000 characters or fewer" in form.errors["it"][0]
        assert "2,000,000" in form.errors["it"][0]
        assert len(form["it"].value()) == 2_000_000

    @pytest.mark.parametrize("name", ["Zoë 🙂", "مريم", "O'Brien-Ångström", "李小龍"])
    def test_every_script_is_welcome(self, name):
        """FAM-1: names are written as the family writes them."""
        form = answer(fields.PlainTextField(label="Name", max_length=80), it=name)
        assert form.is_valid()
        assert form.cleaned_data["it"] == name

    @pytest.mark.parametrize("rows", [0, 5])
    def test_nul_is_refused_in_words(self, rows):
        """INT-1: a hidden character that PostgreSQL cannot hold is told before it gets there."""
        told = sentence(fields.PlainTextField(label="Name", rows=rows, max_length=80), it="A\x00my")
        assert told.startswith("Name has ")
        assert "hidden character" in told

    def test_nothing_is_asked_for_in_plain_words(self):
        """INT-1: an empty box says what to enter; abbreviations keep their capitals."""
        assert sentence(fields.PlainTextField(label="Family name")) == "Enter family name"
        assert sentence(fields.PlainTextField(label="NHS number")) == "Enter NHS number"
        assert sentence(fields.PlainTextField(label="Why?"), it=" \u2003 ") == "Answer “Why?”"
        assert sentence(fields.PlainTextField(label="Why?", empty="Say why"), it="") == "Say why"


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("3", ""),
            ("1,000", "Rooms must be 30 or fewer"),
            ("0", "Rooms must be 1 or more"),
            ("three", "Rooms must be a whole number"),
            ("9" * 5000, "Rooms must be a whole number"),
            ("", "Enter rooms"),
        ],
    )
    def test_each_mistake_has_its_sentence(self, typed, expected):
        """EHA-2: a number out of bounds says the bound."""
        assert sentence(fields.NumberField(label="Rooms", low=1, high=30), it=typed) == expected

    def test_a_scale_gives_a_number(self):
        """EHA-2: scores go from 0 to 10."""
        form = answer(fields.ScaleField(label="Today"), it="10")
        assert form.is_valid()
        assert form.cleaned_data["it"] == 10
        assert sentence(fields.ScaleField(label="Today"), it="11") == "The number must be one from 0 to 10"
        assert sentence(fields.ScaleField(label="Today")) == "Select today"


class TestChoices:
    def test_one_of_few(self):
        """INT-7: a choice that was not offered is refused in words."""
        pick = [("a", "Advice"), ("b", "Support")]
        assert sentence(fields.ChoiceField(label="Decision", choices=pick), it="c") == "Select one of the answers shown"
        assert sentence(fields.SelectField(label="Decision", choices=pick)) == "Select decision"
        assert sentence(fields.CheckboxesField(label="Needs", choices=pick), it=["a", "z"]) == (
            "Select from the answers shown"
        )
        assert sentence(fields.CheckboxesField(label="Needs", choices=pick), it=["a", "b"]) == ""

    def test_yes_must_be_said(self):
        """CON-2: a box that must be ticked says so."""
        assert sentence(fields.YesField(label="Told", empty="Tell the family first")) == "Tell the family first"
        assert sentence(fields.YesField(label="Told"), it="on") == ""
