"""The people of a case, as far as a form needs them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from foundation.formdefs.definitions import Field
from foundation.formdefs.enums import Who


class Person(NamedTuple):
    """Somebody whom a field of kind person may name. `who` is "child", "adult" or, where nobody says, ""."""

    id: str
    name: str
    who: str = ""


def as_people(people: Iterable[Person | Sequence[str]]) -> tuple[Person, ...]:
    """Pairs `(id, name)` or triples `(id, name, "child" | "adult")` as people."""
    return tuple(Person(str(person[0]), str(person[1]), *map(str, person[2:])) for person in people)


def offered(field: Field, people: Iterable[Person]) -> list[Person]:
    """The people whom the field offers; one of whom nobody says whether child or adult is offered always."""
    return [person for person in people if field.who == Who.ANYONE or person.who in {"", field.who}]


def name_of(person_id: object, people: Iterable[Person]) -> str:
    """The name of a person by id, or words that give nothing away where the reader may not know them."""
    return next((person.name for person in people if person.id == person_id), "Somebody not shown here")
