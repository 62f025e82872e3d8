"""Whom a reader may know about, for each way an agency can stand to a case (CON-2)."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from cases import queries
from cases.disclosure import Disclosure, Guard, guard, of_many
from cases.enums import SEEING_ROLES
from consent import services as consents
from foundation.accounts.enums import Role
from foundation.common.actors import Actor, system
from foundation.common.ids import new_id
from foundation.tenancy.scope import tenant_scope
from tests.cases.making import MOTHER, SEE, WORK, a_case, a_consent, make_scene, opened, worker_of
from tests.factories import make_agency, make_partnership

TOLD = "Ruth Adeyemi, on the telephone"
EVERYONE = ["Ruth Adeyemi", "Amy Adeyemi", "Tom Adeyemi"]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One case, and agencies that stand to it in every way; for the whole module, and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            scene = make_scene()
            one, some, taken_back, alone, never = (
                make_agency(f"{name} Agency") for name in ("One", "Some", "Taken Back", "Alone", "Never")
            )
            case, people, _ = opened(scene, {one: SEE}, covering=[1], information=["education"])
            for agencies, about, more in (
                ({some: WORK, taken_back: WORK}, [0, 2], {}),
                ({alone: SEE, some: SEE}, [1], {"information": ["health"]}),
            ):
                consent = a_consent(scene, agencies, **more)
                consents.open_doors(
                    by=scene.screener, consent_id=consent.pk, case=case, people=[people[place] for place in about]
                )
                if taken_back in agencies:
                    consents.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[taken_back])
            other, _ = a_case(scene, people=[MOTHER], family_name="Quillfeather")
            workers = {
                agency.name: worker_of(agency) for agency in (one, some, taken_back, alone, never, scene.hub)
            } | {"Lead": scene.lead_actor, "Hub": scene.screener}
        yield SimpleNamespace(
            partnership=partnership, scene=scene, case=case, people=people, other=other, workers=workers,
            lead_agency=scene.lead_agency,
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def world(built):
    with transaction.atomic():
        with tenant_scope(built.partnership.pk):
            yield built
        transaction.set_rollback(True)


def names(disclosure: Disclosure) -> list[str]:
    return [str(member.person) for member in disclosure.people()]


TABLE = [
    # reader, whom it knows, whether it knows the address
    ("Lead", EVERYONE, True),
    ("One Agency", ["Amy Adeyemi"], False),
    ("Some Agency", EVERYONE, True),
    ("Alone Agency", ["Amy Adeyemi"], False),
    ("Taken Back Agency", [], False),
    ("Never Agency", [], False),
    ("Hub", [], False),
]


@pytest.mark.parametrize(("who", "known", "reached"), TABLE)
def test_each_agency_knows_those_whom_its_consents_cover(world, who, known, reached):
    """CON-2: by page and by list alike: the people, whether somebody is left out, and where they live."""
    reader = world.workers[who]
    for disclosure in (Disclosure(reader, world.case), of_many(reader, [world.case])[world.case.pk]):
        assert names(disclosure) == known
        assert disclosure.left_out == (len(known) < len(EVERYONE))
        assert disclosure.may_reach == reached


@pytest.mark.parametrize(("who", "known", "_reached"), TABLE)
def test_an_agency_that_knows_nobody_does_not_see_the_case(world, who, known, _reached):
    """CON-2: doors and people follow from the same consents: nobody stands before an empty page."""
    assert queries.visible_to(world.workers[who]).filter(pk=world.case.pk).exists() == bool(known)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("agency", ["lead", "some"])
def test_the_hat_s_role_decides_before_the_agency_does(world, role, agency):
    """Practice model §2: administrators, analysts, auditors and social workers know nobody by an agency's consent."""
    own = world.workers["Lead" if agency == "lead" else "Some Agency"]
    reader = Disclosure(Actor(own.partnership_id, own.user_id, own.agency_id, frozenset({role.value})), world.case)
    assert (names(reader) == EVERYONE) == (role in SEEING_ROLES)
    assert reader.may_reach == (role in SEEING_ROLES)
    assert bool(names(reader)) == (role in SEEING_ROLES)


@pytest.mark.parametrize("who", ["system", "nobody's hat", "no roles"])
def test_who_wears_no_hat_knows_nobody(world, who):
    """CON-2: the product itself, a hat without an agency and one without roles are told nothing."""
    lead = world.workers["Lead"]
    actor = {
        "system": system(world.partnership.pk),
        "nobody's hat": Actor(world.partnership.pk, lead.user_id, None, lead.roles),
        "no roles": Actor(world.partnership.pk, lead.user_id, lead.agency_id),
    }[who]
    reader = Disclosure(actor, world.case)
    assert (names(reader), reader.may_reach, reader.left_out) == ([], False, True)
    assert not queries.visible_to(actor).exists()
    assert not queries.workable_by(actor).exists()


def test_a_case_without_a_consent_is_known_by_the_lead_alone(world):
    """CON-2: covered by nobody, shared with nobody."""
    assert names(Disclosure(world.workers["Lead"], world.other)) == ["Ruth Adeyemi"]
    assert names(Disclosure(world.workers["Some Agency"], world.other)) == []
    member = Disclosure(world.workers["Lead"], world.other).people()[0]
    assert Disclosure(world.workers["Lead"], world.other).shared_with(member.person_id) == []


def test_each_person_is_shared_with_the_agencies_of_their_own_consents(world):
    """CON-2: by name, in order; an agency that was taken back is not among them."""
    reader = Disclosure(world.workers["Lead"], world.case)
    assert [reader.shared_with(person.pk) for person in world.people] == [
        ["Some Agency"],
        ["Alone Agency", "One Agency", "Some Agency"],
        ["Some Agency"],
    ]
    assert reader.shared_with(new_id()) == []


def test_a_list_mixes_no_two_families(world):
    """CON-2: of many cases at once each has its own people and its own consents."""
    both = of_many(world.workers["Lead"], [world.case, world.other])
    assert {case.pk: names(both[case.pk]) for case in (world.case, world.other)} == {
        world.case.pk: EVERYONE,
        world.other.pk: ["Ruth Adeyemi"],
    }
    assert of_many(world.workers["Lead"], []) == {}


def test_a_guard_that_nobody_filled_lets_nobody_reach_anyone(world):
    """Architecture §2: a registry without an answer refuses."""
    bare = Guard()
    assert not bare.may_reach(world.case.pk, world.lead_agency.pk)
    assert guard.may_reach(world.case.pk, world.workers["Some Agency"].agency_id)


def test_asked_again_it_asks_the_database_no_more(world, django_assert_num_queries):
    """Architecture §4: a page may ask its disclosure in every panel."""
    reader = Disclosure(world.workers["Some Agency"], world.case)
    with django_assert_num_queries(3):
        for _ in range(3):
            names(reader), reader.left_out, reader.may_reach, reader.shared_with(world.people[0].pk)
