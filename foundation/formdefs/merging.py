"""A writer who may not see everybody in a section must not lose what is written about the others (EHA-4, CON-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from foundation.formdefs.definitions import Field, Page
from foundation.formdefs.enums import Kind
from foundation.formdefs.forms import Answers


def put_back(page: Page, *, kept: Mapping[str, Any], written: Mapping[str, Any], visible: Iterable[str]) -> Answers:
    """What to save: the writer's answers, and of those kept before, what speaks of people outside `visible` (ids).

    Entries of a group that were out of the writer's sight stand behind the writer's own.
    """
    seen = set(visible)
    merged: Answers = {}
    for field in page:
        if field.key in written:
            merged[field.key] = written[field.key]
        before = kept.get(field.key)
        if field.kind == Kind.PERSON and before and before not in seen:
            merged.setdefault(field.key, before)
        elif field.kind == Kind.GROUP:
            unseen = [entry for entry in before or () if _names_unseen(field, entry, seen)]
            if unseen:
                merged[field.key] = [*written.get(field.key, ()), *unseen]
    return merged


def _names_unseen(group: Field, entry: Mapping[str, Any], seen: set[str]) -> bool:
    named = (entry.get(inner.key) for inner in group.fields if inner.kind == Kind.PERSON)
    return any(person and person not in seen for person in named)
