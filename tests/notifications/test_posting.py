"""One e-mail's way: claimed, handed over once, and what a crash at each point leaves (CLK-5, trust 10, trust 11)."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default as policy
from typing import Any

import pytest
from django.core import mail

from foundation.accounts import services as accounts
from foundation.accounts.models import Membership
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from foundation.notifications import channels, holding, posting, services
from foundation.notifications.channels import notify as notify_channel
from foundation.notifications.channels import smtp
from foundation.notifications.enums import MailingState, MailingVerb, Trouble
from foundation.notifications.models import Mailing
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.embedded.test_mail import Catcher
from tests.factories import actor_of, make_agency, make_user
from tests.notifications.fake_notify import FakeNotify
from tests.notifications.telling import deliver, mailings, member_in, messages, only, tell, work

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
LATER = START + dt.timedelta(minutes=3)


def caught(catcher: Catcher) -> list[EmailMessage]:
    files = sorted(catcher.folder.glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy) for file in files]  # type: ignore[misc]


def told_at(moment: dt.datetime, *members: Membership, **given: Any) -> None:
    with clock.at(moment):
        tell(*members, **given)


def verbs(partnership: Partnership) -> list[str]:
    with tenant_scope(partnership.pk):
        return list(
            AuditEntry.objects.filter(verb__startswith="mailing.").order_by("id").values_list("verb", flat=True)
        )


def test_an_e_mail_by_smtp_names_nobody(
    partnership: Partnership, member: Membership, catcher: Catcher, settings: Any
) -> None:
    """CLK-5, architecture §7: real SMTP; how many things wait, each with its link; no name, no concern."""
    told_at(START, member, what="plan")
    told_at(START, member)
    assert deliver(partnership, START) == 1
    (letter,) = caught(catcher)
    mailing = only(partnership)
    assert (mailing.state, mailing.channel, mailing.attempts) == (MailingState.HANDED_OVER, "smtp", 1)
    assert letter["Subject"] == "Early Help: 2 things wait for you"
    assert (letter["To"], letter["Message-ID"]) == (member.user.email, f"<{mailing.pk}@localhost>")
    assert (letter["Auto-Submitted"], letter.get_content_type()) == ("auto-generated", "text/plain")
    text = letter.get_content().replace("\r\n", "\n")
    assert f"2 things wait for you in Early Help, {partnership.name}." in text
    for message in messages(partnership):
        assert f"{message.params.get('what', 'review')} is due (EH-7KQ2-M9XD)\n" in text
        assert f"{settings.PUBLIC_ADDRESS}/{partnership.slug}/inbox/{message.pk}/\n" in text
        assert message.mailing_id == mailing.pk
    assert member.user.full_name not in letter.as_string()
    assert "UNDEFINED" not in text
    assert "&" not in text
    assert verbs(partnership) == [MailingVerb.CLAIMED, MailingVerb.HANDED_OVER]
    assert deliver(partnership, LATER) == 0


def test_a_flood_is_one_e_mail_that_lists_fifty(partnership: Partnership, member: Membership) -> None:
    """CLK-5: 300 messages, one e-mail, which says how many more there are."""
    for number in range(300):
        told_at(START, member, key=f"due:{number}")
    deliver(partnership, START)
    (letter,) = mail.outbox
    assert letter.subject == "Early Help: 300 things wait for you"
    assert letter.body.count("EH-7KQ2-M9XD") == 50
    assert "And 250 more in your inbox." in letter.body
    assert {message.mailing_id for message in messages(partnership)} == {only(partnership).pk}


def test_one_thing_is_one_thing(partnership: Partnership, member: Membership) -> None:
    """Pages: plain words."""
    told_at(START, member, reference="")
    deliver(partnership, START)
    (letter,) = mail.outbox
    assert letter.subject == "Early Help: 1 thing waits for you"
    assert letter.body.startswith("One thing waits for you in Early Help")
    assert "()" not in letter.body
    assert "more in your inbox" not in letter.body


def test_by_notify(partnership: Partnership, member: Membership, notify: FakeNotify) -> None:
    """Architecture §6: the official client, the mailing's id as reference, asked for before it is sent."""
    told_at(START, member)
    deliver(partnership, START)
    (sent,) = notify.post.sent
    mailing = only(partnership)
    assert (sent["reference"], sent["email_address"]) == (str(mailing.pk), member.user.email)
    assert sent["subject"] == "Early Help: 1 thing waits for you"
    assert (mailing.channel, mailing.provider_id) == ("notify", sent["id"])
    assert mailing.look_at == START + dt.timedelta(minutes=1)
    assert notify.post.asked == [f"/v2/notifications?reference={mailing.pk}"]


