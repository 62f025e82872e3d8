"""Every way round django-scopes that is known, for every model behind the wall (trust 3).

One partnership's scope is open, and each way asks for another's rows by their own keys: row-level security answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, Exists, OuterRef
from django_scopes import scope, scopes_disabled

from foundation.accounts.models import User
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.trust.ground import readable_tables
from tests.trust.world import World, build_world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def walled() -> list[type[models.Model]]:
    """Every model whose rows belong to one partnership and that the app may read, histories and grants included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(field.column == "partnership_id" for field in model._meta.local_concrete_fields)
        and model._meta.db_table != "accounts_apiclient"
    ]


@dataclass
class Two:
    """Two full partnerships; of each model the keys that really stand in the south."""

    world: World
    southern: dict[type[models.Model], list[Any]]

    @property
    def north(self) -> Partnership:
        return self.world.north.partnership

    @property
    def south(self) -> Partnership:
        return self.world.south.partnership


@pytest.fixture(scope="module")
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[Two]:
    """Built once, in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world(render_documents=False, stages=("returned",))
        tables = readable_tables()
        with tenant_scope(world.south.partnership.pk):
            southern = {
                model: list(model._base_manager.values_list("pk", flat=True)[:50])
                for model in walled()
                if model._meta.db_table in tables
            }
        yield Two(world, {model: keys for model, keys in southern.items() if keys})
        transaction.set_rollback(True)


Way = Callable[[type[models.Model], list[Any]], Any]
READS: dict[str, Way] = {
    "_base_manager": lambda model, keys: model._base_manager.filter(pk__in=keys),
    "_default_manager": lambda model, keys: model._default_manager.filter(pk__in=keys),
    "values": lambda model, keys: model._base_manager.filter(pk__in=keys).values("pk"),
    "in_bulk": lambda model, keys: model._base_manager.in_bulk(keys),
    "iterator": lambda model, keys: list(model._base_manager.filter(pk__in=keys).iterator()),
    "count": lambda model, keys: range(model._base_manager.filter(pk__in=keys).count()),
    "aggregate": lambda model, keys: range(model._base_manager.filter(pk__in=keys).aggregate(n=Count("pk"))["n"]),
    "union": lambda model, keys: (
        model._base_manager.filter(pk__in=keys).values("pk").union(model._base_manager.filter(pk__in=keys).values("pk"))
    ),
    "by partnership": lambda model, keys: model._base_manager.exclude(partnership_id=NORTH["id"]),
    "raw": lambda model, keys: list(
        model._base_manager.raw(
            f'SELECT * FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = ANY(%s)', [keys]
        )
    ),
    "cursor": lambda model, keys: by_cursor(model, keys),
    "subquery": lambda model, keys: Partnership.objects.filter(
        Exists(model._base_manager.filter(partnership_id=OuterRef("pk")))
    ).exclude(pk=NORTH["id"]),
}
NORTH: dict[str, Any] = {}


def by_cursor(model: type[models.Model], keys: list[Any]) -> list[Any]:
    meta = model._meta
    with connection.cursor() as cursor:
        kind = "uuid[]" if meta.pk.get_internal_type() == "UUIDField" else "bigint[]"
        cursor.execute(
            f'SELECT 1 FROM "{meta.db_table}" WHERE "{meta.pk.column}" = ANY(%s::{kind})', [[str(key) for key in keys]]
        )
        return cursor.fetchall()


@pytest.mark.parametrize("way", sorted(READS))
def test_a_read_round_the_scope_finds_nothing(two: Two, way: str, record_property: Any) -> None:
    """Trust 3: in the north's scope, with django-scopes switched off or told of the south, no southern row is read."""
    NORTH["id"] = two.north.pk
    found: list[str] = []
    for disguise in (scopes_disabled(), scope(partnership=two.south.pk)):
        with tenant_scope(two.north.pk), disguise:
            for model, keys in two.southern.items():
                if len(READS[way](model, keys)):
                    found.append(model.__name__)
    with scopes_disabled():  # and with no partnership's scope at all
        found += [model.__name__ for model, keys in two.southern.items() if len(READS[way](model, keys))]
    record_property("trust", f"ways round: {way}, {3 * len(two.southern)} tries, {len(found)} rows")
    assert found == []
    assert len(two.southern) >= 35


