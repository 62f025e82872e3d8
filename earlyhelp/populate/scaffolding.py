"""What is taken down before a load and put up after it: triggers, foreign keys, and indexes but the primary keys.

Only the owner of the tables can do this. Row by row, the triggers would write a second history and a second chain, and
each row's foreign keys would cost more than the row; index by index, building once in order is quicker and tighter.
A foreign key that the owner puts up under forced row-level security looks at no row and still counts as checked: so
each is checked by the maintenance role, who sees them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from earlyhelp.populate.country import MAINTENANCE

OWNER = "owner"
BUILDERS = 2

_FOREIGN_KEYS = """
    SELECT DISTINCT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0
    AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[])) ORDER BY 1, 2
"""
_UNIQUE = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'u' AND conparentid = 0 AND conrelid = ANY(%(tables)s::regclass[]) ORDER BY 1, 2
"""
_INDEXES = """
    SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p', 'x'))
    ORDER BY pg_table_size(indrelid) DESC, 2
"""
_POINTING = """
    SELECT conrelid::regclass::text, confrelid::regclass::text,
        (SELECT array_agg(attname::text ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS k (num, place)
         JOIN pg_attribute ON attrelid = conrelid AND attnum = num),
        (SELECT array_agg(attname::text ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS k (num, place)
         JOIN pg_attribute ON attrelid = confrelid AND attnum = num)
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY(%(tables)s::regclass[])
    ORDER BY 1, 3
"""
_LOST = "SELECT count(*) FROM {table} t LEFT JOIN {other} o ON {same} WHERE {given} AND {key} IS NULL"


class Lost(Exception):
    """Rows point at nothing: a fault of what made them."""


Named = tuple[str, str, str]


class Scaffolding:
    """Takes down, and knows what to put up again."""

    def __init__(self, tables: Sequence[str], say: Callable[[str], None]) -> None:
        self.tables = list(tables)
        self._say = say
        self.foreign_keys: list[Named] = self._read(_FOREIGN_KEYS)
        self.unique: list[Named] = self._read(_UNIQUE)
        self.indexes: list[Named] = self._read(_INDEXES)

    def take_down(self) -> None:
        """All of it, in one transaction."""
        statements = [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in self.foreign_keys]
        statements += [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in self.unique]
        statements += [f"DROP INDEX {name}" for _, name, _ in self.indexes]
        statements += [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in self.tables]
        _run([f"BEGIN; {'; '.join(statements)}; COMMIT"])

    def put_up(self) -> None:
        """Indexes on two connections, then foreign keys, then triggers."""
        building = [definition.replace(" ON ONLY ", " ON ") for _, _, definition in self.indexes]
        unique = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {how}" for table, name, how in self.unique]
        self._say(f"Building {len(building) + len(unique)} indexes.")
        with ThreadPoolExecutor(BUILDERS) as builders:
            list(builders.map(_run, [[one] for one in building]))
            # A constraint locks its table against the builder of another, so these go table by table.
            list(builders.map(_run, _by_table(self.unique, unique)))
        self._say(f"Putting {len(self.foreign_keys)} foreign keys up.")
        _run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {how}" for table, name, how in self.foreign_keys)
        _run(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in self.tables)

    def check(self) -> None:
        """Raises Lost when a row points at one that is not there."""
        pointing: list[Any] = self._read(_POINTING)
        self._say(f"Checking what {len(pointing)} foreign keys point at.")
        with ThreadPoolExecutor(BUILDERS) as checkers:
            lost = list(checkers.map(_lost, pointing))
        if any(lost):
            wrong = [f"{count} of {table}" for (table, *_), count in zip(pointing, lost, strict=True) if count]
            raise Lost(f"Rows point at nothing: {', '.join(wrong)}. What is in the database is not whole.")

    def _read(self, query: str) -> list[Any]:
        with connections[OWNER].cursor() as cursor:
            cursor.execute(query, {"tables": self.tables})
            return list(cursor.fetchall())


def _lost(pointing: tuple[str, str, list[str], list[str]]) -> int:
    """How many rows of one table point at none of the other."""
    table, other, columns, keys = pointing
    pairs = list(zip(columns, keys, strict=True))
    query = _LOST.format(
        table=table, other=other, same=" AND ".join(f"t.{column} = o.{key}" for column, key in pairs),
        given=" AND ".join(f"t.{column} IS NOT NULL" for column in columns), key=f"o.{keys[-1]}",
    )  # fmt: skip
    connection = connections[MAINTENANCE]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET work_mem = '256MB'")
            cursor.execute(query)
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def _by_table(named: Sequence[Named], statements: Sequence[str]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for (table, _, _), statement in zip(named, statements, strict=True):
        found.setdefault(table, []).append(statement)
    return list(found.values())


def _run(statements: Any) -> None:
    """As the owner, on this thread's own connection."""
    connection = connections[OWNER]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SET maintenance_work_mem = '768MB'; SET synchronous_commit = off; SET statement_timeout = 0"
            )
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()
