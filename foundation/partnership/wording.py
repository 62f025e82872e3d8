"""What each of a partnership's settings is called, how long it may be, and how its value is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEVEL_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `limit` is in characters, for words; `lines` says that there may be several lines."""

    label: str
    limit: int = 0
    lines: bool = False
    may_be_empty: bool = False


WORDS = {
    "name": Setting("The partnership’s name", 120),
    "colour": Setting("The colour", 7),
    "front_door": Setting("The name of the front door", 120),
    "social_care_door": Setting("The name of the door to social care", 120),
    "lead_title": Setting("The lead’s title", 60),
    "adviser_title": Setting("The adviser’s title", 60),
    "emergency_wording": Setting("The emergency wording", 400, lines=True),
    "out_of_hours_phone": Setting("The out-of-hours phone number", 40, may_be_empty=True),
    "adult_door": Setting("The door for an adult at risk", 200, may_be_empty=True),
    "levels": Setting("The words for the levels of need"),
    "privacy_notice": Setting("The version of the privacy notice", 40),
}
SIGNING_IN = {
    "second_factor": Setting("A second step at sign-in"),
    "idle_minutes": Setting("Minutes without a click"),
    "session_hours": Setting("Hours since signing in"),
}
FIELDS = WORDS | SIGNING_IN


def label(field: str) -> str:
    """What a setting is called; the field's own name for one that this release no longer has."""
    return FIELDS[field].label if field in FIELDS else field


def say(field: str, value: Any) -> str:
    """A setting's value in words."""
    match value:
        case bool():
            return "Asked for" if value else "Not asked for"
        case list():
            return "\n".join(f"{level['code']}: {level['words']}" for level in value)
    return str(value)
