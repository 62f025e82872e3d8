"""Narrowing the list of changes; everything stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from foundation.partnership.trail import KINDS
from foundation.ui.fields import SelectField


class ChangesFilter(forms.Form):
    """By kind of change, and by who made it."""

    kind = SelectField(
        label="Kind of change", required=False, choices=[("", "All"), *((code, words) for code, words, _ in KINDS)]
    )
    person = SelectField(label="Who", required=False, choices=[])

    def __init__(self, data: Any, *, people: Mapping[int, str]) -> None:
        super().__init__(data)
        person: Any = self.fields["person"]
        person.choices = [("", "Everybody"), *((str(key), name) for key, name in people.items())]

    @property
    def chosen(self) -> dict[str, Any]:
        """What to narrow to; a choice that is none narrows nothing."""
        self.is_valid()
        kind, person = (self.cleaned_data.get(name, "") for name in ("kind", "person"))
        return {"kind": kind, "person": int(person) if person else None}
