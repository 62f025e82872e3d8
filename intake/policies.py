"""Who may write, screen and decide an enquiry (practice model §2)."""

from __future__ import annotations

from consent import policies as consents
from consent.enums import ConsentState
from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy
from intake.enums import SCREENERS, WRITERS
from intake.models import Enquiry


@policy
def check_can_write(*, by: Actor) -> None:
    """People who work with families send enquiries; screening is another hat."""
    if not by.has(*WRITERS):
        raise NotAllowed("Only people who work with families can write an enquiry. Ask a colleague who does.")


@policy
def check_can_screen(*, by: Actor) -> None:
    """The queue is the hub's alone (INT-4)."""
    if not by.has(*SCREENERS):
        raise NotAllowed("Only the people who screen enquiries can see the queue.")


@policy
def check_can_take_over(*, by: Actor) -> None:
    """Rebalancing the queue is the hub manager's."""
    if not by.has(Role.HUB_MANAGER):
        raise NotAllowed("Only a hub manager can take an enquiry over from a screener.")


@policy
def check_can_decide(*, by: Actor, enquiry: Enquiry) -> None:
    """Whoever has taken it decides it; a hub manager may decide anything that is being screened (INT-7)."""
    check_can_screen(by=by)
    if enquiry.taken_by_id != by.user_id and not by.has(Role.HUB_MANAGER):
        raise NotAllowed("Take the enquiry first, then decide it.")


def offers_withdrawal(by: Actor, enquiry: Enquiry) -> bool:
    """Whether the enquiry's page links to where this reader records that the family takes its consent back (CON-2)."""
    in_force = enquiry.consent.state == ConsentState.IN_FORCE
    return in_force and consents.check_can_withdraw.allows(by=by, consent=enquiry.consent)
