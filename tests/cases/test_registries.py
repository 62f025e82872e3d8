"""What rooms hang on the case page, and what of the trail is told to whom."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db.models import Q, TextChoices

from assessments.enums import AssessmentVerb
from cases import panels, queries, registries
from cases.enums import CaseVerb
from consent import services as consents
from consent.enums import ConsentVerb
from foundation.accounts.enums import Role
from foundation.audit import services as audit
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from tests.cases.making import SEE, WORK, a_consent, consent_said, opened, worker_of
from tests.factories import make_agency

TOLD = "Ruth Adeyemi, on the telephone"
LEAD = uuid4()
CASE = SimpleNamespace(pk=uuid4(), lead_agency_id=LEAD)


class KiteVerb(TextChoices):
    FLOWN = "kite.flown", "flew the kite"
    LANDED = "kite.landed", "brought it down"


class TestWords:
    @pytest.mark.parametrize("verbs", [CaseVerb, ConsentVerb, AssessmentVerb])
    def test_every_verb_of_a_room_that_shows_on_the_page_has_words(self, verbs):
        """FAM-10: each begins small, for it follows a name, and says what was done without saying to whom."""
        for verb in verbs:
            words = panels.happenings.words(verb.value)
            assert words == verb.label
            assert words[0].islower()
            assert not words.endswith(".")
            assert verb.value in panels.happenings.verbs()

    def test_verbs_of_the_front_door_are_not_told_on_the_case_page(self):
        """CON-2: what happened to the enquiry is the hub's; no agency reads it in the case."""
        assert not [verb for verb in panels.happenings.verbs() if verb.startswith("enquiry.")]

    def test_an_event_begins_with_a_capital_and_says_for_which_agency(self):
        """Screens: one line of the timeline."""
        event = panels._event(queries.Happening(clock.now(), "Sol Benn", "Fernbank School", "opened the case"))
        assert (event.title, event.by) == ("Opened the case", "Sol Benn, Fernbank School")
        assert panels._event(queries.Happening(clock.now(), "Early Help", "", "tidied up")).by == "Early Help"


class TestToldTo:
    def test_a_room_that_says_nothing_is_told_by_agencies_let_in(self):
        """CON-2: the careful way is the one that nobody has to remember."""
        own = registries.Happenings()
        own.know(KiteVerb)
        assert own.told_to(None, CASE, otherwise=Q(agency_id=LEAD)) == Q(verb__in=["kite.flown", "kite.landed"]) & Q(
            agency_id=LEAD
        )

    def test_a_room_that_says_who_is_asked_with_reader_and_case(self):
        """CON-2: consent tells of those consents alone that let the reader in."""
        own, asked = registries.Happenings(), []
        own.know(CaseVerb)

        def told(actor, case):
            asked.append((actor, case))
            return Q(subject_id=case.pk)

        own.know(KiteVerb, told=told)
        condition = own.told_to("reader", CASE, otherwise=Q(agency_id=LEAD))
        assert asked == [("reader", CASE)]
        assert condition == (Q(verb__in=["case.opened"]) & Q(agency_id=LEAD)) | (
            Q(verb__in=["kite.flown", "kite.landed"]) & Q(subject_id=CASE.pk)
        )


@pytest.fixture
def told(scene):
    """A case with a school that may know of one child, health let in and shut out again, and a trail of all that."""
    school, health, refuge = make_agency("Fernbank Academy"), make_agency("Harbour Health"), make_agency("Bell House")
    case, people, first = opened(scene, {school: SEE}, covering=[1])
    second = a_consent(scene, {health: WORK, refuge: SEE})
    consents.open_doors(by=scene.lead_actor, consent_id=second.pk, case=case, people=people)
    at_health, at_refuge = worker_of(health), worker_of(refuge)
    for by in (at_health, at_refuge, scene.lead_actor):
        audit.record(by=by, verb=AssessmentVerb.SECTION_SAVED, subject=case, case_id=case.pk)
    return SimpleNamespace(
        scene=scene, case=case, people=people, first=first, second=second,
        school=school, health=health, refuge=refuge, at_health=at_health, at_refuge=at_refuge,
    )  # fmt: skip


def words(reader, case) -> list[tuple[str, str]]:
    return [(happening.words, happening.agency) for happening in queries.latest_happenings(reader, case)]


