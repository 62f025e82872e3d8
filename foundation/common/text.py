"""What people type: names, notes, NHS numbers. Cleaned once, the same way everywhere; and ages told in words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from foundation.common.errors import Invalid

NAME_LIMIT = 80
NOTE_LIMIT = 10_000
EMAIL_LIMIT = 254
NO_EMAIL = "Enter an e-mail address in the correct format, such as name@example.org, in plain letters."

# They turn the reading direction of whatever stands behind them, so a name could rewrite the page around it.
# The marks and joiners that names and emoji do need (U+200C to U+200F, U+061C) are not among them.
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_NHS_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
_NHS_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2)


def nhs_number(value: str) -> str:
    """The ten digits of an NHS number, however it was spaced; nothing for nothing (FAM-1).

    Raises Invalid with a sentence when it is not ten digits or its last digit does not fit the others (modulus 11).
    """
    digits = _NHS_SEPARATORS.sub("", value)
    if not digits:
        return ""
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise Invalid("Check the NHS number: it has 10 digits, such as 943 476 5919.")
    if _nhs_check_digit(digits[:9]) != int(digits[9]):
        raise Invalid("Check the NHS number: one of its digits is wrong or two have changed places.")
    return digits


def show_nhs_number(digits: str) -> str:
    """As it is printed on letters: 943 476 5919."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 10 else digits


def clean_line(value: str, *, what: str, limit: int) -> str:
    """One line of text, trimmed, its spaces single and its characters composed (NFC).

    `what` begins the sentence of the Invalid that is raised: "The family name cannot hold…"; `limit` is in characters.
    """
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", value)).strip()
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in line):
        raise Invalid(f"{what} has a line break or a hidden character in it. Type it again by hand.")
    _refuse_direction_overrides(line, what)
    if len(line) > limit:
        raise Invalid(f"{what} must be {limit:,} characters or fewer. It has {len(line):,}.")
    return line if _can_be_seen(line) else ""


def clean_name(value: str, *, what: str = "The name", limit: int = NAME_LIMIT) -> str:
    """A name in any script, right-to-left names and emoji included, as `clean_line` cleans it; "" for none."""
    return clean_line(value, what=what, limit=limit)


def clean_email(value: str) -> str:
    """An e-mail address as accounts are kept: in small letters, without spaces around it.

    Raises Invalid unless it is one. Plain letters only: a letter of another alphabet may look like one of them, or
    become one when it is made small, and the address would be somebody else's.
    """
    address = value.strip()
    try:
        if not address.isascii() or len(address) > EMAIL_LIMIT:
            raise ValidationError("")
        validate_email(address)
    except ValidationError:
        raise Invalid(NO_EMAIL) from None
    return address.lower()


def clean_note(value: str, *, what: str, limit: int = NOTE_LIMIT) -> str:
    """Text of several lines, trimmed and composed (NFC); its line breaks are of one kind. `limit` is in characters.

    Raises Invalid, saying how long it is, when it is too long; nothing is cut off without a word.
    """
    note = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(note) > limit:
        raise Invalid(f"{what} must be {limit:,} characters or fewer. You have written {len(note):,}.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t" for character in note):
        raise Invalid(f"{what} has a hidden character in it that cannot be kept. Paste it again as plain text.")
    _refuse_direction_overrides(note, what)
    return note if _can_be_seen(note) else ""


def age_in_words(born_on: dt.date, on: dt.date) -> str:
    """How old someone is on a day: "7 years", "5 months", "3 weeks", "1 day", "not born yet"."""
    if born_on > on:
        return "not born yet"
    months = (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)
    if months >= 24:
        return _some(months // 12, "year")
    if months >= 3:
        return _some(months, "month")
    days = (on - born_on).days
    return _some(days // 7, "week") if days >= 14 else _some(days, "day")


def time_ago(then: dt.datetime, now: dt.datetime) -> str:
    """How long something has waited, in the one unit that matters: "just now", "5 minutes ago", "3 days ago"."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{_some(minutes, 'minute')} ago"
    if minutes < 48 * 60:
        return f"{_some(minutes // 60, 'hour')} ago"
    return f"{_some(minutes // (24 * 60), 'day')} ago"


def _nhs_check_digit(nine: str) -> int:
    """The tenth digit that fits nine others; 10 where none does."""
    return (11 - sum(int(digit) * weight for digit, weight in zip(nine, _NHS_WEIGHTS, strict=True)) % 11) % 11


def _can_be_seen(text: str) -> bool:
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def _refuse_direction_overrides(text: str, what: str) -> None:
    if not _DIRECTION_OVERRIDES.isdisjoint(text):
        raise Invalid(f"{what} has a hidden character in it that turns text around. Type it again by hand.")


def _some(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
