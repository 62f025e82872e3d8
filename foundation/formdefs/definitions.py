"""A form as frozen objects: pages, fields, options, conditions (EHA-3). Made from JSON that has been checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from foundation.common.errors import Invalid, NotThere
from foundation.formdefs import checks
from foundation.formdefs.enums import Kind

# What one answer may hold unless its field says less, in characters.
SHORTEST_DEFAULT, LONGEST_DEFAULT = 200, 10_000
GROUP_DEFAULT = 12


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that a choice offers: `value` is stored, `label` is read."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Ask a field only when an earlier one of the same page, or of the same entry, was answered so."""

    field: str
    equals: str | int | None = None
    contains: str | None = None

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers given so far ask for the field."""
        given = answers.get(self.field)
        if self.contains is not None:
            return isinstance(given, list) and self.contains in given
        if isinstance(self.equals, int) and isinstance(given, str):
            return given.strip() == str(self.equals)
        return bool(given == self.equals)


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `fields` are those of one entry where the kind is a repeated group."""

    key: str
    kind: str
    label: str
    help: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    max_length: int = LONGEST_DEFAULT
    min: float | None = None
    max: float | None = None
    whole: bool = True
    unit: str = ""
    low: str = ""
    high: str = ""
    figure: str = ""
    who: str = "anyone"
    fields: tuple[Field, ...] = ()
    max_items: int = GROUP_DEFAULT
    entry: str = ""
    for_each: str = ""

    def option_label(self, value: object) -> str:
        """What people read for a stored value; the value itself where the form does not know it."""
        return next((option.label for option in self.options if option.value == value), str(value))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions: one section of an assessment."""

    key: str
    title: str
    intro: str = ""
    fields: tuple[Field, ...] = ()

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def field(self, key: str) -> Field:
        """The field of that key; NotThere where the page has none."""
        return _by_key(self.fields, key)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole form."""

    key: str
    title: str
    pages: tuple[Page, ...]

    def __iter__(self) -> Iterator[Page]:
        return iter(self.pages)

    def page(self, key: str) -> Page:
        """The page of that key; NotThere where the form has none."""
        return _by_key(self.pages, key)


def _by_key(things: Iterable[Any], key: str) -> Any:
    for thing in things:
        if thing.key == key:
            return thing
    raise NotThere


def validate(body: object) -> None:
    """Raise Invalid, with a sentence for each thing that is wrong and where, unless `body` is a form (EHA-3)."""
    checks.check(body)


def parse(body: object) -> Definition:
    """The form that a body describes. Checked once and then remembered; raises Invalid where it is not a form."""
    try:
        text = json.dumps(body)
    except (TypeError, ValueError, RecursionError):
        raise Invalid(checks.NOT_JSON) from None
    return _parse_text(text)


@lru_cache(maxsize=64)
def _parse_text(text: str) -> Definition:
    body = json.loads(text)
    validate(body)
    return Definition(key=body["key"], title=body["title"], pages=tuple(_page(page) for page in body["pages"]))


def _page(page: Mapping[str, Any]) -> Page:
    return Page(page["key"], page["title"], page.get("intro", ""), tuple(_field(field) for field in page["fields"]))


def _field(field: Mapping[str, Any]) -> Field:
    plain = {key: value for key, value in field.items() if key not in {"options", "condition", "fields"}}
    plain.setdefault("max_length", SHORTEST_DEFAULT if field["kind"] == Kind.TEXT else LONGEST_DEFAULT)
    return Field(
        **plain,
        options=tuple(Option(**option) for option in field.get("options", ())),
        condition=Condition(**field["condition"]) if "condition" in field else None,
        fields=tuple(_field(inner) for inner in field.get("fields", ())),
    )


def shown(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[Field]:
    """The fields that these answers ask for: a field whose condition does not hold is not asked, nor is any
    field that hangs on it.
    """
    kept: list[Field] = []
    asked: dict[str, Any] = {}
    for field in fields:
        if field.condition is None or field.condition.holds(asked):
            kept.append(field)
            asked[field.key] = answers.get(field.key)
    return kept
