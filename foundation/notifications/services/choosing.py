"""When a person wants e-mail."""

from __future__ import annotations

from django.db import transaction

from foundation.common import clock
from foundation.common.actors import Actor
from foundation.notifications import queries
from foundation.notifications.enums import MailChoice
from foundation.notifications.models import Choice
from foundation.notifications.services.digests import MORNING
from foundation.notifications.services.telling import ask_mailings


@transaction.atomic
def choose(*, by: Actor, mail: MailChoice) -> Choice:
    """Keep a person's own choice for this partnership. What waited for the morning is sent when they want it at once.

    Who chooses the morning after 8:00 has their first e-mail the next day.
    """
    now = clock.now()
    morning_is_over = now.astimezone(clock.LONDON).time() >= MORNING
    said = {"mail": mail, "changed_at": now, "digest_on": clock.today() if morning_is_over else None}
    choice, _ = Choice.objects.update_or_create(user_id=by.person, defaults=said)
    if mail == MailChoice.IMMEDIATE and queries.unmailed(by.person).exists():
        ask_mailings(user_ids=[by.person])
    kept: Choice = choice
    return kept
