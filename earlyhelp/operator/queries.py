"""What an operator may know of a partnership: that it is there, and whether its first administrator has come."""

from __future__ import annotations

from django.db.models import QuerySet

from foundation.accounts import queries as accounts
from foundation.accounts.enums import InvitationState, Role
from foundation.accounts.models import Invitation
from foundation.common.errors import NotThere
from foundation.tenancy.models import Partnership

BY_NAME = ("name", "id")


def partnerships() -> QuerySet[Partnership]:
    """All of them, as every address names them: outside every scope."""
    return Partnership.objects.only("id", "slug", "name", "created_at")


def partnership(slug: str) -> Partnership:
    """One of them; raises NotThere."""
    found = Partnership.objects.filter(slug=slug).first()
    if found is None:
        raise NotThere
    return found


def has_administrator() -> bool:
    """Whether somebody can set the partnership up from inside (inside its scope)."""
    return accounts.administrators().exists()


def first_invitation() -> Invitation | None:
    """The last invitation that an operator sent and that still waits, ended or not (inside the scope)."""
    waiting: QuerySet[Invitation] = Invitation.objects.filter(
        invited_by__is_operator=True, role=Role.ADMINISTRATOR, state=InvitationState.WAITING
    )
    return waiting.select_related("agency").order_by("-sent_at").first()
