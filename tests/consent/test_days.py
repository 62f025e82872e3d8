"""The days of a consent: doors, people, address and documents open and shut with them, whatever the clocks do."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import services as assessments
from assessments.enums import AssessmentState
from cases import queries as cases
from cases.disclosure import Disclosure
from cases.models import CaseGrant
from consent import queries, services
from consent.enums import InformationKind
from foundation.common import clock
from foundation.common.errors import Clash, EarlyHelpError, NotAllowed, NotThere
from foundation.documents import queries as documents
from foundation.tenancy.scope import tenant_scope
from tests import walks
from tests.cases.making import SEE, WORK, a_case, a_consent, consent_said, opened, worker_of
from tests.factories import make_agency, make_partnership, sign_in

TOLD = "Ruth Adeyemi, on the telephone"
SECOND = dt.timedelta(seconds=1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def all_that_is_open(worker, case, school) -> set[str]:
    """Every way by which an agency might learn of a case, by name, where it answers with anything."""
    reader = Disclosure(worker, case)
    ways = {
        "list": cases.newest_cases(worker).filter(pk=case.pk).exists(),
        "detail": cases.visible_to(worker).filter(pk=case.pk).exists(),
        "work": cases.workable_by(worker).filter(pk=case.pk).exists(),
        "people": bool(reader.people()),
        "address": reader.may_reach,
        "consents": queries.consents_of(worker, case).exists(),
        "let in": school in [door.agency for door in cases.agencies_let_in(case)],
        "named": any(school.name in Disclosure(worker, case).shared_with(key) for key in case_people(case)),
        "reasons": any(each.dates for each in queries.reasons_of(case, cases.agencies_let_in(case))),
    }
    return {way for way, is_open in ways.items() if is_open}


def case_people(case):
    return list(case.family.members.values_list("person", flat=True))


ALL = {"list", "detail", "work", "people", "address", "consents", "let in", "named", "reasons"}


@pytest.mark.parametrize(
    ("last_day", "midnight"),
    [
        ("2027-01-15", "2027-01-16T00:00:00"),
        ("2027-07-15", "2027-07-15T23:00:00"),
        # The nights in which the clocks go forward, and back.
        ("2027-03-27", "2027-03-28T00:00:00"),
        ("2027-03-28", "2027-03-28T23:00:00"),
        ("2027-10-30", "2027-10-30T23:00:00"),
        ("2027-10-31", "2027-11-01T00:00:00"),
        ("2028-02-29", "2028-03-01T00:00:00"),
        ("2027-12-31", "2028-01-01T00:00:00"),
    ],
)
def test_the_last_day_ends_at_midnight_in_london(scene, last_day, midnight):
    """CON-1, CON-2: until the last second every way is open, from the next on none is, with nothing run between."""
    school = make_agency()
    with clock.at(at("2026-12-01T09:00:00")):
        case, *_ = opened(scene, {school: WORK}, ends_on=dt.date.fromisoformat(last_day))
    worker = worker_of(school)
    with clock.at(at(midnight) - SECOND):
        assert all_that_is_open(worker, case, school) == ALL
    with clock.at(at(midnight)):
        assert all_that_is_open(worker, case, school) == set()
        with pytest.raises(NotAllowed):
            cases.case_for(worker, case.pk)
        assert cases.case_for(scene.lead_actor, case.pk) == case


@pytest.mark.parametrize(("ends", "recorded", "opens"), [(-1, False, False), (0, True, True), (1, True, True)])
def test_ended_yesterday_today_or_tomorrow(scene, ends, recorded, opens):
    """CON-1: a consent whose last day is today holds today; one that ended yesterday is not even recorded."""
    school = make_agency()
    ends_on = clock.today() + dt.timedelta(days=ends)
    given = {"given_on": clock.today() - dt.timedelta(days=9), "ends_on": ends_on}
    if not recorded:
        with pytest.raises(EarlyHelpError, match="must be today or later"):
            a_consent(scene, {school: SEE}, **given)
        return
    case, *_ = opened(scene, {school: SEE}, **given)
    assert cases.visible_to(worker_of(school)).filter(pk=case.pk).exists() == opens


def test_a_consent_given_last_year_holds_from_when_it_is_opened(scene):
    """CON-1: the day it was given is the family's; a door opens when the hub decides."""
    school = make_agency()
    case, people = a_case(scene)
    consent = a_consent(scene, {school: SEE}, given_on=clock.today() - dt.timedelta(days=365))
    assert not cases.visible_to(worker_of(school)).exists()
    services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)
    assert cases.visible_to(worker_of(school)).get() == case


