"""The queue, the screening page and what the sender sees afterwards."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import services as consents
from foundation.audit.models import AccessEntry
from foundation.common import clock
from intake import queries, services
from intake.models import Enquiry
from tests import factories
from tests.intake.browsing import Visitor
from tests.intake.places import make_place

MORNING = dt.datetime(2026, 3, 30, 9, 14, tzinfo=clock.LONDON)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def screener(site) -> Visitor:
    return Visitor(site, "screener")


def waiting(site, **pages) -> Enquiry:
    with site.scope():
        return site.enquiry(**pages)


def taken(site, **pages) -> Enquiry:
    with site.scope():
        return site.taken(**pages)


def decision(site, **changes) -> dict:
    """What the screening form sends: an EHA led by the teacher."""
    return {
        "decision": "eha_required",
        "level": "2",
        "reason": "Several needs.",
        "lead": str(site.members["teacher"].pk),
    } | changes


class TestQueue:
    def test_a_row_says_what_a_screener_needs_and_no_more(self, site, screener):
        """INT-4: age with its moment, needs, risk words, agency, who has it; never the story, nor a name."""
        with clock.at(MORNING):
            waiting(site, story={"worries": "He was seen with a machete near the school."})
        with clock.at(MORNING + dt.timedelta(hours=2)):
            page = text_of(screener.get("queue"))
        row = page[page.index("<tbody") : page.index("</tbody>")]
        for words in ("2 hours ago", "Mon 30 March 2026 at 9:14am", "School attendance", "machete", "Fernbank Primary"):
            assert words in row
        assert "Nobody" in row
        for kept_back in ("near the school", "Quillfeather", "Tamsin", "Larkspur"):
            assert kept_back not in page

    def test_oldest_first_and_page_by_page(self, site, screener):
        """INT-4: by key, 25 a page, nothing twice and nothing left out."""
        with clock.at(MORNING), site.scope():
            newest = site.enquiry()
            made = [newest] + [
                Enquiry.objects.create(
                    reference=f"EN-{number}", draft_key=uuid.uuid4(),
                    received_at=MORNING - dt.timedelta(minutes=number),
                    sent_by=newest.sent_by, sent_for=site.school, consent=newest.consent,
                    family_name="Quillfeather", worries="…", needs=["housing"],
                )
                for number in range(1, 30)
            ]  # fmt: skip
        first = screener.get("queue")
        assert [row["enquiry"].pk for row in first.context["page"].rows] == [each.pk for each in made[:4:-1]]
        second = screener.get("queue", f"?after={first.context['page'].next}")
        assert [row["enquiry"].pk for row in second.context["page"].rows] == [each.pk for each in made[4::-1]]
        assert "<strong>30</strong> waiting" in text_of(second)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_queue_asks_the_same_few_questions_however_long_it_is(self, site, screener, rows):
        """Style: literal query count with 1 and 3 rows."""
        with site.scope():
            for _ in range(rows):
                site.taken()
        screener.get("queue")
        with CaptureQueriesContext(connection) as asked:
            page = screener.get("queue")
        assert len(page.context["page"].rows) == rows
        own = [each["sql"] for each in asked if "intake_" in each["sql"] or 'FROM "accounts_agency"' in each["sql"]]
        assert len(own) == 4, own  # hat's agency, agencies of the filter, counts, rows
        assert len(asked) == QUEUE_QUERIES, [each["sql"] for each in asked]

    def test_filters_narrow_and_are_kept(self, site, screener):
        """INT-4: in the address, and the next time without it; cleared by one link."""
        with site.scope():
            school, health = site.enquiry(), site.enquiry("visitor", work=[site.health], story={"needs": ["housing"]})
            mine = site.taken()

        def shown(query=""):
            return {row["enquiry"].pk for row in screener.get("queue", query).context["page"].rows}

        assert shown() == {school.pk, health.pk, mine.pk}
        assert shown("?state=waiting") == {school.pk, health.pk}
        assert shown("?state=mine") == {mine.pk}
        assert shown("?state=taken") == {mine.pk}
        assert shown("?need=housing") == {health.pk}
        assert shown() == {health.pk}
        assert shown(f"?agency={site.school.pk}") == {school.pk, mine.pk}
        assert shown("?state=decided") == set()
        assert "Show all that are not decided" in text_of(screener.get("queue"))
        assert shown("?state=open") == {school.pk, health.pk, mine.pk}

    @pytest.mark.parametrize("query", ["?state=nonsense", "?agency=1", "?need=%00", "?after=forged", "?agency=%F0%9F"])
    def test_an_address_typed_by_hand(self, site, screener, query):
        """Bad input: what is not a choice narrows nothing, and breaks nothing."""
        enquiry = waiting(site)
        assert [row["enquiry"].pk for row in screener.get("queue", query).context["page"].rows] == [enquiry.pk]

    def test_an_empty_queue_teaches(self, screener):
        """Screens: what will appear here."""
        assert "stand here as soon as they are sent" in text_of(screener.get("queue"))

    def test_counts_are_bounded(self, site, monkeypatch):
        """Architecture §4: counts stop somewhere, and say so."""
        with site.scope():
            for _ in range(3):
                site.enquiry()
            monkeypatch.setattr(queries, "COUNT_BOUND", 2)
            counts = queries.queue_counts(site.actor("screener"))
        assert (counts.waiting, counts.more) == (3, True)

    @pytest.mark.parametrize("who", ["teacher", "head", "visitor", "analyst", "admin"])
    def test_nobody_but_the_hub(self, site, who):
        """Practice model §2: pages and buttons alike."""
        enquiry = waiting(site)
        other = Visitor(site, who)
        assert other.get("queue").status_code == 403
        assert other.get("enquiry", enquiry_id=enquiry.pk).status_code == 403
        assert other.post("enquiry", decision(site), enquiry_id=enquiry.pk).status_code == 403
        for button in ("take", "give_back"):
            assert other.post(button, enquiry_id=enquiry.pk).status_code == 403
        assert other.post("take_oldest").status_code == 403
        assert "Queue" not in text_of(other.get("start"))

    def test_another_partnerships_hub(self, site):
        """Trust 1: not there, page and buttons."""
        enquiry = waiting(site)
        stranger = Visitor(make_place(), "hubmanager")
        assert stranger.get("enquiry", enquiry_id=enquiry.pk).status_code == 404
        assert stranger.get("sent", enquiry_id=enquiry.pk).status_code == 404
        for button in ("take", "give_back", "enquiry"):
            assert stranger.post(button, decision(site), enquiry_id=enquiry.pk).status_code == 404
        assert not stranger.get("queue").context["page"].rows


# The request's own: savepoint and session, user, memberships, the scope's settings, hats.
QUEUE_QUERIES = 19


class TestTakeButtons:
    def test_take_leads_to_the_enquiry(self, site, screener):
        """INT-4."""
        enquiry = waiting(site)
        assert screener.post("take", enquiry_id=enquiry.pk).url == screener.url("enquiry", enquiry_id=enquiry.pk)
        assert "You have had it since" in text_of(screener.get("enquiry", enquiry_id=enquiry.pk))

    def test_take_the_oldest(self, site, screener):
        """INT-4; nothing waits: back to the queue with a sentence."""
        with clock.at(MORNING + dt.timedelta(hours=1)):
            waiting(site)
        with clock.at(MORNING):
            oldest = waiting(site)
        assert screener.post("take_oldest").url == screener.url("enquiry", enquiry_id=oldest.pk)
        screener.post("take_oldest")
        assert screener.post("take_oldest").url == screener.url("queue")
        assert "Nothing is waiting to be screened." in text_of(screener.get("queue"))

    def test_nothing_is_offered_where_nothing_waits(self, site, screener):
        """INT-4: the button stands above the queue while there is something to take."""
        with clock.at(MORNING):
            waiting(site)
            assert "Take the oldest" in text_of(screener.get("queue"))
            screener.post("take_oldest")
            assert "Take the oldest" not in text_of(screener.get("queue"))

    def test_the_second_gets_a_page_that_says_who_has_it(self, site):
        """Bad input: 409, who and since when."""
        with clock.at(MORNING):
            enquiry = taken(site)
        answer = Visitor(site, "screener2").post("take", enquiry_id=enquiry.pk)
        assert answer.status_code == 409
        words = "Sorrel Nightingale has been screening this enquiry since Mon 30 March 2026 at 9:14am."
        assert words in text_of(answer)

    def test_only_a_hub_manager_is_offered_to_take_over(self, site):
        """Practice model §2."""
        enquiry = taken(site)
        assert "Take it over" not in text_of(Visitor(site, "screener2").get("enquiry", enquiry_id=enquiry.pk))
        manager = Visitor(site, "hubmanager")
        assert "Take it over" in text_of(manager.get("enquiry", enquiry_id=enquiry.pk))
        manager.post("take", {"over": "yes"}, enquiry_id=enquiry.pk)
        assert "You have had it since" in text_of(manager.get("enquiry", enquiry_id=enquiry.pk))
        assert Visitor(site, "screener2").post("take", {"over": "yes"}, enquiry_id=enquiry.pk).status_code == 403

    def test_give_back(self, site, screener):
        """INT-4."""
        enquiry = taken(site)
        assert screener.post("give_back", enquiry_id=enquiry.pk).url == screener.url("queue")
        assert f"{enquiry.reference} is back in the queue." in text_of(screener.get("queue"))
        assert Visitor(site, "screener2").get("enquiry", enquiry_id=enquiry.pk).status_code == 200


class TestScreening:
    def test_everything_stands_on_one_page(self, site, screener):
        """Screens: as told, what is known, the decision below."""
        enquiry = taken(site, see=[site.health], story={"worries": "She carries a knife."})
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        order = ["As told by Idris Pemberton, Fernbank Primary", "What is known", "Your decision"]
        assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
        for words in (
            "She carries a knife.", "Tamsin Quillfeather", "943 476 5919", "A breakfast club place",
            "Spoken, with a witness: Ms Adeyemi, pastoral lead", "In force, no end set", "Fernshire Health Visiting",
            "2: Targeted early help", "Idris Pemberton (Fernbank Primary)", "Lead professional",
        ):  # fmt: skip
            assert words in page, words
        assert "UNDEFINED" not in page

    def test_only_those_who_may_lead_are_offered(self, site, screener):
        """CON-2: practitioners of agencies that may work on it, each once."""
        with site.scope():
            team = factories.make_team(site.school, "Pastoral team")
            factories.make_member(team=team, user=site.user("teacher"))
        enquiry = taken(site, see=[site.health])
        form = screener.get("enquiry", enquiry_id=enquiry.pk).context["form"]
        assert [words for _key, words in form.fields["lead"].choices] == [
            "Choose",
            "Idris Pemberton (Fernbank Primary, Pastoral team)",
            "Idris Pemberton (Fernbank Primary)",
            "Marlo Finch (Fernbank Primary)",
        ]

    def test_a_decision_shows_its_result(self, site, screener):
        """INT-7: on the same page."""
        enquiry = taken(site)
        answer = screener.post("enquiry", decision(site), enquiry_id=enquiry.pk)
        page = text_of(screener.client.get(answer.url))
        assert "Your decision is recorded: Early Help Assessment required. A case has been opened." in page
        with site.scope():
            assert Enquiry.objects.get().case.reference in page
        assert "What was decided" in page
        assert "Your decision</h2>" not in page

    def test_no_further_action_needs_no_lead(self, site, screener):
        """INT-7."""
        enquiry = taken(site)
        screener.post("enquiry", decision(site, decision="no_further_action", lead=""), enquiry_id=enquiry.pk)
        with site.scope():
            enquiry = Enquiry.objects.get()
        assert (enquiry.decision, enquiry.case_id) == ("no_further_action", None)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"decision": ""}, "Choose a decision"),
            ({"level": ""}, "Choose a level of need"),
            ({"reason": "  "}, "Give the reason for the decision"),
            ({"reason": "x" * 2_097_152}, "The reason must be 10,000 characters or fewer"),
            ({"lead": ""}, "Choose who will lead"),
            ({"lead": "visitor"}, "Select one of the answers shown"),
            ({"decision": "panel"}, "Select one of the answers shown"),
        ],
    )
    def test_each_wrong_answer_has_its_sentence(self, site, screener, change, sentence):
        """Bad input: beside its field and in the summary; nothing is decided."""
        enquiry = taken(site, see=[site.health])
        if change.get("lead") == "visitor":
            change = {"lead": str(site.members["visitor"].pk)}
        answer = screener.post("enquiry", decision(site, **change), enquiry_id=enquiry.pk)
        assert answer.status_code == 400
        assert text_of(answer).count(sentence) == 2
        with site.scope():
            assert Enquiry.objects.get().state == "taken"

    def test_what_another_has_taken(self, site):
        """Bad input: 409 that says who, before anything about the form."""
        enquiry = taken(site)
        for data in (decision(site), {}):
            answer = Visitor(site, "screener2").post("enquiry", data, enquiry_id=enquiry.pk)
            assert answer.status_code == 409
            assert "Sorrel Nightingale has been screening this enquiry since" in text_of(answer)

    def test_decided_twice(self, site, screener):
        """Bad input: the second press says that it is done."""
        enquiry = taken(site)
        screener.post("enquiry", decision(site), enquiry_id=enquiry.pk)
        answer = screener.post("enquiry", decision(site), enquiry_id=enquiry.pk)
        assert answer.status_code == 409
        assert "You decided this enquiry on" in text_of(answer)

    def test_a_consent_withdrawn_meanwhile(self, site, screener):
        """CON-2: the page says so, and the decision is refused beside it."""
        enquiry = taken(site)
        with site.scope():
            consents.withdraw(by=site.actor("teacher"), consent_id=enquiry.consent_id, told_by="Oriel, by telephone")
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        assert "The consent is not in force" in page
        assert "Withdrawn by the family on" in page
        answer = screener.post("enquiry", decision(site, lead=""), enquiry_id=enquiry.pk)
        assert answer.status_code == 400

    def test_earlier_enquiries_of_exactly_the_name(self, site, screener):
        """INT-5 comes later: until then only the same spelling is shown."""
        with site.scope():
            earlier = site.enquiry()
            other = site.enquiry(family={"family_name": "Quilfeather"})
            this = site.taken()
        page = text_of(screener.get("enquiry", enquiry_id=this.pk))
        assert earlier.reference in page
        assert other.reference not in page

    def test_looking_is_recorded(self, site, screener):
        """FAM-8: who looked at which enquiry; once a look, for the hub and for the sender."""
        enquiry = waiting(site)
        screener.get("enquiry", enquiry_id=enquiry.pk)
        Visitor(site, "teacher").get("sent", enquiry_id=enquiry.pk)
        with site.scope():
            looks = AccessEntry.objects.filter(subject_id=enquiry.pk).order_by("at")
            assert [look.user_id for look in looks] == [site.user("screener").pk, site.user("teacher").pk]


class TestAfterwards:
    def test_the_sender_sees_where_it_stands_and_the_outcome(self, site, screener):
        """INT-9's first form: on their own page."""
        teacher = Visitor(site, "teacher")
        enquiry = waiting(site)
        assert ">Waiting</strong>" in text_of(teacher.get("mine"))
        with site.scope():
            services.take_enquiry(by=site.actor("screener"), enquiry_id=enquiry.pk)
        assert "Being screened" in text_of(teacher.get("sent", enquiry_id=enquiry.pk))
        screener.post("enquiry", decision(site, reason="A plan with the school fits."), enquiry_id=enquiry.pk)
        page = text_of(teacher.get("sent", enquiry_id=enquiry.pk))
        for words in ("Early Help Assessment required", "2: Targeted early help", "A plan with the school fits."):
            assert words in page
        assert "Early Help Assessment required" in text_of(teacher.get("mine"))

    @pytest.mark.parametrize("who", ["colleague", "visitor", "analyst", "admin"])
    def test_others_do_not(self, site, who):
        """INT-4: what was sent stays between sender, their overseers and the hub."""
        enquiry = waiting(site)
        other = Visitor(site, who)
        assert other.get("sent", enquiry_id=enquiry.pk).status_code == 404
        assert other.get("confirmation", enquiry_id=enquiry.pk).status_code == 404

    def test_a_safeguarding_lead_sees_the_agencys(self, site):
        """Practice model §2: their own agency's."""
        enquiry = waiting(site)
        with site.scope():
            elsewhere = site.enquiry("visitor", work=[site.health])
        lead = Visitor(site, "head")
        assert lead.get("sent", enquiry_id=enquiry.pk).status_code == 200
        assert enquiry.reference in text_of(lead.get("mine"))
        assert elsewhere.reference not in text_of(lead.get("mine"))

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_asks_the_same_few_questions_however_long_it_is(self, site, rows):
        """Style: literal query count with 1 and 3 rows."""
        with site.scope():
            for _ in range(rows):
                site.enquiry()
        teacher = Visitor(site, "teacher")
        teacher.get("mine")
        with CaptureQueriesContext(connection) as asked:
            assert len(teacher.get("mine").context["page"].rows) == rows
        assert len([each for each in asked if "intake_" in each["sql"]]) == 2
        assert len(asked) == MINE_QUERIES, [each["sql"] for each in asked]

    def test_an_empty_list_teaches(self, site):
        """Screens: what will appear here."""
        assert "Enquiries that you send stand here" in text_of(Visitor(site, "teacher").get("mine"))


MINE_QUERIES = 17


class TestNavigation:
    def test_each_role_has_its_entries(self, site, screener):
        """Practice model §2."""
        writer = text_of(Visitor(site, "teacher").get("mine"))
        assert "My enquiries" in writer
        assert screener.url("queue") not in writer
        hub = text_of(screener.get("queue"))
        assert screener.url("start") not in hub
