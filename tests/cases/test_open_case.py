"""Opening a case: who may, what is written down, what is refused (INT-7, FAM-1)."""

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, transaction

from cases import queries
from cases.enums import BirthDateKind, CaseState, CaseVerb, Part
from cases.models import Case, Family, FamilyMember, Person
from cases.services import NewPerson
from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common import clock, ids
from foundation.common.errors import Invalid, NotAllowed
from tests.cases.making import AMY, BABY, MOTHER, TOM, a_case, worker_of
from tests.factories import make_agency, make_member, make_team


def test_a_screener_opens_a_case_with_its_family_and_people(scene):
    """INT-7, FAM-1: the family, its people in their order, the lead and the level are written, and the trail tells."""
    case, people = a_case(scene, people=[MOTHER, AMY, TOM, BABY])

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    assert case.family.name == "Adeyemi"
    assert (case.lead, case.lead_agency, case.level) == (scene.lead.user, scene.lead_agency, "2")
    assert [str(person) for person in people] == ["Ruth Adeyemi", "Amy Adeyemi", "Tom Adeyemi", "Adeyemi"]
    members = FamilyMember.objects.filter(family=case.family).order_by("position")
    assert [(member.part, member.person) for member in members] == list(
        zip([Part.MOTHER, Part.CHILD, Part.CHILD, Part.UNBORN], people, strict=True)
    )
    entry = AuditEntry.objects.get(verb=CaseVerb.OPENED)
    assert (entry.case_id, entry.user_id, entry.detail) == (case.pk, scene.screener.user_id, {"level": "2"})


def test_an_opened_case_is_open_to_nobody_before_consent(scene):
    """CON-2: not even the hub or the lead sees a case that no consent has opened."""
    a_case(scene)

    assert not queries.visible_to(scene.screener).exists()
    assert not queries.visible_to(scene.lead_actor).exists()


def test_the_reference_can_be_read_out_and_tells_nothing(scene):
    """A case's reference is EH and two groups of four, of letters and digits that cannot be confused."""
    references = [a_case(scene)[0].reference for _ in range(3)]

    assert len(set(references)) == 3
    for reference in references:
        prefix, *groups = reference.split("-")
        assert prefix == "EH"
        assert [len(group) for group in groups] == [4, 4]
        assert not set("".join(groups)) & set("ILOU01")


def test_a_taken_reference_is_tried_again(scene, monkeypatch):
    """A reference that chance gives twice is drawn again, and nothing is lost."""
    draws = itertools.chain("A" * 8, "A" * 8, itertools.repeat("B"))
    monkeypatch.setattr(ids.secrets, "choice", lambda letters: next(draws))

    first, _ = a_case(scene)
    second, _ = a_case(scene)

    assert (first.reference, second.reference) == ("EH-AAAA-AAAA", "EH-BBBB-BBBB")


def test_five_taken_references_in_a_row_are_an_error_and_leave_nothing(scene, monkeypatch):
    """What cannot be saved is not half saved."""
    monkeypatch.setattr(ids.secrets, "choice", lambda letters: "A")
    a_case(scene)
    with pytest.raises(IntegrityError):
        a_case(scene)

    assert Case.objects.count() == Family.objects.count() == 1
    assert Person.objects.count() == 3


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SCREENER, Role.HUB_MANAGER}])
def test_only_the_hub_opens_a_case(scene, role):
    """INT-7: no other role opens a case, and nothing is written."""
    scene.screener = worker_of(scene.hub, role)

    with pytest.raises(NotAllowed, match="Only a screener or a manager of the hub"):
        a_case(scene)
    assert not Family.objects.exists()


def test_a_hub_manager_opens_a_case(scene):
    """INT-7: a hub manager may do all that a screener may."""
    scene.screener = scene.hub_manager
    assert a_case(scene)[0].opened_by_id == scene.hub_manager.user_id


def test_the_lead_works_at_the_agency_that_leads(scene):
    """INT-7: a lead of another agency, one without a role for families or one who left is refused."""
    elsewhere = make_member()
    administrator = make_member(role=Role.ADMINISTRATOR, agency=scene.lead_agency)
    gone = make_member(agency=scene.lead_agency)
    gone.ended_at = clock.now()
    gone.save()

    for member in (elsewhere, administrator, gone):
        with pytest.raises(Invalid) as refused:
            a_case(scene, lead=member.user)
        assert refused.value.fields == {"lead": f"Choose somebody who works with families at {scene.lead_agency}."}


def test_the_team_is_of_the_agency_that_leads(scene):
    """A case is allocated to a team of its own agency."""
    ours, theirs = make_team(scene.lead_agency), make_team(make_agency())

    assert a_case(scene, team=ours)[0].team == ours
    with pytest.raises(Invalid) as refused:
        a_case(scene, team=theirs)
    assert set(refused.value.fields) == {"team"}


TOMORROW = clock.today() + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"level": "9"}, "level"),
        ({"people": []}, "people"),
        ({"family_name": "  "}, "family_name"),
        ({"people": [NewPerson("Amy", " ", Part.CHILD)]}, "people"),
        ({"people": [NewPerson("Amy", "Adeyemi", "cousin")]}, "people"),
        ({"people": [NewPerson("Amy", "Adeyemi", Part.CHILD, TOMORROW, BirthDateKind.EXACT)]}, "people"),
        ({"people": [NewPerson("Amy", "Adeyemi", Part.CHILD, TOMORROW)]}, "people"),
        ({"people": [NewPerson("Amy", "Adeyemi", Part.CHILD, None, BirthDateKind.EXACT)]}, "people"),
        ({"people": [NewPerson("Amy", "Adeyemi", Part.CHILD, nhs_number="9434765918")]}, ""),
        ({"address": "x" * 301}, ""),
    ],
)
def test_what_breaks_a_rule_has_its_sentence_and_leaves_nothing(scene, more, field):
    """Bad input: a birth date in the future, a wrong NHS number, nobody at all; nothing is half saved."""
    with pytest.raises(Invalid) as refused:
        a_case(scene, **more)
    assert set(refused.value.fields) == {field}
    assert not Family.objects.exists()
    assert not Person.objects.exists()


def test_a_baby_may_be_expected(scene):
    """FAM-1: an unborn baby has a day in the future."""
    _, [baby] = a_case(scene, people=[NewPerson("", "Adeyemi", Part.UNBORN, TOMORROW, BirthDateKind.EXPECTED)])
    assert baby.born_on == TOMORROW


@pytest.mark.parametrize("name", ["Nguyễn 🌻", "بن سعيد", "O’Rourke-Błaszczyk", "גולן"])
def test_names_of_every_script_are_kept(scene, name):
    """Emoji and right-to-left names are kept as they are written."""
    case, [person] = a_case(scene, family_name=name, people=[NewPerson(name, name, Part.OTHER)])
    case.refresh_from_db()
    person.refresh_from_db()
    assert (case.family.name, person.given_name) == (name, name)


def test_a_family_has_one_open_case(scene):
    """Practice model §1: the database refuses a second open case of one family."""
    case, _ = a_case(scene)
    with pytest.raises(IntegrityError, match="one_open_case_a_family"), transaction.atomic():
        Case.objects.create(
            reference="EH-2222-2222", family=case.family, level="2", lead=case.lead, lead_agency=case.lead_agency,
            opened_at=clock.now(), opened_by=case.lead,
        )  # fmt: skip
