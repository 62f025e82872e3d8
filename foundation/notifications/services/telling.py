"""The one way in which people are told: a few from a service, or tens of thousands from a sweep, by the same SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from foundation.common import clock, codes
from foundation.notifications import kinds
from foundation.notifications.enums import MailChoice, MailingState
from foundation.outbox import services as outbox
from foundation.tenancy.scope import current_partnership_id

TOPIC = "notifications.mail"

# Written in one order, so that two who tell the same people wait for each other instead of locking each other out.
_TELL = """
WITH source (user_id, agency_id, kind, key, params, subject_kind, subject_id, case_id, reference) AS ({source}),
told AS (
    INSERT INTO notifications_message (id, partnership_id, user_id, agency_id, kind, key, params, subject_kind,
                                       subject_id, case_id, reference, at)
    SELECT earlyhelp_uuid7(), %s, s.user_id, s.agency_id, s.kind, s.key, s.params, s.subject_kind,
           s.subject_id, s.case_id, s.reference, %s
    FROM source s ORDER BY s.user_id, s.key, s.agency_id
    ON CONFLICT (partnership_id, user_id, key) DO NOTHING
    RETURNING user_id, kind)
SELECT user_id, kind, count(*) FROM told GROUP BY user_id, kind
"""

_ONE = """
SELECT to_whom.user_id, to_whom.agency_id, %s, %s, %s::jsonb, %s, %s::uuid, %s::uuid, %s
FROM unnest(%s::bigint[], %s::uuid[]) AS to_whom(user_id, agency_id)
"""

# DO UPDATE, though it changes nothing: it locks the row that waits. A worker that is just claiming it waits for our
# commit and then finds our message; or it was first, and then the row waits no longer and a new one is made.
_ASK = """
INSERT INTO notifications_mailing
    (id, partnership_id, user_id, state, asked_at, attempts, channel, provider_id, trouble)
SELECT earlyhelp_uuid7(), %s, wanted.user_id, %s, %s, 0, '', '', ''
FROM unnest(%s::bigint[]) AS wanted(user_id)
WHERE %s OR NOT EXISTS (
    SELECT 1 FROM notifications_choice c
    WHERE c.partnership_id = %s AND c.user_id = wanted.user_id AND c.mail = %s)
ORDER BY wanted.user_id
ON CONFLICT (partnership_id, user_id) WHERE state = 'waiting' DO UPDATE SET asked_at = notifications_mailing.asked_at
RETURNING id, (xmax = 0)
"""


def tell(
    *,
    to: Iterable[tuple[int, UUID | None]],
    kind: str,
    key: str,
    subject_kind: str,
    subject_id: UUID,
    case_id: UUID | None = None,
    reference: str = "",
    **params: object,
) -> int:
    """Tell people, each with the agency whose hat it is for (None: whatever hat); how many were told anew.

    `key` is what it is that they are told: somebody who was told it before is not told again. In the caller's
    transaction: taken back with it. Call it once with everybody whom one act concerns, not once for each.
    Raises UnknownKind for a kind that nobody registered, ValueError for `params` that could name somebody.
    """
    people = list(to)
    kinds.check_known({kind})
    if not people:
        return 0
    said = json.dumps(codes.plain_values(params))
    given: list[object] = [kind, key, said, subject_kind, subject_id, case_id, reference]
    return tell_selected(source=_ONE, params=[*given, [who for who, _ in people], [agency for _, agency in people]])


@transaction.atomic
def tell_selected(*, source: str, params: Sequence[Any]) -> int:
    """Tell whom a SELECT finds inside the open scope; how many messages are new.

    Its columns, in this order: user_id, agency_id, kind, key, params (jsonb), subject_kind, subject_id, case_id,
    reference; "%" is written "%%" where it is no parameter. One statement writes the messages, one the e-mails that
    nobody has asked for yet. Raises UnknownKind, and IntegrityError for a key, kind or reference that is no code; then
    nothing is told.
    """
    partnership_id = current_partnership_id()
    with connection.cursor() as cursor:
        cursor.execute(_TELL.format(source=source), [*params, partnership_id, clock.now()])
        told = cursor.fetchall()
    kinds.check_known({kind for _, kind, _ in told})
    ask_mailings(user_ids={user_id for user_id, _, _ in told})
    return sum(number for _, _, number in told)


def ask_mailings(*, user_ids: Iterable[int], daily_too: bool = False) -> int:
    """Have an e-mail sent to each of these people, unless one waits already or they want theirs in the morning.

    How many are new. Inside a scope and a transaction. With `daily_too` the morning has come.
    """
    wanted = sorted(set(user_ids))
    if not wanted:
        return 0
    partnership_id = current_partnership_id()
    given: list[Any] = [
        partnership_id,
        MailingState.WAITING,
        clock.now(),
        wanted,
        daily_too,
        partnership_id,
        MailChoice.DAILY,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ASK, given)
        new = [mailing_id for mailing_id, is_new in cursor.fetchall() if is_new]
    return outbox.put_many(topic=TOPIC, payloads=[{"mailing": mailing_id} for mailing_id in new])
