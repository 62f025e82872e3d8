"""What may stand in the audit trail and in the outbox: ids, numbers, dates and codes, never a name or free text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import Enum
from uuid import UUID

LONGEST = 80
# A code is all lower case or all upper case: `eha_required`, `EH-7KQ2-M9XD`, `1+`. A surname is neither.
_CODE = re.compile(r"[a-z0-9._:+/-]*|[A-Z0-9._:+/-]*")

Plain = str | int | bool | None


def is_code(value: str) -> bool:
    """Whether a string is a code or an id written out, and so can name no one."""
    return len(value) <= LONGEST and _CODE.fullmatch(value) is not None


def plain(value: object) -> Plain | list[Plain]:
    """A value as JSON holds it; raises ValueError for anything that could be free text (its words are not repeated)."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_one(item) for item in value]
    return _one(value)


def plain_values(values: Mapping[str, object]) -> dict[str, Plain | list[Plain]]:
    """Each value made plain; raises ValueError naming the key that holds what may not be kept."""
    kept = {}
    for key, value in values.items():
        try:
            kept[key] = plain(value)
        except ValueError:
            raise ValueError(f"{key} is neither an id, a number, a date nor a code: it may not be kept.") from None
    return kept


def _one(value: object) -> Plain:
    if isinstance(value, Enum):
        value = value.value
        if isinstance(value, str) and len(value) <= LONGEST and not re.search(r"\s", value):
            return value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and is_code(value):
        return str(value)
    raise ValueError("Neither an id, a number, a date nor a code.")
