"""The world while it stands in a transaction that is never committed, with everybody signed in."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction

from foundation.common import clock
from foundation.tenancy.scope import tenant_scope
from tests.trust.asking import Product, signed_in, tenant_tables
from tests.trust.matrix import EVERY_ROLE
from tests.trust.world import World, build_world


@dataclass
class Ground:
    """The world, its product, and how to put it back as it was."""

    world: World
    product: Product
    sessions: dict[str, str]
    tables: set[str]
    savepoint: str = ""
    stood: dict[str, str] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    nonces: set[bytes] = field(default_factory=set)
    moment: dt.datetime = field(default_factory=clock.now)

    @property
    def known(self) -> dict[str, Any]:
        """Every id and reference of the world."""
        return self.world.canaries.facts

    def put_back(self) -> None:
        """Undo whatever was written since the world stood."""
        transaction.savepoint_rollback(self.savepoint)

    def as_it_stood(self) -> bool:
        """Whether every table behind the wall holds what it held."""
        return self.fingerprint() == self.stood

    def fingerprint(self) -> dict[str, str]:
        """What stands in each table behind the wall, as one number for each partnership."""
        hashes = " UNION ALL ".join(
            f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
            for name in sorted(self.tables)
        )
        found = {}
        with connection.cursor() as cursor:
            for side in (self.world.north, self.world.south):
                with tenant_scope(side.partnership.pk):
                    cursor.execute(hashes)
                    found |= {f"{side.name} {name}": number for name, number in cursor.fetchall()}
        return found


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """One world for a whole module."""
    product = Product()
    logging.disable(logging.CRITICAL)  # a line for each of many thousand requests
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            world = build_world()
            made = Ground(world, product, sessions_of(world), readable_tables())
            made.stood = made.fingerprint()
            made.savepoint = transaction.savepoint()
            with product.watched():
                yield made
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)


def sessions_of(world: World) -> dict[str, str]:
    """Everybody's session by the name of the actor; the anonymous one is empty."""
    users = {"nobody": world.nobody, "former": world.north.people["former"].user}
    for side in (world.north, world.south):
        users |= {f"{side.name} {role}": side.people[role].user for role in EVERY_ROLE}
    return {name: signed_in(user) for name, user in users.items()} | {"anonymous": ""}


def readable_tables() -> set[str]:
    """The tables behind the wall that the app's role may read: partitions are read through their parents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE a.attname = 'partnership_id' AND c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'SELECT')"
        )
        return tenant_tables({name for (name,) in cursor.fetchall()})
