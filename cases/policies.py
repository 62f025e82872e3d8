"""Who may do what with a case."""

from __future__ import annotations

from cases.enums import OPENING_ROLES, SEEING_ROLES
from cases.models import Case, UnusualLook
from cases.queries import why_no_cases, workable_by
from foundation.accounts.enums import Role
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


@policy
def check_can_record_contact(*, by: Actor, case: Case) -> None:
    """Whoever works on the open case turns to its family, and reads what others wrote of it (CON-2)."""
    if not workable_by(by).filter(pk=case.pk).exists():
        raise NotAllowed("Only somebody whose agency works with this family can record contact with it.")


@policy
def check_manages(*, by: Actor) -> None:
    """The list of unusual looks is for managers (FAM-8)."""
    if by.agency_id is None or not by.has(Role.MANAGER):
        raise NotAllowed("Only team managers look into unusual looks. If something worries you, tell your manager.")


@policy
def check_can_read_looks(*, by: Actor, case: Case) -> None:
    """Who looked is read by a manager of the team that leads the case (its lead agency is fetched) (FAM-8)."""
    manages = by.has(Role.MANAGER) and case.lead_agency_id == by.agency_id
    if not manages or (by.team_ids and case.team_id and case.team_id not in by.team_ids):
        raise NotAllowed(
            "Who looked at a family’s record is read by the manager of the team that leads the case. "
            f"Ask a team manager at {case.lead_agency.name}."
        )


@policy
def check_can_look_into(*, by: Actor, look: UnusualLook) -> None:
    """Nobody looks into their own."""
    if look.user_id == by.user_id:
        raise NotAllowed("This look was your own. Another manager of your agency has to look into it.")
