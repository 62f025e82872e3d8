"""Put work into the outbox, and carry out what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from foundation.common import clock, codes
from foundation.outbox import handlers
from foundation.outbox.kick import Kick
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.scope import current_partnership_id, tenant_scope

MAX_ATTEMPTS = 12
FIRST_WAIT = dt.timedelta(seconds=15)
LONGEST_WAIT = dt.timedelta(hours=1)
AT_MOST = 50
"""Messages carried out by one call, so that no task runs without end."""
AT_ONCE = 1_000
"""Rows written by one statement."""

logger = structlog.get_logger("outbox")


def put(*, topic: str, payload: Mapping[str, object], due_at: dt.datetime | None = None) -> OutboxMessage:
    """Write a piece of work beside what it tells of, in the caller's transaction and scope.

    The payload takes ids, numbers, dates and codes; raises ValueError for anything that could be free text, and
    ScopeError outside a scope. A worker is told when the transaction commits, unless the work is due later; a broker
    that is down is no error.
    """
    now, kick = clock.now(), Kick(current_partnership_id())
    message: OutboxMessage = OutboxMessage.objects.create(
        topic=topic, payload=codes.plain_values(payload), created_at=now, due_at=due_at or now
    )
    if message.due_at <= now:
        _kick_on_commit(kick)
    return message


def put_many(*, topic: str, payloads: Iterable[Mapping[str, object]]) -> int:
    """The same for much work of one topic, due now, in as few statements as can be; how much there was."""
    now, kick = clock.now(), Kick(current_partnership_id())
    messages = [
        OutboxMessage(topic=topic, payload=codes.plain_values(payload), created_at=now, due_at=now)
        for payload in payloads
    ]
    OutboxMessage.objects.bulk_create(messages, batch_size=AT_ONCE)
    if messages:
        _kick_on_commit(kick)
    return len(messages)


def deliver_due(*, partnership_id: UUID, at_most: int = AT_MOST) -> int:
    """Carry out what is due in one partnership, oldest first; how many messages were done.

    Called outside any scope: each message is claimed in a transaction of its own and carried out in the next, so
    that a worker which dies leaves a row whose lease runs out. Two callers at once never share a message.
    """
    done = 0
    for _ in range(at_most):
        message = _claim(partnership_id)
        if message is None:
            break
        done += _carry_out(partnership_id, message)
    return done


def waiting(now: dt.datetime) -> QuerySet[OutboxMessage]:
    """What is due and in nobody's hands, oldest first (inside a scope)."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    due: QuerySet[OutboxMessage] = OutboxMessage.objects.filter(
        free, done_at__isnull=True, gave_up_at__isnull=True, due_at__lte=now
    )
    return due.order_by("due_at", "id")


def _kick_on_commit(kick: Kick) -> None:
    if not any(entry[1] == kick for entry in connection.run_on_commit):
        transaction.on_commit(kick)


def _claim(partnership_id: UUID) -> OutboxMessage | None:
    """Take the oldest free message for as long as its lease; give up on one that was taken too often."""
    while True:
        with tenant_scope(partnership_id):
            now = clock.now()
            message = waiting(now).select_for_update(of=("self",), skip_locked=True).first()
            if message is None:
                return None
            if message.attempts < MAX_ATTEMPTS:
                message.attempts += 1
                message.leased_until = now + handlers.lease_of(message.topic)
                message.save(update_fields=["attempts", "leased_until"])
                return message
            _give_up(message, message.last_error or "WorkerLost")


def _carry_out(partnership_id: UUID, message: OutboxMessage) -> bool:
    try:
        handler = handlers.handler_for(message.topic)
        if not handler.in_scope:
            handler.run(message_id=message.pk, payload=message.payload, partnership_id=partnership_id)
        with tenant_scope(partnership_id):
            if not _still_ours(message):
                return False
            if handler.in_scope:
                handler.run(message_id=message.pk, payload=message.payload)
            message.done_at = clock.now()
            message.save(update_fields=["done_at"])
    except Exception as error:  # one message's trouble is not the next one's
        _record_failure(partnership_id, message, error)
        return False
    return True


def _still_ours(message: OutboxMessage) -> bool:
    """Lock the row for as long as the work takes; False when the lease ran out and another worker has it.

    Waits for a lock rather than skip it: a claim that began before this one's lease holds the row for a moment while
    it finds that it came too late, and a message skipped then would lie until its lease ran out.
    """
    held = OutboxMessage.objects.filter(pk=message.pk, leased_until=message.leased_until, done_at__isnull=True)
    return held.select_for_update(of=("self",)).first() is not None


def _record_failure(partnership_id: UUID, message: OutboxMessage, error: Exception) -> None:
    """Keep the error's class (its words may name someone) and try again later, twice as late each time."""
    with tenant_scope(partnership_id):
        if not _still_ours(message):
            return
        name = type(error).__name__
        if message.attempts >= MAX_ATTEMPTS:
            _give_up(message, name)
            return
        message.due_at = clock.now() + min(FIRST_WAIT * 2 ** (message.attempts - 1), LONGEST_WAIT)
        message.leased_until, message.last_error = None, name[:120]
        message.save(update_fields=["due_at", "leased_until", "last_error"])
    logger.warning("outbox.failed", **_ids(message), exc_info=error)


def _give_up(message: OutboxMessage, error: str) -> None:
    message.gave_up_at, message.last_error = clock.now(), error[:120]
    message.save(update_fields=["gave_up_at", "last_error"])
    logger.error("outbox.gave_up", **_ids(message), error=error)


def _ids(message: OutboxMessage) -> dict[str, object]:
    return {
        "partnership_id": str(message.partnership_id),
        "message_id": str(message.pk),
        "topic": message.topic,
        "attempt": message.attempts,
    }
