"""The steps of one e-mail. Each is a transaction of its own inside a scope; what is outside happens between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from foundation.accounts.models import User
from foundation.accounts.queries import memberships_in_force
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import system
from foundation.notifications import holding, letters, queries
from foundation.notifications.enums import VERB_OF_TRANSITION, MailingState, Trouble
from foundation.notifications.letters import Email
from foundation.notifications.models import Mailing, Message
from foundation.notifications.services.telling import TOPIC
from foundation.notifications.signals import mailing_moved
from foundation.outbox import services as outbox
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import current_partnership_id

LEASE = dt.timedelta(seconds=110)
"""A little less than the outbox's, so that the message which comes back finds the mailing free."""
ASK_AGAIN_AFTER = dt.timedelta(hours=1)
GIVE_UP_AFTER = dt.timedelta(hours=24)
MOST_STALE = 500
"""Mailings that one sweep sets going again."""
FIRST_LOOK = dt.timedelta(minutes=1)
LAST_LOOK = dt.timedelta(days=6)
"""GOV.UK Notify forgets what became of an e-mail after seven days."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An e-mail in one worker's hands: the how many-th attempt it is, and how long nobody else takes it."""

    letter: Email
    attempt: int
    leased_until: dt.datetime


@transaction.atomic
def claim(*, mailing_id: UUID) -> Claimed | None:
    """Take one mailing and write its e-mail, of everything that waits for the person; None where there is none to send.

    While more is about to come, or another worker is at it, the work is put off. A mailing whose worker died, or whose
    mail server did not answer, is taken again with the messages that it was taken with first.
    """
    mailing = _locked(mailing_id)
    if mailing is None or mailing.state not in {MailingState.WAITING, MailingState.CLAIMED}:
        return None
    now = clock.now()
    is_first = mailing.state == MailingState.WAITING
    others = mailing.leased_until is not None and mailing.leased_until > now
    if others or (is_first and now - mailing.asked_at < holding.LONGEST and holding.more_to_come()):
        _put_off(mailing)
        return None
    if is_first:
        queries.unmailed(mailing.user_id).update(mailing=mailing)
    messages = _to_tell(mailing)
    if trouble := _why_not(mailing.user, messages):
        mailing.drop(trouble=trouble)
        _moved(mailing, "drop", trouble=trouble)
        return None
    leased_until = now + LEASE
    mailing.claim(leased_until=leased_until)
    _moved(mailing, "claim", attempt=mailing.attempts, messages=len(messages))
    partnership = Partnership.objects.get(pk=current_partnership_id())
    letter = letters.write(reference=mailing.pk, to=mailing.user.email, partnership=partnership, messages=messages)
    return Claimed(letter, mailing.attempts, leased_until)


@transaction.atomic
def hand_over(*, mailing_id: UUID, channel: str, provider_id: str, looks: bool) -> None:
    """The e-mail is the mail server's or service's; with `looks` it can be asked later what became of it."""
    mailing = _locked(mailing_id)
    if mailing is not None and mailing.state == MailingState.CLAIMED:
        look_at = clock.now() + FIRST_LOOK if looks else None
        mailing.hand_over(channel=channel, provider_id=provider_id, look_at=look_at)
        _moved(mailing, "hand_over", channel=channel)


@transaction.atomic
def let_go(*, mailing_id: UUID, attempt: int) -> None:
    """The mail server did not answer: whoever tries next need not wait for the lease, if it is still ours."""
    mailing = _locked(mailing_id)
    if mailing is not None and (mailing.state, mailing.attempts) == (MailingState.CLAIMED, attempt):
        mailing.leased_until = clock.now()  # free at once; it also says when it was tried last
        mailing.save(update_fields=["leased_until"])


@transaction.atomic
def settle(*, mailing_id: UUID, state: MailingState, trouble: Trouble | None = None) -> bool:
    """Write what became of an e-mail: delivered, bounced or failed; False where that is known already."""
    mailing = _locked(mailing_id)
    open_states = {MailingState.HANDED_OVER} if state == MailingState.DELIVERED else _UNDER_WAY
    if mailing is None or mailing.state not in open_states:
        return False
    if state == MailingState.DELIVERED:
        mailing.deliver()
        _moved(mailing, "deliver")
        return True
    if trouble is None:
        raise ValueError("An e-mail that did not arrive says why.")
    move = "bounce" if state == MailingState.BOUNCED else "fail"
    getattr(mailing, move)(trouble=trouble)
    _moved(mailing, move, trouble=trouble)
    return True


