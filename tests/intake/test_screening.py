"""One screener takes an enquiry, and it ends in one decision (INT-4, INT-7)."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

import intake.enums
from cases import queries as cases
from cases.models import Case, CaseGrant, FamilyMember
from cases.signals import case_opened
from consent import services as consents
from foundation.accounts import services as accounts
from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from intake import queries, services
from intake.models import Enquiry
from intake.workflow import EnquiryWorkflow
from tests import factories
from tests.intake import answers
from tests.intake.places import make_place

MORNING = dt.datetime(2026, 3, 30, 9, 14, tzinfo=clock.LONDON)


def verbs_of(enquiry: Enquiry) -> list[str]:
    return list(AuditEntry.objects.filter(subject_id=enquiry.pk).order_by("at", "id").values_list("verb", flat=True))


class TestTaking:
    def test_a_screener_takes_what_waits(self, place):
        """INT-4."""
        enquiry = place.taken()
        assert (enquiry.state, enquiry.taken_by) == ("taken", place.user("screener"))
        assert verbs_of(enquiry) == ["enquiry.sent", "enquiry.taken"]

    def test_the_second_hears_who_has_it_since_when(self, place):
        """INT-4: two people never work the same one; London's time on the page."""
        with clock.at(MORNING):
            enquiry = place.taken()
        with pytest.raises(Clash, match=r"Sorrel Nightingale .* since Mon 30 March 2026 at 9:14am\."):
            services.take_enquiry(by=place.actor("screener2"), enquiry_id=enquiry.pk)

    def test_taking_ones_own_again_changes_nothing(self, place):
        """Bad input: the button pressed twice."""
        enquiry = place.taken()
        again = services.take_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk)
        assert again.taken_at == enquiry.taken_at
        assert verbs_of(enquiry) == ["enquiry.sent", "enquiry.taken"]

    def test_the_oldest_is_taken_first(self, place):
        """INT-4: oldest first, and nothing when nothing waits."""
        with clock.at(MORNING + dt.timedelta(hours=1)):
            younger = place.enquiry()
        with clock.at(MORNING):
            older = place.enquiry()
        by = place.actor("screener")
        assert services.take_oldest(by=by) == older
        assert services.take_oldest(by=by) == younger
        assert services.take_oldest(by=by) is None

    @pytest.mark.parametrize("who", ["teacher", "head", "visitor", "analyst", "admin"])
    def test_nobody_else_screens(self, place, who):
        """Practice model §2: the queue is the hub's."""
        enquiry = place.enquiry()
        by = place.actor(who)
        for act in (
            lambda: services.take_enquiry(by=by, enquiry_id=enquiry.pk),
            lambda: services.take_oldest(by=by),
            lambda: services.give_back_enquiry(by=by, enquiry_id=enquiry.pk),
            lambda: place.decide(enquiry, by=who),
        ):
            with pytest.raises(NotAllowed):
                act()

    def test_a_hub_manager_takes_over_and_a_screener_cannot(self, place):
        """Practice model §2: a hub manager rebalances the queue."""
        enquiry = place.taken()
        with pytest.raises(NotAllowed):
            services.take_enquiry(by=place.actor("screener2"), enquiry_id=enquiry.pk, over=True)
        enquiry = services.take_enquiry(by=place.actor("hubmanager"), enquiry_id=enquiry.pk, over=True)
        assert enquiry.taken_by == place.user("hubmanager")
        assert verbs_of(enquiry)[-1] == "enquiry.taken_over"
        with pytest.raises(Clash, match="Dilys Marchetti"):
            place.decide(enquiry)

    def test_giving_back_keeps_its_age(self, place):
        """INT-4: it waits again where it stood."""
        enquiry = place.taken()
        with pytest.raises(Clash, match="Sorrel Nightingale"):
            services.give_back_enquiry(by=place.actor("screener2"), enquiry_id=enquiry.pk)
        back = services.give_back_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk)
        assert (back.state, back.taken_by, back.received_at) == ("waiting", None, enquiry.received_at)
        assert services.give_back_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk).state == "waiting"
        assert verbs_of(enquiry) == ["enquiry.sent", "enquiry.taken", "enquiry.given_back"]

    def test_another_partnerships_enquiry_is_not_there(self, site):
        """Trust 1."""
        with site.scope():
            enquiry = site.enquiry()
        elsewhere = make_place()
        with elsewhere.scope():
            for key in (enquiry.pk, uuid.uuid4()):
                with pytest.raises(NotThere):
                    services.take_enquiry(by=elsewhere.actor("screener"), enquiry_id=key)


