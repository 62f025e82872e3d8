"""What comes back: a delivery status notification (RFC 3464), as a mail server hands it on."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32 as policy  # it takes headers as they come; newer ones take them apart at any cost
from uuid import UUID

from foundation.notifications import posting, services
from foundation.notifications.channels.smtp import reference_in
from foundation.notifications.enums import MailingState, Trouble
from foundation.tenancy.scope import tenant_scope

LARGEST = 500_000
"""Bytes of one notification: the message that came back, a short one of ours, may be inside."""
LONGEST = 998
"""Characters of a header that are read: no longer line may be sent (RFC 5322)."""

# RFC 3463, the second number of a status: what it is about.
_ABOUT_ADDRESS, _ABOUT_MAILBOX = "1", "2"
_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}


class NotABounce(ValueError):
    """No delivery status notification about an e-mail of ours; its words say what is missing."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a notification says of one e-mail of ours; with `state` None it only says that it is not there yet."""

    reference: UUID
    state: MailingState | None
    trouble: Trouble | None


def read(raw: bytes) -> Bounce:
    """What a notification says; raises NotABounce, also for a message made to break whoever reads it."""
    if len(raw) > LARGEST:
        raise NotABounce("The message is too large to be a delivery status notification.")
    try:
        return _read(raw)
    except (RecursionError, LookupError, UnicodeError):
        raise NotABounce("The message is not written as an e-mail is.") from None


def _read(raw: bytes) -> Bounce:
    message: Message = email.message_from_bytes(raw, policy=policy)
    parts = list(message.walk())
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not reports:
        raise NotABounce("This is no delivery status notification (RFC 3464).")
    reference = next((found for part in parts if (found := _reference(part))), None)
    if reference is None:
        raise NotABounce("The message that came back was not sent by this installation.")
    for report in reports:
        for block in _inside(report):
            action = _header(block, "Action").lower()
            if action:
                return _bounce(reference, action, _header(block, "Status"))
    raise NotABounce("The notification does not say what happened.")


def settle(bounce: Bounce) -> bool:
    """Write down what became of the e-mail; False when that was known already. Raises NotABounce; outside any scope."""
    partnership_id = posting.partnership_of(bounce.reference)
    if partnership_id is None:
        raise NotABounce("No e-mail of this installation has this Message-ID.")
    if bounce.state is None:
        return False
    with tenant_scope(partnership_id):
        return services.settle(mailing_id=bounce.reference, state=bounce.state, trouble=bounce.trouble)


def _bounce(reference: UUID, action: str, status: str) -> Bounce:
    """A status such as 5.1.1: lasting or passing, and what it is about."""
    kind, _, about = status.partition(".")
    if action != "failed":
        return Bounce(reference, None, None)  # delayed, relayed, expanded: its end will be told in another
    topic = about.partition(".")[0]
    if kind != "5":
        return Bounce(reference, MailingState.FAILED, Trouble.MAILBOX)
    if topic == _ABOUT_MAILBOX and about.endswith(".2"):
        return Bounce(reference, MailingState.FAILED, Trouble.MAILBOX)  # full: the address is right
    if topic in {_ABOUT_ADDRESS, _ABOUT_MAILBOX, "0"}:
        return Bounce(reference, MailingState.BOUNCED, Trouble.ADDRESS_REFUSED)
    return Bounce(reference, MailingState.BOUNCED, Trouble.MESSAGE_REFUSED)


def _header(part: Message, name: str) -> str:
    return str(part.get(name, ""))[:LONGEST].strip()


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _reference(part: Message) -> UUID | None:
    """The reference of the returned message, whole or as headers only; never that of the notification itself."""
    if part.get_content_type() not in _RETURNED:
        return None
    if inside := _inside(part):
        return next((found for one in inside if (found := reference_in(_header(one, "Message-ID")))), None)
    text = part.get_payload(decode=True)
    headers = email.message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy)
    return reference_in(_header(headers, "Message-ID"))
