"""Row history is written by the database: whoever writes, however, behind the wall (trust 14)."""

from __future__ import annotations

from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from foundation.accounts.models import Agency, Team
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_partnership

pytestmark = pytest.mark.django_db

TeamEvent: Any = apps.get_model("accounts", "TeamEvent")


@pytest.fixture
def partnership() -> Partnership:
    return make_partnership()


def told(partnership: Partnership) -> list[tuple[str, str]]:
    return list(TeamEvent.objects.order_by("pgh_id").values_list("pgh_label", "name"))


def test_bulk_raw_and_deleted_rows_leave_their_history(partnership: Partnership) -> None:
    """Trust 14: an ORM save is one way to write among several; each leaves every version behind."""
    with tenant_scope(partnership.pk):
        agency = make_agency()
        Team.objects.bulk_create([Team(agency=agency, name="North"), Team(agency=agency, name="South")])
        Team.objects.filter(name="North").update(name="North-east")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_team SET name = 'South-west' WHERE name = 'South'")
            cursor.execute("DELETE FROM accounts_team WHERE name = 'South-west'")
        Team.objects.all().delete()
        assert told(partnership) == [
            ("insert", "North"),
            ("insert", "South"),
            ("update", "North-east"),
            ("update", "South-west"),
            ("delete", "South-west"),
            ("delete", "North-east"),
        ]


def test_history_says_who_and_in_which_hat(partnership: Partnership) -> None:
    """Trust 14: the context of the request travels inside each event, for raw writes too."""
    with tenant_scope(partnership.pk):
        agency = make_agency()
        with pghistory.context(user=41, agency=str(agency.pk)):
            team = Team.objects.create(agency=agency, name="North")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_team SET name = 'West'")
        team.refresh_from_db()
        assert team.name == "West"
        contexts = list(TeamEvent.objects.order_by("pgh_id").values_list("pgh_context", flat=True))
    assert [(context["user"], context["agency"]) for context in contexts] == [(41, str(agency.pk))] * 2


def test_history_is_behind_the_wall_and_stays(partnership: Partnership) -> None:
    """Trust 2 and 14: another partnership's scope sees none of it; nobody of the app's role changes it."""
    with tenant_scope(partnership.pk):
        Team.objects.create(agency=make_agency(), name="North")
    other = make_partnership()
    with tenant_scope(other.pk):
        assert TeamEvent.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_teamevent")
            assert cursor.fetchone() == (0,)
    with tenant_scope(partnership.pk):
        for statement in ("UPDATE accounts_teamevent SET name = 'x'", "DELETE FROM accounts_teamevent"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
        assert told(partnership) == [("insert", "North")]


def test_a_write_that_is_undone_leaves_no_history(partnership: Partnership) -> None:
    """Trust 14: history is written in the same transaction as what it tells of."""
    with tenant_scope(partnership.pk):
        agency = make_agency()
        with transaction.atomic():
            Team.objects.create(agency=agency, name="North")
            transaction.set_rollback(True)
        assert told(partnership) == []
        assert Agency.objects.count() == 1
