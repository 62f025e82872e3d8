"""A person's own account, and what script and people without it ask about their session (ACC-1, ACC-4, FAM-8)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from foundation.accounts import homes, keeping, second_factor, sessions
from foundation.accounts.forms import HomeForm
from foundation.accounts.middleware import private
from foundation.accounts.models import User
from foundation.accounts.views.factors import codes_words
from foundation.common import clock
from foundation.ui.components import Row
from foundation.ui.errors import wants_json
from foundation.ui.views import ActionView, PageFormView, PageView, PolicyMixin


class AccountView(PageView):
    """Your account: who one is here, and how one signs in."""

    open_to_signed_in = "their own account"
    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Rows, each with the page that changes it."""
        user = cast(User, self.request.user)
        has = second_factor.kinds_of(user)
        factors = [words for kind, words in _FACTOR_WORDS.items() if kind in has]
        rows = [
            Row("Name", user.full_name),
            Row("E-mail address", user.email),
            Row("Password", "Set" if user.has_usable_password() else "", reverse("account_change_password"), "Not set"),
            Row("Second step", ", ".join(factors), reverse("mfa_index"), "None: your password alone"),
        ]
        codes: dict[str, Any] = codes_words(user) if "recovery_codes" in has else {"codes_left": "", "few_codes": False}
        if codes["codes_left"]:
            rows.append(Row("Recovery codes", codes["codes_left"], reverse("mfa_view_recovery_codes")))
        home = "Given" if user.home_key else ""
        rows.append(Row("Where you live", home, reverse("account_home"), "Not given"))
        return super().get_context_data(**kwargs) | codes | {"rows": rows}


class HomeView(PageFormView):
    """Where you live: kept as a digest that nobody can read an address from (FAM-8)."""

    open_to_signed_in = "their own account"
    template_name = "accounts/home.html"
    form_class = HomeForm
    title = "Where you live"
    button = "Save"

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, or forget it."""
        user = cast(User, self.request.user)
        homes.give_home(user=user, **form.cleaned_data)
        words = "Where you live is noted." if user.home_key else "Nothing is noted of where you live."
        messages.success(self.request, words)
        return redirect("account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether something is noted; the address itself nobody can show."""
        context = super().get_context_data(**kwargs)
        return context | {"back_url": reverse("account"), "given": bool(cast(User, self.request.user).home_key)}


class SessionView(PolicyMixin):
    """How much of the session is left; a POST says that the person is still there."""

    open_to_anyone = "says nothing but the time left of the asker's own session"
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """For script, which asks without counting as a person."""
        return private(JsonResponse(_left(request)))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Stay signed in. SessionLimits has noted it; without script a small page in its own tab says so."""
        if wants_json(request):
            return private(JsonResponse(_left(request)))
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("hats"))
        return private(render(request, "accounts/still_here.html"))


class EndSessionView(ActionView):
    """The time is over: script asks for the end, with the words that stand on the page (ACC-4)."""

    open_to_anyone = "ends the asker's own session, and keeps words for its person alone"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the words and end the session, unless another tab has been busy meanwhile."""
        page = request.POST.get("eh-page", "")
        fine = url_has_allowed_host_and_scheme(page, {request.get_host()}) and page.startswith("/")
        page = page if fine and keeping.slug_of(page) else reverse("hats")
        standing: sessions.Standing | None = getattr(request, "standing", None)
        if isinstance(request.user, User) and standing is not None:
            left = standing.left(clock.now().timestamp())
            if min(left.values()) > sessions.SLACK:
                return private(JsonResponse(_left(request), status=409))
            why = sessions.Why.IDLE if left["idle"] < left["whole"] else sessions.Why.LONG
            sessions.end(request, request.user, why, standing.limits)
        sessions.keep_late_words(request, page)
        return private(JsonResponse({"url": f"{reverse('account_login')}?{urlencode({'next': page})}"}))


class DiscardView(ActionView):
    """Throw away the words that were kept for a page, and open the page without them."""

    open_to_signed_in = "only one's own words"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Then the page again."""
        page = request.POST.get("page", "")
        if not url_has_allowed_host_and_scheme(page, {request.get_host()}) or not keeping.slug_of(page):
            return redirect("hats")
        keeping.discard(cast(User, request.user), page)
        return HttpResponseRedirect(page)


_FACTOR_WORDS = {"totp": "Authenticator app", "webauthn": "Security key"}


def _left(request: HttpRequest) -> dict[str, Any]:
    standing: sessions.Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {"signed_in": False}
    left = standing.left(clock.now().timestamp())
    return {"signed_in": True, **left, "person": sessions.person_mark(request), "token": get_token(request)}
