"""Lockout after failed sign-ins, for the person and for the address (ACC-5).

A whole school shares one address, so the address may fail far more often than a person, and nobody's success
forgives what others failed there: only their own failures.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac


class LockoutHandler(AxesDatabaseHandler):
    """Counts in `axes_accessattempt`; the two limits are AXES_FAILURE_LIMIT and SIGN_IN_ADDRESS_LIMIT."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The person's failures within the pause; as many as lock them out once their address has its fill."""
        person, address = (
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(person, settings.AXES_FAILURE_LIMIT if address >= settings.SIGN_IN_ADDRESS_LIMIT else 0)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A success forgives the same person's failures from the same address, and nobody else's."""
        person = person_key(request, credentials)
        forgiven, _ = AccessAttempt.objects.filter(username=person, ip_address=client_address(request)).delete()
        return int(forgiven)


def count_and_take_back(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """The database's work for a failure that is not counted, so that a lockout is no quicker than a failure is."""
    with transaction.atomic():
        AccessAttempt.objects.select_for_update().get_or_create(
            username=person_key(request, credentials),
            ip_address=client_address(request),
            user_agent="",
            defaults={"failures_since_start": 0, "get_data": "", "post_data": "", "http_accept": "", "path_info": ""},
        )
        transaction.set_rollback(True)
    LockoutHandler().get_failures(request, credentials)


def person_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted under: a digest of the address typed, which may well be somebody's password."""
    typed = str((credentials or {}).get("email") or "").strip().lower()
    return salted_hmac("accounts.lockout", typed, algorithm="sha256").hexdigest()


def client_address(request: HttpRequest) -> str | None:
    """The address a request comes from; one trusted proxy's word for it counts only where there is that proxy.

    The proxy adds its word at the end, after whatever the client made up. Of an IPv6 address the first 64 bits
    count, since a household or a school may use any of the rest.
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or said
    if said.count(":") == 1:  # some proxies give the port with an IPv4 address
        said = said.partition(":")[0]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return None
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def client_words(*args: Any) -> str:
    """How a client is named in log lines: not at all."""
    return "a client"


def same_answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """Someone locked out gets the page that a wrong password gets, so that it tells nobody who has an account."""
    return response
