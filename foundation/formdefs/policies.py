"""Who may change a partnership's forms."""

from __future__ import annotations

from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy


@policy
def check_can_publish(*, by: Actor) -> None:
    """Forms belong to the partnership administrator; the product itself publishes those that it brings."""
    if by.user_id is not None and not by.has(Role.ADMINISTRATOR):
        raise NotAllowed("Only a partnership administrator can publish a form.")