class TestLatest:
    def test_the_agency_that_leads_reads_the_whole_trail(self, told):
        """FAM-10, CON-2: whoever answers for the case knows all that was done in it."""
        read = words(told.scene.lead_actor, told.case)
        assert len(read) == 6
        assert {agency for _, agency in read} == {
            told.scene.hub.name, told.scene.lead_agency.name, "Harbour Health", "Bell House",
        }  # fmt: skip

    def test_another_agency_does_not_read_of_consents_that_do_not_name_it(self, told):
        """CON-2: that the family opened the case to a refuge is not the school's to know from a timeline."""
        read = words(worker_of(told.school), told.case)
        opening = "opened the case to the agencies that a consent names"
        assert [agency for said, agency in read if said == opening] == [told.scene.hub.name]
        read_at_health = words(told.at_health, told.case)
        assert [agency for said, agency in read_at_health if said == opening] == [told.scene.lead_agency.name]

    def test_nor_of_a_withdrawal_that_is_not_its_own(self, told):
        """CON-2: a withdrawal for somebody else stays between the family and the agency that leads."""
        consents.withdraw(by=told.scene.lead_actor, consent_id=told.second.pk, told_by=TOLD, agencies=[told.refuge])
        consents.withdraw(by=told.scene.lead_actor, consent_id=told.second.pk, told_by=TOLD)
        assert "withdrew" not in " ".join(said for said, _ in words(worker_of(told.school), told.case))
        lead = " ".join(said for said, _ in words(told.scene.lead_actor, told.case))
        assert lead.count("withdrew a consent") == 2

    def test_an_agency_shut_out_is_named_no_more(self, told):
        """CON-2: what it did stays on the record of the agency that leads, and on no other page."""
        assert ("saved a section of the assessment", "Bell House") in words(worker_of(told.school), told.case)
        consents.withdraw(by=told.scene.lead_actor, consent_id=told.second.pk, told_by=TOLD, agencies=[told.refuge])
        read = words(worker_of(told.school), told.case)
        assert "Bell House" not in {agency for _, agency in read}
        assert ("saved a section of the assessment", "Harbour Health") in read
        assert ("saved a section of the assessment", "Bell House") in words(told.scene.lead_actor, told.case)

    def test_that_the_case_was_opened_is_told_to_all(self, told):
        """FAM-10: the first line of every timeline."""
        for reader in (told.scene.lead_actor, worker_of(told.school), told.at_health):
            assert words(reader, told.case)[-1] == ("opened the case", told.scene.hub.name)

    def test_the_product_s_own_doing_is_told_by_its_name(self, told):
        """OPS: a sweep has no person; the page says that the product did it."""
        audit.record(
            by=system(told.case.partnership_id), verb=AssessmentVerb.BEGUN, subject=told.case, case_id=told.case.pk
        )
        newest = queries.latest_happenings(told.scene.lead_actor, told.case)[0]
        assert (newest.who, newest.agency) == ("Early Help", "")

    def test_the_newest_come_first_and_no_more_than_a_dozen(self, told):
        """Screens: the latest of the chronology, not all of it."""
        for _ in range(15):
            audit.record(
                by=told.scene.lead_actor, verb=AssessmentVerb.SECTION_SAVED, subject=told.case, case_id=told.case.pk
            )
        read = queries.latest_happenings(told.scene.lead_actor, told.case)
        assert len(read) == queries.MOST_HAPPENINGS == 12
        assert [happening.at for happening in read] == sorted((each.at for each in read), reverse=True)

    @pytest.mark.parametrize("reader", ["lead", "school"])
    def test_it_asks_as_often_for_a_long_trail_as_for_a_short_one(self, told, reader, django_assert_num_queries):
        """Architecture §4: two questions for the lead, who is let in besides for another agency."""
        actor = told.scene.lead_actor if reader == "lead" else worker_of(told.school)
        expected = 2 if reader == "lead" else 4
        with django_assert_num_queries(expected):
            queries.latest_happenings(actor, told.case)
        for _ in range(5):
            audit.record(by=told.at_health, verb=AssessmentVerb.SECTION_SAVED, subject=told.case, case_id=told.case.pk)
        with django_assert_num_queries(expected):
            queries.latest_happenings(actor, told.case)


def test_the_consents_an_agency_reads_are_those_that_let_it_in_today(told):
    """CON-2: not one that was taken back or has ended, and not one that names others alone."""
    from consent.queries import consents_of

    at_school, lead = worker_of(told.school), told.scene.lead_actor
    assert list(consents_of(at_school, told.case)) == [told.first]
    assert set(consents_of(lead, told.case)) == {told.first, told.second}
    third = consents.record_for_case(
        by=lead, case_id=told.case.pk, people=told.people[:1], **consent_said({told.school: WORK, told.health: SEE})
    )
    assert set(consents_of(at_school, told.case)) == {told.first, third}
    consents.withdraw(by=lead, consent_id=third.pk, told_by=TOLD, agencies=[told.school])
    assert list(consents_of(at_school, told.case)) == [told.first]
    assert set(consents_of(told.at_health, told.case)) == {told.second, third}
    assert len(consents_of(lead, told.case)) == 3


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.SOCIAL_WORKER, "Social workers see a case while it moves to social care or back"),
        (Role.AUDITOR, "Auditors see the cases that are sampled for an audit"),
        (Role.ADMINISTRATOR, "Your role does not open families’ cases"),
        (Role.ANALYST, "Your role does not open families’ cases"),
    ],
)
def test_who_sees_no_case_is_told_why(scene, role, words):
    """ACC-6: a social worker or an auditor is told by which way a case comes to them, others whom to ask."""
    assert queries.why_no_cases(worker_of(scene.hub, role)).startswith(words)


def test_every_verb_of_opening_a_case_has_actor_agency_and_case(scene):
    """Trust 14: each write in the trail says who, for whom and in which case; none holds a name."""
    case, _, consent = opened(scene, {make_agency(): WORK})
    read = AuditEntry.objects.filter(subject_id__in=[case.pk, consent.pk]).order_by("at", "id")
    assert [(entry.verb, entry.user_id, entry.agency_id, entry.case_id) for entry in read] == [
        (CaseVerb.OPENED, scene.screener.user_id, scene.hub.pk, case.pk),
        (ConsentVerb.RECORDED, scene.lead.user_id, scene.lead_agency.pk, None),
        (ConsentVerb.OPENED_DOORS, scene.screener.user_id, scene.hub.pk, case.pk),
    ]
    assert all("deyemi" not in str(entry.detail) for entry in read)


def test_the_same_done_again_by_one_person_is_one_line(told):
    """Screens, Case: a section saved ten times does not push everything else off the page."""
    for _ in range(2):
        audit.record(
            by=told.scene.lead_actor, verb=AssessmentVerb.SECTION_SAVED, subject=told.case, case_id=told.case.pk
        )
    events = panels.latest_panel(told.scene.lead_actor, told.case, None)["events"]
    assert [event.title for event in events[:3]] == [
        "Saved a section of the assessment, several times",
        "Saved a section of the assessment",
        "Saved a section of the assessment",
    ]
    assert len({event.by for event in events[:3]}) == 3