class TestEhaRequired:
    def test_a_case_opens_to_exactly_the_agencies_of_the_consent(self, place):
        """INT-7, CON-2: in one transaction, at the levels that the family agreed to."""
        enquiry = place.decide(place.taken(see=[place.health]))
        enquiry.refresh_from_db()
        case = enquiry.case
        assert (enquiry.state, enquiry.decision, enquiry.level) == ("decided", "eha_required", "2")
        assert (case.lead, case.lead_agency, case.level) == (place.user("teacher"), place.school, "2")
        assert (case.family.name, case.family.phone) == ("Quillfeather", "01632 960 004")
        assert cases.workable_by(place.actor("teacher")).get() == case
        assert cases.visible_to(place.actor("visitor")).get() == case
        assert not cases.workable_by(place.actor("visitor")).exists()
        assert not cases.visible_to(place.actor("screener")).exists()

    def test_people_told_of_become_people(self, place):
        """FAM-1: with their parts and in their order."""
        enquiry = place.decide(place.taken())
        members = FamilyMember.objects.filter(family=enquiry.case.family).order_by("position")
        assert [(member.person.given_name, member.part) for member in members] == [
            ("Tamsin", "child"),
            ("Oriel", "mother"),
        ]
        told = enquiry.people.order_by("position").values_list("person_id", flat=True)
        assert list(told) == [member.person_id for member in members]

    def test_the_consent_covers_only_whom_it_names(self, place):
        """CON-2."""
        draft = place.draft()
        child = draft.pages["people"][0]["key"]
        said = answers.consent(people=[child], work=[place.school.pk])
        services.save_page(by=place.actor("teacher"), draft_id=draft.pk, page="consent", answers=said)
        enquiry = services.send_enquiry(by=place.actor("teacher"), draft_id=draft.pk)
        services.take_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk)
        place.decide(enquiry)
        covered = enquiry.consent.people.values_list("person__given_name", flat=True)
        assert list(covered) == ["Tamsin"]

    def test_it_is_told_that_a_case_opened(self, place):
        """EHA-2: once, with the case, when its doors are open already; a receiver that fails undoes everything."""
        heard = []

        def listen(sender, case, by, **_):
            heard.append((case, by, CaseGrant.objects.filter(content_object=case).exists()))

        case_opened.connect(listen)
        try:
            enquiry = place.decide(place.taken())
        finally:
            case_opened.disconnect(listen)
        assert heard == [(enquiry.case, place.actor("screener"), True)]

    def test_a_receiver_that_fails_undoes_the_decision(self, place):
        """INT-7: never half there."""

        def fail(**_):
            raise RuntimeError

        enquiry = place.taken()
        case_opened.connect(fail)
        try:
            with pytest.raises(RuntimeError), transaction.atomic():
                place.decide(enquiry)
        finally:
            case_opened.disconnect(fail)
        enquiry = Enquiry.objects.get(pk=enquiry.pk)
        assert (enquiry.state, enquiry.case) == ("taken", None)
        assert not Case.objects.exists()

    @pytest.mark.parametrize("who", ["visitor", "head", "analyst"])
    def test_a_lead_who_may_not_lead(self, place, who):
        """Bad input: not of a named agency, or not in a role that works with families."""
        member = place.members[who]
        with pytest.raises(Invalid) as refused:
            place.decide(place.taken(), lead_id=member.user_id, agency_id=member.agency_id)
        assert "the family's consent lets work with them" in refused.value.fields["lead"]
        assert not Case.objects.exists()

    def test_an_agency_that_may_only_see_cannot_lead(self, place):
        """CON-2: the lead works on the case."""
        member = place.members["visitor"]
        with pytest.raises(Invalid):
            place.decide(place.taken(see=[place.health]), lead_id=member.user_id, agency_id=place.health.pk)

    def test_a_lead_who_left_in_the_meantime(self, place):
        """Bad input: the page was open when the membership ended."""
        enquiry = place.taken()
        admin = place.actor("admin")
        accounts.end_membership(by=admin, membership_id=place.members["teacher"].pk)
        with pytest.raises(Invalid):
            place.decide(enquiry)

    def test_nobody_chosen(self, place):
        """Bad input: no lead (the exception path comes with STP-9)."""
        with pytest.raises(Invalid) as refused:
            place.decide(place.taken(), lead_id=None, agency_id=None)
        assert refused.value.fields == {"lead": "Choose who will lead"}

    def test_the_team_follows_from_the_lead(self, place):
        """INT-7: agency and team are the chosen membership's."""
        team = factories.make_team(place.school, "Pastoral team")
        pastoral = factories.make_member(team=team, name="Hollis Quaye")
        enquiry = place.decide(place.taken(), lead_id=pastoral.user_id, team_id=team.pk)
        assert (enquiry.case.lead, enquiry.case.team) == (pastoral.user, team)

    def test_consent_withdrawn_meanwhile(self, place):
        """CON-2: refused with why, and nothing opens; no further action can still be decided."""
        enquiry = place.taken()
        consents.withdraw(by=place.actor("teacher"), consent_id=enquiry.consent_id, told_by="Oriel, by telephone")
        with pytest.raises(Invalid) as refused:
            place.decide(enquiry)
        assert "withdrew their consent" in refused.value.fields["decision"]
        assert not Case.objects.exists()
        assert place.decide(enquiry, decision="no_further_action").decision == "no_further_action"

    def test_consent_for_the_leads_agency_withdrawn_meanwhile(self, place):
        """CON-2: a consent taken back in part leaves the other agencies."""
        enquiry = place.taken(work=[place.school, place.health])
        consents.withdraw(
            by=place.actor("teacher"), consent_id=enquiry.consent_id, told_by="Oriel", agencies=[place.school]
        )
        with pytest.raises(Invalid):
            place.decide(enquiry)
        place.decide(enquiry, lead_id=place.user("visitor").pk, agency_id=place.health.pk)
        assert not cases.visible_to(place.actor("teacher")).exists()

    def test_consent_that_ended_meanwhile(self, place):
        """CON-1: in force until its last day."""
        today = clock.today()
        enquiry = place.taken(consent={"ends_on": today.isoformat()})
        with clock.at(clock.now() + dt.timedelta(days=1)):
            with pytest.raises(Invalid) as refused:
                place.decide(enquiry)
            assert "consent ended on" in refused.value.fields["decision"]


