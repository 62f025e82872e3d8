"""One partnership at a time: the scope, its setting in the database, and the ways round either (trust 2, 3, 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django_scopes import ScopeError as NoScope
from django_scopes import scopes_disabled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.accounts.models import User
from foundation.common import clock
from foundation.documents.models import Document
from foundation.formdefs.models import FormDefinition
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import RESERVED_SLUGS, Partnership
from foundation.tenancy.scope import (
    ScopeError,
    current_partnership_id,
    current_partnership_id_or_none,
    own_memberships_scope,
    tenant_scope,
)


@pytest.fixture
def two(db: None) -> tuple[Partnership, Partnership]:
    """Two partnerships, each with one form definition that bears its name."""
    pair = []
    for slug in ("north", "south"):
        partnership = Partnership.objects.create(slug=slug, name=slug.title())
        with tenant_scope(partnership.pk):
            FormDefinition.objects.create(key="eha", version=1, title=f"The form of {slug}", body={})
        pair.append(partnership)
    return pair[0], pair[1]


def setting(name: str = "earlyhelp.partnership") -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])


def test_a_scope_shows_its_own_partnership_and_no_other(two: tuple[Partnership, Partnership]) -> None:
    """Architecture §4: the same query, two scopes, two answers."""
    for partnership in two:
        with tenant_scope(partnership.pk):
            assert [f.title for f in FormDefinition.objects.all()] == [f"The form of {partnership.slug}"]


def test_a_new_row_stands_in_the_partnership_whose_scope_is_open(two: tuple[Partnership, Partnership]) -> None:
    """Architecture §4: nobody passes the partnership by hand."""
    with tenant_scope(two[1].pk):
        made = FormDefinition.objects.create(key="review", version=1, title="Review", body={})
    assert made.partnership_id == two[1].pk


def test_without_a_scope_the_manager_raises_rather_than_answer_with_nothing(
    two: tuple[Partnership, Partnership],
) -> None:
    """Architecture §4: an empty list would look like "there is nothing"."""
    with pytest.raises(NoScope):
        FormDefinition.objects.count()
    with pytest.raises(ScopeError):
        current_partnership_id()
    assert current_partnership_id_or_none() is None


def test_scopes_are_never_nested(two: tuple[Partnership, Partnership]) -> None:
    """Libraries, tenancy: the inner scope of django-scopes stayed behind when it was left."""
    with tenant_scope(two[0].pk):
        with pytest.raises(ScopeError), tenant_scope(two[1].pk):
            pytest.fail("a scope opened inside another")
        with pytest.raises(ScopeError), own_memberships_scope(1):
            pytest.fail("a person's scope opened inside a partnership's")
        assert [f.title for f in FormDefinition.objects.all()] == ["The form of north"]


def test_the_setting_is_gone_when_the_scope_ends(two: tuple[Partnership, Partnership]) -> None:
    """Architecture §4: inside a surrounding transaction it would outlive its scope."""
    with tenant_scope(two[0].pk):
        assert setting() == str(two[0].pk)
    assert setting() == ""
    with own_memberships_scope(7):
        assert setting("earlyhelp.user") == "7"
    assert setting("earlyhelp.user") == ""


def test_the_setting_is_gone_when_the_scope_ends_in_an_error(two: tuple[Partnership, Partnership]) -> None:
    """Trust 4: an exception in the middle leaves neither rows nor setting behind."""

    def lose() -> None:
        with tenant_scope(two[0].pk):
            FormDefinition.objects.create(key="lost", version=1, title="Lost", body={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        lose()
    assert setting() == ""
    with tenant_scope(two[0].pk):
        assert not FormDefinition.objects.filter(key="lost").exists()


def test_the_setting_is_gone_after_an_error_of_the_database(two: tuple[Partnership, Partnership]) -> None:
    """Trust 4: also when PostgreSQL itself refused, and the transaction can only be rolled back."""
    with pytest.raises(DatabaseError), tenant_scope(two[0].pk), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert setting() == ""


@pytest.mark.parametrize(
    ("way", "read"),
    [
        ("_base_manager", lambda: FormDefinition._base_manager.values_list("title", flat=True)),
        ("_default_manager", lambda: FormDefinition._default_manager.values_list("title", flat=True)),
        ("history", lambda: FormDefinition.history.rel.related_model._base_manager.values_list("title", flat=True)),
        ("raw", lambda: [f.title for f in FormDefinition._base_manager.raw("SELECT * FROM formdefs_formdefinition")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ways_round_the_scope_meet_the_wall(
    two: tuple[Partnership, Partnership], way: str, read: Callable[[], Any]
) -> None:
    """Trust 3: what django-scopes does not see, row-level security does: inside a scope, and outside any."""
    with tenant_scope(two[0].pk), scopes_disabled():
        assert set(read()) == {"The form of north"}
    with scopes_disabled():
        assert list(read()) == []


def test_a_row_for_another_partnership_is_refused(two: tuple[Partnership, Partnership]) -> None:
    """Trust 3: `create()` with another tenant named by hand."""
    with pytest.raises(DatabaseError, match="row-level security"), tenant_scope(two[0].pk):
        FormDefinition.objects.create(partnership=two[1], key="foreign", version=1, title="Foreign", body={})


def test_a_row_cannot_be_moved_across(two: tuple[Partnership, Partnership]) -> None:
    """Trust 3: neither by update() nor by save()."""
    with pytest.raises(DatabaseError, match="row-level security"), tenant_scope(two[0].pk):
        FormDefinition.objects.update(partnership_id=two[1].pk)
    with tenant_scope(two[0].pk):
        found = FormDefinition.objects.get()
        found.partnership_id = two[1].pk
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            found.save()


def test_without_a_scope_nothing_can_be_written(two: tuple[Partnership, Partnership]) -> None:
    """Trust 2: foreign inserts are refused; without a scope every insert is foreign."""
    message = OutboxMessage(partnership=two[0], topic="x", created_at=clock.now(), due_at=clock.now())
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        message.save(force_insert=True)
    with scopes_disabled():
        assert FormDefinition._base_manager.update(title="Everybody's") == 0
        assert FormDefinition._base_manager.all().delete()[0] == 0


def test_rows_outside_the_scope_are_not_updated_or_deleted(two: tuple[Partnership, Partnership]) -> None:
    """Trust 3: a bulk write inside one scope touches that partnership alone."""
    with tenant_scope(two[0].pk), scopes_disabled():
        assert FormDefinition._base_manager.update(title="Changed") == 1
    with tenant_scope(two[1].pk):
        assert FormDefinition.objects.get().title == "The form of south"


def test_a_setting_outside_a_transaction_is_refused(transactional_db: None) -> None:
    """Architecture §4: it would stay on the connection, for whoever comes next."""
    partnership = Partnership.objects.create(slug="north", name="North")
    with tenant_scope(partnership.pk):
        assert connection.in_atomic_block
    assert not connection.in_atomic_block
    assert setting() == ""


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_slug_cannot_be_a_partnership(db: None, slug: str) -> None:
    """Architecture §4: `/accounts/…` must never be somebody's partnership."""
    with pytest.raises(IntegrityError, match="partnership_slug_not_reserved"), transaction.atomic():
        Partnership.objects.create(slug=slug, name="Reserved")


