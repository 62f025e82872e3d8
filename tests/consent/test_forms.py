"""The two forms of consent with every wrong answer, pages that have grown old, and the ways to them (CON-1, CON-2)."""

import re
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cases import queries as cases
from consent import services
from consent.enums import ConsentState
from consent.models import Consent, ConsentAgency
from foundation.accounts.enums import Role
from foundation.audit.models import AccessEntry
from foundation.common import clock
from foundation.tenancy.scope import tenant_scope
from tests.cases.making import SEE, WORK, a_consent, make_scene, opened, worker_of
from tests.factories import make_agency, make_member, make_partnership, sign_in
from tests.intake.browsing import Visitor
from tests.intake.places import make_place
from tests.markup import Markup, words

TOLD = "Ruth Adeyemi, on the telephone"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One opened case for the whole module, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            scene = make_scene()
            school, health = make_agency("Fernbank Academy"), make_agency("Harbour Health")
            case, people, consent = opened(scene, {school: SEE, health: WORK})
            hub_manager = make_member(role=Role.HUB_MANAGER, agency=scene.hub, name="Gwen Pike")
        yield SimpleNamespace(
            partnership=partnership, scene=scene, school=school, health=health,
            case=case, people=people, consent=consent, hub_manager=hub_manager,
            withdraw=reverse("consent:withdraw", args=[partnership.slug, consent.pk]),
            record=reverse("consent:record", args=[partnership.slug, case.pk]),
            page=reverse("cases:detail", args=[partnership.slug, case.pk]),
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def place(built):
    """The same; what a test does to it is taken back."""
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def client(place):
    return sign_in(Client(), place.scene.lead.user, place.partnership, place.scene.lead_agency)


def in_scope(place, work):
    with tenant_scope(place.partnership.pk):
        return work()


def let_in(place) -> set:
    doors = in_scope(place, lambda: cases.agencies_let_in(place.case))
    return {door.agency for door in doors} - {place.scene.lead_agency}


def health_is_shut_out(place) -> None:
    """By a colleague, while somebody else's page stands open."""
    with tenant_scope(place.partnership.pk):
        services.withdraw(by=place.scene.lead_actor, consent_id=place.consent.pk, told_by=TOLD, agencies=[place.health])


def consents(place) -> int:
    return in_scope(place, Consent.objects.count)


def recorded(place, **more) -> dict:
    today = clock.today()
    return {
        "given_by": "Ruth Adeyemi, mother",
        "people": [str(place.people[0].pk)],
        "agencies": [str(place.school.pk)],
        "workers": [],
        "information": ["family"],
        "how": "paper",
        "witness": "",
        "paper_kept_at": "Family file",
        "given_on_day": str(today.day),
        "given_on_month": str(today.month),
        "given_on_year": str(today.year),
        "ends_on_day": "",
        "ends_on_month": "",
        "ends_on_year": "",
        **more,
    }


def beside(response, field: str) -> str:
    """The sentence that stands at a field, and in the summary with a link that leads to the field."""
    page = Markup.of(response.content)
    found = page.by_id(f"id_{field}_error")
    assert len(found) == 1, f"{len(found)} errors stand at {field}"
    sentence = words(found[0]).removeprefix("Error: ")
    links = [link for link in page.all(".govuk-error-summary a") if words(link) == sentence]
    assert links, f"the summary does not say: {sentence}"
    target = links[0].get("href").removeprefix("#")
    assert target.startswith(f"id_{field}"), target
    assert page.by_id(target), f"#{target} leads nowhere"
    assert words(page.one("title")).startswith("Error: ")
    return sentence


LONG = "x" * 161
HIDDEN = "Ruth\u202e Adeyemi"
OFF_THE_LIST, NONE_OF_THEM = "Select from the answers shown", "Select one of the answers shown"
GONE = "Select from the agencies shown: somebody may have recorded a withdrawal while this page was open"
RECORD_MISTAKES = [
    ("given_by", {"given_by": ""}, "Enter who gave consent"),
    ("given_by", {"given_by": " \u200b "}, "Enter who gave consent"),
    ("given_by", {"given_by": LONG}, "Who gave consent must be 160 characters or fewer. It has 161."),
    ("given_by", {"given_by": HIDDEN}, "hidden character in it that turns text around"),
    ("given_by", {"given_by": "Ruth\x00"}, "has a line break or a hidden character"),
    ("people", {"people": []}, "Select at least one person"),
    ("people", {"people": ["00000000-0000-7000-8000-000000000000"]}, OFF_THE_LIST),
    ("agencies", {"agencies": []}, "Select at least one agency"),
    ("agencies", {"agencies": ["x"]}, OFF_THE_LIST),
    ("workers", {"workers": ["x"]}, OFF_THE_LIST),
    ("information", {"information": []}, "Select at least one kind of information"),
    ("information", {"information": ["secrets"]}, OFF_THE_LIST),
    ("how", {"how": ""}, "Select how consent was given"),
    ("how", {"how": "by pigeon"}, NONE_OF_THEM),
    ("paper_kept_at", {"paper_kept_at": " "}, "Enter where the signed form is kept."),
    ("paper_kept_at", {"paper_kept_at": "x" * 201}, "Where the form is kept must be 200 characters or fewer."),
    ("witness", {"how": "spoken"}, "Enter who heard the family give consent."),
    ("witness", {"witness": LONG}, "The witness must be 160 characters or fewer. It has 161."),
    ("given_on", {"given_on_day": "", "given_on_month": "", "given_on_year": ""}, "Enter the date consent was given"),
    ("given_on", {"given_on_year": ""}, "must include a year"),
    ("given_on", {"given_on_day": "30", "given_on_month": "2"}, "must be a real date"),
    ("given_on", {"given_on_year": "2199"}, "The date consent was given must be today or in the past."),
    ("ends_on", {"ends_on_day": "1"}, "The last day must include a month and year"),
    ("ends_on", {"ends_on_day": "1", "ends_on_month": "1", "ends_on_year": "2001"}, "must not be before the day"),
]


@pytest.mark.parametrize(("field", "wrong", "sentence"), RECORD_MISTAKES)
def test_each_mistake_in_a_consent_stands_beside_its_field(place, client, field, wrong, sentence):
    """CON-1, bad input: 400, the sentence at the field and in the summary, the rest kept, and no door opened."""
    before = let_in(place)
    response = client.post(place.record, recorded(place, **wrong))
    assert response.status_code == 400
    assert sentence in beside(response, field)
    assert (let_in(place), consents(place)) == (before, 1)
    page = Markup.of(response.content)
    if field not in {"given_by"}:
        assert page.one('input[name="given_by"]').get("value") == "Ruth Adeyemi, mother"
    if field not in {"people"}:
        assert page.one(f'input[name="people"][value="{place.people[0].pk}"]').get("checked") is not None


def test_all_mistakes_are_told_at_once(place, client):
    """Bad input: an empty form says everything that is missing, each beside its field."""
    response = client.post(place.record, {"how": "paper"})
    fields = ("given_by", "people", "agencies", "information", "paper_kept_at", "given_on")
    assert [beside(response, field) for field in fields] == [
        "Enter who gave consent",
        "Select at least one person",
        "Select at least one agency",
        "Select at least one kind of information",
        "Enter where the signed form is kept.",
        "Enter the date consent was given",
    ]
    assert beside(client.post(place.record, {"how": "spoken"}), "witness") == "Enter who heard the family give consent."


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("whom", {"whom": ""}, "Select whether this is for all agencies or some of them"),
        ("whom", {"whom": "nobody"}, NONE_OF_THEM),
        ("agencies", {"whom": "some", "agencies": []}, "Select at least one agency"),
        ("agencies", {"whom": "some", "agencies": ["x"]}, GONE),
        ("told_by", {"told_by": ""}, "Enter who told you"),
        ("told_by", {"told_by": " \u200b"}, "Enter who told you"),
        ("told_by", {"told_by": LONG}, "Who told you must be 160 characters or fewer. It has 161."),
        ("told_by", {"told_by": HIDDEN}, "hidden character in it that turns text around"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"confirmed": "yes"}])
