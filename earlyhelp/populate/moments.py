"""Moments of the last five years and of the weeks to come, as PostgreSQL and keys want them; written out beforehand."""

from __future__ import annotations

import datetime as dt

YEARS = 5
DAYS = YEARS * 365
AHEAD = 60
"""Days after today that a due time may fall on."""

OPENS, CLOSES = 9 * 3600, 17 * 3600
SATURDAY = 5


class Moments:
    """Days are counted from the first of the five years; seconds from midnight, UTC."""

    def __init__(self, today: dt.date) -> None:
        self.first = today - dt.timedelta(days=DAYS)
        every = [self.first + dt.timedelta(days=number) for number in range(DAYS + AHEAD + 1)]
        self.days = [day.isoformat() for day in every]
        # Nobody works at weekends: what falls on one is of the Friday before.
        self.working = [max(0, number - max(0, day.weekday() - SATURDAY + 1)) for number, day in enumerate(every)]
        self._clock = [f" {s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}+00" for s in range(86_400)]
        self._epoch = int(dt.datetime.combine(self.first, dt.time(), dt.UTC).timestamp())

    def text(self, day: int, second: int) -> str:
        """Such as 2026-04-14 10:02:11+00."""
        return self.days[day] + self._clock[second]

    def second(self, day: int, second: int) -> int:
        """Seconds since 1970."""
        return self._epoch + day * 86_400 + second
