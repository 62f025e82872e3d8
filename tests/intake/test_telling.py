"""The sender learns the decision, and what happens where no message reaches them (INT-9)."""

from __future__ import annotations

import contextlib
import datetime as dt
import smtplib
import uuid
from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from foundation.accounts import services as accounts
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.deadlines.models import Deadline
from foundation.notifications import kinds, posting
from foundation.notifications import services as notifications
from foundation.notifications.models import Mailing, Message
from foundation.outbox import services as outbox
from foundation.partnership.enums import ClockKind
from intake import queries, services, telling
from intake.models import Enquiry, Told
from tests import factories
from tests.intake.places import Place, make_place
from tests.notifications.fake_notify import KEY, TEMPLATE, FakeNotify

WEDNESDAY = dt.datetime(2026, 5, 13, 10, tzinfo=clock.LONDON)
LATER = WEDNESDAY + dt.timedelta(minutes=15)
SECRETS = ("Quillfeather", "Tamsin", "Oriel", "Larkspur", "attendance", "behaviour", "breakfast")


@pytest.fixture
def limited(site: Place) -> Place:
    """No scope is open: mail is carried outside any."""
    with site.scope():
        site.limits()
    return site


@pytest.fixture
def notify(settings) -> Iterator[FakeNotify]:
    """GOV.UK Notify as its client meets it, and the installation set to use it."""
    with FakeNotify() as server:
        settings.NOTIFY_KEY, settings.NOTIFY_TEMPLATE, settings.NOTIFY_URL = KEY, TEMPLATE, server.url
        yield server


def decided(site: Place, at: dt.datetime = WEDNESDAY, **pages) -> Enquiry:
    with clock.at(at), site.scope():
        return site.decide(site.taken(**pages))


def carry(site: Place, at: dt.datetime = LATER) -> None:
    """What the outbox carries by then."""
    with clock.at(at):
        outbox.deliver_due(partnership_id=site.partnership.pk, at_most=100)


def told(site: Place, enquiry: Enquiry) -> Told:
    """The only row."""
    with site.scope():
        return Told.objects.select_related("mailing").get(enquiry=enquiry)


def limit(site: Place, enquiry: Enquiry) -> Deadline:
    with site.scope():
        return Deadline.objects.get(subject_id=enquiry.pk, kind=ClockKind.REFERRER_TOLD)


def verbs_of(site: Place, enquiry: Enquiry) -> list[str]:
    with site.scope():
        entries = AuditEntry.objects.filter(subject_id=enquiry.pk).order_by("at", "id")
        return list(entries.values_list("verb", flat=True))


