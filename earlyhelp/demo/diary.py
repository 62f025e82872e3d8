"""Moments in office hours, counted back in working days from now: London time, Monday to Friday."""

from __future__ import annotations

import datetime as dt

from foundation.common import clock

CLOSES = dt.time(17, 30)
SATURDAY = 5


class Diary:
    """The weeks before `now`. Day 0 is the last working day that is over, day 1 the working day before it."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now.astimezone(clock.LONDON)
        day = self._now.date()
        if self._now.time() < CLOSES or day.weekday() >= SATURDAY:
            day = _working_day_before(day)
        self._days = [day]

    @property
    def today(self) -> dt.date:
        """The date of `now`."""
        return self._now.date()

    def at(self, days_back: int, minutes: int) -> dt.datetime:
        """So many minutes after nine o'clock on the working day that lies so many working days back."""
        while len(self._days) <= days_back:
            self._days.append(_working_day_before(self._days[-1]))
        nine = dt.datetime.combine(self._days[days_back], dt.time(9), clock.LONDON)
        return nine + dt.timedelta(minutes=minutes)

    def just_now(self, minutes: int) -> dt.datetime:
        """So many minutes ago if that is in office hours, else so many minutes before day 0 closes."""
        then = self._now - dt.timedelta(minutes=minutes)
        if then.weekday() < SATURDAY and dt.time(9) <= then.time() <= CLOSES:
            return then
        return dt.datetime.combine(self._days[0], CLOSES, clock.LONDON) - dt.timedelta(minutes=minutes)


def _working_day_before(day: dt.date) -> dt.date:
    day -= dt.timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= dt.timedelta(days=1)
    return day