class TestDeciding:
    def test_no_further_action_opens_nothing(self, place):
        """INT-7."""
        enquiry = place.decide(place.taken(), decision="no_further_action", level="1")
        assert (enquiry.state, enquiry.case, enquiry.decided_by) == ("decided", None, place.user("screener"))
        assert verbs_of(enquiry)[-1] == "enquiry.decided"
        assert not Case.objects.exists()

    def test_each_missing_answer_has_its_sentence(self, place):
        """Bad input: an empty form, a level that the partnership does not have, a 2 MB reason."""
        enquiry = place.taken()
        with pytest.raises(Invalid) as refused:
            place.decide(enquiry, decision="", level="", reason=" ")
        assert set(refused.value.fields) == {"decision", "level", "reason"}
        with pytest.raises(Invalid) as refused:
            place.decide(enquiry, decision="panel", level="9", reason="x" * 2 * 1024 * 1024)
        assert set(refused.value.fields) == {"decision", "level", "reason"}
        assert "You have written 2,097,152" in refused.value.fields["reason"]

    def test_nobody_decides_what_another_has_taken(self, place):
        """Bad input: refused with who has it; a hub manager may."""
        enquiry = place.taken()
        with pytest.raises(Clash, match=r"Sorrel Nightingale has been screening .* Nothing was changed"):
            place.decide(enquiry, by="screener2")
        assert place.decide(enquiry, by="hubmanager").decided_by == place.user("hubmanager")

    def test_what_nobody_has_taken_is_not_decided(self, place):
        """INT-4: taking comes first, for the manager too."""
        with pytest.raises(Clash, match="Take it first"):
            place.decide(place.enquiry(), by="hubmanager")

    def test_decided_twice(self, place):
        """Bad input: the first decision stands, and the sentence says whose it is."""
        enquiry = place.decide(place.taken())
        with pytest.raises(Clash, match=r"You decided this enquiry on .*: Early Help Assessment required"):
            place.decide(enquiry, decision="no_further_action")
        with pytest.raises(Clash, match="Sorrel Nightingale decided"):
            services.take_enquiry(by=place.actor("screener2"), enquiry_id=enquiry.pk)
        with pytest.raises(Clash, match="decided"):
            services.give_back_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk)
        assert Case.objects.count() == 1

    def test_the_database_holds_a_decision_whole(self, place):
        """Architecture §5: no decision without its reason, level and person."""
        enquiry = place.taken()
        with pytest.raises(IntegrityError), transaction.atomic():
            Enquiry.objects.filter(pk=enquiry.pk).update(state="decided")


