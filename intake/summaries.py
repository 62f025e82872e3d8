"""An enquiry in rows, for checking before it is sent and for reading afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.enums import BirthDateKind, GrantLevel, Part
from consent import queries as consents
from consent.enums import ConsentHow, ConsentState, InformationKind
from consent.models import Consent
from foundation.common import clock, text
from foundation.ui.components import Row
from intake.enums import Need
from intake.models import Enquiry

TOLD = (
    ("worries", "Worried about"),
    ("working_well", "Working well"),
    ("tried", "Tried already"),
    ("wishes", "The family’s wishes"),
)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One family member as a page shows them. `key` is their place in a draft."""

    name: str
    part: str
    born: str
    nhs_number: str
    key: str = ""
    covered: bool = True


def family(answers: Mapping[str, Any], change_url: str = "") -> list[Row]:
    """The family's page."""
    labels = (("family_name", "Family name"), ("address", "Address"), ("phone", "Phone number"))
    return [Row(label, answers.get(name, ""), change_url) for name, label in labels]


def story(answers: Mapping[str, Any], change_url: str = "") -> list[Row]:
    """The page of what is happening."""
    rows = [Row(label, answers.get(name, ""), change_url) for name, label in TOLD]
    return [*rows, Row("Needs", _labels(Need, answers.get("needs", ())), change_url)]


def person(answers: Mapping[str, Any], *, covered: bool = True) -> PersonLine:
    """One person, their age reckoned to today."""
    born_on = answers["born_on"]
    born = dt.date.fromisoformat(born_on) if isinstance(born_on, str) else born_on
    name = f"{answers['given_name']} {answers['family_name']}".strip()
    return PersonLine(
        name=name,
        part=Part(answers["part"]).label,
        born=birth(answers["born_kind"], born),
        nhs_number=text.show_nhs_number(answers["nhs_number"]),
        key=answers.get("key", ""),
        covered=covered,
    )


def birth(kind: str, born: dt.date | None) -> str:
    """A date of birth in words, such as "29 February 2016, 10 years old"."""
    if born is None:
        return "Date of birth not known"
    date = f"{born.day} {born:%B %Y}"
    if kind == BirthDateKind.EXPECTED:
        return f"Expected {date}"
    age = f"{text.age_in_words(born, clock.today())} old"
    return f"About {date}, {age}" if kind == BirthDateKind.ESTIMATED else f"{date}, {age}"


def consent_answers(answers: Mapping[str, Any], agencies: Mapping[str, str], change_url: str) -> list[Row]:
    """The consent's page, before it is sent; `agencies` are names by id."""
    if not answers:
        return [Row("Consent", "", change_url)]
    working = [agencies[key] for key in answers["work"] if key in agencies]
    seeing = [agencies[key] for key in answers["see"] if key in agencies and key not in answers["work"]]
    rows = [
        ("Given by", answers["given_by"]),
        ("How", _how(answers["how"], answers["witness"], answers["paper_kept_at"])),
        ("Given on", _day(answers["given_on"])),
        ("Until", _day(answers["ends_on"]) or "No end set"),
        ("May work on the case", _lines(working) or "Nobody"),
        ("May only see the case", _lines(seeing) or "Nobody"),
        ("May be shared", _labels(InformationKind, answers["information"])),
        ("Privacy notice", "Given to the family"),
    ]
    return [Row(label, value, change_url) for label, value in rows]


def consent_record(consent: Consent) -> list[Row]:
    """The consent in words, as it stands today."""
    named = consents.still_named(consent)
    working = [each.agency.name for each in named if each.level == GrantLevel.CONTRIBUTE]
    seeing = [each.agency.name for each in named if each.level != GrantLevel.CONTRIBUTE]
    return [
        Row("Consent", consent_state(consent)),
        Row("Given by", consent.given_by),
        Row("How", _how(consent.how, consent.witness, consent.paper_kept_at)),
        Row("Given on", _day(consent.given_on)),
        Row("May work on the case", _lines(working) or "Nobody"),
        Row("May only see the case", _lines(seeing) or "Nobody"),
        Row("May be shared", _labels(InformationKind, consent.information)),
    ]


def consent_state(consent: Consent) -> str:
    """Whether it holds today, in words."""
    if consent.state == ConsentState.WITHDRAWN and consent.withdrawn_at:
        return f"Withdrawn by the family on {_day(consent.withdrawn_at.astimezone(clock.LONDON).date())}"
    if consent.ends_on and consent.ends_on < clock.today():
        return f"Ended on {_day(consent.ends_on)}"
    return f"In force until {_day(consent.ends_on)}" if consent.ends_on else "In force, no end set"


def told_people(enquiry: Enquiry) -> list[PersonLine]:
    """Everyone whom an enquiry names, in its order."""
    return [person(row, covered=row["consent_covers"]) for row in enquiry.people.order_by("position").values()]


def told_family(enquiry: Enquiry) -> list[Row]:
    """The family, as it was told."""
    return family({"family_name": enquiry.family_name, "address": enquiry.address, "phone": enquiry.phone})


def told_story(enquiry: Enquiry) -> list[Row]:
    """What was told, leaving out what was not answered."""
    answers = {name: getattr(enquiry, name) for name, _label in TOLD} | {"needs": enquiry.needs}
    return [row for row in story(answers) if row.value]


def _how(how: str, witness: str, paper_kept_at: str) -> str:
    where = paper_kept_at if how == ConsentHow.PAPER else witness
    return f"{ConsentHow(how).label}: {where}"


def _labels(choices: Any, values: Iterable[str]) -> str:
    return _lines([choices(value).label for value in values])


def _lines(words: Sequence[str]) -> str:
    return "\n".join(words)


def _day(date: str | dt.date | None) -> str:
    if not date:
        return ""
    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return f"{day.day} {day:%B %Y}"