class TestMessage:
    def test_the_sender_gets_one_that_names_nobody(self, limited: Place) -> None:
        """INT-9: in the decision's transaction; a reference and a link, never a name or a concern."""
        enquiry = decided(limited)
        with limited.scope():
            message = Message.objects.get()
        assert (message.user, message.agency_id) == (limited.user("teacher"), limited.school.pk)
        assert (message.reference, message.subject_id, message.case_id) == (enquiry.reference, enquiry.pk, None)
        assert kinds.words(message) == "A decision was made on an enquiry that you sent"
        slug = limited.partnership.slug
        assert kinds.url(slug, message) == f"/{slug}/enquiries/sent/{enquiry.pk}/"
        assert message.params == {}
        row = told(limited, enquiry)
        assert (row.how, row.by, row.told_at, row.failed_at) == ("message", limited.user("screener"), None, None)

    def test_it_counts_once_the_mail_provider_has_it(self, limited: Place) -> None:
        """INT-9: until then the clock runs on."""
        enquiry = decided(limited)
        assert limit(limited, enquiry).state == "running"
        carry(limited)
        (letter,) = mail.outbox
        assert f"{telling.SENTENCE} ({enquiry.reference})" in letter.body
        for secret in SECRETS:
            assert secret not in letter.subject + letter.body
        row, one = told(limited, enquiry), limit(limited, enquiry)
        assert (row.told_at, row.mailing.state) == (LATER, "handed_over")
        assert (one.state, one.met_at, one.is_late) == ("met", LATER, False)
        assert verbs_of(limited, enquiry)[-2:] == ["enquiry.decided", "enquiry.told"]

    def test_a_decision_that_is_undone_tells_nobody(self, limited: Place) -> None:
        """INT-9: never told what was not decided."""
        with limited.scope():
            enquiry = limited.taken()
            with contextlib.suppress(RuntimeError), transaction.atomic():
                limited.decide(enquiry)
                assert Message.objects.exists()
                raise RuntimeError
            assert not Message.objects.exists()
            assert not Told.objects.exists()

    def test_who_read_it_before_the_mail_went_was_told(self, limited: Place) -> None:
        """INT-9: then the e-mail is dropped, and no letter is needed."""
        enquiry = decided(limited)
        read_at = WEDNESDAY + dt.timedelta(minutes=2)
        with clock.at(read_at), limited.scope():
            notifications.mark_read(by=limited.actor("teacher"), message_id=Message.objects.get().pk)
        carry(limited)
        row = told(limited, enquiry)
        assert (row.told_at, row.mailing.state) == (read_at, "dropped")
        assert limit(limited, enquiry).met_at == read_at

    def test_two_decisions_in_one_mail(self, limited: Place) -> None:
        """INT-9: a digest tells of both."""
        both = [decided(limited), decided(limited)]
        carry(limited)
        assert len(mail.outbox) == 1
        assert [told(limited, each).told_at for each in both] == [LATER, LATER]

    def test_who_wants_one_mail_a_day_is_told_in_the_morning(self, limited: Place) -> None:
        """INT-9: their own choice; until then the clock runs on."""
        with clock.at(WEDNESDAY), limited.scope():
            notifications.choose(by=limited.actor("teacher"), mail="daily")
        enquiry = decided(limited)
        carry(limited)
        assert (told(limited, enquiry).told_at, limit(limited, enquiry).state) == (None, "running")
        morning = (WEDNESDAY + dt.timedelta(days=1)).replace(hour=8, minute=1)
        with clock.at(morning):
            posting.sweep(limited.partnership.pk)
        carry(limited, morning)
        assert told(limited, enquiry).told_at == morning
        assert limit(limited, enquiry).met_at == morning

    def test_another_rooms_mail_is_none_of_ours(self, limited: Place) -> None:
        """INT-9: an e-mail without a decision in it changes nothing here."""
        with limited.scope():
            mailing = Mailing.objects.create(user=limited.user("teacher"), asked_at=WEDNESDAY)
            services.note_mailing(mailing=mailing)
            assert not Told.objects.exists()


