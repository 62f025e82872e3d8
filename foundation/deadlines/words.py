"""A clock in words, for lists and pages: "due Tue 14 April 2026, 2 working days left", never by colour alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from foundation.common import clock
from foundation.deadlines.calendar import Calendar, DayNotKnown
from foundation.deadlines.enums import DeadlineState, ExtensionState
from foundation.deadlines.models import Deadline, Extension, Pause
from foundation.deadlines.reckoning import day_in_words, left_in_words, moment_in_words
from foundation.partnership.enums import ClockKind

LATE, TODAY, AHEAD, STILL, DONE = "red", "orange", "grey", "blue", "green"


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock as a list shows it. `colour` is the tag's dress; `left` says the same in words."""

    label: str
    due: str
    left: str
    colour: str
    url: str
    is_late: bool

    @property
    def day(self) -> str:
        """The due day alone, for a column that says so: "Tue 14 April 2026"."""
        return self.due.removeprefix("due ")


def line_of(one: Deadline, *, slug: str, calendar: Calendar) -> ClockLine:
    """The line of a clock at this moment."""
    now = clock.now()
    due = f"due {day_in_words(_local(one.due_at).date())}" if one.due_at else ""
    left, colour = _left(one, now, calendar)
    url = reverse("deadlines:detail", kwargs={"partnership": slug, "deadline_id": one.pk})
    return ClockLine(ClockKind(one.kind).label, due, left, colour, url, one.is_late)


def standing(one: Deadline) -> str:
    """How it stands, in words: "Running", "Missed", "Met late"…"""
    if one.state == DeadlineState.RUNNING:
        return "Missed, still open" if one.is_late else "Running"
    if one.state == DeadlineState.MET:
        return "Met late" if one.is_late else "Met in time" if one.due_at else "Met"
    return str(DeadlineState(one.state).label)


def explained(one: Deadline, *, in_full: bool) -> list[str]:
    """Sentence by sentence why it is due when it is: the arithmetic, then each pause and extension (CLK-2).

    With `in_full` they name who gave more time and why it stood still, which is for the agency whose clock it is.
    """
    return list(_explained(one, in_full=in_full))


def _explained(one: Deadline, *, in_full: bool) -> Iterator[str]:
    reckoning = one.arithmetic
    if reckoning is None:
        start = moment_in_words(_local(one.started_at))
        yield f"{one.length.in_words} from {start}. When that is cannot be worked out yet."
        return
    words = reckoning.in_words
    yield f"{words[:1].upper()}{words[1:]}."
    moved: list[Pause | Extension] = [*one.pauses.all()]
    moved += one.extensions.filter(state=ExtensionState.GRANTED).select_related("decided_by")
    yield from (_moved(each, in_full=in_full) for each in sorted(moved, key=_since))


def _moved(one: Pause | Extension, *, in_full: bool) -> str:
    if isinstance(one, Extension):
        who = one.decided_by.full_name if one.decided_by and in_full else "A manager"
        late = " Asked after it was due." if one.late else ""
        return f"{who} gave more time on {_day(one.decided_at)}: until {_moment(one.until)}.{late}"
    why = f": {one.reason}" if in_full else ""
    if one.resumed_at is None:
        return f"It has stood still since {_day(one.paused_at)}{why}."
    until = f"It stood still from {_day(one.paused_at)} to {_day(one.resumed_at)}{why}."
    return f"{until} Due {_moment(one.due_after)} since." if one.due_after else until


def _since(one: Pause | Extension) -> dt.datetime:
    return one.paused_at if isinstance(one, Pause) else one.decided_at or one.asked_at


def _left(one: Deadline, now: dt.datetime, calendar: Calendar) -> tuple[str, str]:
    if one.state == DeadlineState.MET:
        return standing(one), LATE if one.is_late else DONE
    if one.state == DeadlineState.PAUSED:
        return f"paused since {_day(one.paused_at)}", STILL
    if one.due_at is None or one.state == DeadlineState.CANCELLED:
        return standing(one), STILL
    try:
        left = left_in_words(due_at=one.due_at, now=now, calendar=calendar)
    except DayNotKnown:
        left = "late" if one.is_late else "more than a year left"
    today = _local(one.due_at).date() == now.astimezone(clock.LONDON).date()
    return left, LATE if one.is_late else TODAY if today else AHEAD


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(clock.LONDON)


def _day(moment: dt.datetime | None) -> str:
    return day_in_words(_local(moment).date()) if moment else ""


def _moment(moment: dt.datetime | None) -> str:
    return moment_in_words(_local(moment)) if moment else ""
