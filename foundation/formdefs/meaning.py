"""What a schema cannot say about a form: keys that are used twice, conditions that lead nowhere, figures unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundation.formdefs.enums import FIGURE_KINDS, Kind, Who
from foundation.formdefs.places import Place, quoted

KEY_RULE = "use small letters, digits and underscores, begin with a letter, and stay within 40 characters."
MOST_FIELDS = 300
_DATES, _PARTS = frozenset({Kind.DATE, Kind.PARTIAL_DATE}), ("day", "month", "year")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Fault = tuple[Place, str]
Path = tuple[str | int, ...]


def faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Each fault of a form that its schema accepts."""
    pages = body["pages"]
    yield from _keys(body, [body], (), "form")
    yield from _keys(body, pages, ("pages",), "page")
    figures: dict[str, str] = {}
    for number, page in enumerate(pages):
        path: Path = ("pages", number, "fields")
        yield from _fields(body, page["fields"], path, figures)
    count = sum(1 + len(field.get("fields", ())) for page in pages for field in page["fields"])
    if count > MOST_FIELDS:
        yield Place(body, ["pages"]), f"A form can have at most {MOST_FIELDS} fields; this one has {count}."


def _fields(body: Any, fields: Sequence[Mapping[str, Any]], path: Path, figures: dict[str, str]) -> Iterator[Fault]:
    yield from _keys(body, fields, path, "field")
    boxes = {f"{field['key']}_{part}": field["key"] for field in fields if field["kind"] in _DATES for part in _PARTS}
    earlier: dict[str, Mapping[str, Any]] = {}
    for number, field in enumerate(fields):
        here = (*path, number)
        if field["key"] in boxes:
            date = quoted(boxes[field["key"]])
            yield Place(body, here), f"the key {quoted(field['key'])} is taken by a box of the date {date}."
        yield from _options(body, field, here)
        yield from _condition(body, field, here, earlier, {other["key"] for other in fields})
        yield from _figure(body, field, here, figures)
        if "min" in field and "max" in field and field["min"] > field["max"]:
            yield Place(body, here), "‘min’ is more than ‘max’."
        if field["kind"] == Kind.GROUP:
            yield from _group(body, field, here, figures)
        earlier[field["key"]] = field


def _keys(body: Any, things: Sequence[Mapping[str, Any]], path: Path, word: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, thing in enumerate(things):
        place = Place(body, (*path, number) if path else ("key",))
        if not _KEY.fullmatch(thing["key"]):
            yield place, f"{quoted(thing['key'])} cannot be a key: {KEY_RULE}"
        if thing["key"] in seen:
            yield place, f"another {word} has the key {quoted(thing['key'])} already."
        seen.add(thing["key"])


def _options(body: Any, field: Mapping[str, Any], here: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, option in enumerate(field.get("options", ())):
        place = Place(body, (*here, "options", number))
        if not _KEY.fullmatch(option["value"]):
            yield place, f"{quoted(option['value'])} cannot be a value: {KEY_RULE}"
        if option["value"] in seen:
            yield place, f"another option has the value {quoted(option['value'])} already."
        seen.add(option["value"])


def _condition(
    body: Any, field: Mapping[str, Any], here: Path, earlier: Mapping[str, Any], all_keys: set[str]
) -> Iterator[Fault]:
    condition = field.get("condition")
    if condition is None:
        return
    place = Place(body, (*here, "condition"))
    key = condition["field"]
    if key == field["key"]:
        yield place, "a field cannot hang on itself."
    elif key not in all_keys:
        yield place, f"there is no field {quoted(key)} beside it."
    elif key not in earlier:
        yield place, f"the field {quoted(key)} comes later; a condition can only look back."
    else:
        sentence = _answerable(condition, earlier[key])
        if sentence:
            yield place, sentence


def _answerable(condition: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    """Why this answer can never be given to the field that the condition looks at; nothing where it can."""
    how = "contains" if "contains" in condition else "equals"
    value, kind, key = condition[how], target["kind"], quoted(target["key"])
    if how == "contains" and kind != Kind.MANY_CHOICES:
        return f"{key} holds one answer: use ‘equals’."
    if how == "equals" and kind == Kind.MANY_CHOICES:
        return f"{key} holds many choices: use ‘contains’."
    if how == "equals" and kind not in {Kind.CHOICE, Kind.SCALE, Kind.NUMBER}:
        return f"{key} must be a choice, many choices, a number or a scale."
    if kind in {Kind.SCALE, Kind.NUMBER}:
        if isinstance(value, str):
            return f"{key} is a number, and {quoted(value)} is not."
        if kind == Kind.SCALE and not 0 <= value <= 10:
            return f"a scale goes from 0 to 10, and {quoted(value)} is not on it."
        return ""
    if value not in [option["value"] for option in target["options"]]:
        return f"{quoted(value)} is not an option of {key}."
    return ""


def _figure(body: Any, field: Mapping[str, Any], here: Path, figures: dict[str, str]) -> Iterator[Fault]:
    figure = field.get("figure")
    if figure is None:
        return
    place = Place(body, here)
    if figure not in FIGURE_KINDS:
        yield place, f"there is no figure {quoted(figure)}."
    elif field["kind"] not in FIGURE_KINDS[figure]:
        wanted = " or ".join(sorted(FIGURE_KINDS[figure]))
        yield place, f"the figure {quoted(figure)} is fed by a field of kind {wanted}."
    elif figure in figures:
        yield place, f"the figure {quoted(figure)} is fed by {quoted(figures[figure])} already."
    figures.setdefault(figure, field["key"])


def _group(body: Any, field: Mapping[str, Any], here: Path, figures: dict[str, str]) -> Iterator[Fault]:
    place = Place(body, here)
    if any(inner["kind"] == Kind.GROUP for inner in field["fields"]):
        yield place, "a group cannot hold another group."
        return
    yield from _fields(body, field["fields"], (*here, "fields"), figures)
    wanted = field.get("for_each")
    offered = {inner.get("who", Who.ANYONE) for inner in field["fields"] if inner["kind"] == Kind.PERSON}
    if wanted and not offered & {wanted, Who.ANYONE}:
        yield place, f"to begin with one entry for each {wanted}, it needs a person field that offers them."
