"""The operation that puts a table behind the wall, and what happens to one that nobody put there (trust 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connections, models, transaction
from django.db.migrations.writer import MigrationWriter

from foundation.common.ids import new_id
from foundation.tenancy import ground, sql
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import TenantModel
from foundation.tenancy.operations import SecureTenantTable
from foundation.tenancy.scope import SETTING
from tests.tenancy.test_catalogue import bare, in_no_partnership, plain_keys, relations

APP = settings.APP_DATABASE_ROLE
own_apps = Apps()


class Kite(TenantModel):
    name = models.CharField(max_length=20)

    class Meta:
        apps = own_apps
        app_label = "tenancy"
        db_table = "probe_kite"


class Tail(TenantModel):
    kite = TenantForeignKey(Kite, related_name="+")

    class Meta:
        apps = own_apps
        app_label = "tenancy"
        db_table = "probe_tail"


class Loose(models.Model):
    """What a hasty migration might make: no partnership, and a plain key to a table behind the wall."""

    kite = models.ForeignKey(Kite, models.CASCADE, related_name="+")

    class Meta:
        apps = own_apps
        app_label = "tenancy"
        db_table = "probe_loose"

    def __str__(self) -> str:
        return "loose"


MODELS = {model.__name__: model for model in (Kite, Tail, Loose)}
STATE = SimpleNamespace(apps=SimpleNamespace(get_model=lambda app_label, name: MODELS[name]))


PARTNERSHIP = """
    INSERT INTO tenancy_partnership (id, slug, name, colour, front_door, social_care_door, lead_title,
        adviser_title, levels, emergency_wording, out_of_hours_phone, adult_door, privacy_notice, second_factor,
        idle_minutes, session_hours, revision, created_at)
    VALUES (%s, %s, 'Probe', '#1d70b8', 'Hub', 'MASH', 'lead', 'adviser', '[]', 'Call 999.', '', '', '1', true, 30, 12,
        1, now())
"""


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Any]:
    """The tables' owner, in a transaction that is taken back."""
    connection = connections["owner"]
    with transaction.atomic(using="owner"):
        yield connection
        transaction.set_rollback(True, using="owner")
    connection.close()


def make(owner: Any, *made: type[models.Model]) -> None:
    with owner.schema_editor(atomic=False) as editor:
        for model in made:
            editor.create_model(model)


def secure(owner: Any, name: str, **how: str) -> None:
    with owner.schema_editor(atomic=False) as editor:
        SecureTenantTable(name, **how).database_forwards("tenancy", editor, STATE, STATE)


def app_may(owner: Any, table: str) -> set[str]:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p "
            "WHERE has_table_privilege(%s, %s, p)",
            [APP, table],
        )
        return {row[0] for row in cursor.fetchall()}


