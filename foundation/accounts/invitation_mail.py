"""The message with an invitation's link. It names no one: neither whom it is for nor who sent it."""

from __future__ import annotations

from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from foundation.accounts import tokens
from foundation.accounts.enums import InvitationState
from foundation.accounts.models import Invitation
from foundation.common import clock
from foundation.tenancy.models import Partnership

TIMEOUT = 30
"""Seconds to wait for the mail server: well within the time that the outbox gives a message."""


def send(*, message_id: UUID, invitation_id: UUID, nonce: str) -> bool:
    """Send it, inside the partnership's scope; False when it waits no longer or a newer link has been made.

    The message's own id follows from the outbox's, so that a mail server can know a repeated hand-over for what it is.
    Raises what the mail server's connection raises.
    """
    invitation = Invitation.objects.select_related("agency").filter(pk=invitation_id).first()
    if invitation is None or invitation.state != InvitationState.WAITING or invitation.expires_at <= clock.now():
        return False
    secret = tokens.secret_behind(nonce, invitation.secret_digest)
    if secret is None:
        return False
    partnership = Partnership.objects.get(pk=invitation.partnership_id)
    token = tokens.write(tokens.Link(partnership.pk, invitation.pk, secret))
    words = {
        "partnership": partnership,
        "agency": invitation.agency,
        "role": invitation.get_role_display(),
        "expires_at": invitation.expires_at,
        "url": settings.PUBLIC_ADDRESS + reverse("account_invitation", kwargs={"token": token}),
    }
    message = EmailMessage(
        subject=" ".join(f"Your invitation to Early Help in {partnership.name}".split()),
        body=render_to_string("accounts/email/invitation.txt", words),
        to=[invitation.email],
        headers={"Message-ID": f"<{message_id}@{_sender_domain()}>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=TIMEOUT),
    )
    message.send()
    return True


def _sender_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