@pytest.mark.parametrize(
    ("owner", "name", "when", "sent_before"),
    [
        (channels, "chosen", "before", 0),  # claimed, and nothing more
        (notify_channel.NotifyChannel, "look_up", "after", 0),
        (notify_channel.NotifyChannel, "send", "after", 1),  # Notify has it, we do not know
        (services, "hand_over", "before", 1),
        (services, "hand_over", "after", 1),  # rolled back: the crash is inside the transaction
    ],
)
def test_a_worker_killed_at_any_point_sends_once_by_notify(
    partnership: Partnership, member: Membership, notify: FakeNotify, crash: Callable[..., Any],
    owner: Any, name: str, when: str, sent_before: int,
) -> None:  # fmt: skip
    """Trust 11: exactly once, wherever it dies; the next worker takes it when the lease has run out."""
    told_at(START, member)
    (mailing_id,) = work(partnership)
    with crash(owner, name, when):
        deliver(partnership, START)
    assert len(notify.post.sent) == sent_before
    assert only(partnership).state == MailingState.CLAIMED
    deliver(partnership, START + dt.timedelta(minutes=1))
    assert len(notify.post.sent) == sent_before, "still in the dead worker's hands"
    deliver(partnership, LATER)
    mailing = only(partnership)
    assert (mailing.state, mailing.attempts) == (MailingState.HANDED_OVER, 2)
    assert notify.post.references() == [str(mailing_id)]
    assert mailing.provider_id == notify.post.sent[0]["id"]
    assert work(partnership) == []


def test_killed_after_it_was_written_down_sends_nothing_more(
    partnership: Partnership, member: Membership, notify: FakeNotify, crash: Callable[..., Any]
) -> None:
    """Trust 11: between the last step and the outbox's own mark."""
    told_at(START, member)
    with crash(posting, "carry", "after"):
        deliver(partnership, START)
    assert only(partnership).state == MailingState.HANDED_OVER
    deliver(partnership, LATER)
    assert len(notify.post.sent) == 1
    assert (only(partnership).attempts, work(partnership)) == (1, [])


@pytest.mark.parametrize(("name", "when", "letters"), [("send", "before", 1), ("send", "after", 2)])
def test_a_worker_killed_by_smtp_repeats_one_message_id(
    partnership: Partnership, member: Membership, catcher: Catcher, crash: Callable[..., Any], name: str, when: str,
    letters: int,
) -> None:  # fmt: skip
    """Trust 11: at least once, and the repeated one has the same Message-ID and the same words."""
    told_at(START - dt.timedelta(minutes=2), member, what="plan")
    with clock.at(START - dt.timedelta(minutes=1)), tenant_scope(partnership.pk):  # read before: in neither of them
        services.mark_all_read(by=actor_of(member), until=START)
    told_at(START, member)
    with crash(smtp.SmtpChannel, name, when):
        deliver(partnership, START)
    with clock.at(LATER), tenant_scope(partnership.pk):  # read since: in both of them
        services.mark_all_read(by=actor_of(member), until=START)
    told_at(START + dt.timedelta(minutes=1), member)  # what comes meanwhile is another e-mail's
    deliver(partnership, LATER)
    first = min(mailings(partnership), key=lambda one: one.asked_at)
    repeated = [one for one in caught(catcher) if one["Message-ID"] == f"<{first.pk}@localhost>"]
    assert len(repeated) == letters
    assert len({one.get_content() for one in repeated}) == 1
    assert {one["Subject"] for one in repeated} == {"Early Help: 1 thing waits for you"}
    assert (first.attempts, first.state) == (2, MailingState.HANDED_OVER)
    assert len(caught(catcher)) == letters + 1


