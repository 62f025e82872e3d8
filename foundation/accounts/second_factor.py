"""Whether a session must still pass its second factor, and where (ACC-1)."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from foundation.accounts.models import Membership, User

CHALLENGE = "mfa_reauthenticate"
SET_UP = "mfa_activate_totp"


def demanded(memberships: Iterable[Membership]) -> bool:
    """Whether any of a person's partnerships demands it: the strictest policy binds them everywhere."""
    return any(membership.partnership.second_factor for membership in memberships)


def outstanding(request: HttpRequest, user: User) -> str | None:
    """The name of the page that would pass it, CHALLENGE or SET_UP; None when this session has passed.

    A pass counts only as long as the app or the list of recovery codes that it was made with still stands.
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
