"""What consent never lets through: stopped agencies, others' consents, second writers, doors made by hand (CON-2)."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from cases import queries as cases
from cases.disclosure import Disclosure
from cases.models import CaseGrant
from consent import queries, services
from consent.enums import ConsentHow, ConsentVerb
from consent.models import Consent, ConsentAgency
from consent.panels import consent_panel
from consent.queries import Story
from foundation.accounts.models import Agency
from foundation.audit.models import AuditEntry
from foundation.common.errors import Clash, Invalid
from tests.cases.making import SEE, WORK, a_case, a_consent, consent_said, opened, worker_of
from tests.factories import make_agency

TOLD = "Ruth Adeyemi, on the telephone"


class TestStoppedAgency:
    @pytest.fixture
    def stopped(self, scene):
        school, health = make_agency("Fernbank Academy"), make_agency("Harbour Health")
        case, people, consent = opened(scene, {school: WORK, health: SEE})
        at_school = worker_of(school)
        Agency.objects.filter(pk=school.pk).update(active=False)
        return SimpleNamespace(
            at_school=at_school, case=case, people=people, consent=consent, school=school, health=health
        )

    def test_it_is_not_told_as_one_that_knows(self, scene, stopped):
        """CON-2: the page never says that a person is shared with somebody who cannot see the case."""
        reader = Disclosure(scene.lead_actor, stopped.case)
        assert reader.shared_with(stopped.people[0].pk) == ["Harbour Health"]
        assert {door.agency for door in cases.agencies_let_in(stopped.case)} == {stopped.health, scene.lead_agency}

    def test_it_knows_nobody_and_no_address(self, stopped):
        """CON-2: even with an old hat in hand."""
        reader = Disclosure(stopped.at_school, stopped.case)
        assert reader.people() == []
        assert not reader.may_reach
        assert reader.left_out

    def test_it_does_not_stay_by_another_consent(self, scene, stopped):
        """CON-2: the page that says what a withdrawal closes does not promise access to an agency that has none."""
        Agency.objects.filter(pk=stopped.school.pk).update(active=True)
        second = a_consent(scene, {stopped.school: SEE})
        services.open_doors(by=scene.screener, consent_id=second.pk, case=stopped.case, people=stopped.people)
        first = queries.consent_for(stopped.consent.pk)
        entries = queries.still_named(first)
        assert [effect.stays for effect in queries.effects_of(first, entries)] == [second, None]
        Agency.objects.filter(pk=stopped.school.pk).update(active=False)
        assert [effect.stays for effect in queries.effects_of(first, entries)] == [None, None]

    def test_when_it_works_again_its_doors_stand_as_the_family_left_them(self, scene, stopped):
        """CON-2: what was withdrawn meanwhile stays shut, the rest is open again."""
        services.reckon_grants(stopped.case)
        Agency.objects.filter(pk=stopped.school.pk).update(active=True)
        worker = worker_of(stopped.school)
        assert cases.workable_by(worker).get() == stopped.case
        services.withdraw(by=scene.lead_actor, consent_id=stopped.consent.pk, told_by=TOLD, agencies=[stopped.school])
        assert not cases.visible_to(worker).exists()


def panel_words(actor, case) -> str:
    request = SimpleNamespace()
    context = {**consent_panel(actor, case, request), "partnership": SimpleNamespace(slug="fernshire"), "case": case}
    return " ".join(re.sub(r"<[^>]+>", " ", render_to_string("consent/case_panel.html", context)).split())


class TestPanel:
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ({"how": ConsentHow.PAPER, "paper_kept_at": "12 Larch Row, top drawer"}, "12 Larch Row"),
            ({"how": ConsentHow.SPOKEN, "witness": "Femi Adeyemi, uncle"}, "Femi Adeyemi"),
        ],
    )
    def test_the_witness_and_the_paper_are_the_lead_s(self, scene, said, kept):
        """CON-2: another agency needs to know that consent was given and how, not who sat by or where it lies."""
        school = make_agency("Fernbank Academy")
        case, *_ = opened(scene, {school: SEE}, covering=[1], **said)
        theirs = panel_words(worker_of(school), case)
        assert kept not in theirs
        assert ("on paper" if said["how"] == ConsentHow.PAPER else "spoken") in theirs
        assert kept in panel_words(scene.lead_actor, case)

    def test_whom_a_consent_is_about_is_told_as_far_as_one_may_know(self, scene):
        """CON-2: two consents name the school; of each it reads about its own people, of all others that there are."""
        school = make_agency("Fernbank Academy")
        case, people, first = opened(scene, {school: SEE}, covering=[1])
        stories = [Story.of(each, {people[1].pk}, whole=False) for each in queries.consents_of(worker_of(school), case)]
        assert [(story.people, story.others) for story in stories] == [(("Amy Adeyemi",), False)]
        whole = Story.of(first, set(), whole=True)
        assert (whole.people, whole.others) == ((), True)

    def test_a_withdrawn_consent_is_history_for_the_lead_alone(self, scene):
        """CON-2: who took back what, and who said so, is between the family and the agency that leads."""
        school = make_agency("Fernbank Academy")
        case, people, first = opened(scene, {school: SEE}, given_by="Femi Adeyemi, uncle")
        services.record_for_case(
            by=scene.lead_actor, case_id=case.pk, people=people[1:2], **consent_said({school: SEE})
        )
        services.withdraw(by=scene.lead_actor, consent_id=first.pk, told_by=TOLD)
        theirs, ours = panel_words(worker_of(school), case), panel_words(scene.lead_actor, case)
        assert "Femi" not in theirs
        assert "withdrew" not in theirs
        assert f"Told by {TOLD}" in ours
        assert "Femi Adeyemi, uncle" in ours

    def test_its_queries_do_not_grow_with_the_consents(self, scene):
        """Architecture §4: one consent or four, the panel asks as often."""
        school = make_agency()
        case, people, _ = opened(scene, {school: SEE})
        counts = []
        for number in range(3):
            case.refresh_from_db()
            with CaptureQueriesContext(connection) as captured:
                consent_panel(scene.lead_actor, case, SimpleNamespace())
            counts.append(len(captured))
            said = consent_said({school: SEE, make_agency(): WORK}, given_by=f"Ruth Adeyemi, time {number}")
            services.record_for_case(by=scene.lead_actor, case_id=case.pk, people=people, **said)
        assert counts[0] == counts[1] == counts[2]


class TestSaidTwice:
    """Bad input, the same form sent twice: the second is told that it is there, and nothing is kept of it."""

    @pytest.fixture
    def said(self, scene):
        school, health = make_agency(), make_agency()
        case, people = a_case(scene)
        services.reckon_grants(case)
        given = consent_said({school: SEE, health: WORK})
        services.record_for_case(by=scene.lead_actor, case_id=case.pk, people=people[:2], **given)
        return SimpleNamespace(case=case, people=people, school=school, health=health, given=given)

    def again(self, scene, said, people=None, **more):
        about = said.people[:2] if people is None else people
        return services.record_for_case(
            by=scene.lead_actor, case_id=said.case.pk, people=about, **{**said.given, **more}
        )

    def test_the_very_same_is_refused(self, scene, said):
        """The grants, the trail and the history stay as after the first."""
        before = (AuditEntry.objects.count(), CaseGrant.objects.count())
        with pytest.raises(Clash, match="recorded for the case already, word for word"):
            self.again(scene, said, people=said.people[1::-1])
        assert Consent.objects.count() == 1
        assert (AuditEntry.objects.count(), CaseGrant.objects.count()) == before

    @pytest.mark.parametrize(
        "more",
        [
            {"given_by": "Ruth Adeyemi"},
            {"how": ConsentHow.SPOKEN, "witness": "Sol Benn"},
            {"paper_kept_at": "Elsewhere"},
            {"information": ["family"]},
        ],
    )
    def test_what_says_anything_else_is_another_consent(self, scene, said, more):
        """CON-1: one more word of the family's is a consent of its own."""
        self.again(scene, said, **more)
        assert Consent.objects.count() == 2

    def test_other_people_agencies_or_levels_are_another_consent(self, scene, said):
        """CON-1: for whom, to whom, and how far."""
        self.again(scene, said, people=said.people)
        self.again(scene, said, agencies={said.school: WORK, said.health: WORK})
        self.again(scene, said, agencies={said.school: SEE})
        assert Consent.objects.count() == 4

    def test_what_was_taken_back_may_be_given_again_in_the_same_words(self, scene, said):
        """CON-2: a family that withdraws for one agency, or wholly, and thinks again the same day is believed."""
        first = Consent.objects.get()
        services.withdraw(by=scene.lead_actor, consent_id=first.pk, told_by=TOLD, agencies=[said.health])
        self.again(scene, said)
        services.withdraw(by=scene.lead_actor, consent_id=first.pk, told_by=TOLD)
        second = Consent.objects.exclude(pk=first.pk).get()
        services.withdraw(by=scene.lead_actor, consent_id=second.pk, told_by=TOLD)
        self.again(scene, said)
        assert cases.workable_by(worker_of(said.health)).get() == said.case

    def test_the_same_words_for_another_family_are_another_consent(self, scene, said):
        """CON-1: two families may have one mother's name."""
        other, people = a_case(scene)
        services.record_for_case(by=scene.lead_actor, case_id=other.pk, people=people[:2], **said.given)
        assert Consent.objects.count() == 2


