"""Who may ask for more time, pause a clock, and answer (CLK-3, CLK-4)."""

from __future__ import annotations

from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy
from foundation.deadlines import subjects
from foundation.deadlines.models import Deadline, Extension


@policy
def check_manages_clocks(*, by: Actor) -> None:
    """The list of what is late is for managers (practice model §2, REP-4)."""
    if not by.has(Role.MANAGER, Role.HUB_MANAGER):
        raise NotAllowed("Only managers see what is late in their teams. Your own clocks are on My work.")


@policy
def check_works_on(*, by: Actor, deadline: Deadline) -> None:
    """Whoever does the work that a clock measures asks for more time; so may their manager."""
    if _owns(by, deadline) or _manages(by, deadline):
        return
    works = Deadline.objects.filter(subjects.worked_on_by(by), pk=deadline.pk)
    if not works.exists():
        raise NotAllowed("Only somebody who works on this can ask for more time.")


@policy
def check_may_pause(*, by: Actor, deadline: Deadline) -> None:
    """The same people, of the agency whose clock it is: nobody else lets it stand still (CLK-4)."""
    check_works_on(by=by, deadline=deadline)
    if deadline.agency_id not in (None, by.agency_id):
        raise NotAllowed("Only the agency that does this work can pause its clock, or let it go on.")


def reads_what_was_said(by: Actor, deadline: Deadline) -> bool:
    """Whether a reader is told who did what with a clock, and what they wrote: the agency whose clock it is.

    Of the hub's clocks, the hub. Others who see what it is about see when it is due and why, and no more (CON-2).
    """
    if deadline.agency_id is None:
        return by.has(Role.SCREENER, Role.HUB_MANAGER)
    return deadline.agency_id == by.agency_id


@policy
def check_manages(*, by: Actor, deadline: Deadline) -> None:
    """A manager of the clock's agency and team; of the hub's clocks, a hub manager."""
    if not _manages(by, deadline):
        who = "a hub manager" if deadline.agency_id is None else "a manager of the team that does this work"
        raise NotAllowed(f"Only {who} can do this.")


@policy
def check_can_answer(*, by: Actor, extension: Extension) -> None:
    """The same manager, and never one who asked or whose own work would get the time (CLK-3)."""
    check_manages(by=by, deadline=extension.deadline)
    if extension.asked_by_id == by.user_id:
        raise NotAllowed("You cannot answer your own request for more time. Ask another manager.")
    if extension.deadline.owner_id == by.user_id:
        raise NotAllowed("This is your own work, so another manager must answer the request for more time.")


def _owns(by: Actor, deadline: Deadline) -> bool:
    return deadline.owner_id == by.person and deadline.agency_id in (None, by.agency_id)


def _manages(by: Actor, deadline: Deadline) -> bool:
    if deadline.agency_id is None:
        return by.has(Role.HUB_MANAGER)
    of_agency = by.has(Role.MANAGER) and deadline.agency_id == by.agency_id
    return of_agency and not (by.team_ids and deadline.team_id and deadline.team_id not in by.team_ids)
