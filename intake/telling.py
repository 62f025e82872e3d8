"""What the sender of an enquiry is told: that it is decided, its reference, where to read it; no name, no concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from foundation.notifications.models import Message

DECIDED = "intake.decided"
SENTENCE = "A decision was made on an enquiry that you sent"


def words(message: Message) -> str:
    """The same for every decision, so that the inbox and the e-mail give nothing away (INT-9)."""
    return SENTENCE


def link(slug: str, message: Message) -> str:
    """The sender's own page of the enquiry, where the decision and its reason stand."""
    return reverse("intake:sent", kwargs={"partnership": slug, "enquiry_id": message.subject_id})
