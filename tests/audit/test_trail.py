"""What is written to the trail, by whom, and that it stays (trust 14)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from cases.enums import GrantLevel
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency
from foundation.audit import services
from foundation.audit.models import AccessEntry, AuditEntry, ChainLink, Checkpoint
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.tenancy.scope import ScopeError, tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_partnership

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def scene() -> tuple[Actor, Agency]:
    """A practitioner's hat in a partnership whose scope is opened by each test."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        member = make_member(role=Role.PRACTITIONER)
        return actor_of(member), member.agency


def test_an_entry_says_who_for_whom_when_and_about_what(scene: tuple[Actor, Agency]) -> None:
    """Trust 14: the hat, with its roles, is part of what is written."""
    by, agency = scene
    case_id = uuid4()
    with tenant_scope(by.partnership_id), clock.at(NOON):
        written = services.record(
            by=by,
            verb="agency.counted",
            subject=agency,
            case_id=case_id,
            level=GrantLevel.SEE,
            due=NOON.date(),
            agencies=[agency.pk],
            count=3,
            reference="EH-7KQ2-M9XD",
            step="1+",
        )
        entry = AuditEntry.objects.get(pk=written.pk)
    assert (entry.user_id, entry.agency_id, entry.roles) == (by.user_id, by.agency_id, ["practitioner"])
    assert (entry.verb, entry.subject_kind, entry.subject_id) == ("agency.counted", "accounts.agency", agency.pk)
    assert (entry.at, entry.case_id) == (NOON, case_id)
    assert entry.detail == {
        "level": "see_case",
        "due": "2026-11-23",
        "agencies": [str(agency.pk)],
        "count": 3,
        "reference": "EH-7KQ2-M9XD",
        "step": "1+",
    }


def test_a_look_is_written_with_how(scene: tuple[Actor, Agency]) -> None:
    """FAM-8: who, when, what, how."""
    by, agency = scene
    with tenant_scope(by.partnership_id), clock.at(NOON):
        services.viewed(by=by, subject=agency, how="download")
        look = AccessEntry.objects.get()
    assert (look.user_id, look.subject_kind, look.subject_id, look.how, look.at) == (
        by.user_id,
        "accounts.agency",
        agency.pk,
        "download",
        NOON,
    )


def test_the_product_itself_acts_without_a_user(scene: tuple[Actor, Agency]) -> None:
    """Trust 14: a sweep's deed is written as nobody's."""
    by, agency = scene
    with tenant_scope(by.partnership_id):
        entry = services.record(by=system(by.partnership_id), verb="agency.counted", subject=agency)
    assert (entry.user_id, entry.agency_id, entry.roles) == (None, None, [])


@pytest.mark.parametrize(
    "words",
    ["Maria Kowalska", "Kowalska", "m@example.org", "x" * 81, "a\nb", "Ünal", ["fine", "Not fine"], {"a": "b"}, 1.5],
)
def test_free_text_is_refused_and_not_repeated(scene: tuple[Actor, Agency], words: object) -> None:
    """OPS-2: the trail holds ids, numbers, dates and codes; the refusal names the key, never the words."""
    by, agency = scene
    with tenant_scope(by.partnership_id):
        with pytest.raises(ValueError, match="reason is neither") as refused:
            services.record(by=by, verb="agency.counted", subject=agency, reason=words)
        assert not AuditEntry.objects.filter(verb="agency.counted").exists()
    assert str(words) not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_verb_and_a_way_of_looking_are_codes(scene: tuple[Actor, Agency]) -> None:
    """Trust 14: neither can carry a sentence."""
    by, agency = scene
    with tenant_scope(by.partnership_id):
        with pytest.raises(ValueError, match=r"thing\.done"):
            services.record(by=by, verb="looked at Maria", subject=agency)
        with pytest.raises(ValueError, match="code"):
            services.viewed(by=by, subject=agency, how="by chance")


def test_nothing_is_written_across_the_wall(scene: tuple[Actor, Agency]) -> None:
    """Trust 2: actor, subject and scope are of one partnership, or nothing is written."""
    by, agency = scene
    other = make_partnership()
    with tenant_scope(other.pk):
        theirs = make_agency()
        for actor, subject in ((by, theirs), (system(other.pk), agency), (by, agency)):
            with pytest.raises(ScopeError):
                services.record(by=actor, verb="agency.counted", subject=subject)
            with pytest.raises(ScopeError):
                services.viewed(by=actor, subject=subject)


def test_outside_a_scope_nothing_is_written(scene: tuple[Actor, Agency]) -> None:
    """Trust 2: without a scope there is no trail to write to."""
    by, agency = scene
    with pytest.raises(ScopeError):
        services.record(by=by, verb="agency.counted", subject=agency)


@pytest.mark.parametrize("model", [AuditEntry, AccessEntry, ChainLink, Checkpoint])
def test_what_is_written_stays(scene: tuple[Actor, Agency], model: type) -> None:
    """Trust 14: the app's role can change, delete and truncate nothing of the trail."""
    table = model._meta.db_table
    for statement in (
        f"UPDATE {table} SET partnership_id = partnership_id",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_chain_is_written_by_the_database_alone(scene: tuple[Actor, Agency]) -> None:
    """Trust 14: the app's role can neither put a link into the chain nor call what does."""
    by, _ = scene
    with pytest.raises(DatabaseError, match="permission denied"), tenant_scope(by.partnership_id):
        ChainLink.objects.create(entry_id=uuid4(), entry_kind="audit", entry_at=NOON, digest=b"x", seq=1, hash=b"x")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT audit_close_link()")
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic():
        connection.cursor().execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")


def test_a_partition_cannot_be_reached_by_itself(scene: tuple[Actor, Agency]) -> None:
    """Trust 2: only the parent is granted, and its policy holds."""
    by, agency = scene
    with tenant_scope(by.partnership_id), clock.at(NOON):
        services.record(by=by, verb="agency.counted", subject=agency)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT * FROM audit_entry_rest")
    other = make_partnership()
    with tenant_scope(other.pk):
        assert AuditEntry.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_entry")
            assert cursor.fetchone() == (0,)


def test_entries_of_one_moment_have_ids_of_their_own(scene: tuple[Actor, Agency]) -> None:
    """Trust 14: a clock that stands still loses nothing."""
    by, agency = scene
    with tenant_scope(by.partnership_id), clock.at(NOON):
        ids: set[UUID] = {services.record(by=by, verb="agency.counted", subject=agency).pk for _ in range(50)}
    assert len(ids) == 50
