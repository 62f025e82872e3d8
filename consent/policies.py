"""Who may record a consent, open doors with it, and record that a family takes it back."""

from __future__ import annotations

from cases.enums import OPENING_ROLES, WORKING_ROLES
from cases.models import Case
from consent.models import Consent
from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy


@policy
def check_can_record(*, by: Actor) -> None:
    """Whoever works with families, or screens what reaches the hub, writes down what a family agreed to (CON-1)."""
    if by.agency_id is None or not by.has(*WORKING_ROLES, *OPENING_ROLES):
        raise NotAllowed("Only somebody who works with families can record a consent.")


@policy
def check_can_record_for_case(*, by: Actor, case: Case) -> None:
    """A further consent for an open case is recorded by the agency that leads it."""
    if by.agency_id != case.lead_agency_id or not by.has(*WORKING_ROLES):
        raise NotAllowed("Only the agency that leads this case can record a further consent for it.")


@policy
def check_can_open_doors(*, by: Actor, case: Case) -> None:
    """The hub opens a case's doors by its decision; later the agency that leads it does."""
    leads = by.agency_id == case.lead_agency_id and by.has(*WORKING_ROLES)
    if not leads and not by.has(*OPENING_ROLES):
        raise NotAllowed("Only the hub, or the agency that leads the case, can open it to other agencies.")


@policy
def check_can_withdraw(*, by: Actor, consent: Consent) -> None:
    """Recorded by the agency that leads the case, or by a manager of the hub, whom a family can always reach (CON-2).

    Before there is a case, the agency that recorded the consent answers for it.
    """
    answers = consent.case.lead_agency_id if consent.case else consent.recorded_for_id
    if by.has(Role.HUB_MANAGER) or (by.agency_id == answers and by.has(*WORKING_ROLES)):
        return
    raise NotAllowed(
        "A withdrawal is recorded by the agency that leads the case or by a manager of the hub. "
        "Tell them at once if the family has told you."
    )
