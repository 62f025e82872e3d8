"""Choosing a hat, and the few places where allauth's views need a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.accounts import second_factor
from foundation.accounts.hats import Hat, hats_of, own_memberships
from foundation.accounts.middleware import first_part, private, wear
from foundation.accounts.models import User
from foundation.tenancy.models import Partnership
from foundation.ui.views import PolicyMixin


class HatsView(PolicyMixin):
    """Which hat to wear: one goes straight to work, several are chosen from (ACC-2)."""

    open_to_signed_in = "it is where a partnership is chosen, and shows only one's own"
    http_method_names = ["get", "head", "post"]
    hats: list[Hat]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nothing of any partnership is shown before its second factor has been passed."""
        if isinstance(request.user, User):
            memberships = own_memberships(request.user)
            first = second_factor.way(request, request.user) if second_factor.demanded(memberships) else None
            if first:
                return HttpResponseRedirect(first)
            self.hats = hats_of(request.user, memberships)
        return private(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest) -> HttpResponse:
        """The choice, or straight on where there is none."""
        if len(self.hats) == 1:
            return self._go(self.hats[0], request.GET.get("next"))
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


class ChallengeView(AuthenticateView):
    """The second step of signing in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A post without the field would ask for a security key, which is not offered yet."""
        if request.method == "POST" and "code" not in request.POST:
            return HttpResponseRedirect(request.path)
        return super().dispatch(request, *args, **kwargs)


class SetUpAppView(ActivateTOTPView):
    """Setting up the authenticator app."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The key in fours as well: easier to type from, and it fits a narrow screen."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        return {**context, "key": [secret[start : start + 4] for start in range(0, len(secret), 4)]}

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that proves the set-up also is this session's second factor."""
        response = super().form_valid(form)
        app = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        record_authentication(self.request, self.request.user, "mfa", id=app.pk, type=app.type, reauthenticated=True)
        return response


def passed_first(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let nobody past who has a second factor and has not passed it: else a password alone could take it away."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (
            isinstance(request.user, User)
            and second_factor.outstanding(request, request.user) == second_factor.CHALLENGE
        ):
            return HttpResponseRedirect(second_factor.way(request, request.user) or "")
        return view(request, *args, **kwargs)

    return guarded


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
