"""What a person has read."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from foundation.common import clock
from foundation.common.actors import Actor
from foundation.notifications import queries
from foundation.notifications.models import Message


@transaction.atomic
def mark_read(*, by: Actor, message_id: UUID) -> Message:
    """Note that a person has opened one of their messages; raises NotThere. The first time counts."""
    message = queries.message_for(by, message_id)
    if message.read_at is None:
        message.read_at = clock.now()
        Message.objects.filter(pk=message.pk, read_at=None).update(read_at=message.read_at)
    return message


@transaction.atomic
def mark_all_read(*, by: Actor, until: dt.datetime) -> int:
    """Mark as read what a person was told up to the moment at which they saw the list; how many there were."""
    mine = queries.inbox(by.person).filter(read_at=None, at__lte=until)
    return int(mine.update(read_at=clock.now()))
