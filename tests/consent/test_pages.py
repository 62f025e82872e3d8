"""The pages of consent: recording a further one, and a withdrawal that says first what it will close (CON-1, CON-2)."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from cases import queries as cases
from consent import queries, services
from consent.enums import ConsentState
from consent.models import Consent
from foundation.accounts.enums import Role
from foundation.audit.models import AccessEntry
from foundation.common import clock
from foundation.common.ids import new_id
from foundation.tenancy.scope import tenant_scope
from tests.cases.making import SEE, WORK, a_consent, consent_said, make_scene, opened, worker_of
from tests.factories import make_agency, make_member, make_partnership, sign_in

TOLD = "Ruth Adeyemi, on the telephone"


class Place:
    """A partnership with one opened case, its scope closed, as a request finds it."""

    def __init__(self, partnership):
        self.partnership = partnership
        with tenant_scope(partnership.pk):
            self.scene = make_scene()
            self.school, self.health = make_agency("Fernbank Academy"), make_agency("Harbour Health")
            self.case, self.people, self.consent = opened(self.scene, {self.school: SEE, self.health: WORK})

    def lead(self) -> Client:
        return sign_in(Client(), self.scene.lead.user, self.partnership, self.scene.lead_agency)

    def client(self, agency, role=Role.PRACTITIONER) -> Client:
        with tenant_scope(self.partnership.pk):
            member = make_member(agency=agency, role=role)
        return sign_in(Client(), member.user, self.partnership, agency)

    def url(self, name, key=None):
        key = key or (self.consent.pk if name == "withdraw" else self.case.pk)
        return reverse(f"consent:{name}", args=[self.partnership.slug, key])

    def case_url(self):
        return reverse("cases:detail", args=[self.partnership.slug, self.case.pk])

    def sees(self, agency) -> bool:
        with tenant_scope(self.partnership.pk):
            return cases.visible_to(worker_of(agency)).filter(pk=self.case.pk).exists()

    def state(self) -> str:
        with tenant_scope(self.partnership.pk):
            return Consent.objects.get(pk=self.consent.pk).state


@pytest.fixture
def place(partnership):
    return Place(partnership)


def words_of(response):
    text = re.sub(r"<(script|style|head).*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


class TestWithdraw:
    def test_first_it_is_said_what_will_close(self, place):
        """CON-2: the confirm page names each agency and that the lead's keeps its record; nothing has happened yet."""
        response = place.lead().post(place.url("withdraw"), {"whom": "all", "told_by": TOLD})

        assert response.status_code == 200
        text = words_of(response)
        assert "Fernbank Academy can no longer see the case, its assessment or its documents" in text
        assert "Harbour Health can no longer see the case" in text
        assert f"You were told by {TOLD}" in text
        assert f"{place.scene.lead_agency} leads the case and keeps its own record of it" in text
        assert place.state() == ConsentState.IN_FORCE
        assert place.sees(place.school)

    def test_confirmed_it_closes(self, place):
        """CON-2: after the confirmation the named agencies are shut out, and the lead goes back to the case."""
        client = place.lead()
        response = client.post(place.url("withdraw"), {"whom": "all", "told_by": TOLD, "confirmed": "yes"}, follow=True)

        assert response.redirect_chain == [(place.case_url(), 302)]
        assert "Access has been closed" in words_of(response)
        assert f"Told by {TOLD}" in words_of(response)
        assert not place.sees(place.school)
        assert not place.sees(place.health)

    def test_the_confirm_page_carries_what_was_entered(self, place):
        """Two steps without script: what was typed travels with the page, and can be changed."""
        client = place.lead()
        entered = {"whom": "some", "agencies": [str(place.health.pk)], "told_by": "<Ruth> “by phone” 🌻"}
        page = client.post(place.url("withdraw"), entered).content.decode()
        hidden = dict(re.findall(r'type="hidden" name="(whom|agencies|told_by)" value="([^"]*)"', page))
        assert hidden["agencies"] == str(place.health.pk)
        assert "<Ruth>" not in page

        changed = client.post(place.url("withdraw"), {**entered, "change": "yes"})
        assert changed.status_code == 200
        assert "&lt;Ruth&gt;" in changed.content.decode()
        assert "There is a problem" not in words_of(changed)

        client.post(place.url("withdraw"), {**entered, "confirmed": "yes"})
        assert place.sees(place.school)
        assert not place.sees(place.health)
        assert place.state() == ConsentState.IN_FORCE

    def test_what_stays_is_said_too(self, place):
        """CON-2: an agency that another consent names, and the one that leads, are told as staying."""
        with tenant_scope(place.partnership.pk):
            second = a_consent(place.scene, {place.school: SEE, place.scene.lead_agency: WORK, place.health: SEE})
            services.open_doors(by=place.scene.screener, consent_id=second.pk, case=place.case, people=place.people)
            services.withdraw(
                by=place.scene.lead_actor, consent_id=place.consent.pk, told_by=TOLD, agencies=[place.health]
            )
        text = words_of(place.lead().post(place.url("withdraw", second.pk), {"whom": "all", "told_by": TOLD}))
        assert "Fernbank Academy can still see the case, because another consent" in text
        assert f"{place.scene.lead_agency} is no longer named by this consent" in text
        assert "Harbour Health can no longer see the case" in text

    @pytest.mark.parametrize(
        ("entered", "sentence"),
        [
            ({"told_by": TOLD}, "Select whether this is for all agencies or some of them"),
            ({"whom": "all", "told_by": " "}, "Enter who told you"),
            ({"whom": "some", "told_by": TOLD}, "Select at least one agency"),
            ({"whom": "some", "agencies": ["x"], "told_by": TOLD}, "Select from the agencies shown"),
            ({"whom": "all", "told_by": "x" * 161}, "160 characters or fewer"),
        ],
    )
    def test_each_mistake_has_its_sentence(self, place, entered, sentence):
        """Bad input: 400, the sentence, the page marked as an error, and nothing closed."""
        response = place.lead().post(place.url("withdraw"), {**entered, "confirmed": "yes"})
        assert response.status_code == 400
        assert sentence in words_of(response)
        assert "<title>Error: " in response.content.decode()
        assert place.state() == ConsentState.IN_FORCE

    def test_sent_twice_the_second_is_told(self, place):
        """Bad input, the same form sent twice: 409 and nothing changed; looked at again, the page says it is done."""
        client = place.lead()
        entered = {"whom": "all", "told_by": TOLD, "confirmed": "yes"}
        client.post(place.url("withdraw"), entered)
        again = client.post(place.url("withdraw"), entered)
        assert again.status_code == 409
        assert "withdrawn this consent already" in words_of(again)
        looked = client.get(place.url("withdraw"))
        assert looked.status_code == 200
        assert "This consent is withdrawn" in words_of(looked)

    def test_with_one_agency_there_is_nothing_to_choose(self, place):
        """A question with one answer is not asked."""
        with tenant_scope(place.partnership.pk):
            services.withdraw(
                by=place.scene.lead_actor, consent_id=place.consent.pk, told_by=TOLD, agencies=[place.health]
            )
        page = place.lead().get(place.url("withdraw")).content.decode()
        assert 'name="whom"' not in page
        place.lead().post(place.url("withdraw"), {"told_by": TOLD, "confirmed": "yes"})
        assert place.state() == ConsentState.WITHDRAWN

    def test_a_hub_manager_records_it_without_seeing_the_family(self, place):
        """CON-2: a family can always reach the hub; its manager sees the consent and not the case."""
        client = place.client(place.scene.hub, Role.HUB_MANAGER)
        page = client.get(place.url("withdraw"))
        assert place.case.reference in words_of(page)
        assert "Amy" not in words_of(page)
        response = client.post(place.url("withdraw"), {"whom": "all", "told_by": TOLD, "confirmed": "yes"}, follow=True)
        assert response.redirect_chain == [(place.url("withdraw"), 302)]
        assert "This consent is withdrawn" in words_of(response)

    @pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.MANAGER, Role.ADMINISTRATOR, Role.SCREENER])
    def test_others_are_told_whom_to_ask(self, place, role):
        """CON-2: another agency's worker cannot record it, and is told who can."""
        response = place.client(place.school, role).get(place.url("withdraw"))
        assert response.status_code == 403
        assert "by the agency that leads the case or by a manager of the hub" in words_of(response)
        assert "Ruth" not in words_of(response)

    def test_across_the_wall_it_is_not_there(self, place):
        """ACC-6: another partnership's consent answers as one that nobody recorded."""
        there = Place(make_partnership())
        client = place.lead()
        forbidden = client.get(place.url("withdraw", there.consent.pk))
        missing = client.get(place.url("withdraw", new_id()))
        assert forbidden.status_code == missing.status_code == 404
        assert forbidden.content == missing.content

    def test_looking_is_written_down(self, place):
        """FAM-8: the page shows who gave consent, so each look at it is logged."""
        place.lead().get(place.url("withdraw"))
        with tenant_scope(place.partnership.pk):
            assert AccessEntry.objects.filter(subject_id=place.consent.pk, case_id=place.case.pk).count() == 1

    def test_the_case_page_offers_it_to_those_who_may(self, place):
        """Screens: the link stands where one can use it, and nowhere else."""
        assert place.url("withdraw") in place.lead().get(place.case_url()).content.decode()
        theirs = place.client(place.health).get(place.case_url()).content.decode()
        assert place.url("withdraw") not in theirs
        assert place.url("record") not in theirs


