"""Answers as people read them: on pages, before approval, in documents (EHA-2, EHA-9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.formdefs.definitions import Field, Page, shown
from foundation.formdefs.enums import Kind
from foundation.formdefs.forms import Answers, entry_name
from foundation.formdefs.people import Person, as_people, name_of
from foundation.formdefs.values import is_empty

UNFINISHED = "(not finished)"


@dataclass(frozen=True)
class Shown:
    """One question and its answer in plain text with line breaks; "" where nobody has answered.

    `entries` are those of a repeated group, and `long` says that the text wants room.
    """

    key: str
    label: str
    text: str = ""
    entries: tuple[ShownEntry, ...] = ()
    is_group: bool = False
    long: bool = False


@dataclass(frozen=True)
class ShownEntry:
    """One entry of a repeated group, under the name of the person whom it is about, if there is one."""

    name: str
    answers: tuple[Shown, ...]


def read(page: Page, answers: Mapping[str, Any], *, people: Iterable[Sequence[str]] = ()) -> list[Shown]:
    """Every question of a page that these answers ask for, in order, answered or not. Takes a draft's as well."""
    known = as_people(people)
    return [_shown(field, answers.get(field.key), known) for field in shown(page, answers)]


def show(field: Field, value: Any, people: Iterable[Sequence[str]] = ()) -> str:
    """One answer as plain text: options by their labels, one a line; a date as "Tue 14 April 2026"; people by name.

    An entry of a repeated group is its name, then each question with its answer below.
    """
    known = as_people(people)
    if is_empty(value):
        return ""
    if field.kind == Kind.GROUP:
        return "\n\n".join(_entry_text(entry) for entry in _entries(field, value, known))
    return _text(field, value, known)


def _shown(field: Field, value: Any, people: tuple[Person, ...]) -> Shown:
    if field.kind == Kind.GROUP:
        return Shown(field.key, field.label, entries=_entries(field, value, people), is_group=True)
    text = "" if is_empty(value) else _text(field, value, people)
    return Shown(field.key, field.label, text, long=field.kind == Kind.LONG_TEXT)


def _entries(group: Field, value: Any, people: tuple[Person, ...]) -> tuple[ShownEntry, ...]:
    return tuple(
        _entry(group, number, entry, people) for number, entry in enumerate(value or ()) if not is_empty(entry)
    )


def _entry(group: Field, number: int, entry: Answers, people: tuple[Person, ...]) -> ShownEntry:
    asked = shown(group.fields, entry)
    person = next((field for field in asked if field.kind == Kind.PERSON and entry.get(field.key)), None)
    name = entry_name(group, number)
    if person is not None:
        name = f"{name}: {name_of(entry[person.key], people)}"
    return ShownEntry(
        name, tuple(_shown(field, entry.get(field.key), people) for field in asked if field is not person)
    )


def _entry_text(entry: ShownEntry) -> str:
    answered = [f"{answer.label}\n{answer.text}" for answer in entry.answers if answer.text]
    return "\n".join([entry.name, *answered])


def _text(field: Field, value: Any, people: tuple[Person, ...]) -> str:
    match field.kind:
        case Kind.CHOICE:
            return field.option_label(value)
        case Kind.MANY_CHOICES:
            chosen = value if isinstance(value, list) else [value]
            return "\n".join(field.option_label(one) for one in chosen)
        case Kind.DATE | Kind.PARTIAL_DATE:
            return _date_text(value)
        case Kind.SCALE:
            return f"{value} out of 10"
        case Kind.NUMBER if field.unit and not isinstance(value, str):
            return f"{value}{field.unit}" if field.unit == "%" else f"{value} {field.unit}"
        case Kind.PERSON:
            return name_of(value, people)
    return str(value)


def _date_text(value: Any) -> str:
    """A whole date, as much of one as is known, or the boxes of one that was left half typed."""
    if isinstance(value, Mapping):
        return " ".join(
            [*(f"{part} {value[part]}" for part in ("day", "month", "year") if value.get(part)), UNFINISHED]
        )
    year, month, day = (*str(value).split("-"), "", "")[:3]
    try:
        date = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return str(value)
    if not month:
        return year
    return f"{date:%a} {date.day} {date:%B %Y}" if day else f"{date:%B %Y}"