def test_each_mistake_in_a_withdrawal_stands_beside_its_field(place, client, field, wrong, sentence, step):
    """CON-2, bad input: at the first step and at the last, and nothing is closed."""
    before = let_in(place)
    response = client.post(place.withdraw, {"whom": "all", "told_by": TOLD, **wrong, **step})
    assert response.status_code == 400
    assert sentence in beside(response, field)
    assert let_in(place) == before == {place.school, place.health}


class TestSentAgain:
    def test_a_consent_sent_twice_is_recorded_once(self, place, client):
        """Bad input, the same form sent twice: the second press is told, with a way back, and opens nothing more."""
        first = client.post(place.record, recorded(place))
        again = client.post(place.record, recorded(place))
        assert (first.status_code, again.status_code) == (302, 409)
        assert "recorded for the case already" in words(Markup.of(again.content).one("main"))
        assert consents(place) == 2

    def test_back_and_on_again_after_a_withdrawal(self, place, client):
        """Two steps without script: back to the form and on again changes nothing until it is confirmed, once."""
        entered = {"whom": "all", "told_by": TOLD}
        for _ in range(2):
            assert client.get(place.withdraw).status_code == 200
            assert "Check what will close" in client.post(place.withdraw, entered).content.decode()
        assert let_in(place) == {place.school, place.health}
        assert client.post(place.withdraw, {**entered, "confirmed": "yes"}).status_code == 302
        for late in ({"change": "yes"}, {}, {"confirmed": "yes"}):
            assert client.post(place.withdraw, {**entered, **late}).status_code == 409
        assert "This consent is withdrawn" in client.get(place.withdraw).content.decode()

    def test_first_some_then_all(self, place, client):
        """CON-2: one agency today, the rest tomorrow; the second page asks no more which."""
        client.post(
            place.withdraw, {"whom": "some", "agencies": [str(place.health.pk)], "told_by": TOLD, "confirmed": "yes"}
        )
        assert let_in(place) == {place.school}
        page = client.get(place.withdraw).content.decode()
        assert 'name="whom"' not in page
        assert "Harbour Health" not in words(Markup.of(page).one("main"))
        client.post(place.withdraw, {"told_by": TOLD, "confirmed": "yes"})
        assert let_in(place) == set()

    @pytest.mark.parametrize("step", [{}, {"confirmed": "yes"}])
    def test_a_page_grown_old_closes_no_more_than_was_chosen_on_it(self, place, client, step):
        """CON-2: chosen for health alone, while a colleague was quicker: the school, which nobody chose, stays."""
        health_is_shut_out(place)
        entered = {"whom": "some", "agencies": [str(place.health.pk)], "told_by": TOLD, **step}
        response = client.post(place.withdraw, entered)
        assert response.status_code == 400
        assert beside(response, "agencies") == GONE
        assert let_in(place) == {place.school}

    def test_chosen_for_all_it_closes_what_is_left(self, place, client):
        """CON-2: whoever withdrew the whole consent meant every agency that it still names."""
        health_is_shut_out(place)
        client.post(place.withdraw, {"whom": "all", "told_by": TOLD, "confirmed": "yes"})
        assert let_in(place) == set()

    def test_what_is_not_a_field_is_not_taken(self, place, client):
        """Trust 5: state, times, agency and partnership are the service's to write."""
        client.post(
            place.record,
            recorded(
                place, state="withdrawn", recorded_for=str(place.health.pk), privacy_notice="9", id=str(place.case.pk),
                partnership="other", recorded_by="1", withdrawn_at="2026-01-01", case=str(place.consent.pk),
            ),
        )  # fmt: skip
        made = in_scope(place, lambda: Consent.objects.exclude(pk=place.consent.pk).get())
        assert (made.state, made.recorded_for_id) == (ConsentState.IN_FORCE, place.scene.lead_agency.pk)
        assert (made.privacy_notice, made.case_id) == (place.partnership.privacy_notice, place.case.pk)
        assert made.withdrawn_at is None
        assert in_scope(place, lambda: ConsentAgency.objects.filter(consent=made).get().agency_id) == place.school.pk


