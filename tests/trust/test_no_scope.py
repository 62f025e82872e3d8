"""A full world, committed: without a scope nothing of it is there, and with one only one's own (trust 2, trust 3).

What really stands is read by the maintenance role, which no policy stops, so that emptiness is never trivially true.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from cases.models import Case
from cases.services import find_unusual_looks, save_filter
from foundation.accounts import services as accounts
from foundation.accounts.models import KeptWords
from foundation.audit import checkpoints
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import system
from foundation.notifications import services as notifications
from foundation.notifications.enums import MailChoice
from foundation.partnership import services as settings
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.ground import OPEN_TABLES
from foundation.tenancy.models import TenantModel
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of
from tests.trust.world import Side, World, build_world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# A wall; no right at all; or a row that never changes, whoever asks.
REFUSALS = ("row-level security", "permission denied", "Cannot update or delete", "is frozen")
RELATIONS = """
    SELECT c.relname, c.relispartition, has_table_privilege('{role}', c.oid, 'SELECT'),
           has_table_privilege('{role}', c.oid, 'INSERT'), has_table_privilege('{role}', c.oid, 'UPDATE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname
"""


@dataclass(frozen=True)
class Relation:
    """One relation behind the wall, what the app's role may do with it, and how many rows each side has in it."""

    name: str
    partition: bool
    readable: bool
    insertable: bool
    updatable: bool
    rows: dict[str, int]


@dataclass
class Standing:
    """The committed world and its relations."""

    world: World
    relations: list[Relation]
    hand: Any

    @property
    def sides(self) -> tuple[UUID, UUID]:
        return self.world.north.partnership.pk, self.world.south.partnership.pk

    def row_of(self, table: str, partnership: UUID) -> dict[str, Any] | None:
        """One row as the maintenance role sees it."""
        with self.hand.cursor() as cursor:
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t WHERE partnership_id = %s LIMIT 1', [partnership])
            found = cursor.fetchone()
        return None if found is None else json.loads(found[0]) if isinstance(found[0], str) else found[0]


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    """Built once, read by every test here, and flushed afterwards."""
    with django_db_blocker.unblock():
        hand = connections["maintenance"]
        try:
            world = build_world(render_documents=False, stages=("writing", "returned", "asked"))
            for side in (world.north, world.south):
                leave_traces(side)
            yield Standing(world, relations(world, hand), hand)
        finally:
            hand.close()
            call_command("flush", interactive=False, verbosity=0)


def leave_traces(side: Side) -> None:
    """What pages, sweeps and the monthly command write: looks, settings, filters, arrivals, where the chain stands."""
    user = side.people["administrator"].user
    with tenant_scope(side.partnership.pk):
        admin = actor_of(side.people["administrator"])
        case = Case.objects.get(pk=side.cases["own", "writing"].ids["case_id"])
        with clock.at(dt.datetime(2026, 4, 14, 23, 30, tzinfo=dt.UTC)):
            audit.viewed(by=side.scene.actor("teacher"), subject=case, case_id=case.pk)
        save_filter(by=side.scene.actor("lead"), name="Mine", query={"whose": "mine"})
        settings.change_settings(by=admin, revision=side.partnership.revision, changes={"front_door": "The front door"})
        accounts.note_sign_in(by=admin)
        notifications.choose(by=admin, mail=MailChoice.DAILY)
        KeptWords.objects.create(user=user, path="/", words="sealed", kept_at=clock.now())
    with tenant_scope(side.partnership.pk):
        assert find_unusual_looks(by=system(side.partnership.pk))
    checkpoints.take(side.partnership)


def relations(world: World, hand: Any) -> list[Relation]:
    with connection.cursor() as cursor:
        role = connection.settings_dict["USER"]
        cursor.execute(RELATIONS.format(role=role))
        found = [row for row in cursor.fetchall() if row[0] not in OPEN_TABLES]
    with hand.cursor() as cursor:
        return [Relation(*row, rows=counts(cursor, row[0])) for row in found]


def counts(cursor: Any, table: str) -> dict[str, int]:
    cursor.execute(f'SELECT partnership_id::text, count(*) FROM "{table}" GROUP BY 1')
    return dict(cursor.fetchall())


def test_the_world_fills_every_relation(standing: Standing) -> None:
    """Trust 2: a table that nothing is in proves nothing; partitions of other months stay empty."""
    both = [str(side) for side in standing.sides]
    empty = {r.name for r in standing.relations if not r.partition and not all(r.rows.get(side) for side in both)}
    assert empty == set()
    assert any(relation.partition and relation.rows for relation in standing.relations)


def test_without_a_scope_every_relation_is_empty_or_refused(standing: Standing, record_property: Any) -> None:
    """Trust 2: no scope, no rows: partitions, history and the chain too."""
    shown, filled = [], 0
    for relation in standing.relations:
        filled += bool(relation.rows)
        if not relation.readable:
            with pytest.raises(ProgrammingError, match="permission denied"):
                number_in(relation.name)
        elif number := number_in(relation.name):
            shown.append(f"{relation.name}: {number}")
    record_property(
        "trust", f"no scope: {len(standing.relations)} tenant relations, {filled} with rows in them, {len(shown)} shown"
    )
    assert shown == []
    assert filled >= 40


def number_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_in_a_scope_all_of_ones_own_is_there_and_nothing_else(standing: Standing) -> None:
    """Trust 2: each relation counts what the maintenance role counts for that partnership, and not one row more."""
    for side in standing.sides:
        with tenant_scope(side), connection.cursor() as cursor:
            for relation in standing.relations:
                if relation.readable:
                    own = relation.rows.get(str(side))
                    assert counts(cursor, relation.name) == ({str(side): own} if own else {}), relation.name


def test_a_row_for_another_partnership_is_refused_by_every_relation(standing: Standing) -> None:
    """Trust 3: another partnership's row, under a new key, put in from inside one's own scope."""
    north, south = standing.sides
    accepted, tried = [], 0
    for relation in standing.relations:
        row = standing.row_of(relation.name, south) or standing.row_of(relation.name, north)
        if row is None:
            continue
        tried += 1
        row |= {"partnership_id": str(south)} | (
            {"id": str(uuid4())} if "id" in row and not isinstance(row["id"], int) else {}
        )
        sql = f'INSERT INTO "{relation.name}" SELECT * FROM jsonb_populate_record(NULL::"{relation.name}", %s)'
        if refusal(north, sql, [json.dumps(row)]) is None:
            accepted.append(relation.name)
    assert accepted == []
    assert tried >= 40


def test_a_row_cannot_be_moved_into_another_partnership(standing: Standing) -> None:
    """Trust 3: the partnership of a row is not changed from inside, whatever may be updated in it."""
    north, south = standing.sides
    moved, tried = [], 0
    for relation in standing.relations:
        if relation.updatable and relation.rows.get(str(north)):
            tried += 1
            if refusal(north, f'UPDATE "{relation.name}" SET partnership_id = %s', [south]) is None:
                moved.append(relation.name)
    assert moved == []
    assert tried > 10


def refusal(partnership: UUID, sql: str, given: list[Any]) -> DatabaseError | None:
    """What the database says to a statement inside a partnership's scope; nothing of it stays. None: it was taken."""
    try:
        with tenant_scope(partnership):
            with connection.cursor() as cursor:
                cursor.execute(sql, given)
                if cursor.rowcount == 0:
                    return DatabaseError("nothing was touched")
            transaction.set_rollback(True)
    except DatabaseError as error:
        if any(words in str(error) for words in REFUSALS):
            return error
        raise
    return None


def tenant_keys() -> list[tuple[str, str, str]]:
    """Table, column and target of every key inside the wall that the database holds."""
    return [
        (model._meta.db_table, field.column, field.remote_field.model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey) and not model.__name__.endswith("Event")
    ]


def test_no_key_points_across_the_wall(standing: Standing, record_property: Any) -> None:
    """Trust 2: not even for the role that no policy stops: the key itself names the partnership."""
    north, south = standing.sides
    crossed, untried = [], []
    keys = tenant_keys()
    for table, column, target in keys:
        there = standing.row_of(target, south)
        ends = (
            [crossing(standing.hand, table, column, row, there) for row in rows_of(standing, table, north)]
            if there
            else []
        )
        if "crossed" in ends:
            crossed.append(f"{table}.{column}")
        elif "refused" not in ends:
            untried.append(f"{table}.{column}")
    record_property("trust", f"keys: {len(keys)} inside the wall, {len(crossed)} let across")
    assert crossed == []
    assert untried == []
    assert len(keys) > 20


def rows_of(standing: Standing, table: str, partnership: UUID) -> list[Any]:
    with standing.hand.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}" WHERE partnership_id = %s ORDER BY id LIMIT 40', [partnership])
        return [row[0] for row in cursor.fetchall()]


def crossing(hand: Any, table: str, column: str, row: Any, there: dict[str, Any] | None) -> str:
    """Point one row at another partnership's: "refused" by its key, "crossed", or "kept" by a trigger before that."""
    assert there is not None
    try:
        with transaction.atomic(using=hand.alias), hand.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [there["id"], row])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True, using=hand.alias)
    except IntegrityError as error:
        return "refused" if "_wall" in str(error) else "kept"
    except DatabaseError:
        return "kept"
    return "crossed"


def test_every_model_behind_the_wall_has_its_relation_here(standing: Standing) -> None:
    """Trust 2: the catalogue and the models name the same tables; grants and the chain count as well."""
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}
    known = {relation.name for relation in standing.relations}
    assert tables <= known
    assert {"cases_casegrant", "audit_chain", "cases_caseevent"} <= known