def test_a_service_that_accepts_and_hangs_up_is_asked_before_the_next_attempt(
    partnership: Partnership, member: Membership, notify: FakeNotify
) -> None:
    """Trust 11: the answer was lost, the e-mail was not; no lease stands in the way of the next attempt."""
    told_at(START, member)
    notify.post.broken = "silent"
    assert deliver(partnership, START) == 0
    assert (only(partnership).state, only(partnership).leased_until) == (MailingState.CLAIMED, START)
    notify.post.broken = ""
    assert deliver(partnership, START + dt.timedelta(seconds=15)) == 1
    assert len(notify.post.sent) == 1
    assert only(partnership).state == MailingState.HANDED_OVER


def test_a_service_that_is_down_is_tried_again(
    partnership: Partnership, member: Membership, notify: FakeNotify
) -> None:
    """Trust 10: later and later, by the outbox."""
    told_at(START, member)
    notify.post.broken = "500"
    assert deliver(partnership, START) == 0
    with tenant_scope(partnership.pk):
        waits = OutboxMessage.objects.get(topic=services.TOPIC)
        assert (waits.last_error, waits.attempts) == ("HTTPError", 1)
    notify.post.broken = ""
    assert deliver(partnership, START + dt.timedelta(minutes=1)) == 1
    assert len(notify.post.sent) == 1


def test_a_wrong_key_is_trouble_of_ours_not_of_the_address(
    partnership: Partnership, member: Membership, notify: FakeNotify, settings: Any
) -> None:
    """Architecture §6: the other side checks signature and service; nobody's address is called wrong for it."""
    told_at(START, member)
    good = settings.NOTIFY_KEY
    settings.NOTIFY_KEY = good[:-4] + "beef"
    assert deliver(partnership, START) == 0
    assert only(partnership).state == MailingState.CLAIMED
    settings.NOTIFY_KEY = good
    assert deliver(partnership, LATER) == 1
    assert len(notify.post.sent) == 1


def test_an_address_that_is_none_bounces_at_once(partnership: Partnership, notify: FakeNotify) -> None:
    """A lasting refusal is no reason to try again."""
    member = member_in(partnership, user=make_user(email="person@nowhere.invalid"))
    told_at(START, member)
    assert deliver(partnership, START) == 1
    mailing = only(partnership)
    assert (mailing.state, mailing.trouble, mailing.settled_at) == (
        MailingState.BOUNCED, Trouble.ADDRESS_REFUSED, START,
    )  # fmt: skip
    assert verbs(partnership) == [MailingVerb.CLAIMED, MailingVerb.BOUNCED]
    assert deliver(partnership, LATER) == 0


def test_two_workers_at_one_mailing_send_once(partnership: Partnership, member: Membership, notify: FakeNotify) -> None:
    """Trust 11: a second piece of work for one mailing is put off while the first has it, then finds it sent."""
    told_at(START, member)
    (mailing_id,) = work(partnership)
    with clock.at(START), tenant_scope(partnership.pk):
        claimed = services.claim(mailing_id=mailing_id)
        assert claimed is not None
        assert services.claim(mailing_id=mailing_id) is None
    assert len(work(partnership)) == 2
    deliver(partnership, START + dt.timedelta(seconds=30))
    assert notify.post.sent == []
    deliver(partnership, LATER)
    deliver(partnership, LATER + dt.timedelta(minutes=1))
    assert notify.post.references() == [str(mailing_id)]
    assert work(partnership) == []


def test_who_lost_the_lease_lets_nothing_go(partnership: Partnership, member: Membership) -> None:
    """Trust 11: a slow worker's failure does not open the mailing that another has taken since."""
    told_at(START, member)
    (mailing_id,) = work(partnership)
    with clock.at(START), tenant_scope(partnership.pk):
        slow = services.claim(mailing_id=mailing_id)
    with clock.at(LATER), tenant_scope(partnership.pk):
        quick = services.claim(mailing_id=mailing_id)
        assert slow is not None
        assert quick is not None
        services.let_go(mailing_id=mailing_id, attempt=slow.attempt)
        assert Mailing.objects.get().leased_until == LATER + services.LEASE
        services.let_go(mailing_id=mailing_id, attempt=quick.attempt)
        assert Mailing.objects.get().leased_until <= clock.now()


