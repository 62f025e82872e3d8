"""Whether two writings of one section say the same (EHA-4). Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foundation.formdefs.definitions import Page
from foundation.formdefs.enums import Kind
from foundation.formdefs.values import is_empty

Answers = dict[str, Any]


def same_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether they say the same: spaces round a text and answers left empty are no words."""
    return bool(_said(one) == _said(other))


def same_entries(page: Page, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether each group has as many entries in both, blank ones included: Add another makes a blank one."""
    groups = [field.key for field in page if field.kind == Kind.GROUP]
    return all(len(one.get(key) or ()) == len(other.get(key) or ()) for key in groups)


def without_blank_entries(page: Page, answers: Mapping[str, Any]) -> Answers:
    """The answers without the entries that stand blank on the page because it always shows one to write in."""
    groups = {field.key for field in page if field.kind == Kind.GROUP}
    return {
        key: [entry for entry in value if not is_empty(entry)] if key in groups else value
        for key, value in answers.items()
    }


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        said = {key: _said(part) for key, part in value.items()}
        return {key: part for key, part in said.items() if not is_empty(part)}
    if isinstance(value, list):
        return [part for part in map(_said, value) if not is_empty(part)]
    return value.strip() if isinstance(value, str) else value
