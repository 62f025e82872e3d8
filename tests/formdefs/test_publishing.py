"""Publishing: the next version of a form, which never changes again (EHA-3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.common.errors import Invalid, NotAllowed, NotThere
from foundation.formdefs import definitions, policies, queries, services
from foundation.formdefs.models import FormDefinition
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_member, make_partnership
from tests.formdefs.making import body, field

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership() -> Iterator[Partnership]:
    made = make_partnership()
    with tenant_scope(made.pk):
        yield made


@pytest.fixture
def admin(partnership: Partnership) -> Actor:
    return actor_of(make_member(role=Role.ADMINISTRATOR))


def publish(by: Actor, *fields: dict[str, Any], **more: Any) -> FormDefinition:
    form = body(*fields, **more)
    return services.publish(by=by, key=form["key"], title=form["title"], body=form)


def test_each_publication_is_the_next_version(admin: Actor) -> None:
    """EHA-3: versioned, each partnership its own; the newest is in use."""
    first, second = publish(admin), publish(admin, field("other", "date"))
    assert [first.version, second.version] == [1, 2]
    assert queries.current("sample") == second
    assert second.published_at is not None
    assert second.published_at <= clock.now()


def test_another_form_has_its_own_versions(admin: Actor) -> None:
    """EHA-3: versions are counted by form."""
    publish(admin)
    assert publish(admin, key="review", title="Review").version == 1


def test_what_began_on_a_version_finds_it_as_it_was(admin: Actor) -> None:
    """EHA-3: an assessment keeps the version it began with."""
    began_on = publish(admin, field("voice", "text")).pk
    publish(admin, field("voice", "text", label="Changed"), field("more", "date"))
    kept = FormDefinition.objects.get(pk=began_on)
    assert [one.label for one in definitions.parse(kept.body).page("first")] == ["Voice"]


@pytest.mark.parametrize("change", [{"title": "Other"}, {"body": {}}, {"version": 9}, {"published_at": None}])
def test_the_database_refuses_to_change_a_published_form(admin: Actor, change: dict[str, Any]) -> None:
    """EHA-3: not by a save and not by an update, whoever writes."""
    published = publish(admin)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        FormDefinition.objects.filter(pk=published.pk).update(**change)
    for name, value in change.items():
        setattr(published, name, value)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        published.save()


def test_the_database_refuses_to_delete_a_published_form(admin: Actor) -> None:
    """EHA-3: nor can it be taken away from what began on it."""
    published = publish(admin)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        FormDefinition.objects.filter(pk=published.pk).delete()


def test_a_form_that_is_not_published_can_still_be_changed(admin: Actor) -> None:
    """EHA-3: an administrator works on a draft first; nobody is shown it as the form in use."""
    draft = FormDefinition.objects.create(key="sample", version=1, title="Draft", body={})
    draft.title = "Better"
    draft.save(update_fields=["title"])
    with pytest.raises(NotThere):
        queries.current("sample")
    draft.delete()


def test_one_version_of_a_form_stands_once(admin: Actor) -> None:
    """EHA-3: the database counts as well."""
    publish(admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormDefinition.objects.create(key="sample", version=1, title="Again", body={})


def test_publishing_stands_in_the_trail(admin: Actor) -> None:
    """EHA-3: who published which version, and nothing of its words."""
    published = publish(admin)
    entry = AuditEntry.objects.get(verb="form.published")
    assert (entry.user_id, entry.subject_id) == (admin.user_id, published.pk)
    assert entry.detail == {"key": "sample", "version": 1}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_an_administrator_publishes(partnership: Partnership, role: Role) -> None:
    """Practice model §2: forms are the partnership administrator's."""
    actor = actor_of(make_member(role=role))
    with pytest.raises(NotAllowed, match="administrator"):
        publish(actor)
    assert not policies.check_can_publish.allows(by=actor)
    assert FormDefinition.objects.count() == 0


def test_a_broken_form_is_not_published_and_nothing_is_half_saved(admin: Actor) -> None:
    """EHA-3: the sentence comes back, and no version is used up."""
    with pytest.raises(Invalid, match="‘kind’ must be one of"):
        publish(admin, field("voice", "colour"))
    assert FormDefinition.objects.count() == 0
    assert publish(admin).version == 1


@pytest.mark.parametrize(("key", "title"), [("other", "Sample"), ("sample", "Other")])
def test_a_form_is_published_under_its_own_name(admin: Actor, key: str, title: str) -> None:
    """EHA-3: the row and the form inside it cannot say different things."""
    with pytest.raises(Invalid, match="differ"):
        services.publish(by=admin, key=key, title=title, body=body())


def test_changing_the_json_afterwards_changes_nothing(admin: Actor) -> None:
    """EHA-3: the form is kept as it was when it was published."""
    form = body()
    published = services.publish(by=admin, key="sample", title="Sample", body=form)
    form["title"] = "Changed"
    published.refresh_from_db()
    assert published.body["title"] == "Sample"


def test_the_library_is_published_once(partnership: Partnership) -> None:
    """EHA-3: a new partnership begins with the forms that the product brings, and keeps its own afterwards."""
    product = system(partnership.pk)
    assert [form.key for form in services.publish_library(by=product)] == ["eha"]
    assert services.publish_library(by=product) == []
    assert queries.current("eha").version == 1


def test_a_partnership_sees_its_own_forms_alone() -> None:
    """EHA-3, architecture §4: the same key in two partnerships is two forms."""
    mine, theirs = make_partnership(), make_partnership()
    with tenant_scope(mine.pk):
        publish(system(mine.pk))
    with tenant_scope(theirs.pk), pytest.raises(NotThere, match="not published"):
        queries.current("sample")


def test_the_form_in_use_costs_one_query(admin: Actor, django_assert_num_queries: Any) -> None:
    """Architecture §4: however many versions there are."""
    publish(admin)
    publish(admin)
    with django_assert_num_queries(1):
        assert definitions.parse(queries.current("sample").body).key == "sample"


def test_the_body_in_the_database_is_the_body_that_was_checked(admin: Actor) -> None:
    """EHA-3: JSONB keeps what a form needs, characters of every script included."""
    published = publish(admin, field("voice", "text", label="קול הילד 🦊", help="Zeile\nZeile"))
    published.refresh_from_db()
    assert json.loads(json.dumps(published.body)) == body(
        field("voice", "text", label="קול הילד 🦊", help="Zeile\nZeile")
    )