class TestLooks:
    @pytest.mark.parametrize("entered", [None, {}, {"whom": "all", "told_by": TOLD}])
    def test_each_page_of_a_withdrawal_is_a_look(self, place, client, entered):
        """FAM-8: the form, the form with its errors and the page before the act show who gave consent, or to whom."""
        client.get(place.withdraw) if entered is None else client.post(place.withdraw, entered)
        looks = in_scope(place, lambda: list(AccessEntry.objects.values_list("subject_id", "case_id", "agency_id")))
        assert looks == [(place.consent.pk, place.case.pk, place.scene.lead_agency.pk)]

    @pytest.mark.parametrize("entered", [None, {}])
    def test_the_page_that_lists_the_family_s_people_is_a_look(self, place, client, entered):
        """FAM-8: choosing whom a consent is about shows their names."""
        client.get(place.record) if entered is None else client.post(place.record, entered)
        looks = in_scope(place, lambda: list(AccessEntry.objects.values_list("subject_id", "case_id")))
        assert looks == [(place.case.pk, place.case.pk)]

    def test_no_cache_keeps_any_of_it(self, place, client):
        """Trust 1: what a family agreed to is kept by no browser and no proxy, and has no tag to ask by."""
        for url in (place.withdraw, place.record, place.page):
            response = client.get(url)
            assert response["Cache-Control"] == "no-store, private"
            assert not response.has_header("ETag")
            assert not response.has_header("Last-Modified")

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_no_other_method_does_anything(self, place, client, method):
        """Trust 1: reading and sending a form are all that these pages know."""
        for url in (place.withdraw, place.record):
            assert getattr(client, method)(url).status_code == 405
        assert let_in(place) == {place.school, place.health}

    def test_a_form_from_elsewhere_is_refused(self, place):
        """ASVS: without its token a withdrawal that another site sends does nothing."""
        strict = Client(enforce_csrf_checks=True)
        sign_in(strict, place.scene.lead.user, place.partnership, place.scene.lead_agency)
        response = strict.post(place.withdraw, {"whom": "all", "told_by": TOLD, "confirmed": "yes"})
        assert response.status_code in {400, 403}
        assert let_in(place) == {place.school, place.health}


