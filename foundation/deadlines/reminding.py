"""When somebody is reminded of a clock, worked out from its policy's steps (CLK-5)."""

from __future__ import annotations

import calendar as months
import datetime as dt

from foundation.common import clock
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.reckoning import last_day
from foundation.partnership.enums import ReminderWhen, Unit
from foundation.partnership.lengths import Length, ReminderStep


def moment_of(step: ReminderStep, due_at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """So many hours from the due time, or when the office opens so many days from its day; or the due time itself.

    Raises DayNotKnown where a working day on the way is not known.
    """
    if step.when == ReminderWhen.AT or step.length is None:
        return due_at
    if step.length.unit == Unit.HOURS:
        hours = dt.timedelta(hours=step.length.count)
        due = due_at.astimezone(dt.UTC)  # as they pass, not as a wall clock shows them
        return due - hours if step.when == ReminderWhen.BEFORE else due + hours
    day = due_at.astimezone(clock.LONDON).date()
    moved = (
        _earlier(day, step.length, calendar)
        if step.when == ReminderWhen.BEFORE
        else last_day(day, step.length, calendar)
    )
    return dt.datetime.combine(moved, calendar.opens, clock.LONDON)


def _earlier(day: dt.date, length: Length, calendar: Calendar) -> dt.date:
    """The day so much earlier; a month earlier is the same date, or the month's last."""
    if length.unit == Unit.WORKING_DAYS:
        return calendar.working_day_before(length.count, day)
    if length.unit == Unit.MONTHS:
        year, month = divmod(day.year * 12 + day.month - 1 - length.count, 12)
        return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
    return day - dt.timedelta(days=length.count * (7 if length.unit == Unit.WEEKS else 1))
