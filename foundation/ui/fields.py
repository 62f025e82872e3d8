"""Form fields whose every mistake has a sentence that says what to do.

A sentence begins with the field's `called` (by default its label), so give it one when the label is a question:
`DateField(label="When was Amy born?", called="Date of birth", not_future=True)`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.common import clock, text
from foundation.common.errors import Invalid
from foundation.ui import widgets

TEXT_LIMIT = 20_000
Choices = Iterable[tuple[Any, Any]]


def _named(field: forms.Field) -> str:
    return str(getattr(field, "called", "") or field.label or "This answer")


def _ask(label: str | None, called: str, empty: str, what: str) -> dict[str, str]:
    """Django's "required" in our words: "Enter family name", "Select level of need", "Answer “Is it safe?”"."""
    name = str(called or label or "an answer")
    if name.endswith("?"):
        return {"required": empty or f"Answer “{name}”"}
    return {"required": empty or f"{what} {name if name[:2].isupper() else name[0].lower() + name[1:]}"}


class PlainTextField(forms.CharField):
    """Text without markup, one line or (with `rows`) several; `max_length` in characters.

    Spaces are tidied and characters composed. A hidden character or too long a text is refused with a sentence, and
    what was typed stays in its box. Emoji and right-to-left names are welcome.
    """

    def __init__(
        self,
        *,
        max_length: int = TEXT_LIMIT,
        rows: int = 0,
        count: bool = True,
        width: int = 0,
        called: str = "",
        empty: str = "",
        **kwargs: Any,
    ) -> None:
        self.called, self.limit, self.rows = called, max_length, rows
        kwargs.setdefault(
            "widget", widgets.Textarea(rows=rows, count=count) if rows else widgets.TextInput(width=width)
        )
        kwargs.setdefault("error_messages", _ask(kwargs.get("label"), called, empty, "Enter"))
        super().__init__(strip=False, **kwargs)
        self.validators = []  # the cleaning below says it better, NUL included

    def to_python(self, value: Any) -> str:
        """The cleaned text; raises ValidationError with the sentence of `foundation.common.text`."""
        clean = text.clean_note if self.rows else text.clean_line
        try:
            return clean(super().to_python(value) or "", what=_named(self), limit=self.limit)
        except Invalid as refusal:
            raise ValidationError(refusal.sentence, code="text") from None