def test_between_enquiry_and_decision_midnight_shuts_the_door_that_was_about_to_open(scene):
    """CON-1: a consent that ends while its enquiry waits opens nothing at a minute past midnight."""
    case, people = a_case(scene)
    with clock.at(at("2027-06-30T12:00:00")):
        consent = a_consent(scene, {make_agency(): SEE}, ends_on=dt.date(2027, 6, 30))
    with clock.at(at("2027-06-30T23:00:00")), pytest.raises(Clash, match="This consent has ended"):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)
    with clock.at(at("2027-06-30T22:59:59")):
        services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)


class TestOverlapping:
    """Two consents that name one agency: it has what the widest gives it, each part as long as the longest."""

    def days(self, scene, first, second, on):
        """What the school may on a day, by two consents of (level, days, people), the second given later."""
        school = make_agency()
        with clock.at(at("2027-02-01T09:00:00")):
            start = clock.today()
            level, days, about = first
            case, people, _ = opened(scene, {school: level}, covering=about, ends_on=start + dt.timedelta(days=days))
            level, days, about = second
            services.record_for_case(
                by=scene.lead_actor,
                case_id=case.pk,
                people=[people[place] for place in about],
                **consent_said({school: level}, ends_on=start + dt.timedelta(days=days)),
            )
        worker = worker_of(school)
        with clock.at(at("2027-02-01T09:00:00") + dt.timedelta(days=on)):
            return (
                cases.visible_to(worker).exists(),
                cases.workable_by(worker).exists(),
                [people.index(member.person) for member in Disclosure(worker, case).people()],
            )

    @pytest.mark.parametrize(
        ("on", "expected"),
        [(0, (True, True, [0, 1])), (10, (True, True, [0, 1])), (11, (True, True, [1])), (31, (False, False, []))],
    )
    def test_see_only_then_work(self, scene, on, expected):
        """CON-2: the second lets it work, about its own person; when the first ends its person is known no more."""
        assert self.days(scene, (SEE, 10, [0]), (WORK, 30, [1]), on) == expected

    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            (0, (True, True, [0, 1, 2])),
            (11, (True, False, [1, 2])),
            (30, (True, False, [1, 2])),
            (31, (False, False, [])),
        ],
    )
    def test_work_then_a_longer_one_to_see(self, scene, on, expected):
        """CON-2: to work ends with the consent that gave it, to see goes on."""
        assert self.days(scene, (WORK, 10, [0]), (SEE, 30, [1, 2]), on) == expected


@pytest.fixture
def approved(inside):
    """An approved assessment that a consent opens to a school for thirty days, with the PDF that the school asked."""
    scene = walks.make_scene()
    case = walks.make_case(scene, ends_on=clock.today() + dt.timedelta(days=30))
    assessment = walks.make_assessment(scene, at=AssessmentState.APPROVED, case=case)
    teacher = scene.actor("teacher")
    document = assessments.ask_for_pdf(by=teacher, assessment_id=assessment.pk)
    return SimpleNamespace(scene=scene, case=case, assessment=assessment, teacher=teacher, document=document)


