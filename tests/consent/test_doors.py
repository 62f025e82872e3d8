"""Doors: exactly the agencies that a consent names, at the level, for the people and until the day it names (CON-2)."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from guardian.shortcuts import assign_perm

from cases import queries as cases
from cases.disclosure import Disclosure, Guard, of_many
from cases.models import Case, CaseGrant, Person
from consent import services
from consent.enums import ConsentVerb
from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.common.ids import new_id
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.cases.making import SEE, WORK, a_case, a_consent, make_scene, opened, worker_of
from tests.factories import make_agency, make_partnership


def sees(actor, case) -> bool:
    return cases.visible_to(actor).filter(pk=case.pk).exists()


def works(actor, case) -> bool:
    return cases.workable_by(actor).filter(pk=case.pk).exists()


def test_exactly_the_named_agencies_are_let_in(scene):
    """CON-2: those that the consent names and the one that leads; the hub and everyone else stay out."""
    school, stranger = make_agency(), make_agency()
    case, *_ = opened(scene, {school: SEE})

    assert sees(worker_of(school), case)
    assert sees(scene.lead_actor, case)
    assert not sees(worker_of(stranger), case)
    assert not sees(scene.screener, case)
    assert AuditEntry.objects.filter(verb=ConsentVerb.OPENED_DOORS, case_id=case.pk).count() == 1


def test_to_see_is_not_to_work(scene):
    """CON-2: an agency does what its level names and no more."""
    reader, writer = make_agency(), make_agency()
    case, *_ = opened(scene, {reader: SEE, writer: WORK})

    assert (sees(worker_of(reader), case), works(worker_of(reader), case)) == (True, False)
    assert (sees(worker_of(writer), case), works(worker_of(writer), case)) == (True, True)
    assert works(scene.lead_actor, case)


SEEING = {
    Role.PRACTITIONER, Role.SCREENER, Role.HUB_MANAGER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_a_door_opens_for_roles_that_look_at_cases(scene, role):
    """Practice model §2: no case comes with the role of an administrator or an analyst."""
    school = make_agency()
    case, *_ = opened(scene, {school: WORK})

    assert sees(worker_of(school, role), case) == (role in SEEING)
    assert works(worker_of(school, role), case) == (role in SEEING - {Role.SCREENER, Role.HUB_MANAGER})


def test_an_agency_that_closes_sees_nothing(scene):
    """An agency that works here no more has no open doors, whatever its grants."""
    school = make_agency()
    case, *_ = opened(scene, {school: WORK})
    worker = worker_of(school)
    school.active = False
    school.save()

    assert not sees(worker, case)


def test_a_door_shuts_by_the_date_itself(scene):
    """CON-1, CON-2: after a consent's last day nobody needs to run anything for the door to be shut."""
    school = make_agency()
    last_day = clock.today() + dt.timedelta(days=30)
    case, *_ = opened(scene, {school: WORK}, ends_on=last_day)
    worker = worker_of(school)

    noon = dt.datetime.combine(last_day, dt.time(12), tzinfo=dt.UTC)
    with clock.at(noon):
        assert sees(worker, case)
        assert works(worker, case)
        assert cases.newest_cases(worker).count() == 1
    with clock.at(noon + dt.timedelta(days=1)):
        assert not sees(worker, case)
        assert not works(worker, case)
        assert cases.newest_cases(worker).count() == 0
        assert sees(scene.lead_actor, case)
        assert Disclosure(worker, case).people() == []


def test_the_last_day_is_london_s(scene):
    """The door is open until midnight in London, which in summer is an hour before UTC's."""
    school = make_agency()
    last_day = dt.date(clock.today().year + 1, 7, 1)
    case, *_ = opened(scene, {school: SEE}, ends_on=last_day)
    worker = worker_of(school)

    midnight = dt.datetime.combine(last_day, dt.time(23), tzinfo=dt.UTC)
    with clock.at(midnight - dt.timedelta(seconds=1)):
        assert sees(worker, case)
    with clock.at(midnight):
        assert not sees(worker, case)


