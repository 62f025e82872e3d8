"""What of an assessment one reader may see: answers about people whom their consent does not cover stay out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from foundation.formdefs.definitions import Definition, Page

Answers = dict[str, Any]


def without_hidden_people(page: Page, answers: Mapping[str, Any], visible: Iterable[str]) -> tuple[Answers, bool]:
    """The answers of one page for a reader, and whether something was left out (EHA-9).

    `visible` holds the ids, as text, of the people whom the reader may know about. A person's name is left out,
    and of a repeated group each entry about somebody else.
    """
    allowed = set(visible)
    kept: Answers = {}
    left_out = False
    for field in page.fields:
        if field.key not in answers:
            continue
        value = answers[field.key]
        if field.kind == "person" and value and value not in allowed:
            left_out = True
            continue
        if field.kind == "group":
            entries = [entry for entry in value if not _names_hidden(field.fields, entry, allowed)]
            left_out = left_out or len(entries) != len(value)
            value = entries
        kept[field.key] = value
    return kept, left_out


def hides_something(definition: Definition, answers: Mapping[str, Mapping[str, Any]], visible: Iterable[str]) -> bool:
    """Whether any page holds an answer that this reader may not see."""
    allowed = set(visible)
    return any(without_hidden_people(page, answers.get(page.key, {}), allowed)[1] for page in definition.pages)


def _names_hidden(fields: Iterable[Any], entry: Mapping[str, Any], allowed: set[str]) -> bool:
    return any(field.kind == "person" and entry.get(field.key) and entry[field.key] not in allowed for field in fields)