def test_asking_that_took_too_long_sends_nothing(
    partnership: Partnership, member: Membership, notify: FakeNotify, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust 11: what would be sent after the lease might be sent beside another worker."""
    told_at(START, member)
    monkeypatch.setattr(posting, "LONGEST_HAND_OVER", services.LEASE + dt.timedelta(seconds=1))
    assert deliver(partnership, START) == 0
    assert notify.post.sent == []
    with tenant_scope(partnership.pk):
        assert OutboxMessage.objects.get(topic=services.TOPIC).last_error == "LeaseRanOut"


class TestNobodyToTell:
    """People who are not there any more get no e-mail; their messages are not asked about again."""

    def dropped(self, partnership: Partnership, trouble: Trouble) -> None:
        assert deliver(partnership, START) == 1
        mailing = only(partnership)
        assert (mailing.state, mailing.trouble) == (MailingState.DROPPED, trouble)
        assert mail.outbox == []
        assert verbs(partnership) == [MailingVerb.DROPPED]
        assert {one.mailing_id for one in messages(partnership)} == {mailing.pk}

    def test_someone_who_left(self, partnership: Partnership, member: Membership) -> None:
        """ACC-2: a person without any role here."""
        told_at(START, member)
        with tenant_scope(partnership.pk):
            accounts.end_membership(by=system(partnership.pk), membership_id=member.pk)
        self.dropped(partnership, Trouble.LEFT)

    def test_an_account_that_is_closed(self, partnership: Partnership, member: Membership) -> None:
        """ACC-2: nobody who may not sign in is written to."""
        told_at(START, member)
        member.user.is_active = False
        member.user.save()
        self.dropped(partnership, Trouble.INACTIVE)

    def test_a_hat_that_ended_while_another_stands(self, partnership: Partnership, member: Membership) -> None:
        """ACC-2: what was for an agency since left is not theirs; what is for the other still is."""
        told_at(START, member, what="plan")
        other = member_in(partnership, user=member.user)
        with tenant_scope(partnership.pk):
            accounts.end_membership(by=system(partnership.pk), membership_id=member.pk)
        self.dropped(partnership, Trouble.READ)
        told_at(LATER, other)
        deliver(partnership, LATER)
        assert [letter.subject for letter in mail.outbox] == ["Early Help: 1 thing waits for you"]

    def test_what_was_read_already(self, partnership: Partnership, member: Membership) -> None:
        """Own choice: nobody is told by e-mail of what they have opened; what they have not, they are."""
        told_at(START, member, what="plan")
        (message,) = messages(partnership)
        with clock.at(START), tenant_scope(partnership.pk):
            services.mark_read(by=actor_of(member), message_id=message.pk)
        self.dropped(partnership, Trouble.READ)


def test_e_mails_are_held_back_while_more_is_to_come(partnership: Partnership, member: Membership) -> None:
    """CLK-5: reminders still being told become one e-mail; ten minutes at most."""
    more = [True]
    holding.add(lambda: more[0])
    told_at(START, member)
    assert deliver(partnership, START) == 1
    assert only(partnership).state == MailingState.WAITING
    told_at(START + dt.timedelta(seconds=10), member)
    deliver(partnership, START + dt.timedelta(seconds=20))
    assert len(work(partnership)) == 1
    more[0] = False
    deliver(partnership, START + dt.timedelta(seconds=40))
    assert [letter.subject for letter in mail.outbox] == ["Early Help: 2 things wait for you"]
    more[0] = True
    told_at(LATER, member)
    for minutes in range(12):
        deliver(partnership, LATER + dt.timedelta(minutes=minutes))
    assert len(mail.outbox) == 2
    assert work(partnership) == []


def test_the_agency_of_a_message_makes_no_second_e_mail(partnership: Partnership, member: Membership) -> None:
    """ACC-2: one person with two hats has one e-mail about both."""
    with tenant_scope(partnership.pk):
        agency = make_agency()
    other = member_in(partnership, agency, user=member.user)
    told_at(START, member, key="due:1")
    told_at(START, other, key="due:2")
    deliver(partnership, START)
    assert [letter.subject for letter in mail.outbox] == ["Early Help: 2 things wait for you"]
