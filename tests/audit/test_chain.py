"""The chain at COMMIT: in order however many write at once, and never in the way of other locks (architecture §7)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from foundation.accounts.models import Agency, Team
from foundation.audit import services
from foundation.audit.models import AuditEntry, ChainLink
from foundation.audit.verification import Verification
from foundation.common.actors import system
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_partnership

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], None]) -> list[BaseException]:
    """Run each in a thread of its own with its own connection; what went wrong."""
    wrong: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def seqs(partnership: Partnership) -> list[int]:
    with tenant_scope(partnership.pk):
        return list(ChainLink.objects.order_by("seq").values_list("seq", flat=True))


def write(partnership: Partnership, agency: Agency, times: int) -> None:
    for _ in range(times):
        with tenant_scope(partnership.pk):
            services.record(by=system(partnership.pk), verb="agency.counted", subject=agency)


def test_eight_writers_at_once_make_one_unbroken_chain() -> None:
    """Trust 14: ordered by the turn taken at COMMIT, with no gap where a writer rolled back."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency = make_agency()
    before = len(seqs(partnership))

    def undone() -> None:
        with tenant_scope(partnership.pk):
            services.record(by=system(partnership.pk), verb="agency.counted", subject=agency)
            transaction.set_rollback(True)

    works = [lambda: write(partnership, agency, 20)] * 8 + [undone] * 4
    assert together(*works) == []
    assert seqs(partnership) == list(range(1, before + 161))
    assert list(Verification(partnership).findings()) == []


def test_the_setting_is_as_it_was_after_the_chain_was_made() -> None:
    """Trust 4: what the trigger sets for itself does not stay behind in the connection or in the transaction."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency = make_agency()
    with transaction.atomic(), connection.cursor() as cursor:
        with tenant_scope(partnership.pk):
            services.record(by=system(partnership.pk), verb="agency.counted", subject=agency)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT current_setting('earlyhelp.partnership', true)")
        assert cursor.fetchone()[0] == ""
        cursor.execute("SELECT count(*) FROM audit_chain")
        assert cursor.fetchone() == (0,), "no scope, no rows"


def test_a_writer_who_waits_for_another_row_holds_nobody_up() -> None:
    """Architecture §7: the turn is taken after every other check of the COMMIT, so two writers cannot lock each other.

    The first writes its entry and then a team, whose key to the agency is checked at COMMIT and waits for the second,
    which holds the agency. Were the turn taken in the order of the writes, the second would wait for the first's turn.
    """
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency = make_agency()
    held, written = threading.Event(), threading.Event()

    def first() -> None:
        assert held.wait(20)
        with tenant_scope(partnership.pk):
            services.record(by=system(partnership.pk), verb="agency.counted", subject=agency)
            Team.objects.create(agency=agency, name="North locality")
            threading.Timer(0.5, written.set).start()  # by then this one waits in its COMMIT

    def second() -> None:
        with tenant_scope(partnership.pk):
            locked = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
            held.set()
            assert written.wait(20)
            services.record(by=system(partnership.pk), verb="agency.counted", subject=locked)

    assert together(first, second) == []
    with tenant_scope(partnership.pk):
        assert AuditEntry.objects.filter(verb="agency.counted").count() == 2
    assert list(Verification(partnership).findings()) == []