def entered_of(place, **more) -> dict:
    today = clock.today()
    return {
        "given_by": "Ruth Adeyemi, mother",
        "people": [str(place.people[0].pk), str(place.people[1].pk)],
        "agencies": [str(place.school.pk)],
        "workers": [str(place.health.pk)],
        "information": ["family", "health"],
        "how": "spoken",
        "witness": "Sol Benn",
        "paper_kept_at": "",
        "given_on_day": str(today.day),
        "given_on_month": str(today.month),
        "given_on_year": str(today.year),
        "ends_on_day": "",
        "ends_on_month": "",
        "ends_on_year": "",
        **more,
    }


@pytest.fixture
def withdrawn(place):
    """The same place after the family took everything back."""
    with tenant_scope(place.partnership.pk):
        services.withdraw(by=place.scene.lead_actor, consent_id=place.consent.pk, told_by=TOLD)
    return place


class TestRecord:
    def test_a_new_consent_opens_the_case_again(self, withdrawn):
        """CON-2: named agencies are let in at their level, to know about those whom the consent is about."""
        response = withdrawn.lead().post(withdrawn.url("record"), entered_of(withdrawn), follow=True)

        assert response.redirect_chain == [(withdrawn.case_url(), 302)]
        assert "the case is open to the agencies that it names" in words_of(response)
        with tenant_scope(withdrawn.partnership.pk):
            case = cases.visible_to(worker_of(withdrawn.school)).get()
            assert not cases.workable_by(worker_of(withdrawn.school)).exists()
            assert cases.workable_by(worker_of(withdrawn.health)).get() == case
            assert set(queries.covered([case.pk])[case.pk]) == {person.pk for person in withdrawn.people[:2]}

    def test_to_work_on_a_case_wins_over_to_see_it(self, withdrawn):
        """CON-1: an agency ticked in both lists may do both."""
        both = entered_of(withdrawn, agencies=[str(withdrawn.health.pk)])
        withdrawn.lead().post(withdrawn.url("record"), both)
        with tenant_scope(withdrawn.partnership.pk):
            assert cases.workable_by(worker_of(withdrawn.health)).exists()

    def test_the_page_begins_with_today_and_the_family(self, place):
        """Consent is mostly recorded the day it is given; the family's people and the agencies stand to choose."""
        page = place.lead().get(place.url("record")).content.decode()
        for words in (
            "Amy Adeyemi",
            "Ruth Adeyemi",
            "Fernbank Academy",
            "Harbour Health",
            f'value="{clock.today().year}"',
        ):
            assert words in page

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"given_by": ""}, "Enter who gave consent"),
            ({"people": []}, "Select at least one person"),
            ({"people": ["x"]}, "Select from the answers shown"),
            ({"information": []}, "Select at least one kind of information"),
            ({"how": ""}, "Select how consent was given"),
            ({"witness": ""}, "Enter who heard the family give consent."),
            ({"how": "paper"}, "Enter where the signed form is kept."),
            ({"agencies": [], "workers": []}, "Select at least one agency"),
            ({"given_on_year": "2099"}, "must be today or in the past"),
            ({"given_on_day": "31", "given_on_month": "2"}, "must be a real date"),
            (
                {"ends_on_day": "1", "ends_on_month": "1", "ends_on_year": "2020"},
                "must not be before the day it was given",
            ),
        ],
    )
    def test_each_mistake_has_its_sentence(self, withdrawn, more, sentence):
        """CON-1, bad input: the sentence, the words kept, and no door opened."""
        response = withdrawn.lead().post(withdrawn.url("record"), entered_of(withdrawn, **more))
        assert response.status_code == 400
        assert sentence in words_of(response)
        assert not withdrawn.sees(withdrawn.health)
        with tenant_scope(withdrawn.partnership.pk):
            assert Consent.objects.count() == 1

    @pytest.mark.parametrize("field", ["given_by", "witness"])
    def test_a_script_is_words(self, withdrawn, field):
        """Trust 17: what somebody types is shown as it is typed and never run."""
        payload = "<script>alert(1)</script>"
        client = withdrawn.lead()
        client.post(withdrawn.url("record"), entered_of(withdrawn, **{field: payload}))
        page = client.get(withdrawn.case_url()).content.decode()
        assert payload not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

    @pytest.mark.parametrize("role", list(Role))
    def test_who_may_record_one(self, place, role):
        """CON-1: those of the lead's agency who work with families; an agency let in to work on it may not."""
        may = {Role.PRACTITIONER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD}
        ours = place.client(place.scene.lead_agency, role).get(place.url("record"))
        assert ours.status_code == (200 if role in may else 403)
        assert place.client(place.health, role).get(place.url("record")).status_code == 403

    def test_across_the_wall_it_is_not_there(self, place):
        """ACC-6: another partnership's case answers as one that never was."""
        there = Place(make_partnership())
        client = place.lead()
        for key in (there.case.pk, new_id()):
            assert client.get(place.url("record", key)).status_code == 404
            assert client.post(place.url("record", key), entered_of(place)).status_code == 404


