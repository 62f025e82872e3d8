"""The database's own catalogue, read as the app's role: every relation of ours is behind the wall (trust 2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.ground import OPEN_TABLES
from foundation.tenancy.models import TenantModel

pytestmark = pytest.mark.django_db

RELATIONS = """
    SELECT c.oid, c.relname, c.relkind, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
           pg_get_userbyid(c.relowner) = current_user AS own,
           EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'partnership_id'
                   AND a.attnotnull AND NOT a.attisdropped) AS has_partnership,
           ARRAY(SELECT pg_get_expr(polqual, polrelid) FROM pg_policy
                 WHERE polrelid = c.oid AND polqual IS NOT NULL) AS policies,
           has_table_privilege(current_user, c.oid, 'TRUNCATE') AS may_truncate,
           ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
                 WHERE has_table_privilege(current_user, c.oid, p)) AS privileges
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY c.relname
"""


def relations(on: Any = connection) -> list[dict[str, object]]:
    with on.cursor() as cursor:
        cursor.execute(RELATIONS)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def tenant_relations(on: Any = connection) -> list[dict[str, object]]:
    return [relation for relation in relations(on) if relation["relname"] not in OPEN_TABLES]


def bare(on: Any = connection) -> list[object]:
    """Relations that stand neither behind the wall nor in the list of those outside it."""
    return [
        relation["relname"]
        for relation in tenant_relations(on)
        if not (relation["relrowsecurity"] and relation["relforcerowsecurity"] and relation["policies"])
    ]


def in_no_partnership(on: Any = connection) -> list[object]:
    """Relations behind the wall whose rows could stand in no partnership."""
    return [relation["relname"] for relation in tenant_relations(on) if not relation["has_partnership"]]


def keys(on: Any = connection) -> list[tuple[str, str, set[str]]]:
    """Every foreign key: its table, the table it leads to, its columns."""
    with on.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text, "
            "(SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute "
            " WHERE attrelid = conrelid AND attnum = ANY(conkey)) FROM pg_constraint WHERE contype = 'f'"
        )
        return [(table.strip('"'), target.strip('"'), set(columns)) for table, target, columns in cursor.fetchall()]


def plain_keys(on: Any = connection) -> list[tuple[str, str, set[str]]]:
    """Foreign keys to a table behind the wall that do not name the partnership."""
    walled = {str(relation["relname"]) for relation in tenant_relations(on)}
    return [key for key in keys(on) if key[1] in walled and "partnership_id" not in key[2]]


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def test_the_apps_role_is_plain() -> None:
    """Trust 2: the role of web, workers and tests is no superuser, passes no policy by, and owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)


def test_every_relation_is_behind_the_wall_or_has_its_reason() -> None:
    """Trust 2: row-level security enabled and forced, and a policy, on each relation, partitions and history too."""
    assert bare() == []
    assert len(tenant_relations()) > 30, "the catalogue was not read"


def test_every_tenant_relation_carries_its_partnership() -> None:
    """Trust 2: NOT NULL, so no row can stand in no partnership."""
    assert in_no_partnership() == []


def test_every_policy_compares_with_the_setting_that_the_scope_sets() -> None:
    """Architecture §4: an unset and an empty setting mean the same: no rows."""
    odd = [
        (relation["relname"], policy)
        for relation in tenant_relations()
        for policy in relation["policies"]  # type: ignore[attr-defined]
        if "NULLIF(current_setting('earlyhelp." not in policy
    ]
    assert odd == []


def test_no_open_table_is_unlisted_and_no_listed_one_has_a_wall_it_does_not_need() -> None:
    """Architecture §4: the written list of tables outside the wall is the whole of it."""
    standing = {str(relation["relname"]) for relation in relations()}
    assert sorted(set(OPEN_TABLES) - standing) == [], "listed, but there is no such table"
    assert all(reason for _, reason in OPEN_TABLES.values())


def test_nobody_may_truncate_and_partitions_are_granted_nothing() -> None:
    """Trust 2: TRUNCATE passes row-level security by; a partition reached by itself would pass its parent by."""
    assert [r["relname"] for r in relations() if r["may_truncate"]] == []
    assert [r["relname"] for r in relations() if r["relispartition"] and r["privileges"]] == []


def test_the_grants_of_open_tables_are_those_of_the_list() -> None:
    """Architecture §4: grants table by table, nothing by default."""
    standing = {relation["relname"]: relation["privileges"] for relation in relations()}
    wrong = {
        table: standing[table]
        for table, (privileges, _) in OPEN_TABLES.items()
        if sorted(standing[table]) != sorted(p.strip() for p in privileges.split(",") if p.strip())  # type: ignore[call-overload]
    }
    assert wrong == {}


def test_history_can_be_added_to_and_read_but_never_changed() -> None:
    """Trust 14: the app's role can neither edit nor delete what stood."""
    events = [model._meta.db_table for model in apps.get_models() if model.__name__.endswith("Event")]
    standing = {relation["relname"]: relation["privileges"] for relation in relations()}
    assert len(events) > 10
    assert {table: standing[table] for table in events if sorted(standing[table]) != ["INSERT", "SELECT"]} == {}  # type: ignore[call-overload]


def test_every_key_between_tenant_tables_is_led_by_the_partnership() -> None:
    """Trust 2: foreign key checks pass row-level security by, so each must name the partnership itself."""
    assert plain_keys() == []
    standing = keys()
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                expected = (model._meta.db_table, field.remote_field.model._meta.db_table)
                assert any(key[:2] == expected and field.column in key[2] for key in standing), (model, field)


def test_tenant_models_point_at_tenant_models_by_the_tenant_key_alone() -> None:
    """Trust 2: a plain ForeignKey inside the wall is a hole; the type of the field keeps it shut."""
    holes = [
        f"{model.__name__}.{field.name}"
        for model in tenant_models()
        for field in model._meta.local_fields
        if field.many_to_one
        and issubclass(field.related_model, TenantModel)
        and not isinstance(field, TenantForeignKey)
        and not model.__name__.endswith("Event")
    ]
    assert holes == []


def test_without_a_scope_every_tenant_relation_is_empty() -> None:
    """Trust 2: no scope, no rows; the app's role cannot even count them."""
    with connection.cursor() as cursor:
        for relation in tenant_relations():
            if "SELECT" in relation["privileges"]:  # type: ignore[operator]
                cursor.execute(f'SELECT count(*) FROM "{relation["relname"]}"')
                assert cursor.fetchone() == (0,), relation["relname"]


def test_history_points_at_nothing_so_that_it_outlives_its_rows() -> None:
    """Trust 14: a row can be deleted while what was known of it stays; a key from its history would forbid that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' "
            "AND conrelid::regclass::text LIKE '%event'"
        )
        assert cursor.fetchall() == []
