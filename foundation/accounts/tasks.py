"""What this room carries out after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from foundation.accounts import invitation_mail
from foundation.accounts.services.invitations import TOPIC
from foundation.outbox.handlers import handles


@handles(TOPIC)
def send_invitation(*, message_id: UUID, payload: Mapping[str, str]) -> None:
    """The e-mail of one invitation; nothing when it has been withdrawn, accepted or sent anew since."""
    invitation_mail.send(message_id=message_id, invitation_id=UUID(payload["invitation"]), nonce=payload["nonce"])
