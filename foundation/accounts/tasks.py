"""What this room carries out after the commit, and what it sweeps away."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from celery import shared_task
from django.contrib.sessions.models import Session

from foundation.accounts import invitation_mail, keeping
from foundation.accounts.services.invitations import TOPIC
from foundation.common import clock
from foundation.outbox.handlers import handles
from foundation.tenancy.models import Partnership


@handles(TOPIC)
def send_invitation(*, message_id: UUID, payload: Mapping[str, str]) -> None:
    """The e-mail of one invitation; nothing when it has been withdrawn, accepted or sent anew since."""
    invitation_mail.send(message_id=message_id, invitation_id=UUID(payload["invitation"]), nonce=payload["nonce"])


@shared_task(name="accounts.sweep")
def sweep() -> None:
    """Throw away words kept longer than a week and sessions past their time; two at once do no harm (ACC-4)."""
    for partnership_id in Partnership.objects.values_list("pk", flat=True):
        keeping.sweep(partnership_id)
    Session.objects.filter(expire_date__lt=clock.now()).delete()
