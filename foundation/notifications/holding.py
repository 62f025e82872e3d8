"""Whether more is about to come, so that an e-mail waits a moment and says it all at once.

A room above adds a function of no arguments, asked inside a partnership's scope: a sweep that is still telling
people of thousands of reminders holds their e-mails back, ten minutes at most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

LONGEST = dt.timedelta(minutes=10)
REST = dt.timedelta(seconds=20)

_askers: list[Callable[[], bool]] = []


def add(more_to_come: Callable[[], bool]) -> None:
    """Ask this function too; the same one is asked once."""
    if more_to_come not in _askers:
        _askers.append(more_to_come)


def more_to_come() -> bool:
    """Whether any room says that it is still telling people (inside a scope)."""
    return any(ask() for ask in _askers)
