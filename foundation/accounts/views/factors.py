"""The second step of signing in: setting up, showing and removing an app, security keys, recovery codes (ACC-1)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as keys
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import FormView

from foundation.accounts import second_factor
from foundation.accounts.forms import KeyAgainForm
from foundation.accounts.middleware import private
from foundation.accounts.models import User
from foundation.ui.views import PageView

OWN_FACTORS = reverse_lazy("mfa_index")
# How long after they were first shown recovery codes can still be looked at, printed and downloaded; in seconds.
SHOWN_FOR = 15 * 60
SHOWN = "recovery_codes_shown"


def passed_first(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let nobody past who has a second factor and has not passed it: else a password alone could take it away."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (
            isinstance(request.user, User)
            and second_factor.outstanding(request, request.user) == second_factor.CHALLENGE
        ):
            return HttpResponseRedirect(second_factor.way(request, request.user) or "")
        return private(view(request, *args, **kwargs))

    return guarded


def summary(form: Any) -> dict[str, Any]:
    """What is wrong with what a security key sent, for the page's summary; its field cannot be seen."""
    sentences = [sentence for name in ("credential", "__all__") for sentence in form.errors.get(name, [])]
    errors = [{"words": sentence, "href": "#use-key"} for sentence in sentences]
    return {"errors": errors, "has_errors": bool(errors)}


def key_options(user: User) -> str:
    """What a browser needs in order to ask for one of a person's keys; a new challenge each time."""
    return json.dumps(keys.begin_authentication(user), cls=DjangoJSONEncoder)


class ChooseFactorView(PageView):
    """The first time: an authenticator app or a security key."""

    open_to_signed_in = "their own second step"
    template_name = "mfa/set_up.html"


class ChallengeView(AuthenticateView):
    """The second step of signing in, by whatever the person has."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A post that holds neither code nor key says nothing."""
        if request.method == "POST" and not {"code", "credential"} & set(request.POST):
            return HttpResponseRedirect(request.path)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the person has, and the question for their key."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return (
            context
            | {
                "has": second_factor.kinds_of(self.stage.login.user),
                "options": json.dumps(context["js_data"]["request_options"], cls=DjangoJSONEncoder),
            }
            | summary(self.webauthn_form)
        )


class AgainView(ReauthenticateView):
    """The same for somebody who is signed in and must show it (again)."""

    def get_form_class(self) -> Any:
        """A code or a key, whichever was sent."""
        by_key = "credential" in self.request.POST and "code" not in self.request.POST
        return KeyAgainForm if by_key else super().get_form_class()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the person has, and the question for their key."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        has = second_factor.kinds_of(self.request.user)
        errors: dict[str, Any] = {"errors": [], "has_errors": False}
        if isinstance(context["form"], KeyAgainForm):
            errors = summary(context["form"])
            context["form"] = super().get_form_class()(user=self.request.user)
        options = key_options(self.request.user) if "webauthn" in has else ""
        return context | {"has": has, "options": options} | errors


class FactorsView(IndexView):
    """What is set up, what may be removed, and how many recovery codes are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Codes are counted, not shown."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | codes_words(self.request.user) | {"keeps_last": second_factor.keeps_last(self.request.user)}


class SetUpAppView(ActivateTOTPView):
    """Setting up the authenticator app, for the first time or on a new phone."""

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Unlike allauth's own, open to those who have an app: the new one takes its place once its code is right."""
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The key in fours as well: easier to type from, and it fits a narrow screen."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        fours = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return {**context, "key": fours, "has": second_factor.kinds_of(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that proves the set-up also is this session's second factor."""
        user = self.request.user
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
            response = super().form_valid(form)
        shown_here(self.request, Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP))
        return response


class RemoveAppView(DeactivateTOTPView):
    """Taking the app away; refused while it is the only factor and one is demanded."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Raises NotAllowed for the last one."""
        second_factor.refuse_last(self.request.user)
        return super().form_valid(form)


class AddKeyView(AddWebAuthnView):
    """Setting up a security key, with a name."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the browser asks the key."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = json.dumps(context["js_data"]["creation_options"], cls=DjangoJSONEncoder)
        has = second_factor.kinds_of(self.request.user)
        return context | {"options": options, "has": has} | summary(context["form"])

    def form_valid(self, form: Any) -> HttpResponse:
        """The key that was just touched also is this session's second factor."""
        said = form.cleaned_data
        key, codes = flows.add_authenticator(self.request, name=said["name"], credential=said["credential"])
        shown_here(self.request, key)
        self.did_generate_recovery_codes = bool(codes)
        return FormView.form_valid(self, form)


class RenameKeyView(EditWebAuthnView):
    """Another name for a key."""

    success_url = OWN_FACTORS


class RemoveKeyView(RemoveWebAuthnView):
    """Taking a key away; refused while it is the only factor and one is demanded."""

    success_url = OWN_FACTORS

    def form_valid(self, form: Any) -> HttpResponse:
        """Raises NotAllowed for the last one."""
        second_factor.refuse_last(self.request.user)
        return super().form_valid(form)


class CodesView(ViewRecoveryCodesView):
    """Recovery codes: shown once, for a quarter of an hour; afterwards how many are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A list that was seen before shows nothing of its codes."""
        shown = first_shown_to(self.request)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        hidden: dict[str, Any] = {} if shown else {"unused_codes": []}
        return context | hidden | {"shown": shown} | codes_words(self.request.user)


class DownloadCodesView(DownloadRecoveryCodesView):
    """The same list as a text file, while it is shown."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PermissionDenied once the codes are not shown any more."""
        if isinstance(request.user, User) and not first_shown_to(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def codes_words(user: User) -> dict[str, Any]:
    """How many recovery codes are left, and whether those are few."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    left = second_factor.codes_left(codes) if codes else 0
    return {"codes_left": second_factor.codes_left_words(left), "few_codes": left <= second_factor.FEW}


def shown_here(request: HttpRequest, factor: Authenticator) -> None:
    """Setting a factor up is showing it: the session has passed."""
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type, reauthenticated=True)


def first_shown_to(request: HttpRequest) -> bool:
    """Whether a person's list of codes is being shown for the first time, to this session, within the quarter hour."""
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None:
        return True  # there is none: the page says so itself
    now, shown = time.time(), request.session.get(SHOWN)
    if isinstance(shown, list) and shown[0] == codes.pk:
        return bool(now - shown[1] < SHOWN_FOR)
    if codes.data.get("viewed_at") is not None:
        return False
    request.session[SHOWN] = [codes.pk, now]
    return True
