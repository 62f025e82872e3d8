"""Lists page by key, never by OFFSET: a page costs the same wherever it is, and no row is shown twice or skipped.

    page = page_by_key(queries.visible_to(actor), order=("due_at", "id"), after=request.GET.get("after"))

The place in the list travels encrypted, because a sort key may be a name and addresses are logged.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.db.models import Model, Q, QuerySet
from django.utils.crypto import salted_hmac

COUNT_LIMIT = 1_000
PAGE = 25
"""Rows of a page, where a list asks for no other number."""

_TYPES: dict[str, tuple[type, Callable[[str], Any]]] = {
    "datetime": (dt.datetime, dt.datetime.fromisoformat),
    "date": (dt.date, dt.date.fromisoformat),
    "uuid": (uuid.UUID, uuid.UUID),
    "decimal": (Decimal, Decimal),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `previous` and `next` are cursors for `?after=`, empty where there is no such page."""

    rows: list[Any]
    previous: str = ""
    next: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything on it."""
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Count:
    """A count that stops counting at its limit."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"{self.number:,} or more" if self.more else f"{self.number:,}"


def page_by_key(queryset: QuerySet[Any], *, order: Sequence[str], after: str | None, size: int = PAGE) -> Page:
    """The page of `size` rows behind a cursor, or the first page; one query.

    `order` names fields (with "-" for descending; across relations with "__") that are never null and, taken
    together, unique: end it with "id". A cursor that is damaged, forged or of another list gives the first page.
    """
    place = _read(after, queryset, order)
    if place is None:
        return _forwards(queryset, order, size, None)
    backwards, key = place
    if not backwards:
        return _forwards(queryset, order, size, key)
    page = _backwards(queryset, order, size, key)
    return page if len(page.rows) == size else _forwards(queryset, order, size, None)


def bounded_count(queryset: QuerySet[Any], limit: int = COUNT_LIMIT) -> Count:
    """How many rows there are, counting no further than `limit`: "1,000 or more"."""
    number = queryset.order_by()[:limit].count()
    return Count(number, more=number == limit)


def _forwards(queryset: QuerySet[Any], order: Sequence[str], size: int, key: list[Any] | None) -> Page:
    found = queryset.order_by(*order)
    if key is not None:
        found = found.filter(_beyond(order, key))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if not rows:
        # The rows behind the cursor have gone since it was made.
        return Page([]) if key is None else _forwards(queryset, order, size, None)
    return Page(
        rows,
        previous="" if key is None else _cursor(queryset, order, rows[0], backwards=True),
        next=_cursor(queryset, order, rows[-1], backwards=False) if more else "",
    )


def _backwards(queryset: QuerySet[Any], order: Sequence[str], size: int, key: list[Any]) -> Page:
    turned = [name[1:] if name.startswith("-") else f"-{name}" for name in order]
    rows = list(queryset.order_by(*turned).filter(_beyond(turned, key))[: size + 1])
    more, rows = len(rows) > size, rows[:size][::-1]
    return Page(
        rows,
        previous=_cursor(queryset, order, rows[0], backwards=True) if more else "",
        next=_cursor(queryset, order, rows[-1], backwards=False) if rows else "",
    )


def _beyond(order: Sequence[str], key: list[Any]) -> Q:
    """Rows after a key; led by a plain bound on the first field, which an index can use."""
    wanted = Q()
    for depth in range(len(order)):
        step = Q(**{name.lstrip("-"): value for name, value in zip(order[:depth], key[:depth], strict=True)})
        wanted |= step & Q(_compared(order[depth], key[depth]))
    return Q(_compared(order[0], key[0], "e")) & wanted


def _compared(name: str, value: Any, equal: str = "") -> tuple[str, Any]:
    return (f"{name[1:]}__lt{equal}", value) if name.startswith("-") else (f"{name}__gt{equal}", value)


def _cursor(queryset: QuerySet[Any], order: Sequence[str], row: Model, *, backwards: bool) -> str:
    key = [_pack(_value(row, name.lstrip("-"))) for name in order]
    return _box(queryset, order).encrypt(json.dumps([backwards, key]).encode()).decode()


def _read(cursor: str | None, queryset: QuerySet[Any], order: Sequence[str]) -> tuple[bool, list[Any]] | None:
    if not cursor or not cursor.isascii():
        return None
    try:
        backwards, key = json.loads(_box(queryset, order).decrypt(cursor.encode()))
    except InvalidToken:
        return None
    return backwards, [_unpack(value) for value in key]


def _box(queryset: QuerySet[Any], order: Sequence[str]) -> Fernet:
    """A key for one list in one order, so that a cursor fits nowhere else."""
    secret = salted_hmac("foundation.ui.paging", f"{queryset.model._meta.label}:{','.join(order)}", algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(secret.digest()))


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    if row is None:
        raise ValueError(f"{path} is null: a list pages only by fields that are never null.")
    return row


def _pack(value: Any) -> Any:
    for name, (kind, _read_back) in _TYPES.items():
        if isinstance(value, kind):
            return {name: value.isoformat() if isinstance(value, dt.date) else str(value)}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        ((name, text),) = value.items()
        return _TYPES[name][1](text)
    return value
