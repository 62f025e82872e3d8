"""A pathway policy as frozen objects: its clocks, panel, ages and forms, each said in plain words (§11, CLK-1).

What it settles stands in `setting_list.py`, its clocks and working time in `clocks.py`; both are read from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.partnership.clocks import (
    PAUSE_REASONS,
    Clock,
    OfficeHours,
    clock_of,
    clock_value,
    closures_in_words,
    closures_of,
    closures_value,
    hours_of,
    hours_value,
    length_of,
    steps_of,
)
from foundation.partnership.enums import ClockKind, Standing
from foundation.partnership.lengths import LONGEST, Length, ReminderStep, default_steps
from foundation.partnership.setting_list import BY_KEY, MORE, SETTINGS, Kind, Setting, in_use, setting_of

__all__ = [
    "BY_KEY",
    "LONGEST",
    "MORE",
    "PAUSE_REASONS",
    "SETTINGS",
    "Clock",
    "Kind",
    "Length",
    "OfficeHours",
    "ReminderStep",
    "Setting",
    "clock_of",
    "clock_value",
    "closures_value",
    "default_steps",
    "hours_value",
    "setting_of",
    "steps_of",
]


@dataclass(frozen=True, slots=True)
class Panel:
    """The meeting that allocates; `every` is None where no rhythm is set."""

    name: str
    every: Length | None = None
    takes: str = ""

    @property
    def in_words(self) -> str:
        """Such as "Vulnerable Children’s Meeting, every week, for completed EHAs"."""
        every = ("every week" if self.every.count == 1 else f"every {self.every.in_words}") if self.every else ""
        return ", ".join(filter(None, [self.name, every, f"for {self.takes}" if self.takes else ""]))


@dataclass(frozen=True, slots=True)
class Ages:
    """Whose needs an assessment may look at, in years; `with_difficulty` is the limit with a learning difficulty."""

    unborn: bool
    to: int
    with_difficulty: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """One setting as a version holds it."""

    setting: Setting
    value: Any
    standing: Standing
    confirmed_by: int | None = None
    confirmed_at: dt.datetime | None = None

    @property
    def in_words(self) -> str:
        """The value as people read it."""
        return say(self.setting, self.value)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a partnership's pathway policy, read once and then asked without another query."""

    version: int
    preset: str
    held: Mapping[str, Held]

    def clock(self, kind: ClockKind) -> Clock | None:
        """The limit of a kind of clock; None where this partnership sets none (CLK-1)."""
        held = self.held.get(ClockKind(kind).value)
        return clock_of(held.value) if held and held.value else None

    @property
    def reuse_months(self) -> int | None:
        """An EHA younger than so many months is offered for review instead of a new one; None: no limit (INT-6)."""
        clock = self.clock(ClockKind.EHA_AGE)
        return clock.length.count if clock else None

    @property
    def office_hours(self) -> OfficeHours:
        """When the office opens and closes: 9 to 5 where the policy says nothing."""
        value = self._value("office_hours")
        return hours_of(value) if value else OfficeHours()

    @property
    def closure_days(self) -> Mapping[dt.date, str]:
        """The partnership's own closed days, each with what it is called."""
        return closures_of(self._value("closure_days") or [])

    @property
    def pause_reasons(self) -> tuple[str, ...]:
        """For which reasons a clock may stand still (CLK-4): the product's where the policy says nothing."""
        return tuple(self._value("pause_reasons") or PAUSE_REASONS)

    @property
    def panel(self) -> Panel | None:
        """The meeting that allocates; None where there is none."""
        value = self.held["panel"].value
        return _panel(value) if value else None

    @property
    def ages(self) -> Ages:
        """Whose needs an assessment may look at (EHA-1)."""
        to = self.held["ages_to"].value
        return Ages(bool(self.held["ages_from"].value["unborn"]), to["years"], to.get("with_difficulty"))

    def uses_form(self, key: str) -> bool:
        """Whether this partnership works with the form of that key, such as "exit_survey" (EHA-3)."""
        held = self.held.get(f"form_{key}")
        return bool(held and held.value)

    @property
    def to_confirm(self) -> list[str]:
        """The keys of the product's defaults that nobody has confirmed yet."""
        return [key for key, held in self.held.items() if held.standing == Standing.DEFAULT]

    def _value(self, key: str) -> Any:
        held = self.held.get(key)
        return held.value if held else None


def policy_of(*, version: int, preset: str, body: Mapping[str, Any]) -> Policy:
    """The policy that a checked body describes, its settings in the order of `SETTINGS`."""
    kept = body["settings"]
    held = {setting.key: held_of(setting, kept[setting.key]) for setting in in_use(kept)}
    return Policy(version, preset, held)


def held_of(setting: Setting, kept: Mapping[str, Any]) -> Held:
    """One setting from a checked body."""
    at = kept.get("confirmed_at")
    return Held(
        setting,
        kept["value"],
        Standing(kept["standing"]),
        kept.get("confirmed_by"),
        dt.datetime.fromisoformat(at) if at else None,
    )


def say(setting: Setting, value: Any) -> str:
    """The value of a setting as people read it, the lack of one as well."""
    if value in (None, "", []):
        return {Kind.CLOCK: "No limit", Kind.FORM: "Not used"}.get(setting.kind, "None")
    match setting.kind:
        case Kind.LEVELS:
            return "\n".join(f"{level['code']}: {level['words']}" for level in value)
        case Kind.HOURS:
            return hours_of(value).in_words
        case Kind.CLOSURES:
            return closures_in_words(closures_of(value))
        case Kind.LINES:
            return "\n".join(value)
        case Kind.CLOCK:
            return _capital(clock_of(value).in_words)
        case Kind.PANEL:
            return _panel(value).in_words
        case Kind.AGE_FROM:
            return "Before birth" if value["unborn"] else "Birth"
        case Kind.AGE_TO:
            to = f"{value['years']} years"
            difficulty = value.get("with_difficulty")
            return f"{to}, {difficulty} with a learning difficulty or disability" if difficulty else to
        case Kind.FORM:
            return _capital(value["words"]) if value["words"] else "Used"
    return str(value)


def _panel(value: Mapping[str, Any]) -> Panel:
    every = value.get("every")
    return Panel(value["name"], length_of(every) if every else None, value.get("takes", ""))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