class TestDocuments:
    def test_the_last_day_shuts_the_pdf_too(self, approved):
        """CON-1, EHA-9: a document is the case's: the day after nobody of the other agency finds it."""
        assert documents.document_for(approved.teacher, approved.document.pk) == approved.document
        with clock.at(clock.now() + dt.timedelta(days=31)):
            with pytest.raises(NotThere):
                documents.document_for(approved.teacher, approved.document.pk)
            assert documents.visible_documents(approved.teacher, "assessment", approved.assessment.pk) == []
            with pytest.raises(NotAllowed):
                assessments.ask_for_pdf(by=approved.teacher, assessment_id=approved.assessment.pk)

    def test_a_withdrawal_shuts_it_in_the_same_transaction(self, approved):
        """CON-2: lists, detail and download, before anything is committed."""
        consent = approved.case.consents.get()
        with transaction.atomic():
            services.withdraw(by=approved.scene.actor("lead"), consent_id=consent.pk, told_by=TOLD)
            with pytest.raises(NotThere):
                documents.document_for(approved.teacher, approved.document.pk)
            transaction.set_rollback(True)
        assert documents.document_for(approved.teacher, approved.document.pk) == approved.document

    @pytest.mark.parametrize("name", ["detail", "progress", "download"])
    def test_its_pages_answer_as_if_it_never_was(self, db, name):
        """ACC-6: the day after, the same bytes as for a document that nobody asked for."""
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            scene = walks.make_scene()
            case = walks.make_case(scene, ends_on=clock.today() + dt.timedelta(days=30))
            assessment = walks.make_assessment(scene, at=AssessmentState.APPROVED, case=case)
            document = assessments.ask_for_pdf(by=scene.actor("teacher"), assessment_id=assessment.pk)
            missing = document.pk.__class__(int=document.pk.int ^ 1)
        url, nothing = (
            reverse(f"documents:{name}", kwargs={"partnership": partnership.slug, "document_id": key})
            for key in (document.pk, missing)
        )
        with clock.at(clock.now() + dt.timedelta(days=31)):
            client = sign_in(Client(), scene.user("teacher"), partnership, scene.school)
            shut, never = client.get(url), client.get(nothing)
        assert (shut.status_code, shut.content) == (404, never.content)
        assert client.get(url).status_code != 404


AGENCIES, PEOPLE = 3, 3
LEVELS = st.dictionaries(st.integers(0, AGENCIES - 1), st.sampled_from([SEE, WORK]), min_size=1)
ABOUT = st.sets(st.integers(0, PEOPLE - 1), min_size=1)
EVENT = st.one_of(
    st.tuples(st.just("consent"), LEVELS, ABOUT, st.none() | st.integers(0, 6), st.booleans()),
    st.tuples(st.just("withdraw"), st.integers(0, 3), st.none() | st.sets(st.integers(0, AGENCIES - 1), min_size=1)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
    st.tuples(st.just("agency stops or begins"), st.integers(0, AGENCIES - 1)),
    st.tuples(st.just("reckon again")),
)


class Plain:
    """The same rules in the plainest words, against which the product is held."""

    def __init__(self):
        self.day, self.consents, self.stopped = 0, [], set()

    def holding(self, agency):
        """Of each consent that lets an agency in today: level, people, whether it says how to reach the family."""
        return [
            (each["levels"][agency], each["about"], each["reach"])
            for each in self.consents
            if agency in each["levels"] and (each["ends"] is None or each["ends"] >= self.day)
            if agency not in self.stopped
        ]

    def withdraw(self, which, whom):
        """Take back; False where there is nothing, or not all of it, to take back."""
        if which >= len(self.consents):
            return False
        levels = self.consents[which]["levels"]
        if not levels or (whom is not None and not whom <= set(levels)):
            return False
        for agency in set(levels) if whom is None else whom:
            del levels[agency]
        return True


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENT, min_size=2, max_size=7))
def test_through_any_days_the_doors_are_what_the_family_said(scene, events):
    """CON-2: consents, withdrawals, days and agencies that come and go, in any order, against a plain reckoning."""
    with transaction.atomic():
        world = Walked(scene)
        for event in events:
            with clock.at(world.now()):
                world.carry_out(*event)
            with clock.at(world.now()):
                world.compare()
        transaction.set_rollback(True)