class TestLocks:
    @pytest.mark.parametrize("what", ["withdraw", "open_doors", "record_for_case"])
    def test_the_case_is_locked_before_the_consent(self, scene, what):
        """Trust 7: one order for all who open or shut doors, so that no two ever wait for each other."""
        school = make_agency()
        case, people, consent = opened(scene, {school: SEE})
        loose = a_consent(scene, {school: WORK})
        acts = {
            "withdraw": lambda: services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD),
            "open_doors": lambda: services.open_doors(by=scene.screener, consent_id=loose.pk, case=case, people=people),
            "record_for_case": lambda: services.record_for_case(
                by=scene.lead_actor, case_id=case.pk, people=people, **consent_said({school: WORK})
            ),
        }
        with CaptureQueriesContext(connection) as captured:
            acts[what]()
        locked = [
            re.search(r'FOR NO KEY UPDATE OF "(\w+)"', query["sql"]).group(1)
            for query in captured
            if "FOR NO KEY UPDATE" in query["sql"]
        ]
        assert locked[0] == "cases_case"
        assert set(locked) <= {"cases_case", "consent_consent"}
        assert not [query for query in captured if "FOR UPDATE" in query["sql"] and "NO KEY" not in query["sql"]]

    def test_a_withdrawal_writes_everything_in_one_transaction(self, scene):
        """CON-2: what surrounds it fails, and consent, grants and trail are as they were."""
        _, _, consent = opened(scene, {make_agency(): WORK})
        with transaction.atomic():
            services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD)
            assert not CaseGrant.objects.exclude(group=scene.lead_agency.group).exists()
            transaction.set_rollback(True)
        assert CaseGrant.objects.exclude(group=scene.lead_agency.group).count() == 2
        assert not AuditEntry.objects.filter(verb=ConsentVerb.WITHDRAWN).exists()
        assert queries.still_named(Consent.objects.get(pk=consent.pk))


