"""What an e-mail says: how much waits, and for each thing its words, reference and link. It names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from foundation.notifications import kinds
from foundation.notifications.models import Message
from foundation.tenancy.models import Partnership

MOST_LISTED = 50
"""Things that one e-mail lists; of the rest it says how many there are."""


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail as a channel takes it; `reference` is the mailing's id. `repr` shows no address."""

    reference: UUID
    to: str
    subject: str
    body: str

    def __repr__(self) -> str:
        return f"Email({self.reference})"


def write(*, reference: UUID, to: str, partnership: Partnership, messages: Sequence[Message]) -> Email:
    """The e-mail about some messages, the newest first; inside the partnership's scope."""
    number = len(messages)
    items = [
        {"words": kinds.words(one), "reference": one.reference, "url": _address("open", partnership, one.pk)}
        for one in messages[:MOST_LISTED]
    ]
    words = {
        "partnership": " ".join(partnership.name.split()),
        "number": number,
        "items": items,
        "more": number - len(items),
        "inbox": _address("inbox", partnership),
        "choices": _address("choices", partnership),
    }
    subject = f"Early Help: {number:,} {'thing waits' if number == 1 else 'things wait'} for you"
    return Email(reference, to, subject, render_to_string("notifications/email.txt", words))


def _address(name: str, partnership: Partnership, message_id: UUID | None = None) -> str:
    kwargs: dict[str, object] = {"partnership": partnership.slug}
    if message_id is not None:
        kwargs["message_id"] = message_id
    return settings.PUBLIC_ADDRESS + reverse(f"notifications:{name}", kwargs=kwargs)