class TestNotArrived:
    def test_an_address_that_bounces_from_decision_to_letter(self, limited: Place, notify: FakeNotify) -> None:
        """INT-9: handed over, then the provider says that there is no such address: the clock runs again, until a
        screener has recorded the letter.
        """
        enquiry = decided(limited)
        carry(limited)
        assert limit(limited, enquiry).state == "met"
        row = told(limited, enquiry)
        notify.post.becomes(str(row.mailing_id), "permanent-failure")
        with clock.at(LATER + dt.timedelta(minutes=5)):
            assert posting.look(limited.partnership.pk) == 1
        row, one = told(limited, enquiry), limit(limited, enquiry)
        assert (row.told_at, row.trouble, row.mailing.state) == (None, "bounced", "bounced")
        assert (one.state, one.met_at) == ("running", None)
        with clock.at(LATER + dt.timedelta(hours=1)), limited.scope():
            by = limited.actor("screener2")
            assert set(queries.queue(by, state="untold")) == {enquiry}
            assert queries.senders_not_told(by).number == 1, "My work says so"
            made = services.record_told(by=by, enquiry_id=enquiry.pk, how="letter", told_on=clock.today())
            assert not queries.queue(by, state="untold").exists()
            assert queries.senders_not_told(by).number == 0
        one = limit(limited, enquiry)
        assert (one.state, one.met_at, made.by) == ("met", LATER + dt.timedelta(hours=1), limited.user("screener2"))
        assert verbs_of(limited, enquiry)[-3:] == ["enquiry.told", "enquiry.not_told", "enquiry.told"]

    def test_an_address_that_the_mail_server_refuses_at_once(
        self, limited: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """INT-9: never handed over."""

        def refuse(self, messages):
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"5.1.1 unknown")})

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        enquiry = decided(limited)
        carry(limited)
        assert told(limited, enquiry).trouble == "bounced"
        assert limit(limited, enquiry).state == "running"

    def test_a_sender_who_has_left_by_the_decision(self, limited: Place) -> None:
        """INT-9: no message to an account that cannot open it; the hub hears at once."""
        with limited.scope():
            enquiry = limited.taken(work=[limited.health])
            accounts.end_membership(by=limited.actor("admin"), membership_id=limited.members["teacher"].pk)
            limited.decide(enquiry, lead_id=limited.user("visitor").pk, agency_id=limited.health.pk)
            assert not Message.objects.exists()
            assert set(queries.queue(limited.actor("screener"), state="untold")) == {enquiry}
        row = told(limited, enquiry)
        assert (row.trouble, row.told_at) == ("no_account", None)
        assert limit(limited, enquiry).state == "running"
        assert verbs_of(limited, enquiry)[-1] == "enquiry.not_told"
        seat = limited.members["screener"]
        page = factories.sign_in(Client(), seat.user, limited.partnership, seat.agency).get(
            f"/{limited.partnership.slug}/"
        )
        assert "1 sender not told of the decision</a>: no message reached them." in page.content.decode()

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_a_sender_who_leaves_before_the_mail_goes(self, limited: Place, elsewhere: bool) -> None:
        """INT-9: with no other place here, or with one in another agency, to which the enquiry is closed."""
        with clock.at(WEDNESDAY), limited.scope():
            enquiry = limited.decide(limited.taken(), decision="no_further_action")
            if elsewhere:
                factories.make_member(user=limited.user("teacher"), agency=limited.health)
            accounts.end_membership(by=limited.actor("admin"), membership_id=limited.members["teacher"].pk)
        carry(limited)
        assert told(limited, enquiry).trouble == "no_account"

    def test_a_sender_who_leaves_afterwards_was_told(self, limited: Place, notify: FakeNotify) -> None:
        """INT-9: the e-mail arrived, and then they left: nothing is taken back."""
        with clock.at(WEDNESDAY), limited.scope():
            enquiry = limited.decide(limited.taken(), decision="no_further_action")
        carry(limited)
        with clock.at(LATER), limited.scope():
            accounts.end_membership(by=limited.actor("admin"), membership_id=limited.members["teacher"].pk)
        notify.post.becomes(str(told(limited, enquiry).mailing_id), "delivered")
        with clock.at(LATER + dt.timedelta(minutes=5)):
            assert posting.look(limited.partnership.pk) == 1
        row = told(limited, enquiry)
        assert (row.told_at, row.trouble, row.mailing.state) == (LATER, "", "delivered")
        assert limit(limited, enquiry).state == "met"

    def test_a_failure_after_a_letter_leaves_the_clock_met(self, limited: Place, notify: FakeNotify) -> None:
        """INT-9: they were told otherwise already."""
        enquiry = decided(limited)
        carry(limited)
        with clock.at(LATER), limited.scope():
            services.record_told(
                by=limited.actor("screener"), enquiry_id=enquiry.pk, how="phone", told_on=clock.today()
            )
        with limited.scope():
            mailing = Mailing.objects.get()
        notify.post.becomes(str(mailing.pk), "technical-failure")
        with clock.at(LATER + dt.timedelta(minutes=5)):
            assert posting.look(limited.partnership.pk) == 1
        assert limit(limited, enquiry).state == "met"
        with limited.scope():
            assert dict(Told.objects.values_list("how", "trouble")) == {"message": "failed", "phone": ""}


