"""Who may do what with a case."""

from __future__ import annotations

from cases.enums import OPENING_ROLES, SEEING_ROLES
from cases.queries import why_no_cases
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy


@policy
def check_can_open(*, by: Actor) -> None:
    """A case is opened by the hub's decision on an enquiry (INT-7)."""
    if not by.has(*OPENING_ROLES):
        raise NotAllowed("Only a screener or a manager of the hub can open a case.")


@policy
def check_can_look(*, by: Actor) -> None:
    """The hat is one that families' cases are opened to; which cases, `queries.visible_to` says."""
    if by.agency_id is None or not by.has(*SEEING_ROLES):
        raise NotAllowed(why_no_cases(by))
