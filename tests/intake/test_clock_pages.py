"""Clocks on the queue, the screening and the sender's pages, and the way to a sender's letter (INT-4, INT-9)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts import services as accounts
from foundation.common import clock
from foundation.deadlines.models import Deadline
from foundation.documents.models import Document
from intake.models import Enquiry, Told
from tests import factories
from tests.intake.browsing import Visitor
from tests.intake.places import Place
from tests.intake.test_clocks import MAUNDY, TUESDAY_FIVE
from tests.intake.test_screening_pages import decision, text_of
from tests.markup import Markup


@pytest.fixture
def limited(site: Place) -> Place:
    with site.scope():
        site.limits()
    return site


@pytest.fixture
def screener(limited: Place) -> Visitor:
    return Visitor(limited, "screener")


def sent(site: Place, at: dt.datetime = MAUNDY) -> Enquiry:
    with clock.at(at), site.scope():
        return site.enquiry()


def taken(site: Place, at: dt.datetime = MAUNDY) -> Enquiry:
    with clock.at(at), site.scope():
        return site.taken()


def without_sender(site: Place) -> Enquiry:
    """Taken, and its sender has left."""
    enquiry = taken(site)
    with site.scope():
        accounts.end_membership(by=site.actor("admin"), membership_id=site.members["teacher"].pk)
    return enquiry


NOTHING = {"decision": "no_further_action", "level": "1", "reason": "Support is in place."}


class TestQueue:
    def test_a_row_says_when_its_decision_is_due(self, limited: Place, screener: Visitor) -> None:
        """INT-4: with how much is left; the explanation is one click away and leads back to the enquiry."""
        enquiry = sent(limited)
        with clock.at(MAUNDY + dt.timedelta(hours=1)):
            page = Markup.of(screener.get("queue").content.decode())
            cell = page.text('td[data-label="Decision"]')
            assert "Tue 7 April 2026" in cell
            assert "1 working day left" in cell
            (link,) = page.all('td[data-label="Decision"] a')
            explained = screener.client.get(link.get("href"))
        words = text_of(explained)
        assert "1 working day from Thu 2 April 2026, Good Friday and Easter Monday left out" in words
        assert "Quillfeather" in words
        assert reverse("intake:open", args=[limited.partnership.slug, enquiry.pk]) in words

    def test_late_is_said_in_words_and_counted(self, limited: Place, screener: Visitor) -> None:
        """INT-4: never by colour alone; above it late, due today, waiting."""
        sent(limited)
        sent(limited, MAUNDY + dt.timedelta(days=5))
        with clock.at(TUESDAY_FIVE + dt.timedelta(hours=1)):
            page = text_of(screener.get("queue"))
            narrowed = screener.get("queue", "?state=late").context["page"].rows
        assert "late since 5pm today" in page
        assert "<strong>1</strong> late, <strong>0</strong> due today, <strong>2</strong> waiting" in page
        assert [row["enquiry"].received_at for row in narrowed] == [MAUNDY]

    def test_the_clock_that_began_first_stands_first(self, limited: Place, screener: Visitor) -> None:
        """INT-4: and so do those that are due first."""
        made = [sent(limited, MAUNDY + dt.timedelta(hours=hours)) for hours in (30, 2, 90)]
        with clock.at(MAUNDY + dt.timedelta(days=5)):
            rows = screener.get("queue").context["page"].rows
        assert [row["enquiry"] for row in rows] == [made[1], made[0], made[2]]
        with limited.scope():
            due = [Deadline.objects.get(subject_id=row["enquiry"].pk).due_at for row in rows]
        assert due == sorted(due)

    def test_without_a_policy_there_is_no_limit(self, site: Place) -> None:
        """CLK-1: and nothing about what is late."""
        with site.scope():
            site.enquiry()
        page = text_of(Visitor(site, "screener").get("queue"))
        assert "No limit" in page
        assert "due today," not in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_asks_as_often_for_three_as_for_one(self, limited: Place, screener: Visitor, rows: int) -> None:
        """Style: literal query count with 1 and 3 rows, each with its clock."""
        for _ in range(rows):
            sent(limited)
        with clock.at(MAUNDY):
            screener.get("queue")
            with CaptureQueriesContext(connection) as asked:
                page = screener.get("queue")
        assert all(row["clock"] for row in page.context["page"].rows)
        assert len([each for each in asked if "deadlines_deadline" in each["sql"]]) == 2  # counts, rows
        assert len(asked) == QUEUE_QUERIES, [each["sql"] for each in asked]


QUEUE_QUERIES = 19


class TestSender:
    def test_their_list_and_page_show_it(self, limited: Place) -> None:
        """CLK-2: until it is decided; then when it was."""
        enquiry = taken(limited)
        teacher = Visitor(limited, "teacher")
        with clock.at(MAUNDY):
            for page in (teacher.get("mine"), teacher.get("sent", enquiry_id=enquiry.pk)):
                assert "Tue 7 April 2026" in text_of(page)
                assert "1 working day left" in text_of(page)
        with clock.at(TUESDAY_FIVE), limited.scope():
            limited.decide(enquiry)
        with clock.at(TUESDAY_FIVE):
            listed = text_of(teacher.get("mine"))
            assert "Tue 7 April 2026 at 5pm" in listed
            assert "eh-clock" not in listed + text_of(teacher.get("sent", enquiry_id=enquiry.pk))

    def test_one_address_leads_each_to_their_own_page(self, limited: Place) -> None:
        """CLK-2: the hub to the screening, the sender and their overseers to theirs, nobody else anywhere."""
        enquiry = sent(limited)
        for who, page in (("screener", "enquiry"), ("hubmanager", "enquiry"), ("teacher", "sent"), ("head", "sent")):
            reader = Visitor(limited, who)
            assert reader.get("open", enquiry_id=enquiry.pk).url == reader.url(page, enquiry_id=enquiry.pk)
        for who in ("colleague", "visitor", "analyst"):
            assert Visitor(limited, who).get("open", enquiry_id=enquiry.pk).status_code == 404


class TestDecisionForm:
    def test_the_message_stands_there_before_it_is_sent(self, limited: Place, screener: Visitor) -> None:
        """Screens: outcome message shown before it is sent; what it shows is what goes."""
        enquiry = taken(limited)
        page = Markup.of(screener.get("enquiry", enquiry_id=enquiry.pk).content.decode())
        shown = page.text("section[aria-labelledby=will-be-told]")
        assert f"A decision was made on an enquiry that you sent ({enquiry.reference})" in shown
        assert "Idris Pemberton" in shown
        assert "Quillfeather" not in shown

    def test_it_says_beforehand_that_a_letter_will_be_needed(self, limited: Place, screener: Visitor) -> None:
        """INT-9."""
        enquiry = without_sender(limited)
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        assert "can no longer open this enquiry here, so no message is sent" in page
        assert screener.post("enquiry", NOTHING, enquiry_id=enquiry.pk).status_code == 302
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        assert "The message did not arrive: send a letter." in page
        assert "Idris Pemberton</bdi> can no longer open this enquiry here." in page

    def test_once_decided_it_says_how_far_the_message_is(self, limited: Place, screener: Visitor) -> None:
        """INT-9: on its way; the clock of telling stands on the page."""
        enquiry = taken(limited)
        assert screener.post("enquiry", decision(limited), enquiry_id=enquiry.pk).status_code == 302
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        assert "a message is on its way" in page
        assert "send a letter" not in page
        assert "Referrer told" in page
        assert "UNDEFINED" not in page

    def test_what_was_decided_long_ago_says_that_nothing_is_recorded(self, limited: Place, screener: Visitor) -> None:
        """INT-9: before this was kept; it can still be recorded."""
        enquiry = taken(limited)
        with limited.scope():
            limited.decide(enquiry)
            Told.objects.all().delete()
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        assert "Nothing is recorded of how the sender was told." in page
        assert "Make the letter" in page


class TestLetterAndRecord:
    def test_from_the_letter_to_its_record(self, limited: Place, screener: Visitor) -> None:
        """INT-9: asked for, posted, recorded: the page says so and the clock is met."""
        enquiry = without_sender(limited)
        screener.post("enquiry", NOTHING, enquiry_id=enquiry.pk)
        asked = screener.post("letter", enquiry_id=enquiry.pk)
        with limited.scope():
            letter = Document.objects.get()
        assert asked.url == reverse("documents:detail", args=[limited.partnership.slug, letter.pk])
        assert (letter.kind, letter.subject_id, letter.case_id) == ("decision-letter", enquiry.pk, None)
        page = text_of(screener.client.get(asked.url))
        assert reverse("intake:open", args=[limited.partnership.slug, enquiry.pk]) in page
        assert letter.reference in text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        form = screener.get("record_told", enquiry_id=enquiry.pk)
        assert enquiry.reference in text_of(form)
        today = clock.today()
        said = {
            "how": "letter", "told_on_day": today.day, "told_on_month": today.month, "told_on_year": today.year,
        }  # fmt: skip
        done = screener.post("record_told", said, enquiry_id=enquiry.pk)
        assert done.url == screener.url("enquiry", enquiry_id=enquiry.pk)
        page = text_of(screener.get("enquiry", enquiry_id=enquiry.pk))
        assert "told by letter, recorded by <bdi>Sorrel Nightingale</bdi>" in page
        assert "send a letter." not in page
        with limited.scope():
            assert Deadline.objects.get(kind="referrer_told").state == "met"

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({}, "Select how they were told"),
            ({"how": "pigeon"}, "Select one of the answers shown"),
            ({"how": "message"}, "Select one of the answers shown"),
            ({"how": "letter", "told_on_day": "31", "told_on_month": "2", "told_on_year": "2026"}, "real date"),
            (
                {"how": "letter", "told_on_day": "1", "told_on_month": "1", "told_on_year": "2020"},
                "before the decision",
            ),
            ({"how": "letter", "told_on_day": "1", "told_on_month": "1", "told_on_year": "2099"}, "in the past"),
        ],
    )
    def test_what_is_not_right_is_said_beside_its_field(
        self, limited: Place, screener: Visitor, said: dict, sentence: str
    ) -> None:
        """Bad input: 400 with a sentence, and nothing is kept."""
        enquiry = taken(limited)
        screener.post("enquiry", decision(limited), enquiry_id=enquiry.pk)
        answer = screener.post("record_told", said, enquiry_id=enquiry.pk)
        assert answer.status_code == 400
        assert sentence in text_of(answer)
        with limited.scope():
            assert not Told.objects.exclude(how="message").exists()

    def test_what_is_not_decided_has_nothing_to_tell(self, limited: Place, screener: Visitor) -> None:
        """Bad input: 409, page and buttons."""
        enquiry = taken(limited)
        for answer in (
            screener.get("record_told", enquiry_id=enquiry.pk),
            screener.post("record_told", {}, enquiry_id=enquiry.pk),
            screener.post("letter", enquiry_id=enquiry.pk),
        ):
            assert answer.status_code == 409
            assert "not decided yet" in text_of(answer)

    def test_only_the_hub_may_open_a_letter(self, limited: Place, screener: Visitor) -> None:
        """INT-9: nobody else knows of it, nor a hub elsewhere."""
        enquiry = taken(limited)
        screener.post("enquiry", decision(limited), enquiry_id=enquiry.pk)
        address = screener.post("letter", enquiry_id=enquiry.pk).url
        assert Visitor(limited, "screener2").client.get(address).status_code == 200
        for who in ("teacher", "head", "analyst"):
            assert Visitor(limited, who).client.get(address).status_code == 404
        with limited.scope():
            other = factories.make_member(role="screener", agency=factories.make_agency("Another hub"))
        assert (
            factories.sign_in(Client(), other.user, limited.partnership, other.agency).get(address).status_code == 404
        )
