"""The morning's e-mail, for those who want one a day."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from foundation.common import clock
from foundation.notifications.enums import MailChoice
from foundation.notifications.services.telling import ask_mailings
from foundation.tenancy.scope import current_partnership_id

MORNING = dt.time(8)
"""In London."""

# The row is claimed by being written: a second sweep finds it done, or waits for the first and then finds it done.
_CLAIM = """
UPDATE notifications_choice c SET digest_on = %s
WHERE c.partnership_id = %s AND c.mail = %s AND (c.digest_on IS NULL OR c.digest_on < %s)
RETURNING c.user_id, EXISTS (
    SELECT 1 FROM notifications_message m
    WHERE m.partnership_id = c.partnership_id AND m.user_id = c.user_id AND m.mailing_id IS NULL)
"""


@transaction.atomic
def ask_digests() -> int:
    """At or after 8:00 in London, once a day: one e-mail for each person who wants it then and has something new.

    Who has nothing at that moment has the next morning's. How many e-mails are new; inside a scope, as often as one
    likes.
    """
    today = clock.today()
    if clock.now().astimezone(clock.LONDON).time() < MORNING:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [today, current_partnership_id(), MailChoice.DAILY, today])
        wanted = [user_id for user_id, has_new in cursor.fetchall() if has_new]
    return ask_mailings(user_ids=wanted, daily_too=True)