class TestRecording:
    @pytest.mark.parametrize("how", ["letter", "phone", "in_person"])
    def test_each_way_meets_the_clock(self, limited: Place, how: str) -> None:
        """INT-9: at the day's noon where it was a day before."""
        enquiry = decided(limited)
        with clock.at(WEDNESDAY + dt.timedelta(days=1)), limited.scope():
            made = services.record_told(
                by=limited.actor("hubmanager"), enquiry_id=enquiry.pk, how=how, told_on=WEDNESDAY.date()
            )
        noon = WEDNESDAY.replace(hour=12)
        assert (made.how, made.told_at, limit(limited, enquiry).met_at) == (how, noon, noon)

    def test_the_day_of_a_decision_in_the_afternoon(self, limited: Place) -> None:
        """Bad input: never before the decision itself."""
        afternoon = WEDNESDAY.replace(hour=15)
        enquiry = decided(limited, afternoon)
        with clock.at(afternoon + dt.timedelta(days=1)), limited.scope():
            by = limited.actor("screener")
            made = services.record_told(by=by, enquiry_id=enquiry.pk, how="phone", told_on=WEDNESDAY.date())
        assert made.told_at == enquiry.decided_at

    def test_twice_is_once(self, limited: Place) -> None:
        """Bad input: the button pressed twice."""
        enquiry = decided(limited)
        with clock.at(LATER), limited.scope():
            by = limited.actor("screener")
            rows = {
                services.record_told(by=by, enquiry_id=enquiry.pk, how="letter", told_on=clock.today()).pk
                for _ in range(2)
            }
            assert len(rows) == 1
            assert enquiry.told.filter(how="letter").count() == 1

    @pytest.mark.parametrize(
        ("how", "days", "field"),
        [("message", 0, "how"), ("", 0, "how"), ("letter", 1, "told_on"), ("letter", -1, "told_on")],
    )
    def test_what_cannot_be(self, limited: Place, how: str, days: int, field: str) -> None:
        """Bad input: a message is recorded by the product alone; no day to come, none before the decision."""
        enquiry = decided(limited)
        day = WEDNESDAY.date() + dt.timedelta(days=days)
        with clock.at(LATER), limited.scope():
            by = limited.actor("screener")
            with pytest.raises(Invalid) as refused:
                services.record_told(by=by, enquiry_id=enquiry.pk, how=how, told_on=day)
        assert set(refused.value.fields) == {field}

    def test_only_the_hub_and_only_once_it_is_decided(self, limited: Place) -> None:
        """Practice model §2: letter and record alike."""
        with limited.scope():
            waiting = limited.enquiry()
        enquiry = decided(limited)
        acts = (
            lambda who, key: services.record_told(
                by=limited.actor(who), enquiry_id=key, how="letter", told_on=clock.today()
            ),
            lambda who, key: services.ask_for_letter(by=limited.actor(who), enquiry_id=key),
        )
        with limited.scope():
            for act in acts:
                for who in ("teacher", "head", "analyst", "admin"):
                    with pytest.raises(NotAllowed):
                        act(who, enquiry.pk)
                with pytest.raises(Clash, match="not decided yet"):
                    act("screener", waiting.pk)
                with pytest.raises(NotThere):
                    act("screener", uuid.uuid4())

    def test_another_partnerships_enquiry_is_not_there(self, limited: Place) -> None:
        """Trust 1."""
        enquiry = decided(limited)
        elsewhere = make_place()
        with elsewhere.scope(), pytest.raises(NotThere):
            services.ask_for_letter(by=elsewhere.actor("screener"), enquiry_id=enquiry.pk)

    def test_without_a_policy_it_is_recorded_all_the_same(self, site: Place) -> None:
        """CLK-1: no limit, no clock; the sender is told as ever."""
        enquiry = decided(site)
        carry(site)
        assert told(site, enquiry).told_at == LATER
        with site.scope():
            assert not Deadline.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"told_at": WEDNESDAY, "failed_at": WEDNESDAY, "trouble": "bounced"},
        {"failed_at": WEDNESDAY},
        {"trouble": "bounced"},
        {"how": "letter"},
    ],
)
def test_the_database_holds_each_row_whole(place: Place, broken: dict) -> None:
    """Architecture §5: told or not, a failure says why, and only a message is on its way."""
    enquiry = place.decide(place.taken())
    with pytest.raises(IntegrityError), transaction.atomic():
        Told.objects.filter(enquiry=enquiry).update(**broken)
