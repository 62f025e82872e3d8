"""One field of a definition as a form field, and its answer on the way between browser, JSON and box (EHA-3)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.formdefs import people as of_case
from foundation.formdefs.definitions import Field
from foundation.formdefs.enums import Kind
from foundation.formdefs.people import Person
from foundation.ui import fields, widgets

Boxes = dict[str, str]
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class PartialDateInput(widgets.DateInput):
    """The three boxes of a date of which only the year may be known."""

    def boxes_of(self, value: Any) -> list[str]:
        """The boxes of "2019", "2019-04" or "2019-04-12", or of boxes as they were typed."""
        found = _PARTIAL.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return super().boxes_of(value)
        year, month, day = found.groups()
        return [str(int(part)) if part else "" for part in (day, month)] + [year]


class PartialDateField(fields.DateField):
    """A date, a month or a year, as far as somebody knows: "2019-04-12", "2019-04" or "2019"."""

    widget = PartialDateInput

    def to_python(self, value: Any) -> Any:
        """As much of an ISO date as was given; raises ValidationError in words where it is no date."""
        typed = [str(part).strip() for part in PartialDateInput().boxes_of(value or None)]
        day, month, year = typed
        if not any(typed):
            return None
        if not year:
            raise self._wrong("must include a year, even if you do not know the day", ["year"])
        if day and not month:
            raise self._wrong("must include a month if it has a day", ["month"])
        known = self._real_date([day or "1", month or "1", year]).isoformat()
        return known[: 10 if day else 7 if month else 4]

    def validate(self, value: Any) -> None:
        """Required or not; a part of a date stands on neither side of today."""
        forms.Field.validate(self, value)


class MeasureField(fields.NumberField):
    """A number, with its unit typed or not; whole, unless the definition lets it have two decimals."""

    def __init__(self, *, whole: bool, unit: str, **kwargs: Any) -> None:
        self.whole, self.unit = whole, unit
        super().__init__(**kwargs)
        if not whole:
            self.widget = widgets.TextInput(width=10, attrs={"inputmode": "decimal"})
            self.error_messages["invalid"] = f"{self.called} must be a number, such as 7 or 7.5"

    def to_python(self, value: Any) -> Any:
        """The number: an int where it is whole, else a float."""
        typed = str("" if value is None else value).strip().removesuffix(self.unit or "\0").strip().replace(",", "")
        if not typed:
            return None
        if not re.fullmatch(r"-?[0-9]{1,10}" + ("" if self.whole else r"(\.[0-9]{1,2})?"), typed):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(typed) if "." not in typed else float(typed)


def form_field(field: Field, people: Iterable[Person], *, where: str = "") -> forms.Field:
    """The form field of one question. `where` begins its error sentences inside a group: "Adult 2: "."""
    name = f"{where}“{field.label}”" if field.label.endswith("?") else f"{where}{field.label}"
    verb = "Select an answer to" if field.kind in {Kind.CHOICE, Kind.MANY_CHOICES, Kind.SCALE} else "Answer"
    common: dict[str, Any] = {
        "label": field.label if field.required else f"{field.label} (optional)",
        "help_text": field.help,
        "required": field.required,
        "called": name,
        "empty": f"{where}{verb} “{field.label}”",
    }
    match field.kind:
        case Kind.TEXT:
            return fields.PlainTextField(max_length=field.max_length, **common)
        case Kind.LONG_TEXT:
            return fields.PlainTextField(max_length=field.max_length, rows=5, **common)
        case Kind.CHOICE | Kind.MANY_CHOICES:
            return _choice_field(field, common)
        case Kind.DATE:
            return fields.DateField(**common)
        case Kind.PARTIAL_DATE:
            return PartialDateField(**common)
        case Kind.NUMBER:
            return MeasureField(
                whole=field.whole, unit=field.unit, low=_tidy(field.min), high=_tidy(field.max), **common
            )
        case Kind.SCALE:
            return fields.ScaleField(low=field.low, high=field.high, **common)
    names = [("", "Choose a person"), *((person.id, person.name) for person in of_case.offered(field, people))]
    return fields.SelectField(choices=names, **{**common, "empty": f"{where}Choose a person for “{field.label}”"})


def _choice_field(field: Field, common: dict[str, Any]) -> forms.Field:
    choices = [(option.value, option.label) for option in field.options]
    hints = {option.value: option.help for option in field.options if option.help}
    if field.kind == Kind.CHOICE:
        return fields.ChoiceField(choices=choices, widget=widgets.Radios(hints=hints), **common)
    return fields.CheckboxesField(choices=choices, widget=widgets.Checkboxes(hints=hints), **common)


def _tidy(number: float | None) -> Any:
    """7, not 7.0, in a sentence."""
    return int(number) if number is not None and number == int(number) else number


def is_empty(value: object) -> bool:
    """Whether nothing was answered: no text but spaces, no box of a date, no choice. 0 is an answer."""
    if isinstance(value, list | tuple):
        return all(is_empty(part) for part in value)
    if isinstance(value, Mapping):
        return all(is_empty(part) for part in value.values())
    return value is None or (isinstance(value, str) and not value.strip())


def stored(value: Any) -> Any:
    """A cleaned value as JSON holds it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def shown_again(field: Field, value: Any) -> Any:
    """A kept answer, a draft's included, as the initial value of its form field."""
    if isinstance(value, Mapping):  # the boxes of a date that was left half typed
        return [str(value.get(part, "")) for part in widgets.DateInput.parts]
    if field.kind == Kind.SCALE and value is not None:
        return str(value)
    return value


def sent(form: forms.Form, name: str) -> Any:
    """What the browser sent for a field of a bound form, as its widget reads it."""
    return form.fields[name].widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
