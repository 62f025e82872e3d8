"""What makes a consent whole (CON-1): each broken rule has its sentence, and all are told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cases.enums import GrantLevel
from consent.enums import ConsentHow, InformationKind
from foundation.accounts.models import Agency
from foundation.common import clock
from foundation.common.errors import Invalid
from foundation.common.text import clean_line, clean_name


def consent(
    *,
    given_by: str,
    how: str,
    witness: str,
    paper_kept_at: str,
    information: Sequence[str],
    agencies: Mapping[Agency, GrantLevel],
    given_on: dt.date,
    ends_on: dt.date | None,
) -> dict[str, Any]:
    """The fields of a consent, cleaned; Invalid with a sentence for each that breaks a rule."""
    wrong: dict[str, str] = {}
    said = {
        "given_by": _line(wrong, "given_by", given_by, "Who gave consent", 160),
        "witness": _line(wrong, "witness", witness, "The witness", 160),
        "paper_kept_at": _line(wrong, "paper_kept_at", paper_kept_at, "Where the form is kept", 200),
    }
    if not said["given_by"]:
        wrong.setdefault("given_by", "Enter who gave consent.")
    wrong.update(wrong_way(how, witness=said["witness"], paper_kept_at=said["paper_kept_at"]))
    wrong.update(_wrong_scope(information, agencies))
    wrong.update(_wrong_dates(given_on, ends_on))
    if wrong:
        raise Invalid(wrong)
    kinds = [kind for kind in InformationKind.values if kind in set(information)]
    return {**said, "how": how, "information": kinds, "given_on": given_on, "ends_on": ends_on}


def told_by(words: str) -> str:
    """Who of the family said that it takes consent back, cleaned; Invalid when nobody is named."""
    wrong: dict[str, str] = {}
    line = _line(wrong, "told_by", words, "Who told you", 160)
    if not line:
        wrong.setdefault("told_by", "Enter who told you, such as “Sana’s mother, by telephone”.")
    if wrong:
        raise Invalid(wrong)
    return line


def _line(wrong: dict[str, str], field: str, value: str, what: str, limit: int) -> str:
    try:
        return (clean_name if field == "given_by" else clean_line)(value, what=what, limit=limit)
    except Invalid as error:
        wrong[field] = error.sentence
        return ""


def wrong_way(how: str, *, witness: str, paper_kept_at: str) -> dict[str, str]:
    """What is missing of how consent was given, by field: a witness who heard it, or where its paper is kept."""
    if how not in ConsentHow.values:
        return {"how": "Choose how consent was given."}
    if how == ConsentHow.SPOKEN and not witness:
        return {"witness": "Enter who heard the family give consent."}
    if how == ConsentHow.PAPER and not paper_kept_at:
        return {"paper_kept_at": "Enter where the signed form is kept."}
    return {}


def _wrong_scope(information: Collection[str], agencies: Mapping[Agency, GrantLevel]) -> dict[str, str]:
    wrong = {}
    if not information:
        wrong["information"] = "Choose at least one kind of information that may be shared."
    elif not set(information) <= set(InformationKind.values):
        wrong["information"] = "Choose kinds of information from the list."
    if not agencies:
        wrong["agencies"] = "Choose at least one agency that the family lets in."
    elif not set(agencies.values()) <= set(GrantLevel.values):
        wrong["agencies"] = "Choose for each agency whether it may see the case or work on it too."
    elif Agency.objects.filter(pk__in=[agency.pk for agency in agencies], active=True).count() != len(agencies):
        wrong["agencies"] = "Choose agencies that work in this partnership today."
    return wrong


def _wrong_dates(given_on: dt.date, ends_on: dt.date | None) -> dict[str, str]:
    wrong = {}
    today = clock.today()
    if given_on > today:
        wrong["given_on"] = "The date consent was given must be today or in the past."
    if ends_on is not None and ends_on < given_on:
        wrong["ends_on"] = "The last day of the consent must not be before the day it was given."
    elif ends_on is not None and ends_on < today:
        wrong["ends_on"] = "The last day of the consent must be today or later. Ask the family again if it has ended."
    return wrong
