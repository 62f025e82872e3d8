"""Who may do what, by role alone. What a case lets an agency do is decided where cases are."""

from __future__ import annotations

from collections.abc import Iterable

from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy


@policy
def check_has_role(*, by: Actor, roles: Iterable[Role]) -> None:
    """The hat carries at least one of the roles; the sentence names them, so that people know whom to ask."""
    wanted = list(roles)
    if not by.has(*wanted):
        raise NotAllowed(
            f"Only {_either(wanted)} can do this. Ask one of them, or change your role if you have several."
        )


@policy
def check_can_administer(*, by: Actor) -> None:
    """Agencies, teams and memberships are the partnership administrator's; the product itself may set them up."""
    if by.user_id is not None and not by.has(Role.ADMINISTRATOR):
        raise NotAllowed("Only a partnership administrator can change agencies, teams and roles.")


def _either(roles: list[Role]) -> str:
    labels = [role.label[0].lower() + role.label[1:] for role in roles]
    said = [f"{'an' if label[0] in 'aeiou' else 'a'} {label}" for label in labels]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"
