"""A pathway policy as frozen objects: its clocks, panel, ages and forms, each said in plain words (§11, CLK-1).

`SETTINGS` is the one list of what a pathway settles; presets, schema, page and configuration file follow it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from foundation.partnership.enums import ClockKind, ReminderTo, ReminderWhen, Standing, StartEvent, Unit
from foundation.partnership.lengths import Length, ReminderStep, default_steps


class Kind(Enum):
    """What sort of value a setting has."""

    TEXT = "text"
    LINES = "lines"
    LEVELS = "levels"
    CLOCK = "clock"
    PANEL = "panel"
    AGE_FROM = "age_from"
    AGE_TO = "age_to"
    FORM = "form"
    HOURS = "hours"
    CLOSURES = "closures"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a pathway settles. `field` names the partnership's own field where its present words are kept."""

    key: str
    label: str
    group: str
    kind: Kind
    field: str = ""
    hint: str = ""


_DOORS, _HARM, _CLOCKS = "Doors and titles", "When somebody is in danger", "Clocks"
_WHOM, _TOGETHER, _FORMS = "Whom an assessment is for", "Deciding together", "Forms"
_WORKING = "Working time"
_RING = "Ring it before you open to families: printed guidance may be old."


def _words(key: str, label: str, group: str, hint: str = "") -> Setting:
    return Setting(key, label, group, Kind.TEXT, field=key, hint=hint)


def _clock(kind: ClockKind) -> Setting:
    return Setting(kind.value, kind.label, _CLOCKS, Kind.CLOCK)


def _form(key: str, label: str) -> Setting:
    return Setting(f"form_{key}", label, _FORMS, Kind.FORM)


SETTINGS: tuple[Setting, ...] = (
    _words("front_door", "Front door", _DOORS),
    Setting("front_door_ways", "Other ways to the front door", _DOORS, Kind.LINES),
    _words("social_care_door", "Social-care door", _DOORS),
    _words("lead_title", "Lead’s title", _DOORS),
    _words("adviser_title", "Adviser’s title", _DOORS),
    Setting("levels", "Levels of need", _DOORS, Kind.LEVELS, field="levels"),
    _words("colour", "Colour", _DOORS),
    _words("emergency_wording", "Emergency wording", _HARM),
    _words("out_of_hours_phone", "Out-of-hours number", _HARM, _RING),
    _words("adult_door", "Door for an adult at risk", _HARM, _RING),
    Setting("panel", "Panel", _TOGETHER, Kind.PANEL),
    Setting("disagreement", "Disagreement", _TOGETHER, Kind.TEXT),
    *(
        _clock(kind)
        for kind in (
            ClockKind.SCREENING_DECISION, ClockKind.REFERRER_TOLD, ClockKind.FIRST_CONTACT, ClockKind.FAMILY_ENGAGED,
            ClockKind.ASSESSMENT_STARTED, ClockKind.ASSESSMENT_COMPLETED, ClockKind.REVIEW, ClockKind.JOINT_VISIT,
            ClockKind.EHA_AGE,
        )
    ),
    Setting("ages_from", "Age from", _WHOM, Kind.AGE_FROM),
    Setting("ages_to", "Age to", _WHOM, Kind.AGE_TO),
    _form("enquiry", "Enquiry form"),
    _form("initial_contact", "Initial contact form"),
    _form("pre_assessment", "Pre-assessment form"),
    _form("eha", "Early help assessment form"),
    _form("review", "Review form"),
    _form("step_across", "Step across form"),
    _form("exit_survey", "Exit survey"),
)  # fmt: skip
# What a version may hold besides; where it says nothing, the product's default counts.
MORE: tuple[Setting, ...] = (
    Setting("office_hours", "Office hours", _WORKING, Kind.HOURS),
    Setting("closure_days", "Closure days", _WORKING, Kind.CLOSURES),
    Setting("pause_reasons", "Reasons to pause a clock", _WORKING, Kind.LINES),
)
PAUSE_REASONS = (
    "The family is away",
    "The family asked to wait",
    "Waiting for another agency’s report",
    "Illness or bereavement in the family",
)
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in (*SETTINGS, *MORE)}


