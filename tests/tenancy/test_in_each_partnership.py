"""A migration that changes rows goes through the partnerships one by one, or fails (architecture §4)."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.writer import MigrationWriter

from foundation.tenancy.models import Partnership
from foundation.tenancy.operations import InEachPartnership
from tests.deadlines.making import adopt, make_place

pytestmark = pytest.mark.django_db
EDITOR = SimpleNamespace(connection=connection)


def run(operation: InEachPartnership) -> None:
    operation.database_forwards("partnership", EDITOR, None, None)


def test_each_partnership_is_told_which_version_counts() -> None:
    """Architecture §4: the newest of each; one that has chosen none keeps 0, and no scope stays open."""
    first, second = make_place(), make_place()
    bare = Partnership.objects.create(slug="bare", name="Bare")
    with second.scope():
        adopt(second)
    for place in (first, second):
        with place.scope():
            Partnership.objects.filter(pk=place.partnership.pk).update(pathway_version=0)
    migration = import_module("foundation.partnership.migrations.0003_version_in_force").Migration
    run(migration.operations[0])
    versions = dict(Partnership.objects.values_list("pk", "pathway_version"))
    assert (versions[first.partnership.pk], versions[second.partnership.pk], versions[bare.pk]) == (1, 2, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('earlyhelp.partnership', true)")
        assert cursor.fetchone() == ("",)


def test_it_fails_where_not_all_was_changed() -> None:
    """Architecture §4: under forced row-level security a statement without a scope changes nothing and says nothing."""
    make_place()
    nothing = "UPDATE tenancy_partnership SET pathway_version = 9 WHERE false"
    with pytest.raises(RuntimeError, match="0 rows changed in one partnership where 1 must be"):
        run(InEachPartnership(nothing, touches="SELECT count(*) FROM partnership_pathwaypolicy"))


def test_it_can_be_written_into_a_migration() -> None:
    """Architecture §4: as Django writes it when migrations are squashed."""
    written, _ = MigrationWriter.serialize(InEachPartnership("UPDATE x", touches="SELECT 1").deconstruct()[1:])
    assert "UPDATE x" in written