def test_a_forward_key_leads_nowhere(two: Two) -> None:
    """Trust 3: an object of the north made to name a southern row in memory cannot fetch it, alone or joined."""
    tried = 0
    with tenant_scope(two.north.pk), scopes_disabled():
        for model in two.southern:
            for field in tenant_keys(model):
                target = field.remote_field.model
                there = two.southern.get(target)
                mine = model._base_manager.first()
                if not there or mine is None:
                    continue
                tried += 1
                setattr(mine, field.attname, there[0])
                with pytest.raises(target.DoesNotExist):
                    getattr(mine, field.name)
    assert tried >= 25


def tenant_keys(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]


def test_joins_from_tables_outside_the_wall_bring_nothing_across(two: Two) -> None:
    """Trust 3: select_related, prefetch and joined values() from people and groups, which stand outside."""
    people = [member.user_id for member in two.world.south.people.values()]
    with scopes_disabled():
        southern = list(User.objects.filter(pk__in=people).values_list("memberships__agency__name", flat=True))
        assert set(southern) == {None}  # no scope
    with tenant_scope(two.north.pk), scopes_disabled():
        joined = User.objects.filter(pk__in=people).values_list("memberships__agency__name", "memberships__role")
        assert set(joined) == {(None, None)}
        fetched = User.objects.filter(pk__in=people).prefetch_related("memberships", "memberships__agency")
        assert [one for person in fetched for one in person.memberships.all()] == []
        agencies = {key for (key,) in Group.objects.values_list("agency__pk") if key}
        assert agencies
        assert not agencies & set(two.southern[apps.get_model("accounts.Agency")])


def test_an_object_read_in_its_own_scope_is_dead_in_another(two: Two) -> None:
    """Trust 3: refresh, save and delete of a southern object held over into the north's scope touch nothing."""
    model = apps.get_model("cases.Person")
    with tenant_scope(two.south.pk):
        held = model._base_manager.first()
        name = held.given_name
    with tenant_scope(two.north.pk), scopes_disabled():
        with pytest.raises(model.DoesNotExist):
            held.refresh_from_db()
        held.given_name = "Taken"
        with pytest.raises(DatabaseError), transaction.atomic():
            held.save(update_fields=["given_name"])
        with pytest.raises(DatabaseError), transaction.atomic():
            held.save(force_insert=True)
        assert model._base_manager.filter(pk=held.pk).update(given_name="Taken") == 0
        assert model._base_manager.filter(pk=held.pk).delete()[0] == 0
    with tenant_scope(two.south.pk):
        assert model._base_manager.get(pk=held.pk).given_name == name


@pytest.mark.parametrize(
    "way", ["create", "bulk_create", "get_or_create", "update_or_create", "save", "update", "bulk_update"]
)
def test_nothing_is_made_for_or_moved_to_another_partnership(two: Two, way: str) -> None:
    """Trust 3: every way that the ORM writes, with the south named by hand."""
    model = apps.get_model("accounts.Team")
    with tenant_scope(two.north.pk), scopes_disabled():
        mine = model._base_manager.first()
        agency = mine.agency_id
        given = {"partnership_id": two.south.pk, "agency_id": agency, "name": f"Across by {way}"}
        ways: dict[str, Callable[[], Any]] = {
            "create": lambda: model._base_manager.create(**given),
            "bulk_create": lambda: model._base_manager.bulk_create([model(**given)]),
            "get_or_create": lambda: model._base_manager.get_or_create(**given),
            "update_or_create": lambda: model._base_manager.update_or_create(
                pk=mine.pk, defaults={"partnership_id": two.south.pk}
            ),
            "save": lambda: moved(mine, two.south).save(),
            "update": lambda: model._base_manager.update(partnership_id=two.south.pk),
            "bulk_update": lambda: model._base_manager.bulk_update([moved(mine, two.south)], ["partnership"]),
        }
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ways[way]()


def moved(row: Any, partnership: Partnership) -> Any:
    row.partnership_id = partnership.pk
    return row