def test_a_key_across_the_wall_is_refused_by_the_database(two: tuple[Partnership, Partnership]) -> None:
    """Trust 2: a foreign key's check passes row-level security by, so the key itself names the partnership."""
    author = User.objects.create_user("author@north.example", full_name="Alex Author")
    with tenant_scope(two[0].pk):
        northern = FormDefinition.objects.get()
    row = (
        "INSERT INTO assessments_assessment (id, partnership_id, case_id, version, definition_id, state, author_id, "
        "created_at, agreed_by, family_views, approval_comment, frozen_sha256) "
        "VALUES (gen_random_uuid(), %s, gen_random_uuid(), 1, %s, 'draft', %s, now(), '', '', '', '')"
    )
    with tenant_scope(two[1].pk), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="_wall"), transaction.atomic():
            cursor.execute(row, [two[1].pk, northern.pk, author.pk])


def test_a_document_of_another_partnership_is_missing(two: tuple[Partnership, Partnership]) -> None:
    """ACC-6: what stands behind the wall answers as what does not exist."""
    with tenant_scope(two[0].pk):
        there = FormDefinition.objects.get().pk
    with tenant_scope(two[1].pk):
        assert FormDefinition.objects.filter(pk=there).first() is None
        assert Document.objects.filter(subject_id=there).first() is None


STEP = st.tuples(st.integers(0, 2), st.sampled_from(["read", "write", "leave in an error", "fail in the database"]))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_one_connection_serves_one_partnership_after_another(db: None, steps: list[tuple[int, str]]) -> None:
    """Trust 4: after any run of scopes, writes and failures, each finds its own rows, and round the scope too."""
    with transaction.atomic():
        three = [Partnership.objects.create(slug=f"turn-{n}", name=f"Turn {n}") for n in range(3)]
        kept: list[list[str]] = [[], [], []]
        for place, (which, what) in enumerate(steps):
            try:
                with tenant_scope(three[which].pk):
                    if what != "read":
                        FormDefinition.objects.create(key=f"k{place}", version=1, title=f"{which}:{place}", body={})
                    assert all(title.startswith(f"{which}:") for title in titles())
                    if what == "leave in an error":
                        raise LookupError
                    if what == "fail in the database":
                        FormDefinition.objects.create(
                            partnership=three[which - 1], key="x", version=1, title="", body={}
                        )
            except (LookupError, DatabaseError):
                pass
            else:
                kept[which] += [f"{which}:{place}"] if what == "write" else []
            assert (setting(), current_partnership_id_or_none(), titles()) == ("", None, [])
        for which, partnership in enumerate(three):
            with tenant_scope(partnership.pk):
                assert sorted(titles()) == sorted(kept[which])
        transaction.set_rollback(True)


def titles() -> list[str]:
    """What the database itself shows, whatever django-scopes thinks."""
    return list(FormDefinition._base_manager.values_list("title", flat=True))


@pytest.mark.parametrize("given_id", ["not an id", "", "'; SELECT 1; --"])
def test_a_scope_of_no_partnership_shows_nothing(two: tuple[Partnership, Partnership], given_id: str) -> None:
    """Trust 2: a damaged id shows no rows: the database refuses it or finds none, and never takes it as words."""
    try:
        with tenant_scope(given_id):  # type: ignore[arg-type]
            assert titles() == []
    except DatabaseError:
        pass
    assert setting() == ""


def test_one_person_s_scope_is_never_opened_inside_another(two: tuple[Partnership, Partnership]) -> None:
    """ACC-2: what a person may read before a hat is chosen ends when the hat is."""
    with own_memberships_scope(1):
        assert titles() == []
        assert setting() == ""
    with tenant_scope(two[0].pk):
        assert setting("earlyhelp.user") == ""
