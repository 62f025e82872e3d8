"""Whether a session must still pass its second factor, and where (ACC-1)."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from foundation.accounts.hats import own_memberships
from foundation.accounts.models import Membership, User
from foundation.common.errors import NotAllowed

CHALLENGE = "mfa_reauthenticate"
SET_UP = "mfa_set_up"
# What can be set up; recovery codes only stand in for one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
FEW = 3  # recovery codes; from here on people are told to make new ones
LAST_ONE = (
    "Your partnership asks for a second step when you sign in, so you cannot remove the only one you have. "
    "Set up another one first, then remove this one."
)


def demanded(memberships: Iterable[Membership]) -> bool:
    """Whether any of a person's partnerships demands it: the strictest policy binds them everywhere."""
    return any(membership.partnership.second_factor for membership in memberships)


def outstanding(request: HttpRequest, user: User) -> str | None:
    """The name of the page that would pass it, CHALLENGE or SET_UP; None when this session has passed.

    A pass counts only as long as the app, the key or the list of recovery codes that it was made with still stands.
    """
    standing = set(Authenticator.objects.filter(user=user).values_list("pk", flat=True))
    shown = {record.get("id") for record in get_authentication_records(request, user) if record.get("method") == "mfa"}
    if standing & shown:
        return None
    return CHALLENGE if standing else SET_UP


def way(request: HttpRequest, user: User) -> str | None:
    """The address of the page that must come before the one asked for, if any; it leads back here."""
    page = outstanding(request, user)
    return f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}" if page else None


def kinds_of(user: User) -> set[str]:
    """What the person has: "totp", "webauthn", "recovery_codes"."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def keeps_last(user: User) -> bool:
    """Whether the person has one factor only, and a partnership that demands one; asked before a scope is open."""
    few = Authenticator.objects.filter(user=user, type__in=FACTORS).count() <= 1
    return few and demanded(own_memberships(user))


def refuse_last(user: User) -> None:
    """Raises NotAllowed where removing a factor would leave none while one is demanded.

    The person's row is locked, so that of two removed at once one stays.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if keeps_last(user):
        raise NotAllowed(LAST_ONE)


def codes_left(codes: Authenticator) -> int:
    """How many of a list of recovery codes have not been used."""
    return len(codes.wrap().get_unused_codes())


def codes_left_words(left: int) -> str:
    """The same in a sentence."""
    if not left:
        return "You have used all your recovery codes."
    return f"You have {left} recovery code{'' if left == 1 else 's'} left."
