"""Who may set a partnership up: its administrator; the product itself may as well (practice model §2)."""

from __future__ import annotations

from foundation.accounts.enums import Role
from foundation.accounts.models import User
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy


@policy
def check_can_change_settings(*, by: Actor) -> None:
    """Words, colour and limits, and the trail of who changed what."""
    if by.user_id is not None and not by.has(Role.ADMINISTRATOR):
        raise NotAllowed("Only a partnership administrator can set the partnership up. Ask yours to do it.")


@policy
def check_can_found(*, by_user: User | None) -> None:
    """A new partnership is the operator's to found; the product's own commands may as well (no user)."""
    if by_user is not None and not (by_user.is_operator and by_user.is_active):
        raise NotAllowed("Only an operator can found a partnership.")