class TestHubManager:
    @pytest.fixture
    def hub(self, place):
        return sign_in(Client(), place.hub_manager.user, place.partnership, place.scene.hub)

    def test_the_manager_learns_no_more_than_the_consent_says(self, place, hub):
        """CON-2: reference, giver, agencies; nobody of the family, no address, no lead, on any page of it."""
        for response in (hub.get(place.withdraw), hub.post(place.withdraw, {"whom": "all", "told_by": TOLD})):
            page = response.content.decode()
            for kept in ("Amy", "Tom Adeyemi", "Larch Row", "01632", "Sol Benn"):
                assert kept not in page
            assert place.page not in page

    def test_the_case_stays_shut_to_the_manager(self, place, hub):
        """CON-2: to record a withdrawal is not to be let in."""
        assert hub.get(place.page).status_code == 403
        assert hub.get(place.record).status_code == 403
        hub.post(place.withdraw, {"whom": "all", "told_by": TOLD, "confirmed": "yes"})
        assert hub.get(place.page).status_code == 403
        assert let_in(place) == set()

    def test_removed_from_the_hub_the_next_click_is_refused(self, place, hub):
        """ACC-3: a role that ended a moment ago records nothing."""
        assert hub.get(place.withdraw).status_code == 200
        place.hub_manager.ended_at = clock.now()
        in_scope(place, place.hub_manager.save)
        response = hub.post(place.withdraw, {"whom": "all", "told_by": TOLD, "confirmed": "yes"})
        assert response.status_code in {403, 404}
        assert let_in(place) == {place.school, place.health}


LINK = "Record that the family withdraws this consent"


@pytest.fixture
def door(built):
    """A front door, where enquiries become cases."""
    with transaction.atomic():
        yield make_place()
        transaction.set_rollback(True)