def test_a_longer_consent_to_see_outlives_a_shorter_one_to_work(scene):
    """CON-2: each part of a door has the longest day that any consent gives that part."""
    school = make_agency()
    soon, late = (clock.today() + dt.timedelta(days=days) for days in (10, 50))
    case, people, _ = opened(scene, {school: WORK}, ends_on=soon)
    second = a_consent(scene, {school: SEE}, ends_on=late)
    services.open_doors(by=scene.lead_actor, consent_id=second.pk, case=case, people=people)
    worker = worker_of(school)

    with clock.at(dt.datetime.combine(soon + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC)):
        assert (sees(worker, case), works(worker, case)) == (True, False)
    with clock.at(dt.datetime.combine(late + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC)):
        assert (sees(worker, case), works(worker, case)) == (False, False)


def test_reckoning_again_changes_nothing(scene):
    """Grants follow from consents alone, however often they are reckoned."""
    case, *_ = opened(scene, {make_agency(): SEE, make_agency(): WORK})
    before = sorted(CaseGrant.objects.values_list("pk", "group", "permission", "until"))

    services.reckon_grants(case)
    services.reckon_grants(case)

    assert sorted(CaseGrant.objects.values_list("pk", "group", "permission", "until")) == before


def test_another_agency_knows_of_those_whom_consent_covers(scene):
    """CON-2: for the children it names; the page says that somebody is left out, and not who."""
    school = make_agency()
    case, [_, amy, _], _ = opened(scene, {school: SEE}, covering=[1])

    theirs = Disclosure(worker_of(school), case)
    assert [member.person for member in theirs.people()] == [amy]
    assert theirs.left_out
    ours = Disclosure(scene.lead_actor, case)
    assert len(ours.people()) == 3
    assert not ours.left_out
    assert ours.shared_with(amy.pk) == [school.name]


def test_two_consents_cover_their_own_people(scene):
    """CON-2: a person is known to the agencies of the consents about them, and to no other."""
    school, health = make_agency(), make_agency()
    case, people, _ = opened(scene, {school: SEE}, covering=[0, 1])
    second = a_consent(scene, {health: SEE})
    services.open_doors(by=scene.lead_actor, consent_id=second.pk, case=case, people=[people[2]])

    assert [member.person for member in Disclosure(worker_of(school), case).people()] == people[:2]
    assert [member.person for member in Disclosure(worker_of(health), case).people()] == people[2:]


def test_disclosure_of_a_list_is_that_of_each_case(scene, django_assert_num_queries):
    """CON-2: one rule for pages and lists, in two queries however many cases there are."""
    school = make_agency()
    found = [opened(scene, {school: SEE}, covering=[place])[0] for place in (0, 1, 2)]
    worker = worker_of(school)

    with django_assert_num_queries(2):
        many = of_many(worker, found)
        listed = [many[case.pk].people() for case in found]
    assert listed == [Disclosure(worker, case).people() for case in found]
    assert all(many[case.pk].left_out for case in found)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ANALYST])
def test_a_role_without_cases_knows_nobody(scene, role):
    """Practice model §2: even of its own agency's family an administrator is told nobody."""
    case, *_ = opened(scene, {make_agency(): SEE})
    assert Disclosure(worker_of(scene.lead_agency, role), case).people() == []


def test_an_unfilled_guard_refuses_everyone(scene, monkeypatch):
    """Architecture §2: a guard that nobody filled refuses, the agency that leads included."""
    case, *_ = opened(scene, {make_agency(): SEE})
    monkeypatch.setattr("cases.disclosure.guard", Guard())
    with pytest.raises(NotAllowed):
        Disclosure(scene.lead_actor, case).people()


def test_a_consent_about_nobody_opens_nothing(scene):
    """CON-1: a consent is about somebody."""
    case, _ = a_case(scene)
    consent = a_consent(scene, {make_agency(): SEE})
    with pytest.raises(Invalid, match="at least one person"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=[])
    assert not CaseGrant.objects.exists()


def test_a_consent_is_about_people_of_the_family(scene):
    """CON-2: somebody of another family cannot be slipped in."""
    case, people = a_case(scene)
    _, strangers = a_case(scene)
    consent = a_consent(scene, {make_agency(): SEE})
    with pytest.raises(Invalid, match="people of this family"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=[people[0], strangers[0]])
    assert not CaseGrant.objects.exists()


