"""Migration operations that put a table behind the wall."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

from foundation.tenancy import sql
from foundation.tenancy.scope import SETTING


class SecureTenantTable(Operation):
    """Row-level security, composite keys and the app's grants for one tenant model.

    Run it after the model is made, and again after a migration adds a TenantForeignKey: it may run twice.
    `app` names the privileges of the app's role; an append-only table gets "SELECT, INSERT".
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, app: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
        self.model_name = model_name
        self.app = app

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django writes it into a migration."""
        return self.__class__.__name__, [self.model_name], {"app": self.app}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The wall is the database's alone."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the wall up."""
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        for statement in (*sql.composite_keys(model), *sql.wall(table), *sql.grants(table, self.app)):
            schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing to undo: the wall goes with its table."""

    def describe(self) -> str:
        """As `migrate` prints it."""
        return f"Put {self.model_name} behind the partnership's wall"


class InEachPartnership(Operation):
    """One statement that changes rows, in the scope of each partnership in turn.

    Under forced row-level security the tables' owner sees no row without a scope, so that a plain statement would
    change nothing and say nothing. `touches` is a query, asked in the same scope before, of how many rows must change;
    the migration fails when it is another number.
    """

    reduces_to_sql = False
    reversible = True
    elidable = True

    def __init__(self, statement: str, *, touches: str) -> None:
        self.statement = statement
        self.touches = touches

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django writes it into a migration."""
        return self.__class__.__name__, [self.statement], {"touches": self.touches}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Rows alone change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Go through the partnerships; raises RuntimeError where not all rows that must change were changed."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT id FROM tenancy_partnership ORDER BY id")
            for (partnership_id,) in cursor.fetchall():
                cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(partnership_id)])
                cursor.execute(self.touches)
                expected = cursor.fetchone()[0]
                cursor.execute(self.statement)
                if cursor.rowcount != expected:
                    raise RuntimeError(f"{cursor.rowcount} rows changed in one partnership where {expected} must be.")
            cursor.execute("SELECT set_config(%s, '', true)", [SETTING])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """What was written stays."""

    def describe(self) -> str:
        """As `migrate` prints it."""
        return "Change rows in each partnership"
