"""Choosing a hat (ACC-2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.accounts import second_factor
from foundation.accounts.hats import Hat, hats_of, memberships_once
from foundation.accounts.keeping import first_part
from foundation.accounts.middleware import private, wear
from foundation.accounts.models import User
from foundation.tenancy.models import Partnership
from foundation.ui.shell import Shell
from foundation.ui.views import PolicyMixin


class HatsView(PolicyMixin):
    """Which hat to wear: one goes straight to work, several are chosen from (ACC-2)."""

    open_to_signed_in = "it is where a partnership is chosen, and shows only one's own"
    http_method_names = ["get", "head", "post"]
    hats: list[Hat]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nothing of any partnership is shown before its second factor has been passed."""
        if isinstance(request.user, User):
            memberships = memberships_once(request, request.user)
            first = second_factor.way(request, request.user) if second_factor.demanded(memberships) else None
            if first:
                return HttpResponseRedirect(first)
            self.hats = hats_of(request.user, memberships)
        return private(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest) -> HttpResponse:
        """The choice, or straight on where there is none."""
        if len(self.hats) == 1:
            return self._go(self.hats[0], request.GET.get("next"))
        elsewhere = Shell(request)["operator_url"]
        if not self.hats and elsewhere:
            return HttpResponseRedirect(elsewhere)
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Put on the chosen hat; what is not among the person's own is refused."""
        chosen = next((hat for hat in self.hats if str(hat.agency.pk) == request.POST.get("agency")), None)
        if chosen is None:
            return self._page(error="Choose one of the roles below.", status=400)
        return self._go(chosen, request.POST.get("next"))

    def _go(self, hat: Hat, onward: str | None) -> HttpResponse:
        wear(self.request, hat)
        if onward and is_own_page(self.request, onward, hat.partnership):
            return HttpResponseRedirect(onward)
        return HttpResponseRedirect(home_of(hat.partnership))

    def _page(self, *, error: str = "", status: int = 200) -> HttpResponse:
        partnerships: dict[str, list[Hat]] = {}
        for hat in self.hats:
            partnerships.setdefault(hat.partnership.name, []).append(hat)
        onward = self.request.GET.get("next") or self.request.POST.get("next") or ""
        errors = [{"words": error, "href": ""}] if error else []
        context = {"partnerships": partnerships.items(), "next": onward, "has_errors": bool(error), "errors": errors}
        return render(self.request, "accounts/hats.html", context, status=status)


def home_of(partnership: Partnership) -> str:
    """Where work in a partnership begins."""
    return f"{get_script_prefix()}{partnership.slug}/"


def is_own_page(request: HttpRequest, url: str, partnership: Partnership) -> bool:
    """Whether an address is a page of this site inside the partnership."""
    if not url.startswith(get_script_prefix()):
        return False
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return False
    return first_part("/" + url.removeprefix(get_script_prefix())) == partnership.slug
