"""What an invitation's link opens, before anybody has a scope: whose it is, and whether it still stands (ACC-3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from foundation.accounts import tokens
from foundation.accounts.enums import InvitationState
from foundation.accounts.models import Invitation, Membership, User
from foundation.common import clock
from foundation.common.errors import Clash
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope


class Trouble(TextChoices):
    """Why a link opens nothing (any more), with what the person reads."""

    UNKNOWN = (
        "unknown",
        "This is not a link that we sent, or a part of it is missing. Copy the whole link from the message, or open "
        "it there.",
    )
    USED = "used", "This invitation has been accepted, and a link works once. If it was you, sign in."
    WITHDRAWN = "withdrawn", "This invitation has been taken back. Ask the partnership's administrator if you need it."
    REPLACED = "replaced", "A newer message with another link has been sent to you. Use the link in that one."
    EXPIRED = "expired", "This link has ended: it works for 7 days. Ask the partnership's administrator for a new one."
    CLOSED = "closed", "This agency is closed in Early Help. Ask the partnership's administrator what to do."
    MEMBER = "member", "You have this role already, so there is nothing to accept."
    ANOTHER = (
        "another",
        "This invitation is for another e-mail address than the one that you are signed in with. Sign out, then open "
        "the link again. Nothing has been accepted.",
    )

    @property
    def status(self) -> int:
        """As HTTP says it: not there, gone, in the way of what stands, or not yours."""
        return {"unknown": 404, "member": 409, "another": 403}.get(self.value, 410)


class Refused(Clash):
    """A link that cannot be accepted; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble.label))
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as its link shows it. `trouble` is None while it can be accepted by whom it is for."""

    partnership: Partnership
    invitation: Invitation
    has_account: bool
    trouble: Trouble | None

    def trouble_for(self, user: User | None) -> Trouble | None:
        """What stands in the way of this person, signed in or (None) not."""
        if self.trouble is None and user is not None and user.email != self.invitation.email:
            return Trouble.ANOTHER
        return self.trouble


def read(token: str) -> Offer:
    """The offer behind a link, read in a scope of its own. Raises Refused for what is no link of ours."""
    link = tokens.read(token)
    if link is None:
        raise Refused(Trouble.UNKNOWN)
    with tenant_scope(link.partnership_id):
        return within(link)


def within(link: tokens.Link, *, lock: bool = False) -> Offer:
    """The same inside the link's scope; with `lock` nobody else accepts it until the transaction ends."""
    invitations = Invitation.objects.select_related("agency", "team")
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation = invitations.filter(pk=link.invitation_id).first()
    partnership = Partnership.objects.filter(pk=link.partnership_id).first()
    if invitation is None or partnership is None:
        raise Refused(Trouble.UNKNOWN)
    has_account = User.objects.filter(email=invitation.email).exists()
    return Offer(partnership, invitation, has_account, _trouble(link, invitation))


def _trouble(link: tokens.Link, invitation: Invitation) -> Trouble | None:
    if invitation.state == InvitationState.ACCEPTED:
        return Trouble.USED
    if invitation.state == InvitationState.WITHDRAWN:
        return Trouble.WITHDRAWN
    if not link.fits(invitation.secret_digest):
        return Trouble.REPLACED
    if invitation.expires_at <= clock.now():
        return Trouble.EXPIRED
    if not invitation.agency.active:
        return Trouble.CLOSED
    held = Membership.objects.filter(
        user__email=invitation.email, agency=invitation.agency, role=invitation.role, team=invitation.team,
        ended_at=None,
    )  # fmt: skip
    return Trouble.MEMBER if held.exists() else None
