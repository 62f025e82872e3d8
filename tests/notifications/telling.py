"""Telling people in tests, through the services, and looking at what became of it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from foundation.accounts.models import Agency, Membership
from foundation.common import clock
from foundation.notifications import services
from foundation.notifications.models import Mailing, Message
from foundation.outbox import services as outbox
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_member

KIND = "test.waits"
SUBJECT = uuid4()
NEVER = dt.timedelta(days=400)


def words_of(message: Message) -> str:
    return f"The {message.params.get('what', 'review')} is due"


def url_of(slug: str, message: Message) -> str:
    return f"/{slug}/cases/?{message.params.get('what', 'review')}"


def member_in(partnership: Partnership, agency: Agency | None = None, **fields: object) -> Membership:
    """Somebody of an agency, made in a scope of its own."""
    with tenant_scope(partnership.pk):
        return make_member(agency=agency or make_agency(), **fields)  # type: ignore[arg-type]


def tell(*members: Membership, key: str | None = None, hat: bool = True, **params: object) -> int:
    """Tell people of one partnership something, in a scope of its own."""
    given: dict[str, object] = {"reference": "EH-7KQ2-M9XD", **params}
    with tenant_scope(members[0].partnership_id):
        return services.tell(
            to=[(one.user_id, one.agency_id if hat else None) for one in members],
            kind=KIND, key=key or f"test:{uuid4()}", subject_kind="cases.case", subject_id=SUBJECT,
            **given,  # type: ignore[arg-type]
        )  # fmt: skip


def deliver(partnership: Partnership, at: dt.datetime | None = None) -> int:
    """Have the outbox carry out all that is due."""
    with clock.at(at or clock.now()):
        return outbox.deliver_due(partnership_id=partnership.pk, at_most=500)


def mailings(partnership: Partnership) -> list[Mailing]:
    with tenant_scope(partnership.pk):
        return list(Mailing.objects.order_by("id"))


def only(partnership: Partnership) -> Mailing:
    (found,) = mailings(partnership)
    return found


def messages(partnership: Partnership) -> list[Message]:
    with tenant_scope(partnership.pk):
        return list(Message.objects.order_by("at", "id"))


def work(partnership: Partnership) -> list[UUID]:
    """The mailings that the outbox still has to carry."""
    with tenant_scope(partnership.pk):
        open_work = OutboxMessage.objects.filter(topic=services.TOPIC, done_at=None)
        return [UUID(one.payload["mailing"]) for one in open_work.order_by("id")]
