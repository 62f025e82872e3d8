"""A partition for each month of each log, made ahead of time; what fits none goes to the default partition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.common import clock
from foundation.tenancy import sql

LOGS = ("audit_entry", "audit_access")
MONTHS_AHEAD = 24

_STANDING = """
    SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = to_regclass(%s)
"""


def first_of_month(day: dt.date, later: int = 0) -> dt.date:
    """The first day of the month that is `later` months after the one of `day`."""
    months = day.year * 12 + day.month - 1 + later
    return dt.date(months // 12, months % 12 + 1, 1)


def name_of(log: str, month: dt.date) -> str:
    """The partition of a log for a month, such as `audit_entry_2027_01`."""
    return f"{log}_{month:%Y_%m}"


def months_ahead(connection: BaseDatabaseWrapper) -> int:
    """How many whole months after this one have their partitions in both logs; -1 when this month has none."""
    standing = {name for log in LOGS for name in _standing(connection, log)}
    today = clock.today()
    for later in range(MONTHS_AHEAD + 1):
        if any(name_of(log, first_of_month(today, later)) not in standing for log in LOGS):
            return later - 1
    return MONTHS_AHEAD


def make_ahead(connection: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    """Make what is missing from this month on; the names made, and those that could not be (see `_make`)."""
    made: list[str] = []
    refused: list[str] = []
    today = clock.today()
    for log in LOGS:
        standing = set(_standing(connection, log))
        for later in range(MONTHS_AHEAD + 1):
            name = name_of(log, first_of_month(today, later))
            if name not in standing:
                (made if _make(connection, log, first_of_month(today, later)) else refused).append(name)
    return made, refused


def make_from(connection: BaseDatabaseWrapper, first: dt.date) -> None:
    """Make those of the months from `first` up to this one too, for entries brought in with their own times."""
    this = first_of_month(clock.today())
    for log in LOGS:
        month, standing = first_of_month(first), set(_standing(connection, log))
        while month < this:
            if name_of(log, month) not in standing:
                _make(connection, log, month)
            month = first_of_month(month, 1)


def wall_of(partition: str) -> Iterator[str]:
    """The wall around one partition, which the app's role reaches through its parent alone."""
    yield from sql.wall(partition)
    yield from sql.grants(partition, "")


def owns_the_logs(alias: str) -> bool:
    """Whether this connection's role is the tables' owner, who alone may make partitions."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = to_regclass(%s)", [LOGS[0]]
        )
        row = cursor.fetchone()
    return row is not None and row[0]


def _standing(connection: BaseDatabaseWrapper, log: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [log])
        return [name for (name,) in cursor.fetchall()]


def _make(connection: BaseDatabaseWrapper, log: str, month: dt.date) -> bool:
    """False when the default partition holds entries of that month already: they stay there, and nothing is lost."""
    name, following = name_of(log, month), first_of_month(month, 1)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(
                f'CREATE TABLE "{name}" PARTITION OF "{log}" '
                f"FOR VALUES FROM ('{month:%Y-%m-%d} 00:00+00') TO ('{following:%Y-%m-%d} 00:00+00')"
            )
            for statement in wall_of(name):
                cursor.execute(statement)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") == "23514":  # rows in the default partition
            return False
        raise
    return True
