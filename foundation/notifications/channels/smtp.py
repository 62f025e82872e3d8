"""The mail server. It knows no references: a hand-over that is repeated after a crash has the same Message-ID."""

from __future__ import annotations

import re
import smtplib
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from foundation.notifications.channels.base import Fate, Found, Refused
from foundation.notifications.enums import Trouble
from foundation.notifications.letters import Email

TIMEOUT = 15
"""Seconds to wait for each answer of the mail server; a whole conversation has five."""

_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^<>@\s]+)>", re.IGNORECASE)


class SmtpChannel:
    """Django's own backend."""

    name = "smtp"
    knows_references = False

    def look_up(self, reference: UUID) -> Found | None:
        """Nobody can tell."""
        return None

    def send(self, letter: Email) -> str:
        """Hand it over; a lasting refusal of the address, or of the message, is told from trouble of the moment."""
        message = EmailMessage(
            subject=letter.subject,
            body=letter.body,
            to=[letter.to],
            headers={"Message-ID": message_id(letter.reference), "Auto-Submitted": "auto-generated"},
            connection=get_connection(timeout=TIMEOUT),
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            if any(code >= 500 for code, _ in refusal.recipients.values()):
                raise Refused(Trouble.ADDRESS_REFUSED, bounced=True) from None
            raise
        except smtplib.SMTPDataError as refusal:
            if refusal.smtp_code >= 500:
                raise Refused(Trouble.MESSAGE_REFUSED, bounced=False) from None
            raise
        return ""

    def fate_of(self, provider_id: str) -> Fate | None:
        """Nobody can tell; what comes back is read by `manage.py read_bounces`."""
        return None


def message_id(reference: UUID) -> str:
    """The Message-ID of an e-mail: its reference at the sender's domain."""
    return f"<{reference}@{sender_domain()}>"


def reference_in(words: str) -> UUID | None:
    """The reference in a Message-ID of ours."""
    found = _OURS.search(words)
    return UUID(found[1]) if found and found[2].lower() == sender_domain().lower() else None


def sender_domain() -> str:
    """The domain of the address that messages come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
