"""What a schema cannot say about clocks, office hours and closure days (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from foundation.partnership.enums import ReminderWhen, Unit

Steps = Sequence[str | int]
Fault = tuple[Steps, str]
# About how many hours a unit is, so that two lengths of different units can be compared.
_HOURS = {Unit.HOURS: 1, Unit.CALENDAR_DAYS: 24, Unit.WORKING_DAYS: 24, Unit.WEEKS: 168, Unit.MONTHS: 720}


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
        if step in seen:
            yield place, "the same reminder stands twice."
        seen.append(step)


def hours_faults(hours: Mapping[str, str], at: Steps) -> Iterator[Fault]:
    """An office opens before it closes."""
    if hours["opens"] >= hours["closes"]:
        yield (*at, "closes"), "the office must close later than it opens."


def closure_faults(days: Sequence[Mapping[str, str]], at: Steps) -> Iterator[Fault]:
    """Each closure day is a day that there is, and stands once."""
    seen: set[str] = set()
    for number, day in enumerate(days):
        try:
            dt.date.fromisoformat(day["date"])
        except ValueError:
            yield (*at, number, "date"), "there is no such day."
        if day["date"] in seen:
            yield (*at, number, "date"), "this day stands twice."
        seen.add(day["date"])


def _shorter(step: Mapping[str, Any], clock: Mapping[str, Any]) -> bool:
    return bool(step["length"] * _HOURS[step["unit"]] < clock["length"] * _HOURS[clock["unit"]])
