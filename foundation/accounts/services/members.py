"""Who works where, and in which role."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from foundation.accounts import leaving, policies
from foundation.accounts.enums import AccountVerb, InvitationState, Role
from foundation.accounts.models import Agency, Invitation, LastSignIn, Membership, Team, User
from foundation.accounts.services import standing
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere

HAS_ROLE = "This person already has that role there."


@transaction.atomic
def add_membership(*, by: Actor, user: User, agency: Agency, role: Role | str, team: Team | None = None) -> Membership:
    """One role for a person in an agency, for one team or all of it. Raises Clash when they have it already."""
    policies.check_can_administer(by=by)
    check_place(agency=agency, role=role, team=team)
    if Membership.objects.filter(user=user, agency=agency, role=role, team=team, ended_at=None).exists():
        raise Clash(HAS_ROLE)
    return give_role(by=by, user=user, agency=agency, role=role, team=team)


@transaction.atomic
def end_membership(*, by: Actor, membership_id: UUID) -> Membership:
    """End one role of a person; it takes effect on their next request (ACC-3). Ending it twice changes nothing.

    Raises Clash while they lead a case there and would have no role left to lead it in (FAM-9), and for the last
    administrator's role.
    """
    policies.check_can_administer(by=by)
    standing.hold_administration(by=by)
    try:
        membership: Membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    except Membership.DoesNotExist:
        raise NotThere from None
    if membership.ended_at is None:
        standing.check_may_end([membership])
        _end(by, [membership])
    return membership


@transaction.atomic
def deactivate(*, by: Actor, user_id: int) -> list[Membership]:
    """End every role that a person holds in this partnership, at once; what they hold elsewhere is not touched (ACC-3).

    Invitations that still wait for them are withdrawn, or one would let them in again. Raises Clash while they lead a
    case (FAM-9) and for the last administrator, NotThere for somebody who was never a member. Twice changes nothing.
    """
    policies.check_can_administer(by=by)
    standing.hold_administration(by=by)
    if not Membership.objects.filter(user_id=user_id).exists():
        raise NotThere
    own = Membership.objects.select_for_update(of=("self",)).filter(user_id=user_id, ended_at=None)
    memberships = list(own.order_by("pk"))
    if memberships:
        if held := leaving.held_by(user_id=user_id):
            raise Clash(" ".join(held))
        standing.check_administration(memberships)
        _end(by, memberships, because="deactivated")
    _withdraw_invitations(by, user_id)
    return memberships


@transaction.atomic
def bring_back(*, by: Actor, user_id: int) -> list[Membership]:
    """Give a person who left the roles that they held last, as new memberships, in agencies that are open still.

    Raises Clash when they work here now or none of those agencies is open, NotThere for who was never a member.
    """
    policies.check_can_administer(by=by)
    standing.hold_administration(by=by)
    all_of_them = Membership.objects.filter(user_id=user_id)
    if not all_of_them.exists():
        raise NotThere
    if all_of_them.filter(ended_at=None).exists():
        raise Clash("This person works here already.")
    left_at = all_of_them.aggregate(left_at=Max("ended_at"))["left_at"]
    held_last = all_of_them.filter(ended_at=left_at, agency__active=True).select_related("user", "agency", "team")
    before = list(held_last.order_by("pk"))
    if not before:
        raise Clash("The agency that this person worked for is closed. Add a role in another agency instead.")
    return [
        give_role(by=by, user=was.user, agency=was.agency, role=was.role, team=was.team, because="brought_back")
        for was in before
    ]


def note_sign_in(*, by: Actor) -> None:
    """Keep that a person came into this partnership now, with one statement (ACC-3)."""
    LastSignIn.objects.bulk_create(
        [LastSignIn(user_id=by.person, at=clock.now())],
        update_conflicts=True,
        unique_fields=["partnership", "user"],
        update_fields=["at"],
    )


def check_place(*, agency: Agency, role: Role | str, team: Team | None) -> None:
    """Whether somebody could have this role there; raises Invalid with a sentence for the field that is wrong."""
    if role not in Role.values:
        raise Invalid({"role": "Choose a role."})
    if team is not None and team.agency_id != agency.pk:
        raise Invalid({"team": "Choose a team of this agency."})
    if not agency.active:
        raise Invalid("This agency is closed. Open it again first, or choose another.")


def give_role(
    *, by: Actor, user: User, agency: Agency, role: Role | str, team: Team | None, because: str = "added"
) -> Membership:
    """Write one membership and its line in the trail; whether it may be is the caller's to know."""
    membership: Membership = Membership.objects.create(user=user, agency=agency, role=role, team=team)
    audit.record(
        by=by, verb=AccountVerb.MEMBERSHIP_ADDED, subject=membership, agency=agency.pk, user=user.pk, role=str(role),
        because=because,
    )  # fmt: skip
    return membership


def _end(by: Actor, memberships: list[Membership], *, because: str = "ended") -> None:
    now = clock.now()
    for membership in memberships:
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
        audit.record(
            by=by, verb=AccountVerb.MEMBERSHIP_ENDED, subject=membership, user=membership.user_id, because=because
        )


def _withdraw_invitations(by: Actor, user_id: int) -> None:
    email = User.objects.only("email").get(pk=user_id).email
    waiting = Invitation.objects.select_for_update(of=("self",)).filter(email=email, state=InvitationState.WAITING)
    for invitation in waiting.order_by("pk"):
        invitation.withdraw()
        invitation.save(update_fields=["state"])
        audit.record(by=by, verb=AccountVerb.INVITATION_WITHDRAWN, subject=invitation)
