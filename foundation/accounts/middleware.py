"""The partnership in the path: sign-in, second factor, hat, and one scope around the whole request (ACC-2, ACC-6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pghistory
import structlog
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from foundation.accounts import arrivals, keeping, second_factor
from foundation.accounts.hats import Hat, hats_within, memberships_once
from foundation.accounts.keeping import first_part
from foundation.accounts.models import Membership, User
from foundation.tenancy.models import RESERVED_SLUGS, Partnership
from foundation.tenancy.scope import tenant_scope

HATS = "hats"  # in the session: partnership id → agency id


class PartnershipMiddleware:
    """Opens the partnership's scope for every path `/<slug>/…` whose first part is not reserved.

    Sets `request.partnership`, `request.hat` and `request.actor` (None outside a partnership). Memberships are read
    from the database each time, so that a removed one is gone with the next click.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass a page that is nobody's on; otherwise find whose it is."""
        _dress(request, None)
        slug = first_part(request.path_info)
        if not slug or slug in RESERVED_SLUGS:
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return private(redirect_to_login(keeping.page_of(request)))
        return private(self._for_member(request, user, slug))

    def process_view(self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Refuse a page inside a partnership whose scope is not the one that was opened."""
        named = kwargs.get("partnership")
        if named is not None and (request.partnership is None or request.partnership.slug != named):  # type: ignore[attr-defined]
            raise Http404

    def _for_member(self, request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
        """An unknown partnership and a strange one are the same page (ACC-6): only one's own are looked at."""
        memberships = memberships_once(request, user)
        here = [membership for membership in memberships if membership.partnership.slug == slug]
        if not here:
            raise Http404
        if second_factor.demanded(memberships) and (first := second_factor.way(request, user)):
            return HttpResponseRedirect(first)
        agencies = {membership.agency_id for membership in memberships}
        request.has_other_hats = len(agencies) > 1  # type: ignore[attr-defined]
        return self._inside(request, user, here)

    def _inside(self, request: HttpRequest, user: User, memberships: list[Membership]) -> HttpResponseBase:
        """The rest of the request, in one transaction that a failed answer takes back whole."""
        partnership = memberships[0].partnership
        with tenant_scope(partnership.pk):
            hats = hats_within(user, memberships, for_page=True)
            if not hats:
                raise Http404
            hat = worn(request, partnership, hats)
            if hat is None:
                return HttpResponseRedirect(f"{reverse('hats')}?{urlencode({'next': request.get_full_path()})}")
            _dress(request, hat)
            arrivals.note(request, hat)
            ids = {"user": user.pk, "agency": str(hat.agency.pk)}
            bound = {"partnership_id": str(partnership.pk), "user_id": user.pk, "agency_id": str(hat.agency.pk)}
            with pghistory.context(**ids), structlog.contextvars.bound_contextvars(**bound):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            else:
                keeping.settle(request, user, response.status_code)
            return response


def worn(request: HttpRequest, partnership: Partnership, hats: list[Hat]) -> Hat | None:
    """The hat that the session remembers, if it is still the person's; else their only one; else None."""
    kept = request.session.get(HATS)
    agency_id = kept.get(str(partnership.pk)) if isinstance(kept, dict) else None
    chosen = next((hat for hat in hats if str(hat.agency.pk) == agency_id), None)
    return chosen or (hats[0] if len(hats) == 1 else None)


def wear(request: HttpRequest, hat: Hat) -> None:
    """Remember which hat is worn in its partnership until sign-out."""
    wear_agency(request, hat.partnership.pk, hat.agency.pk)


def wear_agency(request: HttpRequest, partnership_id: UUID, agency_id: UUID) -> None:
    """The same by ids, for who has just been given a role there."""
    kept = request.session.get(HATS)
    request.session[HATS] = {**(kept if isinstance(kept, dict) else {}), str(partnership_id): str(agency_id)}


def _dress(request: HttpRequest, hat: Hat | None) -> None:
    request.hat = hat  # type: ignore[attr-defined]
    request.partnership = hat.partnership if hat else None  # type: ignore[attr-defined]
    request.actor = hat.actor if hat else None  # type: ignore[attr-defined]


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Nobody's cache keeps a page about a family."""
    response["Cache-Control"] = "no-store, private"
    patch_vary_headers(response, ["Cookie"])
    return response
