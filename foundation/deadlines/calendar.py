"""The days on which a partnership works: England's bank holidays, its own closure days, its office hours (CLK-1)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from foundation.common.bank_holidays import bank_holidays, known_years
from foundation.common.errors import Invalid

__all__ = ["Calendar", "DayNotKnown", "bank_holidays", "known_years"]

SATURDAY = 5
NINE, FIVE = dt.time(9), dt.time(17)


class DayNotKnown(Invalid):
    """A day lies outside the years whose bank holidays are known, so that nobody can say whether it is worked."""

    def __init__(self, day: dt.date) -> None:
        first, last = known_years()
        super().__init__(
            f"England’s bank holidays are known from {first} to {last}, so a limit that runs to {day.year} cannot be "
            "worked out yet. Ask whoever runs this installation to update it."
        )


@cache
def _weekdays() -> tuple[dt.date, ...]:
    """Every day of the known years that is neither a weekend nor a bank holiday, in order."""
    first, last = known_years()
    day, end = dt.date(first, 1, 1), dt.date(last, 12, 31)
    days = (day + dt.timedelta(days=number) for number in range((end - day).days + 1))
    return tuple(one for one in days if one.weekday() < SATURDAY and one not in bank_holidays())


@dataclass(frozen=True)
class Calendar:
    """A partnership's working days. `closures` are its own closed days, each with what it is called.

    A closure on a day that is closed anyway changes nothing. `opens` and `closes` are London time.
    """

    closures: Mapping[dt.date, str] = field(default_factory=dict)
    opens: dt.time = NINE
    closes: dt.time = FIVE

    @cached_property
    def working_days(self) -> tuple[dt.date, ...]:
        """Every working day of the known years, in order."""
        return tuple(day for day in _weekdays() if day not in self.closures) if self.closures else _weekdays()

    def why_closed(self, day: dt.date) -> str:
        """Why a day is not worked: "Good Friday", "Saturday", a closure's own name; "" for a working day."""
        _check_known(day)
        if day in bank_holidays():
            return bank_holidays()[day]
        if day.weekday() >= SATURDAY:
            return f"{day:%A}"
        return self.closures.get(day, "")

    def working_day(self, number: int, after: dt.date) -> dt.date:
        """The so manieth working day after a day, itself not counted. Raises DayNotKnown past what is known."""
        _check_known(after)
        place = bisect_right(self.working_days, after) + number - 1
        if number < 1:
            raise ValueError("Working days are counted from 1.")
        if place >= len(self.working_days):
            raise DayNotKnown(dt.date(known_years()[1] + 1, 1, 1))
        return self.working_days[place]

    def working_day_before(self, number: int, before: dt.date) -> dt.date:
        """The so manieth working day before a day, itself not counted. Raises DayNotKnown before what is known."""
        _check_known(before)
        place = bisect_left(self.working_days, before) - number
        if number < 1:
            raise ValueError("Working days are counted from 1.")
        if place < 0:
            raise DayNotKnown(dt.date(known_years()[0] - 1, 1, 1))
        return self.working_days[place]

    def working_days_between(self, earlier: dt.date, later: dt.date) -> int:
        """How many working days there are after the earlier day, up to the later and with it; below 0 if before."""
        if later < earlier:
            return -self.working_days_between(later, earlier)
        _check_known(earlier)
        _check_known(later)
        return bisect_right(self.working_days, later) - bisect_right(self.working_days, earlier)

    def left_out(self, after: dt.date, until: dt.date) -> tuple[tuple[dt.date, str], ...]:
        """The bank holidays and closure days after a day, up to another and with it: weekends go without saying."""
        days = (after + dt.timedelta(days=number) for number in range(1, (until - after).days + 1))
        return tuple((day, self.why_closed(day)) for day in days if day.weekday() < SATURDAY and self.why_closed(day))


def _check_known(day: dt.date) -> None:
    first, last = known_years()
    if not first <= day.year <= last:
        raise DayNotKnown(day)