def test_a_consent_before_a_case_can_be_taken_back(place):
    """CON-2: recorded with an enquiry, it is withdrawn on the same page by the agency that recorded it."""
    with tenant_scope(place.partnership.pk):
        alone = a_consent(place.scene, {place.school: SEE, place.health: SEE})
    client = place.lead()
    url = place.url("withdraw", alone.pk)
    assert "what comes of this enquiry" in words_of(client.post(url, {"whom": "all", "told_by": TOLD}))
    done = client.post(url, {"whom": "all", "told_by": TOLD, "confirmed": "yes"}, follow=True)
    assert done.redirect_chain == [(url, 302)]
    assert "This consent is withdrawn" in words_of(done)


def test_the_panel_tells_one_agency_taken_back(place):
    """CON-2: the history of a consent stays on the case page, agency by agency, for the agency that leads."""
    with clock.at(clock.now() + dt.timedelta(minutes=1)), tenant_scope(place.partnership.pk):
        services.withdraw(by=place.scene.lead_actor, consent_id=place.consent.pk, told_by=TOLD, agencies=[place.health])
    text = words_of(place.lead().get(place.case_url()))
    assert re.search(r"Harbour Health: withdrawn \w{3} \d+ \w+ \d{4} at [\d:]+[ap]m, told by " + TOLD, text)
    assert "Fernbank Academy: see the case" in text
    theirs = words_of(place.client(place.school).get(place.case_url()))
    assert "Harbour Health" not in theirs
    assert TOLD not in theirs


def test_the_page_says_who_may_do_what_until_when(place):
    """CON-1, CON-2: an agency that may see longer than it may work is told with both days."""
    last_day = clock.today() + dt.timedelta(days=60)
    with tenant_scope(place.partnership.pk):
        services.record_for_case(
            by=place.scene.lead_actor,
            case_id=place.case.pk,
            people=place.people,
            **consent_said({place.school: WORK}, ends_on=last_day),
        )
        doors = {door.agency: door for door in cases.agencies_let_in(place.case)}
    assert doors[place.school] == cases.LetIn(place.school, None, True, last_day)
    assert doors[place.health] == cases.LetIn(place.health, None, True, None)
    text = words_of(place.lead().get(place.case_url()))
    assert re.search(rf"See it and work on it \(work on it until \w+ {last_day.day} {last_day:%B %Y}\)", text)
    assert "Leads the case" in text
