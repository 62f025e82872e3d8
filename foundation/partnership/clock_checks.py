"""What a schema cannot say about clocks, office hours and closure days (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundation.partnership.enums import ReminderWhen, Unit
from foundation.partnership.lengths import LONGEST

Steps = Sequence[str | int]
Fault = tuple[Steps, str]
MOST_CLOSURES = 100
"""How many closure days a year may have."""
# About how many hours a unit is, so that two lengths of different units can be compared.
_HOURS = {Unit.HOURS: 1, Unit.CALENDAR_DAYS: 24, Unit.WORKING_DAYS: 24, Unit.WEEKS: 168, Unit.MONTHS: 720}


def length_faults(clock: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    """No clock runs longer than two years: nobody could say when it is due."""
    unit = Unit(clock["unit"])
    if clock["length"] > LONGEST[unit]:
        yield (*at, "length"), f"this must be {LONGEST[unit]:,} {unit.label}s or fewer."


def reminder_faults(clock: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    """A step before or after the due time says how long; one before it is shorter than the clock; none stands twice."""
    seen: list[Mapping[str, Any]] = []
    for number, step in enumerate(clock.get("reminders", ())):
        place = (*at, "reminders", number)
        has_length = "length" in step and "unit" in step
        if step["when"] == ReminderWhen.AT:
            if "length" in step or "unit" in step:
                yield place, "a reminder at the due time has no length."
        elif not has_length:
            yield place, "this needs a length and a unit."
        elif step["when"] == ReminderWhen.BEFORE and not _shorter(step, clock):
            yield place, "a reminder before the due time must be shorter than the clock."
        else:
            yield from length_faults(step, place)
        if step in seen:
            yield place, "the same reminder stands twice."
        seen.append(step)


def hours_faults(hours: Mapping[str, str], at: Steps) -> Iterator[Fault]:
    """An office opens before it closes."""
    if hours["opens"] >= hours["closes"]:
        yield (*at, "closes"), "the office must close later than it opens."


def closure_faults(days: Sequence[Mapping[str, str]], at: Steps) -> Iterator[Fault]:
    """Each closure day is a day that there is, and stands once; a year has so many at most.

    One may be a bank holiday: it may have been announced after the version was made.
    """
    seen: set[str] = set()
    for number, day in enumerate(days):
        try:
            dt.date.fromisoformat(day["date"])
        except ValueError:
            yield (*at, number, "date"), "there is no such day."
        if day["date"] in seen:
            yield (*at, number, "date"), "this day stands twice."
        seen.add(day["date"])
    for year, many in sorted(Counter(date[:4] for date in seen).items()):
        if many > MOST_CLOSURES:
            yield at, f"a year can have {MOST_CLOSURES} closure days at most, and {year} would have {many}."


def reason_faults(reasons: Sequence[str], at: Steps) -> Iterator[Fault]:
    """Each reason to pause a clock stands once."""
    for number, reason in enumerate(reasons):
        if reason.casefold() in {earlier.casefold() for earlier in reasons[:number]}:
            yield (*at, number), f"the reason ‘{reason}’ stands here twice."


def _shorter(step: Mapping[str, Any], clock: Mapping[str, Any]) -> bool:
    return bool(step["length"] * _HOURS[step["unit"]] < clock["length"] * _HOURS[clock["unit"]])