def test_a_consent_opens_one_case_once(scene):
    """CON-2: a consent serves the case it was asked for, and a second press of the button changes nothing."""
    case, people, consent = opened(scene, {make_agency(): SEE})
    other, others = a_case(scene)

    with pytest.raises(Clash, match="opened on this consent already"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)
    with pytest.raises(Clash, match="belongs to another case"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=other, people=others)
    assert not sees(scene.lead_actor, other)


def test_a_consent_that_has_ended_opens_nothing(scene):
    """CON-1: between the enquiry and the decision a consent may run out; the family is asked again."""
    case, people = a_case(scene)
    consent = a_consent(scene, {make_agency(): SEE}, ends_on=clock.today())
    with clock.at(clock.now() + dt.timedelta(days=2)), pytest.raises(Clash, match="This consent has ended"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)


def test_a_withdrawn_consent_opens_nothing(scene):
    """CON-2: withdrawn before the decision, it opens no case."""
    case, people = a_case(scene)
    consent = a_consent(scene, {make_agency(): SEE})
    services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by="Ruth Adeyemi, on the telephone")
    with pytest.raises(Clash, match="has withdrawn this consent"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)


def test_a_stranger_opens_no_door(scene):
    """CON-2: only the hub, or the agency that leads, opens a case to others."""
    school = make_agency()
    case, people, _ = opened(scene, {school: WORK})
    second = a_consent(scene, {make_agency(): SEE})
    for actor in (worker_of(school), worker_of(scene.lead_agency, Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            services.open_doors(by=actor, consent_id=second.pk, case=case, people=people)
        with pytest.raises(NotAllowed):
            services.record_for_case(by=actor, case_id=case.pk, people=people)


def test_what_is_missing_is_not_there(scene):
    """Ids that nobody gave out answer alike."""
    case, people = a_case(scene)
    with pytest.raises(NotThere):
        services.open_doors(by=scene.screener, consent_id=new_id(), case=case, people=people)
    with pytest.raises(NotThere):
        services.withdraw(by=scene.hub_manager, consent_id=new_id(), told_by="Ruth Adeyemi")


def test_the_database_refuses_a_grant_across_the_wall(db):
    """Architecture §4: neither a grant row of another partnership nor one on another partnership's case can be made."""
    here, there = make_partnership(), make_partnership()
    with tenant_scope(there.pk):
        foreign, _ = a_case(make_scene())
    with tenant_scope(here.pk):
        agency = make_agency()
        with pytest.raises(DatabaseError), transaction.atomic():
            assign_perm(SEE, agency.group, foreign)
        case, _ = a_case(make_scene())
        grant = assign_perm(SEE, agency.group, case)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            CaseGrant.objects.filter(pk=grant.pk).update(partnership=there)
    with tenant_scope(there.pk):
        assert not CaseGrant.objects.exists()


def test_the_database_copies_the_day_of_opening(scene):
    """A grant carries the moment that its case was opened, whoever makes the row."""
    with clock.at(dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)):
        case, *_ = opened(scene, {make_agency(): SEE})
    assert set(CaseGrant.objects.values_list("opened_at", flat=True)) == {case.opened_at}


def test_the_trail_of_consent_has_a_verb_for_each_transition():
    """Architecture §5: the transitions of a consent and their verbs are one list."""
    from consent.enums import VERB_OF_TRANSITION
    from consent.models import Consent

    state = Consent._meta.get_field("state")
    names = {transition.name for transition in state.get_all_transitions(Consent)}
    assert names == set(VERB_OF_TRANSITION)


def test_people_and_partnership_are_the_scope_s_own(scene, partnership):
    """Nothing of this room's stands in another partnership."""
    opened(scene, {make_agency(): SEE})
    assert set(Case.objects.values_list("partnership", flat=True)) == {partnership.pk}
    assert set(Person.objects.values_list("partnership", flat=True)) == {partnership.pk}
    assert Partnership.objects.filter(pk=partnership.pk).exists()
    assert set(CaseGrant.objects.values_list("partnership", flat=True)) == {partnership.pk}


def test_a_missing_unique_case_is_refused(scene):
    """The database holds one grant of a kind for an agency in a case."""
    school = make_agency()
    case, *_ = opened(scene, {school: SEE})
    row = CaseGrant.objects.get(group=school.group)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseGrant.objects.create(group=row.group, permission=row.permission, content_object=case)
