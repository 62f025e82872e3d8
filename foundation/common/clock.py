"""The only clock. Tests and the demo travel in time by it; nothing else asks the machine.

A demonstration may stand at another date than the machine's: EARLYHELP_CLOCK_OFFSET holds how many seconds its clock is
ahead (or, below 0, behind). `earlyhelp.run` works it out once and hands it to every process; settings refuse it to any
installation that is no demonstration.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
OFFSET = "EARLYHELP_CLOCK_OFFSET"


def offset() -> dt.timedelta:
    """How far ahead of the machine's clock the environment sets this one; raises ValueError for what is no number."""
    try:
        return dt.timedelta(seconds=int(os.environ.get(OFFSET) or 0))
    except OverflowError:
        raise ValueError(f"{OFFSET} is not a number of seconds that a clock can be set by.") from None


_ahead = offset()
_travelled: ContextVar[dt.datetime | None] = ContextVar("travelled", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _travelled.get() or dt.datetime.now(dt.UTC) + _ahead


def stands_elsewhere() -> bool:
    """Whether this process's clock was set to another date than the machine's."""
    return bool(_ahead)


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
