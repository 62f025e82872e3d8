"""The product's addresses, and beside them small pages that tell what the middleware did."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from earlyhelp import urls
from foundation.accounts.models import Membership, Team
from foundation.common.errors import NotAllowed
from foundation.tenancy.scope import current_partnership_id
from tests.factories import make_team

handler404 = urls.handler404
handler500 = urls.handler500


def worn(request: HttpRequest, partnership: str) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('earlyhelp.partnership', true), current_setting('earlyhelp.user', true)")
        partnership_setting, user_setting = cursor.fetchone()
    return JsonResponse(
        {
            "scope": str(current_partnership_id()),
            "setting": partnership_setting,
            "user_setting": user_setting or "",
            "agency": request.hat.agency.name,
            "roles": sorted(request.actor.roles),
            "memberships": Membership.objects.count(),
            "raw_memberships": _raw_count(),
        }
    )


def _raw_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_membership")
        return cursor.fetchone()[0]


def write_and_fail(request: HttpRequest, partnership: str, how: str) -> HttpResponse:
    make_team(request.hat.agency, "Written before it failed")
    if how == "raise":
        raise RuntimeError("A page broke.")
    if how == "refuse":
        raise NotAllowed("Not with this role.")
    return HttpResponse(status=int(how))


def page(request: HttpRequest, partnership: str) -> HttpResponse:
    return render(request, "ui/base.html")


def elsewhere(request: HttpRequest, partnership: str) -> HttpResponse:
    """Claims to be inside a partnership while no scope is open."""
    return HttpResponse(Team.objects.count())


urlpatterns = [
    path("<slug:partnership>/probe/", worn),
    path("<slug:partnership>/page/", page),
    path("<slug:partnership>/fail/<str:how>/", write_and_fail),
    path("help/<slug:partnership>/", elsewhere),
    *urls.urlpatterns,
]

__all__ = ["handler404", "handler500", "urlpatterns"]
