"""A clock of the pathway, office hours and closure days, from a policy's body and back into it (CLK-1, CLK-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.partnership.enums import ReminderTo, ReminderWhen, StartEvent, Unit
from foundation.partnership.lengths import Length, ReminderStep, default_steps

PAUSE_REASONS = (
    "The family is away",
    "The family asked to wait",
    "Waiting for another agency’s report",
    "Illness or bereavement in the family",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """The limit of one kind of clock.

    `in_week`: the length names a week of the work ("in week 3"), whose last day is the limit. `for_figures`: it is
    counted for the scorecard and nobody is reminded. `by_need`: a case may have its own interval. `again` is the
    shortest and the longest time between one and the next; `manager` how often the manager looks; `meetings` about how
    many meetings it takes. `reminders` are its own steps, None for the product's; `approval_first`: more time must be
    granted before it is due (CLK-3, CLK-5).
    """

    length: Length
    start: StartEvent
    in_week: bool = False
    for_figures: bool = False
    by_need: bool = False
    meetings: int | None = None
    again: tuple[Length, Length] | None = None
    manager: Length | None = None
    reminders: tuple[ReminderStep, ...] | None = None
    approval_first: bool = False

    @property
    def in_words(self) -> str:
        """One plain phrase: "10 working days from the panel"."""
        return ", ".join(self._phrases())

    def _phrases(self) -> Iterator[str]:
        start = f"from {self.start.label}"
        if self.meetings:
            yield f"after about {self.meetings} meetings"
        if self.in_week:
            yield f"in week {self.length.count} {start}"
        else:
            yield f"{self.length.in_words} {start}"
        if self.again:
            least, most = self.again
            yield f"then every {least.count} to {most.in_words}"
        if self.manager:
            yield f"and by the manager every {self.manager.in_words}"
        if self.by_need:
            yield "more or less by need"
        if self.for_figures:
            yield "counted in the figures only"
        if self.reminders is not None:
            yield f"reminding {reminders_in_words(self.reminders)}"
        if self.approval_first:
            yield "more time only if granted before it is due"


def steps_of(clock: Clock) -> tuple[ReminderStep, ...]:
    """Who is reminded of a clock, and when: its own steps, else the product's; none that is for the figures only."""
    if clock.for_figures:
        return ()
    return default_steps(clock.length) if clock.reminders is None else clock.reminders


def reminders_in_words(steps: Iterable[ReminderStep]) -> str:
    """Such as "the worker 1 working day before; the worker when it is due"; "nobody" for none."""
    return "; ".join(step.in_words for step in steps) or "nobody"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office opens and closes, London time."""

    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(17)

    @property
    def in_words(self) -> str:
        """Such as "09:00 to 17:00"."""
        return f"{self.opens:%H:%M} to {self.closes:%H:%M}"


def clock_of(value: Mapping[str, Any]) -> Clock:
    """The clock that a checked value describes."""
    again, manager = value.get("again"), value.get("manager")
    return Clock(
        length=length_of(value),
        start=StartEvent(value["from"]),
        in_week=value.get("in_week", False),
        for_figures=value.get("for_figures", False),
        by_need=value.get("by_need", False),
        meetings=value.get("meetings"),
        again=_again(again) if again else None,
        manager=length_of(manager) if manager else None,
        reminders=tuple(map(_step, value["reminders"])) if "reminders" in value else None,
        approval_first=value.get("approval_first", False),
    )


def clock_value(clock: Clock) -> dict[str, Any]:
    """A clock as a policy's body keeps it: only what it says."""
    value: dict[str, Any] = {**_length_value(clock.length), "from": clock.start.value}
    value |= {flag: True for flag in ("in_week", "for_figures", "by_need", "approval_first") if getattr(clock, flag)}
    if clock.meetings:
        value["meetings"] = clock.meetings
    if clock.again:
        least, most = clock.again
        value["again"] = {"least": least.count, "most": most.count, "unit": most.unit.value}
    if clock.manager:
        value["manager"] = _length_value(clock.manager)
    if clock.reminders is not None:
        value["reminders"] = [_step_value(step) for step in clock.reminders]
    return value


def length_of(value: Mapping[str, Any]) -> Length:
    """The length that a checked value describes."""
    return Length(value["length"], Unit(value["unit"]))


def hours_of(value: Mapping[str, Any]) -> OfficeHours:
    """The office hours that a checked value describes."""
    return OfficeHours(dt.time.fromisoformat(value["opens"]), dt.time.fromisoformat(value["closes"]))


def hours_value(hours: OfficeHours) -> dict[str, str]:
    """Office hours as a policy's body keeps them."""
    return {"opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}"}


def closures_of(value: Iterable[Mapping[str, str]]) -> dict[dt.date, str]:
    """The closure days that a checked value describes, each with what it is called."""
    return {dt.date.fromisoformat(day["date"]): day["name"] for day in value}


def closures_value(closures: Mapping[dt.date, str]) -> list[dict[str, str]] | None:
    """Closure days as a policy's body keeps them, in the calendar's order; None for none."""
    return [{"date": day.isoformat(), "name": closures[day]} for day in sorted(closures)] or None


def closures_in_words(closures: Mapping[dt.date, str]) -> str:
    """A line for each day: "Tue 29 December 2026: Christmas closure"."""
    return "\n".join(f"{day:%a} {day.day} {day:%B %Y}: {name}" for day, name in closures.items())


def _length_value(length: Length) -> dict[str, Any]:
    return {"length": length.count, "unit": length.unit.value}


def _step(value: Mapping[str, Any]) -> ReminderStep:
    when = ReminderWhen(value["when"])
    return ReminderStep(when, ReminderTo(value["to"]), None if when == ReminderWhen.AT else length_of(value))


def _step_value(step: ReminderStep) -> dict[str, Any]:
    return {
        "when": step.when.value,
        "to": step.to.value,
        **(_length_value(step.length) if step.length is not None else {}),
    }


def _again(value: Mapping[str, Any]) -> tuple[Length, Length]:
    unit = Unit(value["unit"])
    return Length(value["least"], unit), Length(value["most"], unit)
