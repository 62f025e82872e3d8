"""The clocks of the demonstration: every list of them shows something, wherever one signs in (CLK-1 to CLK-4)."""

from __future__ import annotations

import pytest
from django.db import transaction

from cases.enums import ContactResult
from cases.models import Case, Contact
from earlyhelp.demo import build
from foundation.common import clock
from foundation.deadlines import queries
from foundation.deadlines.enums import DeadlineState, ExtensionState
from foundation.deadlines.models import Deadline, Extension
from foundation.partnership.enums import ClockKind
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.demo.conftest import NOW
from tests.demo.test_standing import hat

# Rotherham and Tower Hamlets have as many families as there are plans, so that each of their lists shows something.
BIG, SMALL = ("rotherham", "tower-hamlets"), ("derby", "derbyshire", "devon")


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker):
    """Each partnership with its own number of families."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(NOW):
            build.build()
        yield dict(Partnership.objects.values_list("slug", "pk"))
        transaction.set_rollback(True)


@pytest.fixture(params=[*BIG, *SMALL])
def inside(whole, request):
    with clock.at(NOW), transaction.atomic(), tenant_scope(whole[request.param]):
        yield request.param


def running() -> list[Deadline]:
    return list(Deadline.objects.filter(state=DeadlineState.RUNNING, for_figures=False))


def test_something_is_late_and_something_ahead(inside):
    """REP-4: the manager's list has its bands, and the worker's page its lines."""
    clocks = running()
    assert any(one.is_late for one in clocks)
    assert any(not one.is_late for one in clocks)
    assert queries.own(hat("practitioner", inside)).exists()
    assert queries.late(queries.managed_by(hat("manager", inside)), NOW).exists()


def test_something_is_due_today(inside):
    """REP-4: made on a working day, each partnership has a clock that ends before midnight: a team's or the hub's."""
    who = [hat("manager", inside), hat("hubmanager", inside)]
    assert any(queries.due_today(queries.managed_by(actor), NOW).exists() for actor in who)


def test_more_time_is_asked_for_and_given(inside):
    """CLK-3: the manager finds a request to answer, and one that was granted."""
    states = set(Extension.objects.values_list("state", flat=True))
    assert ExtensionState.ASKED in states
    assert ExtensionState.GRANTED in states
    assert queries.extensions_to_answer(hat("manager", inside)).exists()


def test_a_clock_stands_still(inside):
    """CLK-4."""
    assert Deadline.objects.filter(state=DeadlineState.PAUSED).exists()


def test_families_were_turned_to(inside):
    """CLK-1: tried and reached; of one nobody has, and its clock is open still."""
    results = set(Contact.objects.values_list("result", flat=True))
    assert results == set(ContactResult)
    waiting = Case.objects.exclude(pk__in=Contact.objects.values("case"))
    assert waiting.count() == 1
    first = Deadline.objects.get(subject_id=waiting.get().pk, kind=ClockKind.FIRST_CONTACT)
    assert first.is_open
    assert all(one.at.astimezone(clock.LONDON).hour in range(9, 18) for one in Contact.objects.all())