def test_every_transition_has_its_verb():
    """Architecture §5: the two lists are equal."""
    transitions = {name for name, each in vars(EnquiryWorkflow).items() if hasattr(each, "_django_fsm")}
    said = {"take": "TAKEN", "take_over": "TAKEN_OVER", "give_back": "GIVEN_BACK", "decide": "DECIDED"}
    assert transitions == set(said)
    assert set(intake.enums.EnquiryVerb.names) == set(said.values()) | {"SENT", "TOLD", "NOT_TOLD"}


class TestWhoSees:
    def test_the_hub_sees_all_and_a_sender_their_own(self, place):
        """INT-4: nobody else sees any."""
        mine, hers = place.enquiry("teacher"), place.enquiry("visitor", work=[place.health])
        seen = {who: set(queries.visible_to(place.actor(who))) for who in place.members}
        assert seen["screener"] == seen["screener2"] == seen["hubmanager"] == {mine, hers}
        assert seen["teacher"] == seen["head"] == {mine}
        assert seen["visitor"] == {hers}
        assert seen["colleague"] == seen["analyst"] == seen["admin"] == set()

    def test_a_case_opened_to_an_agency_does_not_open_the_enquiry(self, place):
        """CON-2: what the enquirer wrote stays between them and the hub."""
        enquiry = place.decide(place.taken(see=[place.health]))
        with pytest.raises(NotThere):
            queries.enquiry(place.actor("visitor"), enquiry.pk)

    def test_a_sender_who_left_the_agency_sees_none(self, place):
        """ACC-3: the same person in another agency wears another hat."""
        place.enquiry()
        factories.make_member(agency=place.health, user=place.user("teacher"), role=Role.PRACTITIONER)
        assert not queries.visible_to(factories.actor_of(place.user("teacher"), place.health)).exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_screeners_one_takes_it():
    """Trust 7: one wins, the others hear who did."""
    site = make_place()
    with site.scope():
        enquiry = site.enquiry()
        hats = [
            factories.actor_of(factories.make_member(role=Role.SCREENER, agency=site.hub, name=f"Screener {number}"))
            for number in range(8)
        ]
    start, won, clashed, failed = threading.Barrier(8), [], [], []

    def take(by):
        try:
            start.wait(timeout=20)
            with site.scope():
                services.take_enquiry(by=by, enquiry_id=enquiry.pk)
            won.append(by.user_id)
        except Clash as clash:
            clashed.append(clash.sentence)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(by,)) for by in hats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(won), len(clashed), failed) == (1, 7, [])
    with site.scope():
        assert Enquiry.objects.get().taken_by_id == won[0]
        assert AuditEntry.objects.filter(verb="enquiry.taken").count() == 1
    assert all("has been screening this enquiry since" in sentence for sentence in clashed)
