"""What did not arrive: refused at hand-over, or back days later as a delivery status notification (RFC 3464)."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from earlyhelp.embedded.datadir import free_port
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.notifications import bounces
from foundation.notifications.channels import smtp
from foundation.notifications.enums import MailingState, Trouble
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.notifications.telling import deliver, member_in, only, tell

NOTIFICATION = """\
From: MAILER-DAEMON@mx.fernshire.example
To: early-help@localhost
Subject: Undelivered Mail Returned to Sender
Message-ID: <20261123.1@mx.fernshire.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: text/plain

I could not deliver your message to una@fernshire.example.

--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.fernshire.example

Final-Recipient: rfc822; una@fernshire.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown

--XX
Content-Type: {returned}

From: early-help@localhost
To: una@fernshire.example
Message-ID: {message_id}
Subject: Early Help: 1 thing waits for you

--XX--
"""


def notification(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", returned: str = "message/rfc822"
) -> bytes:
    said = NOTIFICATION.format(action=action, status=status, returned=returned, message_id=message_id)
    return said.replace("\n", "\r\n").encode()


def read_bounces(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    out = io.StringIO()
    call_command("read_bounces", stdout=out)
    return out.getvalue()


class Refuses:
    """A mail server that says no, at one command or another."""

    def __init__(self) -> None:
        self.recipient, self.data = "", ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return self.data or "250 Kept"


@pytest.fixture
def refuses(settings: Any) -> Iterator[Refuses]:
    handler, port = Refuses(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


@pytest.mark.parametrize(
    ("recipient", "data", "state", "trouble"),
    [
        ("550 5.1.1 No such user", "", MailingState.BOUNCED, Trouble.ADDRESS_REFUSED),
        ("", "554 5.7.1 Not wanted", MailingState.FAILED, Trouble.MESSAGE_REFUSED),
    ],
)
def test_a_lasting_refusal_at_hand_over_settles_it(
    partnership: Partnership, member: Membership, refuses: Refuses,
    recipient: str, data: str, state: MailingState, trouble: Trouble,
) -> None:  # fmt: skip
    """A 5xx is the end of it, at once."""
    refuses.recipient, refuses.data = recipient, data
    tell(member)
    assert deliver(partnership) == 1
    assert (only(partnership).state, only(partnership).trouble) == (state, trouble)


@pytest.mark.parametrize(("recipient", "data"), [("450 4.2.1 Later", ""), ("", "451 4.3.0 Later")])
def test_a_passing_refusal_is_tried_again(
    partnership: Partnership, member: Membership, refuses: Refuses, recipient: str, data: str
) -> None:
    """Trust 10: a 4xx is trouble of the moment, and what it said, which names an address, is kept nowhere."""
    refuses.recipient, refuses.data = recipient, data
    tell(member)
    assert deliver(partnership) == 0
    assert only(partnership).state == MailingState.CLAIMED
    assert only(partnership).leased_until <= clock.now(), "whoever tries next need not wait"
    with tenant_scope(partnership.pk):
        assert OutboxMessage.objects.get().last_error.startswith("SMTP")


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("status", "state", "trouble"),
    [
        ("5.1.1", MailingState.BOUNCED, Trouble.ADDRESS_REFUSED),
        ("5.2.1", MailingState.BOUNCED, Trouble.ADDRESS_REFUSED),
        ("5.0.0", MailingState.BOUNCED, Trouble.ADDRESS_REFUSED),
        ("5.7.1", MailingState.BOUNCED, Trouble.MESSAGE_REFUSED),
        ("5.2.2", MailingState.FAILED, Trouble.MAILBOX),
        ("4.4.7", MailingState.FAILED, Trouble.MAILBOX),
    ],
)
def test_a_notification_settles_its_e_mail(
    partnership: Partnership, member: Membership, monkeypatch: pytest.MonkeyPatch, returned: str,
    status: str, state: MailingState, trouble: Trouble,
) -> None:  # fmt: skip
    """Found by our Message-ID among all partnerships; lasting is bounced, passing or full is failed."""
    other = member_in(partnership)
    tell(member)
    deliver(partnership)
    mailing = only(partnership)
    tell(other)
    raw = notification(f"<{mailing.pk}@localhost>", status=status, returned=returned)
    assert read_bounces(monkeypatch, raw) == f"{mailing.pk}: {state.label}.\n"
    with tenant_scope(partnership.pk):
        now = type(mailing).objects.get(pk=mailing.pk)
    assert (now.state, now.trouble, now.settled_at is not None) == (state, trouble, True)
    assert read_bounces(monkeypatch, raw) == f"{mailing.pk}: {state.label}, as known.\n"


def test_a_delay_is_not_the_end(partnership: Partnership, member: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail server is still trying."""
    tell(member)
    deliver(partnership)
    raw = notification(f"<{only(partnership).pk}@localhost>", action="delayed", status="4.4.1")
    assert read_bounces(monkeypatch, raw) == f"{only(partnership).pk}: Not there yet.\n"
    assert only(partnership).state == MailingState.HANDED_OVER


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "This is no delivery status notification"),
        (b"\xff\xfe\x00", "This is no delivery status notification"),
        (b"Subject: Out of office\r\n\r\nBack on Monday", "This is no delivery status notification"),
        (notification("<1234@elsewhere.example>"), "was not sent by this installation"),
        (notification(f"<{uuid4()}@elsewhere.example>"), "was not sent by this installation"),
        (notification(f"<{uuid4()}@localhost>"), "No e-mail of this installation"),
        (notification(f"<{uuid4()}@localhost>", action=""), "does not say what happened"),
        (b"x" * (bounces.LARGEST + 1), "too large"),
    ],
)
def test_what_is_no_bounce_of_ours_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, raw: bytes, sentence: str
) -> None:
    """A clear line and exit code 1, for a mail server's log; no address in it."""
    with pytest.raises(CommandError, match=sentence) as refusal:
        read_bounces(monkeypatch, raw)
    assert "\n" not in str(refusal.value)
    assert "una@" not in str(refusal.value)
    assert refusal.value.returncode == 1


@given(raw=st.binary(max_size=400))
def test_no_bytes_whatever_break_it(raw: bytes) -> None:
    """Bad input is a sentence."""
    for whole in (raw, notification(f"<{uuid4()}@localhost>").replace(b"Action: failed", raw)):
        try:
            found = bounces.read(whole)
        except bounces.NotABounce:
            continue
        assert found.state in {None, MailingState.BOUNCED, MailingState.FAILED}


@pytest.mark.parametrize("domain", ["localhost", "LOCALHOST"])
def test_our_message_id_is_known_again(domain: str) -> None:
    """Trust 11: what was written can be read, however a server on the way capitalises it."""
    reference = uuid4()
    assert smtp.reference_in(smtp.message_id(reference).replace("localhost", domain)) == reference
    assert smtp.reference_in(f"<{str(reference).upper()}@{domain}>") == reference
    assert smtp.reference_in(str(reference)) is None