class TestDoorsByHand:
    def test_nobody_is_let_in_by_name(self, scene):
        """CON-2: guardian's own tables are read only: a grant to a person, not to an agency, cannot be written."""
        case, *_ = opened(scene, {make_agency(): SEE})
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            assign_perm(SEE, scene.lead.user, case)

    def test_no_agency_is_let_into_anything_but_a_case(self, scene):
        """CON-2: guardian's generic table for other objects stays empty."""
        school = make_agency()
        _, people, _ = opened(scene, {school: SEE})
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            assign_perm("cases.view_person", school.group, people[0])

    def test_a_grant_without_a_consent_falls_at_the_next_reckoning(self, scene):
        """CON-2: what somebody wrote by hand into the table does not outlive the next act on the case."""
        school, health = make_agency(), make_agency()
        case, people, _ = opened(scene, {school: SEE})
        assign_perm(WORK, health.group, case)
        assert Disclosure(worker_of(health), case).people() == []
        services.record_for_case(by=scene.lead_actor, case_id=case.pk, people=people, **consent_said({school: WORK}))
        assert not CaseGrant.objects.filter(group=health.group).exists()

    def test_a_group_that_is_no_agency_s_is_never_let_in(self, scene):
        """CON-2: a group by itself opens nothing, for a hat is an agency."""
        case, *_ = opened(scene, {make_agency(): SEE})
        assign_perm(SEE, Group.objects.create(name="everybody"), case)
        assert len(cases.agencies_let_in(case)) == 2
        assert not cases.visible_to(worker_of(make_agency())).exists()


