"""Lists that grow and shrink without script: "Add another person" and "Remove" are submit buttons.

    if press := add_another.pressed(request.POST, "people"):
        formset = People(add_another.after(request.POST, press), prefix="people")
        add_another.unchecked(formset)          # what was typed stays, nothing is complained about yet
        return self.render_to_response(...)

The page has `{% include "ui/add_another.html" with formset=formset what="person" %}` inside its form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict

MOST = 40


@dataclass(frozen=True, slots=True)
class Press:
    """Which button: `remove` is the number of the form to take away, None to add one."""

    prefix: str
    remove: int | None = None


def pressed(data: QueryDict, prefix: str) -> Press | None:
    """The add or remove button that sent a form, if it was one of this list's."""
    if f"{prefix}-add" in data:
        return Press(prefix)
    for name in data:
        if found := re.fullmatch(rf"{re.escape(prefix)}-remove-([0-9]{{1,3}})", name):
            return Press(prefix, int(found[1]))
    return None


def after(data: QueryDict, press: Press) -> QueryDict:
    """What was sent, with one empty form more or one fewer, the rest moved up; never more than 40 nor fewer than 1."""
    changed = data.copy()
    total = min(MOST, _number(data.get(f"{press.prefix}-TOTAL_FORMS")))
    if press.remove is None:
        total = min(MOST, total + 1)
    elif press.remove < total:
        _take_away(changed, press.prefix, press.remove)
        total = max(1, total - 1)
    changed[f"{press.prefix}-TOTAL_FORMS"] = str(total)
    changed[f"{press.prefix}-INITIAL_FORMS"] = "0"
    return changed


def unchecked(*forms: BaseForm | BaseFormSet[Any]) -> None:
    """Show forms as typed, without a word about mistakes; they count as neither valid nor saved."""
    for form in forms:
        if isinstance(form, BaseFormSet):
            form._errors = []  # type: ignore[attr-defined]
            form._non_form_errors = ErrorList()  # type: ignore[attr-defined]
            unchecked(*form.forms)
        else:
            form._errors = ErrorDict()  # type: ignore[attr-defined]
            form.cleaned_data = {}


def _take_away(data: QueryDict, prefix: str, gone: int) -> None:
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,3}})-(.+)")
    moved: dict[str, list[str]] = {}
    for name in list(data):
        found = pattern.fullmatch(name)
        if not found or int(found[1]) < gone:
            continue
        values = data.getlist(name)
        del data[name]
        if int(found[1]) > gone:
            moved[f"{prefix}-{int(found[1]) - 1}-{found[2]}"] = values
    for name, values in moved.items():
        data.setlist(name, values)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 1