_UNDER_WAY = {MailingState.CLAIMED, MailingState.HANDED_OVER}


@dataclass(frozen=True, slots=True)
class Looked:
    """An e-mail whose fate is to be asked for; `last` when there is no asking again."""

    mailing_id: UUID
    provider_id: str
    last: bool


@transaction.atomic
def claim_looks(*, at_most: int) -> list[Looked]:
    """E-mails whose service is to be asked now what became of them; asked again later, twice as late each time."""
    now = clock.now()
    due = Mailing.objects.filter(look_at__lte=now, state=MailingState.HANDED_OVER).order_by("look_at", "id")
    found = list(due.select_for_update(of=("self",), skip_locked=True)[:at_most])
    for mailing in found:
        mailing.look_at = now + max(now - mailing.handed_over_at, FIRST_LOOK)
    Mailing.objects.bulk_update(found, ["look_at"])
    return [Looked(one.pk, one.provider_id, now - one.handed_over_at > LAST_LOOK) for one in found]


@transaction.atomic
def ask_stale_again() -> int:
    """A mailing that has been on its way for an hour may be lost: put it into the outbox once more, each hour."""
    now = clock.now()
    stale = _in_nobodys_hands(asked_at__lte=now - ASK_AGAIN_AFTER)
    for mailing in stale:
        mailing.asked_at = now
    Mailing.objects.bulk_update(stale, ["asked_at"])
    return outbox.put_many(topic=TOPIC, payloads=[{"mailing": mailing.pk} for mailing in stale])


@transaction.atomic
def give_up_stale() -> int:
    """No mail server has taken it within a day: the administrator sees it, and the next message begins anew.

    Only what was tried a day after it was first: while nobody tried, because the workers stood still, it waits.
    """
    last_tried_late = Q(leased_until__gte=F("claimed_at") + GIVE_UP_AFTER)
    stale = _in_nobodys_hands(last_tried_late, state=MailingState.CLAIMED)
    for mailing in stale:
        mailing.fail(trouble=Trouble.NEVER_TAKEN)
        _moved(mailing, "fail", trouble=Trouble.NEVER_TAKEN)
    return len(stale)


def _in_nobodys_hands(*conditions: Q, **which: object) -> list[Mailing]:
    free = Q(leased_until=None) | Q(leased_until__lte=clock.now())
    found: QuerySet[Mailing] = Mailing.objects.filter(
        free, *conditions, **{"state__in": [MailingState.WAITING, MailingState.CLAIMED], **which}
    )
    return list(found.order_by("user_id", "id").select_for_update(of=("self",), skip_locked=True)[:MOST_STALE])


def _locked(mailing_id: UUID) -> Mailing | None:
    found: Mailing | None = (
        Mailing.objects.select_for_update(of=("self",)).select_related("user").filter(pk=mailing_id).first()
    )
    return found


def _put_off(mailing: Mailing) -> None:
    outbox.put(topic=TOPIC, payload={"mailing": mailing.pk}, due_at=clock.now() + holding.REST)


def _to_tell(mailing: Mailing) -> list[Message]:
    """What the e-mail speaks of, the newest first: not what was read before it was first taken, so that a repeated one
    says the same; nor what was for an agency since left.
    """
    unread = Q(read_at=None)
    if mailing.claimed_at is not None:
        unread |= Q(read_at__gte=mailing.claimed_at)
    found = queries.inbox(mailing.user_id).filter(unread, mailing=mailing)
    return list(found.order_by(*queries.NEWEST_FIRST))


def _why_not(user: User, messages: Sequence[Message]) -> Trouble | None:
    """Why nothing is sent: asked anew before each attempt."""
    if not user.is_active:
        return Trouble.INACTIVE
    if any(message.agency_id for message in messages):
        return None  # in their inbox, so they work for that agency
    if not memberships_in_force().filter(user_id=user.pk).exists():
        return Trouble.LEFT
    return None if messages else Trouble.READ


def _moved(mailing: Mailing, move: str, **detail: Any) -> None:
    mailing.save()
    audit.record(by=system(current_partnership_id()), verb=VERB_OF_TRANSITION[move], subject=mailing, **detail)
    mailing_moved.send(sender=Mailing, mailing=mailing)