def put_up(owner: Any) -> list[tuple[str, str]]:
    """All that the operation made for the two tables, as the catalogue tells it."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT 'index', indexname FROM pg_indexes WHERE tablename LIKE 'probe%%' "
            "UNION ALL SELECT 'key', conname FROM pg_constraint WHERE conname LIKE 'probe%%' "
            "UNION ALL SELECT 'policy', policyname FROM pg_policies WHERE tablename LIKE 'probe%%' ORDER BY 1, 2"
        )
        return [(kind, name) for kind, name in cursor.fetchall()]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestOperation:
    def test_a_table_that_nobody_put_behind_the_wall_is_found(self, owner: Any) -> None:
        """Trust 2: the catalogue names a new table at once, and is content when the operation has run."""
        make(owner, Kite, Tail)
        assert bare(owner) == ["probe_kite", "probe_tail"]
        secure(owner, "Kite")
        assert bare(owner) == ["probe_tail"]
        secure(owner, "Tail")
        assert bare(owner) == []
        assert in_no_partnership(owner) == []
        assert plain_keys(owner) == []

    def test_a_table_without_a_partnership_and_with_a_plain_key_is_found(self, owner: Any) -> None:
        """Trust 2: each of the catalogue's questions finds its own fault."""
        make(owner, Kite, Loose)
        secure(owner, "Kite")
        assert bare(owner) == ["probe_loose"]
        assert in_no_partnership(owner) == ["probe_loose"]
        assert [(table, target) for table, target, _ in plain_keys(owner)] == [("probe_loose", "probe_kite")]

    def test_a_wall_half_up_is_found(self, owner: Any) -> None:
        """Trust 2: without FORCE the owner, without a policy everybody's nothing, would pass unseen."""
        make(owner, Kite)
        secure(owner, "Kite")
        for undo in ("NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"):
            with transaction.atomic(using="owner"):
                with owner.cursor() as cursor:
                    cursor.execute(f"ALTER TABLE probe_kite {undo}")
                assert bare(owner) == ["probe_kite"]
                transaction.set_rollback(True, using="owner")
        with owner.cursor() as cursor:
            cursor.execute("DROP POLICY partnership_wall ON probe_kite")
        assert bare(owner) == ["probe_kite"]

    def test_it_may_run_twice(self, owner: Any) -> None:
        """Architecture §4: a later migration that adds a key runs it again, and nothing is made twice."""
        make(owner, Kite, Tail)
        for name in ("Kite", "Tail"):
            secure(owner, name)
        before = put_up(owner)
        for name in ("Kite", "Tail", "Tail"):
            secure(owner, name)
        assert put_up(owner) == before
        assert ("key", "probe_tail_kite_id_wall") in before
        assert ("index", "probe_tail_kite_id_led") in before
        assert ("index", "probe_kite_tenant_key") in before
        assert [kind for kind, _ in before].count("policy") == 2

    def test_a_second_run_takes_privileges_away_too(self, owner: Any) -> None:
        """Architecture §4: an append-only table stays one; what was granted before is taken back first."""
        make(owner, Kite)
        secure(owner, "Kite")
        assert app_may(owner, "probe_kite") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
        secure(owner, "Kite", app="SELECT, INSERT")
        assert app_may(owner, "probe_kite") == {"SELECT", "INSERT"}
        secure(owner, "Kite", app="")
        assert app_may(owner, "probe_kite") == set()

    def test_behind_it_not_even_the_owner_sees_or_crosses(self, owner: Any) -> None:
        """Trust 2: no scope, no rows; a row for another partnership and a key across are refused."""
        make(owner, Kite, Tail)
        for name in ("Kite", "Tail"):
            secure(owner, name)
        here, there, kite = new_id(), new_id(), new_id()
        with owner.cursor() as cursor:
            for key, slug in ((here, "probe-here"), (there, "probe-there")):
                cursor.execute(PARTNERSHIP, [key, slug])
            self.enter(cursor, here)
            into = "INSERT INTO probe_kite (id, partnership_id, name) VALUES (%s, %s, 'Red')"
            cursor.execute(into, [kite, here])
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(using="owner"):
                cursor.execute(
                    "INSERT INTO probe_kite (id, partnership_id, name) VALUES (%s, %s, 'Blue')", [new_id(), there]
                )
            self.enter(cursor, there)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(IntegrityError, match="probe_tail_kite_id_wall"), transaction.atomic(using="owner"):
                cursor.execute(
                    "INSERT INTO probe_tail (id, partnership_id, kite_id) VALUES (%s, %s, %s)", [new_id(), there, kite]
                )
            seen = {}
            for scope in (here, there, ""):
                self.enter(cursor, scope)
                cursor.execute("SELECT count(*) FROM probe_kite")
                seen[scope] = cursor.fetchone()[0]
            assert seen == {here: 1, there: 0, "": 0}

    @staticmethod
    def enter(cursor: Any, partnership: Any) -> None:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(partnership)])


def test_the_operation_is_written_into_migrations_and_says_what_it_does() -> None:
    """Architecture §4: what stands in a migration is the whole of it."""
    operation = SecureTenantTable("Kite", app="SELECT, INSERT")
    assert operation.deconstruct() == ("SecureTenantTable", ["Kite"], {"app": "SELECT, INSERT"})
    assert SecureTenantTable("Kite").deconstruct()[2] == {"app": "SELECT, INSERT, UPDATE, DELETE"}
    assert operation.describe() == "Put Kite behind the partnership's wall"
    assert operation.reversible
    assert operation.state_forwards("tenancy", STATE) is None
    assert operation.database_backwards("tenancy", None, STATE, STATE) is None