class Walked:
    """A case that walks through the events, and the plain reckoning beside it."""

    def __init__(self, scene):
        self.scene, self.plain, self.made = scene, Plain(), []
        self.start = clock.now()
        self.agencies = [make_agency() for _ in range(AGENCIES)]
        self.workers = [worker_of(agency) for agency in self.agencies]
        self.case, self.people = a_case(scene)
        services.reckon_grants(self.case)

    def now(self):
        return self.start + dt.timedelta(days=self.plain.day)

    def carry_out(self, what, *how):
        {
            "consent": self.consent,
            "withdraw": self.withdraw,
            "wait": self.wait,
            "agency stops or begins": self.turn,
            "reckon again": self.reckon,
        }[what](*how)

    def consent(self, levels, about, days, reach):
        if self.plain.stopped & set(levels):
            return
        kinds = [InformationKind.FAMILY if reach else InformationKind.HEALTH]
        given_by = f"Ruth Adeyemi, time {len(self.made)}"
        ends_on = None if days is None else clock.today() + dt.timedelta(days=days)
        said = consent_said(
            {self.agencies[place]: level for place, level in levels.items()},
            ends_on=ends_on, information=kinds, given_by=given_by,
        )  # fmt: skip
        about_whom = [self.people[place] for place in about]
        self.made.append(
            services.record_for_case(by=self.scene.lead_actor, case_id=self.case.pk, people=about_whom, **said)
        )
        ends = None if days is None else self.plain.day + days
        self.plain.consents.append({"levels": dict(levels), "about": set(about), "ends": ends, "reach": reach})

    def withdraw(self, which, whom):
        allowed = self.plain.withdraw(which, whom)
        if which >= len(self.made):
            return
        chosen = None if whom is None else [self.agencies[place] for place in whom]
        try:
            with transaction.atomic():
                services.withdraw(
                    by=self.scene.lead_actor, consent_id=self.made[which].pk, told_by=TOLD, agencies=chosen
                )
        except EarlyHelpError:
            assert not allowed
        else:
            assert allowed

    def wait(self, days):
        self.plain.day += days

    def turn(self, place):
        self.plain.stopped ^= {place}
        agency = self.agencies[place]
        agency.active = place not in self.plain.stopped
        agency.save()

    def reckon(self):
        services.reckon_grants(self.case)
        rows = sorted(CaseGrant.objects.values_list("pk", "group", "permission", "until"))
        services.reckon_grants(self.case)
        assert sorted(CaseGrant.objects.values_list("pk", "group", "permission", "until")) == rows

    def compare(self):
        let_in = {door.agency for door in cases.agencies_let_in(self.case)} - {self.scene.lead_agency}
        assert let_in == {self.agencies[place] for place in range(AGENCIES) if self.plain.holding(place)}
        for place, worker in enumerate(self.workers):
            holding = self.plain.holding(place)
            reader = Disclosure(worker, self.case)
            assert cases.newest_cases(worker).exists() == cases.visible_to(worker).exists() == bool(holding)
            assert cases.workable_by(worker).exists() == (WORK in [level for level, _, _ in holding])
            known = {self.people.index(member.person) for member in reader.people()}
            assert known == {person for _, about, _ in holding for person in about}
            assert reader.may_reach == any(reach for _, _, reach in holding)
            assert queries.consents_of(worker, self.case).count() == self.told(place)
        assert cases.workable_by(self.scene.lead_actor).get() == self.case

    def told(self, place):
        """How many consents an agency reads of: those that hold and name it (its hat is gone when it stops)."""
        stopped, self.plain.stopped = self.plain.stopped, set()
        number = len(self.plain.holding(place))
        self.plain.stopped = stopped
        return number
