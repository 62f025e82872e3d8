"""The whole load, from the question whether it may begin to the last ANALYZE."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections

from earlyhelp.demo.places import PASSWORD
from earlyhelp.populate import country, crew, tables
from earlyhelp.populate.country import MAINTENANCE
from earlyhelp.populate.moments import OPENS, Moments
from earlyhelp.populate.scaffolding import OWNER, Scaffolding
from foundation.audit import partitions
from foundation.common import clock

PARTNERSHIPS, CASES, SEED = 150, 1_500_000, 1
MOST_PARTNERSHIPS = 999
BEGUN, WHOLE = "populate: begun", "populate: whole"
EDITION = 2
"""Raised when other rows are made than before, so that a database that was kept is made anew."""

_MARK = "COMMENT ON TABLE tenancy_partnership IS '{}'"
_REQUIRED = """
    SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
    AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
"""
Say = Callable[[str], None]


class NotEmpty(Exception):
    """The database holds something already; the words say what to do."""


@dataclass(frozen=True)
class Size:
    """How much is asked for."""

    partnerships: int = PARTNERSHIPS
    cases: int = CASES
    seed: int = SEED

    @property
    def words(self) -> str:
        """As it is written into the database once everything stands."""
        return f"{WHOLE}, {self.partnerships} partnerships, {self.cases} cases, seed {self.seed}, edition {EDITION}"


def populate(size: Size, *, say: Say) -> None:
    """Fill an empty database; raises NotEmpty for any other, and WrongColumns for tables that have grown since."""
    began = time.monotonic()
    check_empty()
    for table in tables.ALL:
        table.checked(column for (column,) in _rows(MAINTENANCE, _REQUIRED, [table.name]))
    _do(_MARK.format(BEGUN))
    moments = Moments(clock.today())
    partitions.make_from(connections[OWNER], moments.first)
    towns = country.build(
        partnerships=size.partnerships, seed=size.seed, password=PASSWORD if settings.DEMO else None,
        milliseconds=moments.second(0, OPENS) * 1000,
    )  # fmt: skip
    say(f"{size.partnerships} partnerships stand after {time.monotonic() - began:.0f} s.")
    scaffolding = Scaffolding([table.name for table in tables.ALL], say)
    scaffolding.take_down()
    crew.load(towns, size.cases, moments, say)
    say(f"All rows are written after {time.monotonic() - began:.0f} s.")
    scaffolding.put_up()
    say(f"Indexes and triggers stand after {time.monotonic() - began:.0f} s.")
    say("Looking over all of it once for the planner (VACUUM, ANALYZE).")
    _do("SET maintenance_work_mem = '512MB'", "VACUUM (FREEZE, ANALYZE, PARALLEL 2)")
    scaffolding.check()
    _do(_MARK.format(size.words))
    say(f"Everything stands after {time.monotonic() - began:.0f} s: {_size()}.")


def standing() -> str:
    """What a load has left in this database: "" when there was none, else BEGUN or the words of its size."""
    ((comment,),) = _rows(OWNER, "SELECT obj_description('tenancy_partnership'::regclass)", [])
    return comment or ""


def check_empty() -> None:
    """Raises NotEmpty unless nobody and nothing is in the database."""
    if standing() == BEGUN:
        raise NotEmpty(
            "A load was broken off in this database, so what is in it is not whole: "
            "drop the database, or `make reset`, and begin again."
        )
    ((full,),) = _rows(
        MAINTENANCE, "SELECT EXISTS (SELECT FROM tenancy_partnership) OR EXISTS (SELECT FROM accounts_user)", []
    )
    if full:
        raise NotEmpty(
            "This database holds something already, so bulk data is not added to it: "
            "name an empty one, or `make reset`, and begin again."
        )


def _size() -> str:
    ((words,),) = _rows(OWNER, "SELECT pg_size_pretty(pg_database_size(current_database()))", [])
    return str(words)


def _rows(alias: str, query: str, given: list[Any]) -> list[tuple[str, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def _do(*statements: str) -> None:
    with connections[OWNER].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