class TestStatements:
    def test_the_wall_guards_reading_and_writing(self) -> None:
        """Trust 2: USING for what stands, WITH CHECK for what is written; an empty setting is no partnership."""
        enable, force, drop, policy = sql.wall("probe")
        assert enable == 'ALTER TABLE "probe" ENABLE ROW LEVEL SECURITY'
        assert force == 'ALTER TABLE "probe" FORCE ROW LEVEL SECURITY'
        assert drop == 'DROP POLICY IF EXISTS partnership_wall ON "probe"'
        same = f"partnership_id = NULLIF(current_setting('{SETTING}', true), '')::uuid"
        assert policy.endswith(f"USING ({same}) WITH CHECK ({same})")

    def test_grants_begin_with_nothing(self) -> None:
        """Architecture §4: what is not named is taken away, and nobody may TRUNCATE."""
        maintenance = settings.MAINTENANCE_DATABASE_ROLE
        assert list(sql.grants("probe", "SELECT")) == [
            f'REVOKE ALL ON "probe" FROM "{APP}"',
            f'GRANT SELECT ON "probe" TO "{APP}"',
            f'GRANT SELECT, INSERT, UPDATE, DELETE ON "probe" TO "{maintenance}"',
        ]
        assert not any(APP in statement for statement in list(sql.grants("probe", ""))[1:])
        assert not any("TRUNCATE" in statement for statement in sql.grants("probe", ground.ALL))

    def test_where_one_role_is_both_it_is_granted_once(self, settings: Any) -> None:
        """A small installation may use one role for web and maintenance: the list then binds it."""
        settings.MAINTENANCE_DATABASE_ROLE = settings.APP_DATABASE_ROLE
        assert len(list(sql.grants("probe", "SELECT"))) == 2

    def test_no_two_names_of_one_table_are_cut_to_the_same(self) -> None:
        """PostgreSQL cuts names at 63 bytes: two keys must not become one."""
        behind = [model for model in apps.get_models() if issubclass(model, TenantModel)]
        statements = [statement for model in behind for statement in sql.composite_keys(model)]
        names = re.findall(r'INDEX IF NOT EXISTS "([^"]+)"|ADD CONSTRAINT "([^"]+)"', "\n".join(statements))
        names = [index or key for index, key in names]
        assert len(names) > 60
        assert len(names) == len(set(names))
        assert all(len(name.encode()) <= 63 for name in names)


class TestField:
    def test_it_makes_no_key_of_its_own(self) -> None:
        """Trust 2: a plain key's check passes row-level security by; the operation makes the real one."""
        field = TenantForeignKey(Kite, db_constraint=True)
        assert (field.db_constraint, field.db_index) == (False, False)
        assert field.remote_field.on_delete is models.PROTECT
        assert TenantForeignKey(Kite, models.CASCADE).remote_field.on_delete is models.CASCADE
        assert not TenantForeignKey(Kite, db_index=True).db_index

    def test_migrations_read_back_what_was_written(self) -> None:
        """A migration's field is the model's: it says so again and again."""
        for field in (
            TenantForeignKey("cases.Case", related_name="consents", null=True),
            TenantForeignKey("cases.Case", models.CASCADE),
        ):
            field.set_attributes_from_name("case")
            _, path, args, kwargs = field.deconstruct()
            assert path == "foundation.tenancy.fields.TenantForeignKey"
            again = TenantForeignKey(*args, **kwargs)
            again.set_attributes_from_name("case")
            assert again.deconstruct() == field.deconstruct()
            written, imports = MigrationWriter.serialize(field)
            assert written.startswith("foundation.tenancy.fields.TenantForeignKey(")
            assert "import foundation.tenancy.fields" in imports


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestGround:
    def test_it_grants_what_the_list_says_and_takes_the_rest_away(self, owner: Any) -> None:
        """Architecture §4: after every migration the list is true again, whatever somebody granted by hand."""
        with owner.cursor() as cursor:
            cursor.execute(f'GRANT ALL ON auth_permission TO "{APP}"')
            cursor.execute(f'REVOKE ALL ON django_session FROM "{APP}"')
        assert "TRUNCATE" in app_may(owner, "auth_permission")
        ground.open_the_ground(using="owner")
        assert app_may(owner, "auth_permission") == {"SELECT"}
        assert app_may(owner, "django_session") == {"SELECT", "INSERT", "UPDATE", "DELETE"}

    def test_numbers_of_listed_tables_need_no_grant_of_their_own(self, owner: Any) -> None:
        """A key that the database counts up is an identity column, which comes with the right to insert."""
        with owner.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.deptype <> 'i' "
                "JOIN pg_class t ON t.oid = d.refobjid WHERE c.relkind = 'S' AND d.refclassid = 'pg_class'::regclass"
            )
            assert cursor.fetchall() == []

    def test_a_listed_table_that_does_not_stand_yet_is_passed_over(
        self, owner: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The list names packages' tables before each of them has migrated."""
        monkeypatch.setitem(ground.OPEN_TABLES, "probe_not_made", ("SELECT", "it will come"))
        ground.open_the_ground(using="owner")
        assert "probe_not_made" not in {relation["relname"] for relation in relations(owner)}

    def test_the_app_s_role_grants_nothing(self, django_assert_num_queries: Any) -> None:
        """The role of web and workers migrates nothing, and does not try."""
        with django_assert_num_queries(0):
            ground.open_the_ground(using="default")


def test_every_open_table_says_why() -> None:
    """Architecture §4: privileges are of the four known, and the reason is a reason."""
    for table, (privileges, why) in ground.OPEN_TABLES.items():
        assert {each.strip() for each in privileges.split(",")} <= {"SELECT", "INSERT", "UPDATE", "DELETE"}, table
        assert len(why) > 10, table
