"""A person's inbox, and which e-mails did not arrive."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, Q, QuerySet

from foundation.accounts.queries import memberships_in_force
from foundation.common.actors import Actor
from foundation.common.errors import NotThere
from foundation.notifications.enums import NOT_ARRIVED, SENT, MailChoice
from foundation.notifications.models import Choice, Mailing, Message

NEWEST_FIRST = ("-at", "-id")
NEWEST_SETTLED = ("-settled_at", "-id")


def inbox(user_id: int) -> QuerySet[Message]:
    """What a person was told, with whatever hat; what was for an agency that they have left is no longer theirs."""
    own = memberships_in_force().filter(user_id=user_id)
    found: QuerySet[Message] = Message.objects.filter(
        Q(agency_id=None) | Q(agency_id__in=own.values("agency_id")), user_id=user_id
    )
    return found


def visible_to(actor: Actor) -> QuerySet[Message]:
    """The inbox of who acts, with the agency that each message is for."""
    return inbox(actor.person).select_related("agency")


def message_for(actor: Actor, message_id: UUID) -> Message:
    """One message of one's own; raises NotThere."""
    found: Message | None = visible_to(actor).filter(pk=message_id).first()
    if found is None:
        raise NotThere
    return found


def unread(user_id: int, *, at_most: int) -> Func:
    """How many messages of a person are unread, as part of another query, which counts no further than `at_most`."""
    few = inbox(user_id).filter(read_at=None).order_by().values("pk")[:at_most]
    return Func(ArraySubquery(few), function="cardinality", output_field=IntegerField())


def unmailed(user_id: int) -> QuerySet[Message]:
    """What no e-mail has spoken of yet."""
    found: QuerySet[Message] = Message.objects.filter(user_id=user_id, mailing=None)
    return found


def choice_of(user_id: int) -> MailChoice:
    """When a person wants e-mail; at once, unless they have said otherwise."""
    said = Choice.objects.filter(user_id=user_id).values_list("mail", flat=True).first()
    return MailChoice(said) if said else MailChoice.IMMEDIATE


def trouble_with(user_id: int) -> Mailing | None:
    """The last e-mail to a person, if it came back or could not be sent."""
    last: Mailing | None = Mailing.objects.filter(user_id=user_id, state__in=SENT).order_by("-id").first()
    return last if last is not None and last.state in NOT_ARRIVED else None


def not_arrived() -> QuerySet[Mailing]:
    """E-mails that came back or could not be sent; to be paged in the order `NEWEST_SETTLED`."""
    found: QuerySet[Mailing] = Mailing.objects.filter(state__in=NOT_ARRIVED, settled_at__isnull=False)
    return found.select_related("user")
