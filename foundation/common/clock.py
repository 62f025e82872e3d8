"""The only clock. Tests and the demo travel in time by it; nothing else asks the machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_travelled: ContextVar[dt.datetime | None] = ContextVar("travelled", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _travelled.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The date on a wall in London."""
    return now().astimezone(LONDON).date()


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Make `moment` (aware) the present until the block ends."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    token = _travelled.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _travelled.reset(token)
