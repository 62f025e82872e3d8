"""What leading a case means for whoever wants to leave (FAM-9)."""

from __future__ import annotations

import pytest

from cases import leading
from cases.enums import CaseState
from cases.models import Case
from foundation.accounts import leaving
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_partnership
from tests.walks import make_case, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    with tenant_scope(make_partnership().pk):
        yield make_scene()


def test_counts_the_open_cases_of_a_person_and_of_an_agency(scene):
    """FAM-9: for one agency, for any, and for an agency as a whole."""
    lead, own, other = scene.lead.user_id, scene.early_help.pk, scene.school.pk
    assert leading.cases_led(lead, None) == leading.cases_led(None, own) == []
    make_case(scene, family_name="Abara family")
    assert leading.cases_led(lead, own) == ["This person leads 1 open case. Hand it over to another colleague first."]
    make_case(scene, family_name="Lund family")
    assert leading.cases_led(lead, None) == [
        "This person leads 2 open cases. Hand them over to another colleague first."
    ]
    assert leading.cases_led(None, own) == ["This agency leads 2 open cases. Hand them over to another agency first."]
    assert leading.cases_led(lead, other) == leading.cases_led(None, other) == []
    assert leading.cases_led(scene.colleague.user_id, None) == []


def test_closed_cases_hold_nobody(scene):
    """FAM-9: only a family that is being worked with."""
    case = make_case(scene)
    Case.objects.filter(pk=case.pk).update(state=next(state for state in CaseState.values if state != CaseState.OPEN))
    assert leading.cases_led(scene.lead.user_id, None) == []


def test_count_has_a_bound(scene, monkeypatch):
    """OPS-1: somebody in whose name a whole service stands is not counted to the end."""
    monkeypatch.setattr(leading, "COUNTED", 2)
    for number in range(3):
        make_case(scene, family_name=f"Family {number}")
    assert "leads 2 or more open cases" in leading.cases_led(scene.lead.user_id, None)[0]


def test_cases_are_asked_whenever_somebody_leaves(scene):
    """FAM-9: the room has filled the registry that refuses while it is empty."""
    make_case(scene)
    assert leaving.held_by(user_id=scene.lead.user_id) == leading.cases_led(scene.lead.user_id, None)
    assert leaving.held_by(user_id=scene.nurse.user_id) == []
