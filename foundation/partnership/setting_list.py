"""What a pathway settles, one line each, in the order of its page (§11).

`SETTINGS` is the one list of what every policy holds; presets, schema, page and configuration file follow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from foundation.partnership.enums import ClockKind


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
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in (*SETTINGS, *MORE)}


def in_use(kept: Mapping[str, object]) -> Iterator[Setting]:
    """What a version holds, in order; a clock that no preset sets may be among it."""
    yield from (setting for setting in (*SETTINGS, *MORE) if setting.key in kept)
    yield from (_clock(kind) for kind in ClockKind if kind.value in kept and kind.value not in BY_KEY)


def setting_of(key: str) -> Setting | None:
    """The setting of a key, the clocks that no preset sets included; None for a key that is none."""
    if key in BY_KEY:
        return BY_KEY[key]
    return _clock(ClockKind(key)) if key in ClockKind.values else None