@dataclass(frozen=True, slots=True)
class Clock:
    """The limit of one kind of clock.

    `in_week`: the length names a week of the work ("in week 3"), whose last day is the limit. `for_figures`: it is
    counted for the scorecard and nobody is reminded. `by_need`: a case may have its own interval. `again` is the
    shortest and the longest time between one and the next; `manager` how often the manager looks; `meetings` about how
    many meetings it takes.
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
        if self.approval_first:
            yield "more time only if granted before it is due"


def steps_of(clock: Clock) -> tuple[ReminderStep, ...]:
    """Who is reminded of a clock, and when: its own steps, else the product's; none that is for the figures only."""
    if clock.for_figures:
        return ()
    return default_steps(clock.length) if clock.reminders is None else clock.reminders


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office opens and closes, London time."""

    opens: dt.time = dt.time(9)
    closes: dt.time = dt.time(17)

    @property
    def in_words(self) -> str:
        """Such as "09:00 to 17:00"."""
        return f"{self.opens:%H:%M} to {self.closes:%H:%M}"


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
        return _hours(value) if value else OfficeHours()

    @property
    def closure_days(self) -> Mapping[dt.date, str]:
        """The partnership's own closed days, each with what it is called."""
        days = self._value("closure_days") or []
        return {dt.date.fromisoformat(day["date"]): day["name"] for day in days}

    @property
    def pause_reasons(self) -> tuple[str, ...]:
        """For which reasons a clock may stand still (CLK-4): the product's where the policy says nothing."""
        return tuple(self._value("pause_reasons") or PAUSE_REASONS)

    def _value(self, key: str) -> Any:
        held = self.held.get(key)
        return held.value if held else None

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


def policy_of(*, version: int, preset: str, body: Mapping[str, Any]) -> Policy:
    """The policy that a checked body describes, its settings in the order of `SETTINGS`."""
    kept = body["settings"]
    held = {setting.key: held_of(setting, kept[setting.key]) for setting in _in_use(kept)}
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


def clock_of(value: Mapping[str, Any]) -> Clock:
    """The clock that a checked value describes."""
    again, manager = value.get("again"), value.get("manager")
    return Clock(
        length=_length(value),
        start=StartEvent(value["from"]),
        in_week=value.get("in_week", False),
        for_figures=value.get("for_figures", False),
        by_need=value.get("by_need", False),
        meetings=value.get("meetings"),
        again=_again(again) if again else None,
        manager=_length(manager) if manager else None,
        reminders=tuple(map(_step, value["reminders"])) if "reminders" in value else None,
        approval_first=value.get("approval_first", False),
    )


def say(setting: Setting, value: Any) -> str:
    """The value of a setting as people read it, the lack of one as well."""
    if value in (None, "", []):
        return {Kind.CLOCK: "No limit", Kind.FORM: "Not used"}.get(setting.kind, "None")
    match setting.kind:
        case Kind.LEVELS:
            return "\n".join(f"{level['code']}: {level['words']}" for level in value)
        case Kind.HOURS:
            return _hours(value).in_words
        case Kind.CLOSURES:
            return "\n".join(_closure(day) for day in value)
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


def _in_use(kept: Mapping[str, Any]) -> Iterator[Setting]:
    """What a version holds, in order; a clock that no preset sets may be among it."""
    yield from (setting for setting in (*SETTINGS, *MORE) if setting.key in kept)
    yield from (_clock(kind) for kind in ClockKind if kind.value in kept and kind.value not in BY_KEY)


def setting_of(key: str) -> Setting | None:
    """The setting of a key, the clocks that no preset sets included; None for a key that is none."""
    if key in BY_KEY:
        return BY_KEY[key]
    return _clock(ClockKind(key)) if key in ClockKind.values else None


def _length(value: Mapping[str, Any]) -> Length:
    return Length(value["length"], Unit(value["unit"]))


def _step(value: Mapping[str, Any]) -> ReminderStep:
    when = ReminderWhen(value["when"])
    return ReminderStep(when, ReminderTo(value["to"]), None if when == ReminderWhen.AT else _length(value))


def _hours(value: Mapping[str, Any]) -> OfficeHours:
    return OfficeHours(dt.time.fromisoformat(value["opens"]), dt.time.fromisoformat(value["closes"]))


def _closure(day: Mapping[str, str]) -> str:
    on = dt.date.fromisoformat(day["date"])
    return f"{on:%a} {on.day} {on:%B %Y}: {day['name']}"


def _again(value: Mapping[str, Any]) -> tuple[Length, Length]:
    unit = Unit(value["unit"])
    return Length(value["least"], unit), Length(value["most"], unit)


def _panel(value: Mapping[str, Any]) -> Panel:
    every = value.get("every")
    return Panel(value["name"], _length(every) if every else None, value.get("takes", ""))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