class DateField(forms.Field):
    """A date typed into three boxes. `not_future` refuses days to come, `not_past` days gone by.

    The ValidationError's `params["parts"]` names the boxes that are wrong, so that those are marked.
    """

    widget = widgets.DateInput

    def __init__(
        self, *, not_future: bool = False, not_past: bool = False, called: str = "", empty: str = "", **kwargs: Any
    ) -> None:
        self.called, self.not_future, self.not_past = called, not_future, not_past
        kwargs.setdefault("error_messages", _ask(kwargs.get("label"), called, empty, "Enter"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        """The date; raises ValidationError saying which box is missing, or that there is no such day."""
        if isinstance(value, dt.date) or not value:
            return value or None
        typed = [
            str(part).strip() for part in (value if isinstance(value, list) else widgets.DateInput().boxes_of(value))
        ]
        missing = [part for part, box in zip(widgets.DateInput.parts, typed, strict=True) if not box]
        if len(missing) == 3:
            return None
        if missing:
            raise self._wrong(f"must include a {' and '.join(missing)}", missing)
        return self._real_date(typed)

    def validate(self, value: Any) -> None:
        """Besides what is required: on the right side of today."""
        super().validate(value)
        if value and self.not_future and value > clock.today():
            raise self._wrong("must be in the past", widgets.DateInput.parts)
        if value and self.not_past and value < clock.today():
            raise self._wrong("must be today or later", widgets.DateInput.parts)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared box by box, as typed."""
        boxes_of = widgets.DateInput().boxes_of
        return boxes_of(initial) != boxes_of(data)

    def _real_date(self, typed: list[str]) -> dt.date:
        if not all(box.isascii() and box.isdigit() and len(box) <= 4 for box in typed):
            raise self._wrong("must be a real date", widgets.DateInput.parts)
        day, month, year = (int(box) for box in typed)
        if len(typed[2]) < 4:
            raise self._wrong("must include the year in full, such as 2019", ["year"])
        if not 1 <= month <= 12:
            raise self._wrong("must be a real date", ["month"])
        try:
            if year < 1880:
                raise ValueError
            return dt.date(year, month, day)
        except ValueError:
            raise self._wrong("must be a real date", ["year"] if year < 1880 else ["day"]) from None

    def _wrong(self, what: str, parts: Sequence[str]) -> ValidationError:
        # Django fills params into the sentence by %, which a question may hold itself.
        sentence = f"{_named(self)} {what}".replace("%", "%%")
        return ValidationError(sentence, code="date", params={"parts": list(parts)})


class ClockTimeField(forms.Field):
    """A time of day as people type it: "2:30pm", "14:30", "9 am", "9"."""

    _AS_TYPED = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)

    def __init__(self, *, called: str = "", empty: str = "", **kwargs: Any) -> None:
        self.called = called
        kwargs.setdefault("widget", widgets.TextInput(width=5))
        kwargs.setdefault("error_messages", _ask(kwargs.get("label"), called, empty, "Enter"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        """The time; raises ValidationError with an example for what is none."""
        if isinstance(value, dt.time) or value in self.empty_values or not str(value).strip():
            return value if isinstance(value, dt.time) else None
        typed = self._AS_TYPED.fullmatch(str(value).strip()) if str(value).isascii() else None
        hour, minute, half = (typed.group(1), typed.group(2), typed.group(3)) if typed else ("99", None, None)
        if half and not 1 <= int(hour) <= 12:
            hour = "99"
        if half:
            hour = int(hour) % 12 + (12 if half.lower() == "pm" else 0)
        try:
            return dt.time(int(hour), int(minute or 0))
        except ValueError:
            raise ValidationError(
                f"{_named(self)} must be a time of day, such as 2:30pm or 14:30", code="time"
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """As it is said: "2:30pm"."""
        if not isinstance(value, dt.time):
            return value
        return f"{value.hour % 12 or 12}:{value:%M}{'am' if value.hour < 12 else 'pm'}"


class ChoiceField(forms.ChoiceField):
    """One of few, as radios."""

    def __init__(
        self, *, choices: Choices, inline: bool = False, called: str = "", empty: str = "", **kwargs: Any
    ) -> None:
        self.called = called
        kwargs.setdefault("widget", widgets.Radios(inline=inline))
        kwargs.setdefault(
            "error_messages",
            {**_ask(kwargs.get("label"), called, empty, "Select"), "invalid_choice": "Select one of the answers shown"},
        )
        super().__init__(choices=choices, **kwargs)


class SelectField(ChoiceField):
    """One of many, as a drop-down list."""

    def __init__(self, *, choices: Choices, **kwargs: Any) -> None:
        super().__init__(choices=choices, **{"widget": forms.Select(), **kwargs})


class CheckboxesField(forms.MultipleChoiceField):
    """Any of few, as checkboxes."""

    def __init__(self, *, choices: Choices, called: str = "", empty: str = "", **kwargs: Any) -> None:
        self.called = called
        kwargs.setdefault("widget", widgets.Checkboxes())
        kwargs.setdefault(
            "error_messages",
            {**_ask(kwargs.get("label"), called, empty, "Select"), "invalid_choice": "Select from the answers shown"},
        )
        super().__init__(choices=choices, **kwargs)


class NumberField(forms.IntegerField):
    """A whole number, typed. `low` and `high` are both allowed."""

    def __init__(
        self, *, low: int | None = None, high: int | None = None, called: str = "", empty: str = "", **kwargs: Any
    ) -> None:
        self.called, self.low, self.high = called, low, high
        width = max(2, len(str(high))) if high is not None else 5
        kwargs.setdefault("widget", widgets.TextInput(width=min(width, 10), attrs={"inputmode": "numeric"}))
        name = called or kwargs.get("label") or "This answer"
        kwargs.setdefault(
            "error_messages",
            {**_ask(kwargs.get("label"), called, empty, "Enter"), "invalid": f"{name} must be a whole number"},
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        """The number; digits only, and few of them, so that nothing overflows."""
        typed = str(value).strip().replace(",", "") if value is not None else ""
        if len(typed) > 12:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(typed)

    def validate(self, value: Any) -> None:
        """Besides what is required: within its bounds."""
        super().validate(value)
        if value is None:
            return
        if self.low is not None and value < self.low:
            raise ValidationError(f"{_named(self)} must be {self.low} or more", code="low")
        if self.high is not None and value > self.high:
            raise ValidationError(f"{_named(self)} must be {self.high} or fewer", code="high")


class ScaleField(forms.TypedChoiceField):
    """A number from 0 to 10 (or `top`), chosen from a row of radios; `low` and `high` say what the ends mean."""

    def __init__(
        self, *, top: int = 10, low: str = "", high: str = "", called: str = "", empty: str = "", **kwargs: Any
    ) -> None:
        self.called = called
        kwargs.setdefault("widget", widgets.Scale(low=low, high=high))
        kwargs.setdefault(
            "error_messages",
            {
                **_ask(kwargs.get("label"), called, empty, "Select"),
                "invalid_choice": f"The number must be one from 0 to {top}",
            },
        )
        super().__init__(
            choices=[(str(number), str(number)) for number in range(top + 1)], coerce=int, empty_value=None, **kwargs
        )


class YesField(forms.BooleanField):
    """One checkbox that says yes to a sentence, its label."""

    def __init__(self, *, called: str = "", empty: str = "", **kwargs: Any) -> None:
        self.called = called
        kwargs.setdefault("error_messages", {"required": empty or "Tick the box to go on"})
        super().__init__(**kwargs)
