"""Who acts: the hat that a person wears, as plain ids, so that the lowest floor can name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from foundation.common.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) acting for one agency of one partnership (ACC-2).

    `roles` holds the values of `foundation.accounts.enums.Role` that this person has in this agency;
    `team_ids` the teams that those memberships name (none: the whole agency).
    `user_id` is None only for the system itself.
    """

    partnership_id: UUID
    user_id: int | None = None
    agency_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    team_ids: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def person(self) -> int:
        """The id of the person who acts, for what only a person may do; raises NotAllowed for the system."""
        if self.user_id is None:
            raise NotAllowed("Only a person can do this.")
        return self.user_id

    @property
    def agency(self) -> UUID:
        """The id of the agency acted for; raises NotAllowed where there is none."""
        if self.agency_id is None:
            raise NotAllowed("Only somebody who works for an agency can do this.")
        return self.agency_id

    def has(self, *roles: str) -> bool:
        """Whether the hat carries any of these roles."""
        return not self.roles.isdisjoint(roles)


def system(partnership_id: UUID) -> Actor:
    """The product acting by itself: a sweep, a task."""
    return Actor(partnership_id=partnership_id)
