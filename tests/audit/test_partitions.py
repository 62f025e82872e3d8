"""Months are made ahead, each behind the wall, and what fits none is kept all the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from foundation.audit import partitions, services
from foundation.audit.models import AuditEntry, ChainLink
from foundation.common import clock
from foundation.common.actors import system
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_partnership

NOW = clock.now()
LATER = dt.datetime(NOW.year + 5, 6, 15, tzinfo=dt.UTC)


def place_of(entry: AuditEntry) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM audit_entry WHERE id = %s", [str(entry.pk)])
        return str(cursor.fetchone()[0])


@pytest.fixture
def owner() -> Iterator[Any]:
    """The owner's connection, whose tables are put back in the end."""
    yield connections["owner"]
    with connections["owner"].cursor() as cursor:
        for log in partitions.LOGS:
            for later in range(partitions.MONTHS_AHEAD + 1):
                name = partitions.name_of(log, partitions.first_of_month(LATER.date(), later))
                cursor.execute(f'DROP TABLE IF EXISTS "{name}"')


def test_months_follow_each_other_over_the_year() -> None:
    """Architecture §7: the arithmetic of months."""
    assert partitions.first_of_month(dt.date(2026, 11, 23)) == dt.date(2026, 11, 1)
    assert partitions.first_of_month(dt.date(2026, 11, 30), 2) == dt.date(2027, 1, 1)
    assert partitions.first_of_month(dt.date(2026, 12, 31), 24) == dt.date(2028, 12, 1)
    assert partitions.name_of("audit_entry", dt.date(2027, 1, 1)) == "audit_entry_2027_01"


@pytest.mark.django_db
def test_two_years_stand_after_migrating() -> None:
    """Architecture §7: 24 months ahead, in both logs."""
    assert partitions.months_ahead(connection) == 24
    with clock.at(NOW + dt.timedelta(days=365)):
        assert partitions.months_ahead(connection) in {11, 12}
    with clock.at(LATER):
        assert partitions.months_ahead(connection) == -1


@pytest.mark.django_db
def test_an_entry_goes_to_its_month_and_an_old_one_to_the_rest() -> None:
    """Architecture §7: by the clock; nothing is refused for its date."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency, by = make_agency(), system(partnership.pk)
        today = services.record(by=by, verb="agency.counted", subject=agency)
        with clock.at(dt.datetime(2019, 5, 1, tzinfo=dt.UTC)):
            old = services.record(by=by, verb="agency.counted", subject=agency)
        assert place_of(today) == f"audit_entry_{clock.now():%Y_%m}"
        assert place_of(old) == "audit_entry_rest"


@pytest.mark.django_db
def test_the_apps_role_makes_no_partition() -> None:
    """Trust 2: only the owner does."""
    assert not partitions.owns_the_logs("default")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_made_partitions_are_walled_chained_and_made_once(owner: Any, as_owner: Callable[..., None]) -> None:
    """Trust 2: a partition made later has the wall and the chain of the first ones; a second run makes none."""
    partnership = make_partnership()
    with clock.at(LATER):
        assert partitions.owns_the_logs("owner")
        made, refused = partitions.make_ahead(owner)
        assert (len(made), refused) == (50, [])
        assert partitions.make_ahead(owner) == ([], [])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT bool_and(relrowsecurity AND relforcerowsecurity), "
                "bool_or(has_table_privilege(oid, 'SELECT')) FROM pg_class WHERE relname = ANY(%s)",
                [made],
            )
            assert cursor.fetchone() == (True, False)
        with tenant_scope(partnership.pk):
            agency = make_agency()
            entry = services.record(by=system(partnership.pk), verb="agency.counted", subject=agency)
            assert place_of(entry) == f"audit_entry_{LATER:%Y_%m}"
    with tenant_scope(partnership.pk):
        assert ChainLink.objects.filter(entry_id=entry.pk, seq__isnull=False).exists()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_month_with_entries_in_the_rest_is_left_there_and_said(owner: Any) -> None:
    """Architecture §7: late partitions lose nothing; the command says in a line what it left."""
    partnership = make_partnership()
    with clock.at(LATER):
        with tenant_scope(partnership.pk):
            entry = services.record(by=system(partnership.pk), verb="agency.counted", subject=make_agency())
        out = StringIO()
        call_command("make_partitions", stdout=out)
    name = f"audit_entry_{LATER:%Y_%m}"
    assert f"{name} was not made: the default partition holds entries of that month." in out.getvalue()
    assert f"Made {name.replace('entry', 'access')}." in out.getvalue()
    with tenant_scope(partnership.pk):
        assert place_of(entry) == "audit_entry_rest"
