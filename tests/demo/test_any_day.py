"""The demonstration can be made on any day: what it asks for of clocks is refused on none (CLK-3, CLK-4)."""

from __future__ import annotations

import datetime as dt

import pytest

from earlyhelp.demo import build, stages
from foundation.common import clock
from foundation.deadlines.enums import ExtensionState
from foundation.deadlines.models import Extension
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope


@pytest.mark.parametrize(
    "now", [dt.datetime(2026, 4, 2, 11), dt.datetime(2026, 4, 5, 20), dt.datetime(2026, 11, 18, 18)]
)
@pytest.mark.slow
@pytest.mark.django_db
def test_it_can_be_made_on_any_day(now, monkeypatch):
    """Demo: before Easter, on a Sunday, after work: nothing that it asks for is refused."""
    of_clocks = tuple(plan for plan in stages.PLANS if plan.clock is not stages.Moved.NOT)
    monkeypatch.setattr(stages, "PLANS", of_clocks)
    with clock.at(now.replace(tzinfo=clock.LONDON)):
        build.build(families=len(of_clocks))
        for partnership in Partnership.objects.all():
            with tenant_scope(partnership.pk):
                assert Extension.objects.filter(state=ExtensionState.ASKED).exists()
