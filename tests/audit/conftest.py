"""A partnership with a trail, and the hand that tampers with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connections

Tamper = Callable[..., None]


@pytest.fixture
def tamper(db: None) -> Iterator[Tamper]:
    """Runs SQL as the maintenance role, which no policy stops: what an insider with the database could do."""
    hand = hand_of("maintenance")

    def run(statement: str, *given: Any) -> None:
        with hand.cursor() as cursor:
            cursor.execute(statement, [str(value) for value in given])
            assert cursor.rowcount != 0, "nothing was tampered with"

    yield run
    hand.close()


@pytest.fixture
def as_owner(db: None) -> Iterator[Tamper]:
    """Runs SQL as the tables' owner."""
    hand = hand_of("owner")

    def run(statement: str) -> None:
        with hand.cursor() as cursor:
            cursor.execute(statement)

    yield run
    hand.close()


def hand_of(alias: str) -> Any:
    """A connection of its own, outside the test's."""
    hand = psycopg2.connect(**connections[alias].get_connection_params())
    hand.autocommit = True
    return hand
