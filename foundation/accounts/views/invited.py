"""Where an invitation's link leads: for somebody new, for who has an account, and for whom it is not (ACC-3)."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from foundation.accounts import offers, second_factor, services
from foundation.accounts.middleware import private, wear_agency
from foundation.accounts.models import User
from foundation.accounts.offers import Offer, Refused, Trouble
from foundation.accounts.people_forms import JoinForm
from foundation.accounts.views.hats import home_of
from foundation.common.errors import Invalid
from foundation.ui.views import PolicyMixin, add_refusal

BACKEND = "foundation.accounts.backends.PasswordBackend"


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class InvitationLink(PolicyMixin):
    """One address for all who hold the link; what it shows depends on who is signed in."""

    open_to_anyone = "whoever holds the link that was sent to them; accepting asks for an account of that address"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nobody's cache keeps it; what cannot be accepted has a page of its own that says why."""
        try:
            with transaction.atomic():
                return private(super().dispatch(request, *args, **kwargs))
        except Refused as refusal:
            return private(self.refusal(refusal.trouble))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """What is offered, and the way to take it."""
        return self.page(self.offer(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Accept with the account that is signed in, or make the account first."""
        user = self.user
        if user is not None:
            if second_factor.outstanding(request, user) == second_factor.CHALLENGE:
                return HttpResponseRedirect(second_factor.way(request, user) or "")
            return self.to_work(services.accept_invitation(by_user=user, token=token))
        offer = self.offer(token)
        if offer.has_account:
            return self.page(offer)
        return self.join(offer, token)

    @property
    def user(self) -> User | None:
        """Who is signed in."""
        return self.request.user if isinstance(self.request.user, User) else None

    def offer(self, token: str) -> Offer:
        """The offer, if this person can take it or could after signing in; raises Refused."""
        offer = offers.read(token)
        trouble = offer.trouble_for(self.user)
        if trouble is not None:
            raise Refused(trouble)
        return offer

    def join(self, offer: Offer, token: str) -> HttpResponse:
        """Somebody new: check the form, make the account, sign in and go to work (by way of the second factor)."""
        form = JoinForm(self.request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    user, taken = services.join_by_invitation(
                        token=token, full_name=form.cleaned_data["full_name"], password=form.cleaned_data["password1"]
                    )
            except Invalid as refusal:
                add_refusal(form, refusal)
            else:
                login(self.request, user, backend=BACKEND)
                record_authentication(self.request, user, "password")
                return self.to_work(taken)
        return self.page(offer, form=form, status=400)

    def page(self, offer: Offer, *, form: JoinForm | None = None, status: int = 200) -> HttpResponse:
        """What is offered, with the one thing to do next."""
        if form is None:
            form = JoinForm(initial={"full_name": offer.invitation.full_name})
        context = {"offer": offer, "invitation": offer.invitation, "form": form, "here": self.request.path}
        name = "accept" if self.user else "sign_in" if offer.has_account else "join"
        return render(self.request, f"accounts/invitation_{name}.html", context, status=status)

    def refusal(self, trouble: Trouble) -> HttpResponse:
        """Why nothing can be accepted, and what to do."""
        context = {
            "sentence": trouble.label,
            "may_sign_out": trouble is Trouble.ANOTHER,
            "may_sign_in": trouble is Trouble.USED and self.user is None,
            "here": self.request.path,
        }
        return render(self.request, "accounts/invitation_refused.html", context, status=trouble.status)

    def to_work(self, offer: Offer) -> HttpResponse:
        """The partnership's first page, wearing the new hat."""
        wear_agency(self.request, offer.partnership.pk, cast(Any, offer.invitation).agency_id)
        return HttpResponseRedirect(home_of(offer.partnership))
