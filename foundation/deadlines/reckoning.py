"""From a start and a length to the moment when something is due, with the arithmetic in words (CLK-1, CLK-2, CLK-6).

Hours are hours as they pass, also when the clocks change. Everything else ends when the office closes on its last day:
the day of the start is not counted, whatever the hour, so that nobody has to argue about an enquiry at 16:59.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from dataclasses import dataclass

from foundation.common import clock
from foundation.common.errors import Invalid
from foundation.deadlines.calendar import Calendar
from foundation.partnership.enums import Unit
from foundation.partnership.pathway import LONGEST, Length


@dataclass(frozen=True, slots=True)
class Reckoning:
    """When something is due, and how that follows. `left_out` are the closed days that were not counted, by name."""

    started_at: dt.datetime
    length: Length
    due_at: dt.datetime
    left_out: tuple[tuple[dt.date, str], ...] = ()

    @property
    def in_words(self) -> str:
        """Such as "due Tue 14 April 2026 at 5pm: 10 working days from Fri 27 March 2026, Good Friday left out"."""
        start, due = self.started_at.astimezone(clock.LONDON), self.due_at.astimezone(clock.LONDON)
        since = moment_in_words(start) if self.length.unit == Unit.HOURS else day_in_words(start.date())
        without = (
            f", {_listed(list(dict.fromkeys(name for _, name in self.left_out)))} left out" if self.left_out else ""
        )
        return f"due {moment_in_words(due)}: {self.length.in_words} from {since}{without}"


def reckon(*, start: dt.datetime, length: Length, calendar: Calendar) -> Reckoning:
    """When something that began at `start` (with its time zone) is due.

    Raises Invalid for a length that is not positive or longer than two years, and DayNotKnown where the bank holidays
    of the days in between are not known.
    """
    check_length(length)
    if length.unit == Unit.HOURS:
        return Reckoning(start, length, start.astimezone(dt.UTC) + dt.timedelta(hours=length.count))
    day = start.astimezone(clock.LONDON).date()
    last = last_day(day, length, calendar)
    left_out = calendar.left_out(day, last) if length.unit == Unit.WORKING_DAYS else ()
    return Reckoning(start, length, closing(last, calendar), left_out)


def check_length(length: Length) -> None:
    """Raises Invalid unless a clock can have this length."""
    if length.count < 1:
        raise Invalid("Enter a length of 1 or more.")
    most = LONGEST[Unit(length.unit)]
    if length.count > most:
        raise Invalid(f"Enter {most:,} {Unit(length.unit).label}s or fewer.")


def last_day(day: dt.date, length: Length, calendar: Calendar) -> dt.date:
    """The last day of a length that begins the day after `day`. Months end on the same date, or the month's last."""
    if length.unit == Unit.WORKING_DAYS:
        return calendar.working_day(length.count, day)
    if length.unit == Unit.MONTHS:
        year, month = divmod(day.year * 12 + day.month - 1 + length.count, 12)
        return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
    return day + dt.timedelta(days=length.count * (7 if length.unit == Unit.WEEKS else 1))


def closing(day: dt.date, calendar: Calendar) -> dt.datetime:
    """The moment at which the office closes on a day, in London's time of that day."""
    return dt.datetime.combine(day, calendar.closes, clock.LONDON)


def after_pause(
    due_at: dt.datetime, unit: Unit, *, paused_at: dt.datetime, resumed_at: dt.datetime, calendar: Calendar
) -> dt.datetime:
    """When something is due that stood still for a while (CLK-4).

    Hours are added as they passed. Otherwise days are: working days to a length of working days, calendar days to
    others. From when the office has closed, and on a day that is not worked, the next day counts already: who pauses
    on Friday at noon and resumes on Sunday has the whole of Monday, and a clock never ends while it stands still.
    """
    if unit == Unit.HOURS:
        return due_at.astimezone(dt.UTC) + (resumed_at.astimezone(dt.UTC) - paused_at.astimezone(dt.UTC))
    worked = unit == Unit.WORKING_DAYS
    since, until = (_day_left(moment, calendar, worked=worked) for moment in (paused_at, resumed_at))
    day = due_at.astimezone(clock.LONDON).date()
    days = calendar.working_days_between(since, until) if worked else (until - since).days
    if not days:
        return due_at
    return closing(calendar.working_day(days, day) if worked else day + dt.timedelta(days=days), calendar)


def _day_left(moment: dt.datetime, calendar: Calendar, *, worked: bool) -> dt.date:
    """The day whose work can still be done at a moment: the same, or the next (worked) one."""
    here = moment.astimezone(clock.LONDON)
    day = here.date() if here < closing(here.date(), calendar) else here.date() + dt.timedelta(days=1)
    return calendar.working_day(1, day - dt.timedelta(days=1)) if worked else day


def left_in_words(*, due_at: dt.datetime, now: dt.datetime, calendar: Calendar) -> str:
    """How far off: "2 working days left", "due today", "due in 3 hours", "1 working day late", "late since 4pm today".

    From the next day on what is late is counted in working days, of which there may be less than one.
    """
    due, today = due_at.astimezone(clock.LONDON), now.astimezone(clock.LONDON)
    if due.date() == today.date():
        return f"due today at {_hour(due)}" if due >= today else f"late since {_hour(due)} today"
    days = calendar.working_days_between(today.date(), due.date())
    if due < today:
        return f"{_days(-days)} late" if days else "less than 1 working day late"
    return f"{_days(days)} left" if days else "due before the next working day"


def day_in_words(day: dt.date) -> str:
    """Such as "Tue 14 April 2026"."""
    return f"{day:%a} {day.day} {day:%B %Y}"


def moment_in_words(moment: dt.datetime) -> str:
    """Such as "Tue 14 April 2026 at 5pm"."""
    return f"{day_in_words(moment.date())} at {_hour(moment)}"


def _hour(moment: dt.datetime) -> str:
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def _days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"


def _listed(names: list[str]) -> str:
    """Such as "Good Friday and Easter Monday"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
