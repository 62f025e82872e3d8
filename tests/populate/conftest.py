"""A database of its own with bulk data in it: two partnerships, small, made as the large ones are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from earlyhelp.populate import build
from foundation.common import clock
from tests.databases import drop_test_database, make_test_database

NOW = dt.datetime(2026, 11, 18, 14, 20, tzinfo=clock.LONDON)
SIZE = build.Size(partnerships=2, cases=241, seed=7)
ALIASES = ("default", "owner", "maintenance")


@contextmanager
def database(ending: str) -> Iterator[None]:
    """A migrated, empty database to which every connection points until the block ends."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    name = f"{before['owner']}_{ending}"
    make_test_database(name)
    try:
        yield
    finally:
        drop_test_database(name)
        for alias, was in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = was


@pytest.fixture(scope="module")
def said(django_db_setup: Any, django_db_blocker: Any) -> Iterator[list[str]]:
    """The lines that the load said; the database stands until the module's tests are over."""
    with django_db_blocker.unblock(), database("bulk"), clock.at(NOW):
        lines: list[str] = []
        build.populate(SIZE, say=lines.append)
        yield lines


@pytest.fixture(scope="module")
def ask(said: list[str]) -> Callable[..., list[tuple[Any, ...]]]:
    """Rows as the maintenance role sees them: those of every partnership."""

    def rows(query: str, *given: Any) -> list[tuple[Any, ...]]:
        with connections["maintenance"].cursor() as cursor:
            cursor.execute(query, given)
            return list(cursor.fetchall())

    return rows
