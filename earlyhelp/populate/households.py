"""Invented households, quickly: who is in them, where they live, what is known of when they were born."""

from __future__ import annotations

from dataclasses import dataclass

from cases.enums import BirthDateKind, Part
from earlyhelp.populate.country import Town
from earlyhelp.populate.ids import nhs_numbers
from earlyhelp.populate.names import Names
from earlyhelp.populate.tables import NULL

STREETS = (
    "Alder", "Bramble", "Chapel", "Dale", "Ferry", "Grange", "Hollin", "Kiln", "Mill", "Quarry", "Station", "Well",
)  # fmt: skip
WAYS = ("Road", "Street", "Lane", "Close", "Avenue", "Gardens")
EXACT, UNKNOWN = BirthDateKind.EXACT.value, BirthDateKind.UNKNOWN.value
MOTHER, FATHER, CHILD = Part.MOTHER.value, Part.FATHER.value, Part.CHILD.value
MOST_NUMBERS = 90_000


@dataclass(frozen=True)
class Born:
    """Somebody of a family: their key, what stands in their row from the given name on, and their part."""

    key: str
    words: str
    part: str


@dataclass(frozen=True)
class Household:
    """A family with its people; `words` are its name, address and telephone as they stand in a row."""

    key: str
    words: str
    people: list[Born]


class Households:
    """Makes those of one partnership, which has at most so many cases."""

    def __init__(self, town: Town, cases: int) -> None:
        self._random = town.random
        self._key = town.keys.next
        self._given = {kind: Names(kind, town.random) for kind in ("girls", "boys", "women", "men")}
        self._surnames = Names("surnames", town.random)
        self._numbers = nhs_numbers(min(cases * 3, MOST_NUMBERS))
        self._children = town.number * 977

    def next(self, year: int) -> Household:
        """Another one, as it was in that year."""
        chance, draw = int(self._random.random() * 1_000_000), self._random.random()
        name = self._surnames.next()
        address = f"{1 + chance % 180} {STREETS[chance % 12]} {WAYS[chance // 12 % 6]}, Sizeborough"
        people = [self._grown_up(name, "women", MOTHER, year)]
        if self._random.random() < 0.55:
            people.append(self._grown_up(name, "men", FATHER, year))
        people += [self._child(name, year) for _ in range(1 + (draw >= 0.3) + (draw >= 0.7) + (draw >= 0.92))]
        return Household(self._key(), f"{name}\t{address}\t07700 900 {chance % 1000:03}", people)

    def _grown_up(self, family_name: str, kind: str, part: str, year: int) -> Born:
        """Most are written down without a date of birth; one in five has another family name."""
        draw = self._random.random()
        surname = family_name if draw < 0.8 else self._surnames.next()
        born = f"{_day(year - 21 - int(draw * 75), draw)}\t{EXACT}" if draw < 0.4 else f"{NULL}\t{UNKNOWN}"
        return Born(self._key(), f"{self._given[kind].next()}\t{surname}\t{born}\t", part)

    def _child(self, family_name: str, year: int) -> Born:
        """Somewhere from birth to seventeen, with an NHS number in two of three."""
        draw = self._random.random()
        given = self._given["girls" if draw < 0.5 else "boys"].next()
        self._children += 1
        number = self._numbers[self._children % len(self._numbers)] if self._children % 3 else ""
        born = _day(year - 1 - int(draw * 34) % 17, draw)
        return Born(self._key(), f"{given}\t{family_name}\t{born}\t{EXACT}\t{number}", CHILD)


def _day(year: int, draw: float) -> str:
    return f"{year}-{1 + int(draw * 1e6) % 12:02}-{1 + int(draw * 1e4) % 28:02}"
