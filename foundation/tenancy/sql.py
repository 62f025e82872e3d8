"""The wall as SQL, for migration operations and for tables that are made by hand (partitions)."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import models

from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.scope import SETTING

SAME_PARTNERSHIP = f"partnership_id = NULLIF(current_setting('{SETTING}', true), '')::uuid"


def wall(table: str) -> Iterator[str]:
    """Row-level security, enabled and forced: without a scope there are no rows, not even for the owner."""
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS partnership_wall ON "{table}"'
    yield f'CREATE POLICY partnership_wall ON "{table}" USING ({SAME_PARTNERSHIP}) WITH CHECK ({SAME_PARTNERSHIP})'


def grants(table: str, privileges: str) -> Iterator[str]:
    """What the app's role and the maintenance role may do with one table; never TRUNCATE."""
    app, maintenance = settings.APP_DATABASE_ROLE, settings.MAINTENANCE_DATABASE_ROLE
    yield f'REVOKE ALL ON "{table}" FROM "{app}"'
    if privileges:
        yield f'GRANT {privileges} ON "{table}" TO "{app}"'
    if maintenance != app:
        yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO "{maintenance}"'


def composite_keys(model: type[models.Model]) -> Iterator[str]:
    """`(partnership_id, id)` as a key, and each foreign key of the model led by the partnership.

    A history table has the key but points at nothing: what it tells of outlives the rows that it names.
    """
    table, key = model._meta.db_table, model._meta.pk.column
    yield f'CREATE UNIQUE INDEX IF NOT EXISTS "{table}_tenant_key" ON "{table}" (partnership_id, "{key}")'
    if key == "pgh_id":
        return
    for field in model._meta.local_fields:
        if not isinstance(field, TenantForeignKey):
            continue
        target = field.remote_field.model._meta
        name = f"{table}_{field.column}_wall"[:63]
        yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"'
        yield (
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (partnership_id, "{field.column}") '
            f'REFERENCES "{target.db_table}" (partnership_id, "{target.pk.column}") DEFERRABLE INITIALLY DEFERRED'
        )
        index = f"{table}_{field.column}_led"[:63]
        yield f'CREATE INDEX IF NOT EXISTS "{index}" ON "{table}" (partnership_id, "{field.column}")'
