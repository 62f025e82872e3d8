"""What must be left standing when somebody leaves: an administrator, and no family without its lead (ACC-3, FAM-9)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from foundation.accounts import leaving, queries
from foundation.accounts.enums import LEADING_ROLES, Role
from foundation.accounts.models import Membership
from foundation.common.actors import Actor
from foundation.common.errors import Clash, NotAllowed
from foundation.tenancy.models import Partnership

NO_ADMINISTRATOR_LEFT = (
    "Then this partnership would have no administrator. Make somebody else a partnership administrator first."
)
NO_LONGER_ADMINISTRATOR = "Your own role of partnership administrator has been ended, so nothing was changed."


def hold_administration(*, by: Actor) -> None:
    """Let nobody else take a role away in this partnership until this transaction ends.

    Two administrators who remove each other at once come here one after the other, and the second is no longer one.
    The lock lets rows be written that name the partnership, so nobody else's work waits. Raises NotAllowed.
    """
    Partnership.objects.select_for_update(no_key=True).only("pk").get(pk=by.partnership_id)
    if by.user_id is not None and not queries.administrators().filter(user_id=by.user_id).exists():
        raise NotAllowed(NO_LONGER_ADMINISTRATOR)


def check_may_end(memberships: Collection[Membership]) -> None:
    """Whether these roles of one person may end together, read after they are locked. Raises Clash, saying why not."""
    ending = {membership.pk for membership in memberships}
    held: list[str] = []
    for agency_id in sorted({one.agency_id for one in memberships if one.role in LEADING_ROLES}, key=str):
        user_id = next(one.user_id for one in memberships)
        staying = Membership.objects.filter(user_id=user_id, agency_id=agency_id, ended_at=None)
        if not staying.filter(role__in=LEADING_ROLES).exclude(pk__in=ending).exists():
            held += leaving.held_by(user_id=user_id, agency_id=agency_id)
    if held:
        raise Clash(" ".join(dict.fromkeys(held)))
    check_administration(memberships)


def check_administration(ending: Collection[Membership]) -> None:
    """Whether an administrator stays when these roles end; raises Clash. Asks nothing where none is among them."""
    if any(membership.role == Role.ADMINISTRATOR for membership in ending):
        check_administrator_left(without={membership.pk for membership in ending})


def check_administrator_left(*, without: Collection[UUID] = (), without_agency: UUID | None = None) -> None:
    """Whether an administrator who can sign in is left; raises Clash. For use while the administration is held."""
    left = queries.administrators().exclude(pk__in=without)
    if without_agency is not None:
        left = left.exclude(agency_id=without_agency)
    if not left.exists():
        raise Clash(NO_ADMINISTRATOR_LEFT)
