"""Invented households: who belongs to each, from a story's parts, the lists of names and a seed."""

from __future__ import annotations

import calendar
import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from cases.enums import BirthDateKind, Part
from earlyhelp.demo.roles import Place
from foundation.common.errors import Invalid
from foundation.common.text import nhs_number

NAMES = Path(__file__).with_name("names.toml")
WEEKS_EXPECTED = 14
"""How far off the birth of an unborn baby is."""


@dataclass(frozen=True)
class Member:
    """One of a household, by the key that the story gives them."""

    key: str
    given_name: str
    family_name: str
    part: str
    born_on: dt.date | None
    born_kind: str
    nhs_number: str

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class Household:
    """A family before anybody wrote about it."""

    family_name: str
    language: str
    address: str
    phone: str
    members: tuple[Member, ...]

    def member(self, key: str) -> Member:
        """The one whom the story means by this key."""
        return next(member for member in self.members if member.key == key)

    def words(self) -> dict[str, str]:
        """What a story's placeholders may name: everybody by given name, and the family."""
        known = {member.key: member.given_name for member in self.members}
        return known | {"family": self.family_name, "language": self.language}


class Registry:
    """Makes the households of one partnership, one after the other; nobody has another's full name or number."""

    def __init__(self, place: Place, *, seed: int, today: dt.date, taken: Sequence[str] = ()) -> None:
        self._place = place
        self._random = Random(f"{seed} {place.slug}")  # noqa: S311 (invented names, not secrets)
        self._today = today
        self._names = set(taken)
        self._families: set[str] = set()
        self._numbers: set[str] = set()
        self._phones: set[str] = set()

    def household(self, parts: Sequence[Mapping[str, Any]], *, peoples: Sequence[str] = ()) -> Household:
        """A household of these parts; `peoples` narrows whose names it may bear."""
        chosen = self._people(peoples)
        family = self._family_name(chosen)
        given: set[str] = set()
        members = []
        for part in parts:
            member = self._member(part, chosen, family, given)
            given.add(member.given_name)
            members.append(member)
        street = self._random.choice(self._place.data["streets"])
        address = f"{self._random.randint(2, 96)} {street}, {self._place.data['town']}"
        return Household(family, chosen["language"], address, self._phone(), tuple(members))

    def _people(self, peoples: Sequence[str]) -> Mapping[str, Any]:
        here = {key: often for key, often in self._place.data["peoples"].items() if not peoples or key in peoples}
        return all_names()[self._random.choices(list(here), list(here.values()))[0]]

    def _family_name(self, people: Mapping[str, Any]) -> str:
        """One that no other family has, as long as there is one."""
        single = people["surnames"]
        double = [f"{one}-{other}" for one in single for other in single if one != other]
        free = next((free for names in (single, double) if (free := self._unused(names))), double)
        name = self._random.choice(free)
        self._families.add(name)
        return name

    def _unused(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name not in self._families]

    def _member(self, part: Mapping[str, Any], people: Mapping[str, Any], family: str, given: set[str]) -> Member:
        surname = self._random.choice(people["surnames"]) if part.get("own_surname") else family
        born_on, kind = self._born(part)
        name = "" if part["part"] == Part.UNBORN else self._given_name(people[part["names"]], surname, given)
        number = self._nhs_number() if part["part"] == Part.CHILD else ""
        return Member(part["key"], name, surname, part["part"], born_on, kind, number)

    def _given_name(self, names: Sequence[str], surname: str, given: set[str]) -> str:
        free = [name for name in names if name not in given and f"{name} {surname}" not in self._names]
        name = self._random.choice(free)
        self._names.add(f"{name} {surname}")
        return name

    def _born(self, part: Mapping[str, Any]) -> tuple[dt.date | None, str]:
        """Somewhere inside the year (or the month) of age that the story says."""
        if part["part"] == Part.UNBORN:
            return self._today + dt.timedelta(weeks=WEEKS_EXPECTED), BirthDateKind.EXPECTED
        if "months" in part:
            return months_before(self._today, part["months"]) - self._days(20), BirthDateKind.EXACT
        if "age" not in part:
            return None, BirthDateKind.UNKNOWN
        born = months_before(self._today, 12 * part["age"] + 1) - self._days(290)
        return born, part.get("born_kind", BirthDateKind.EXACT)

    def _days(self, most: int) -> dt.timedelta:
        return dt.timedelta(days=self._random.randint(0, most))

    def _nhs_number(self) -> str:
        """From 999, which is never given to anybody, with its check digit."""
        while True:
            number = f"999{self._random.randint(0, 9_999_999):07}"
            try:
                nhs_number(number)
            except Invalid:
                continue
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _phone(self) -> str:
        """A mobile, or now and then a landline, of the ranges kept for drama."""
        mobile = self._random.random() < 0.75
        while True:
            last = self._random.randint(300, 999)
            phone = f"07700 900 {last:03}" if mobile else self._place.data["landline"].format(last)
            if phone not in self._phones or len(self._phones) > 600:
                self._phones.add(phone)
                return phone


@cache
def all_names() -> dict[str, Any]:
    """The lists of names, by people."""
    return tomllib.loads(NAMES.read_text(encoding="utf-8"))


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or the last that a shorter month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