class TestTrail:
    def test_each_verb_says_who_for_whom_and_in_which_case(self, scene):
        """Trust 14: recorded, opened, taken back for some, taken back: actor, agency and case of each."""
        school, health = make_agency(), make_agency()
        case, people = a_case(scene)
        consent = a_consent(scene, {school: SEE, health: WORK})
        services.open_doors(by=scene.hub_manager, consent_id=consent.pk, case=case, people=people)
        services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[school])
        services.withdraw(by=scene.hub_manager, consent_id=consent.pk, told_by=TOLD)
        read = AuditEntry.objects.filter(subject_id=consent.pk).order_by("at", "id")
        lead, hub = (actor.user_id for actor in (scene.lead_actor, scene.hub_manager))
        assert [(each.verb, each.user_id, each.agency_id, each.case_id, each.detail) for each in read] == [
            (ConsentVerb.RECORDED, lead, scene.lead_agency.pk, None, {}),
            (ConsentVerb.OPENED_DOORS, hub, scene.hub.pk, case.pk, {}),
            (ConsentVerb.AGENCIES_WITHDRAWN, lead, scene.lead_agency.pk, case.pk, {"agencies": [str(school.pk)]}),
            (ConsentVerb.WITHDRAWN, hub, scene.hub.pk, case.pk, {"agencies": [str(health.pk)]}),
        ]
        assert {each.subject_kind for each in read} == {"consent.consent"}
        assert all(each.roles for each in read)

    def test_a_refused_act_leaves_no_trace_in_the_trail(self, scene):
        """Trust 14: the trail tells what was done, and nothing was."""
        case, people, consent = opened(scene, {make_agency(): SEE})
        before = AuditEntry.objects.count()
        for act in (
            lambda: services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=" "),
            lambda: services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[]),
            lambda: services.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people),
            lambda: services.record_for_case(by=scene.lead_actor, case_id=case.pk, people=[], **consent_said({})),
        ):
            with pytest.raises((Invalid, Clash)), transaction.atomic():
                act()
        assert AuditEntry.objects.count() == before

    def test_the_history_keeps_who_took_an_agency_back(self, scene):
        """CON-2: rows of the history, one for each state that an entry had."""
        school = make_agency()
        _, _, consent = opened(scene, {school: SEE, make_agency(): SEE})
        services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[school])
        entry = ConsentAgency.objects.get(consent=consent, agency=school)
        events = ConsentAgency.history.rel.related_model.objects.filter(pgh_obj_id=entry.pk).order_by("pgh_id")
        assert [(event.pgh_label, event.withdrawn_told_by) for event in events] == [("insert", ""), ("update", TOLD)]
