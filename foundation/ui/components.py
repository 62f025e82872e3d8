"""What views hand to the pieces in `templates/ui/`: plain rows without markup, whose text the pieces escape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One line of "check your answers" or of a summary: a question, its answer, and where to change it."""

    label: str
    value: str
    change_url: str = ""
    missing: str = "Not answered"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a task list. An empty `url` is a task that cannot be started yet; `status` is always words."""

    name: str
    status: str
    url: str = ""
    hint: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One moment of a timeline."""

    title: str
    at: dt.datetime
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of a worklist; `sort_url` makes it a link, `sorted` is "ascending", "descending" or ""."""

    label: str
    numeric: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job is: `done` of `total` steps, and what it is doing, in words."""

    done: int
    total: int
    words: str

    @property
    def percent(self) -> int:
        """From 0 to 100."""
        return min(100, max(0, round(100 * self.done / self.total))) if self.total else 0


@dataclass(frozen=True, slots=True)
class NameBar:
    """Whose case this is, on every page inside it. `marks` are words such as "Restricted".

    `clock` is the line of the case's next clock (`foundation.deadlines.words.ClockLine`), if there is one.
    """

    family_name: str
    reference: str
    level: str = ""
    lead: str = ""
    url: str = ""
    marks: Sequence[str] = field(default_factory=tuple)
    clock: Any = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that two people gave differently."""

    label: str
    theirs: str
    yours: str