class TestWayThere:
    def decided(self, door):
        with door.scope():
            return door.decide(door.taken())

    def test_the_hub_manager_finds_it_on_the_enquiry(self, door):
        """CON-2: the family rings the hub; its manager goes from the enquiry to the withdrawal, case or none."""
        enquiry = self.decided(door)
        manager = Visitor(door, "hubmanager")
        page = manager.get("enquiry", enquiry_id=enquiry.pk)
        url = reverse("consent:withdraw", args=[door.partnership.slug, enquiry.consent_id])
        [link] = [a for a in Markup.of(page.content).all("a") if words(a) == LINK]
        assert link.get("href") == url
        assert manager.client.get(url).status_code == 200
        assert LINK not in Visitor(door, "screener").get("enquiry", enquiry_id=enquiry.pk).content.decode()

    def test_whoever_sent_it_finds_it_before_there_is_a_case(self, door):
        """CON-2: the agency that recorded the consent takes it back while the enquiry waits."""
        with door.scope():
            enquiry = door.enquiry()
        for who, finds in (("teacher", True), ("head", True)):
            page = Visitor(door, who).get("sent", enquiry_id=enquiry.pk).content.decode()
            assert (LINK in page) == finds, who

    def test_once_it_is_withdrawn_the_link_is_gone(self, door):
        """Screens: a link stands where one can use it."""
        enquiry = self.decided(door)
        with door.scope():
            services.withdraw(by=door.actor("hubmanager"), consent_id=enquiry.consent_id, told_by=TOLD)
        page = Visitor(door, "hubmanager").get("enquiry", enquiry_id=enquiry.pk).content.decode()
        assert LINK not in page
        assert "Withdrawn by the family on" in page

    def test_the_sender_s_agency_that_does_not_lead_is_offered_nothing(self, door):
        """CON-2: after the decision the agency that leads answers for the consent."""
        with door.scope():
            enquiry = door.taken(work=[door.school, door.health])
            door.decide(enquiry, lead_id=door.user("visitor").pk, agency_id=door.health.pk)
        assert LINK not in Visitor(door, "teacher").get("sent", enquiry_id=enquiry.pk).content.decode()


def test_every_text_of_a_consent_is_shown_as_words(place, client):
    """Trust 17: payloads in each box come back escaped, on the form and on the case page."""
    payload = '"><img src=x onerror=alert(1)>{{7*7}}'
    filled = recorded(place, given_by=payload, paper_kept_at=payload, witness=payload)
    wrong = client.post(place.record, {**filled, "how": ""}).content.decode()
    client.post(place.record, filled)
    page = client.get(place.page).content.decode()
    for shown in (wrong, page):
        assert "<img src=x" not in shown
        assert "{{7*7}}" in shown
        assert not re.search(r"(?<!\{)49(?!\d)", words(Markup.of(shown).one("main")))


def test_an_agency_shut_out_in_the_middle_of_reading_meets_the_refusal(place, client):
    """CON-2: every address of the case that stood on an open page answers 403, and names nobody."""
    member = in_scope(place, lambda: make_member(agency=place.school))
    reader = sign_in(Client(), member.user, place.partnership, place.school)
    page = Markup.of(reader.get(place.page).content)
    links = {link.get("href") for link in page.all("main a") if str(place.case.pk) in (link.get("href") or "")}
    client.post(place.withdraw, {"whom": "all", "told_by": TOLD, "confirmed": "yes"})
    for url in links | {place.page}:
        response = reader.get(url)
        assert response.status_code == 403
        assert "deyemi" not in response.content.decode()


def test_a_case_that_no_consent_covers_says_nobody(place, client):
    """CON-2: after everything was taken back the lead's page tells that each person is shared with nobody."""
    client.post(place.withdraw, {"whom": "all", "told_by": TOLD, "confirmed": "yes"})
    page = Markup.of(client.get(place.page).content)
    cells = [words(cell) for cell in page.all('td[data-label="Shared by consent with"]')]
    assert cells == ["Nobody"] * 3
    assert in_scope(place, lambda: not cases.visible_to(worker_of(place.school)).exists())


def test_a_consent_of_an_enquiry_says_what_it_closes_without_a_case(place, client):
    """CON-2: before a decision there is no case to speak of, and the page speaks of the enquiry."""
    alone = in_scope(place, lambda: a_consent(place.scene, {place.school: SEE, place.health: SEE}))
    url = reverse("consent:withdraw", args=[place.partnership.slug, alone.pk])
    main = words(Markup.of(client.post(url, {"whom": "all", "told_by": TOLD}).content).one("main"))
    assert "Fernbank Academy can no longer see what comes of this enquiry" in main
    assert "leads the case" not in main
