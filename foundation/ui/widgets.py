"""Inputs. Markup, classes and aria attributes are in `templates/ui/fields/`; here is only what the browser sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms


class TextInput(forms.TextInput):
    """One line. `width` is in characters (2, 3, 4, 5, 10, 20 or 30; 0 is the whole column)."""

    def __init__(self, *, width: int = 0, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.width = width


class Textarea(forms.Textarea):
    """Several lines; with `count` it says how many characters are left of the field's max_length."""

    def __init__(self, *, rows: int = 5, count: bool = True, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": rows, **(attrs or {})})
        self.count = count


class Radios(forms.RadioSelect):
    """One of few; `inline` only for two short ones. `hints` maps an option's value to a line below it."""

    def __init__(
        self, *, inline: bool = False, small: bool = False, hints: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.inline = inline
        self.small = small
        self.hints = dict(hints or {})


class Scale(forms.RadioSelect):
    """A number of a short scale, side by side; `low` and `high` say what its ends mean."""

    def __init__(self, *, low: str = "", high: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low = low
        self.high = high


class Checkboxes(forms.CheckboxSelectMultiple):
    """Any of few. `hints` maps an option's value to a line below it."""

    def __init__(self, *, small: bool = False, hints: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.small = small
        self.hints = dict(hints or {})


class DateInput(forms.Widget):
    """Day, month and year as three boxes named NAME_day, NAME_month and NAME_year."""

    template_name = "ui/fields/date.html"  # drawn by ui/field.html, which adds what the field knows
    use_fieldset = True
    parts = ("day", "month", "year")

    def boxes_of(self, value: Any) -> list[str]:
        """The three boxes of a date, as typed or as stored."""
        if isinstance(value, list):
            return value
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                return ["", "", ""]
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Each box with its own name, id and value."""
        context = super().get_context(name, value, attrs)
        id_ = context["widget"]["attrs"].get("id", name)
        context["widget"]["boxes"] = [
            {"part": part, "label": part.capitalize(), "name": f"{name}_{part}", "id": f"{id_}_{part}", "value": typed}
            for part, typed in zip(self.parts, self.boxes_of(value), strict=True)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """What stands in the boxes; one ISO date under the plain name (from a draft) is taken too."""
        if data.get(name):
            return self.boxes_of(data.get(name))
        return [str(data.get(f"{name}_{part}") or "").strip() for part in self.parts]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether none of the boxes was sent."""
        return name not in data and all(f"{name}_{part}" not in data for part in self.parts)

    def id_for_label(self, id_: str) -> str:
        """Where an error's link leads: the first box."""
        return f"{id_}_day" if id_ else id_
