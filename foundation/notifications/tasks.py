"""What the outbox carries for this room, and what beat starts. Both carry ids only and may run twice, or at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

import structlog
from celery import shared_task

from foundation.notifications import posting
from foundation.notifications.services import TOPIC
from foundation.outbox.handlers import handles
from foundation.tenancy.models import Partnership

log = structlog.get_logger(__name__)


@handles(TOPIC, in_scope=False, lease=dt.timedelta(minutes=2))
def send_mailing(*, message_id: UUID, payload: Mapping[str, str], partnership_id: UUID) -> None:
    """The e-mail of one mailing; nothing when it has been sent or dropped since."""
    posting.carry(partnership_id=partnership_id, mailing_id=UUID(payload["mailing"]))


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Partnership by partnership: the morning's e-mails, what was lost or not taken, and what became of the rest."""
    for partnership_id in Partnership.objects.values_list("pk", flat=True):
        try:
            posting.sweep(partnership_id)
        except Exception as error:  # one partnership's trouble is not the next one's
            log.error("notifications.not_swept", partnership_id=str(partnership_id), error=type(error).__name__)
