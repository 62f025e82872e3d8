"""The operator's pages, and the page on which the first operator makes their account.

They stand outside every partnership. To anybody else an operator's page is what an unknown address is.
"""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from earlyhelp.operator import links, queries, services
from earlyhelp.operator.forms import AdministratorForm, FoundForm, SetUpForm
from foundation.accounts import second_factor
from foundation.accounts.middleware import private
from foundation.accounts.models import User
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from foundation.ui.components import Column
from foundation.ui.paging import page_by_key
from foundation.ui.views import PageFormView, PageView, PolicyMixin


class ForOperators(PolicyMixin):
    """Lets operators in, once they have passed the second step; a demonstration does without it."""

    open_to_signed_in = "operators alone: everybody else who has signed in finds nothing here"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises Http404 for who is no operator."""
        user = request.user
        if isinstance(user, User):
            if not (user.is_active and user.is_operator):
                raise Http404
            first = None if settings.DEMO else second_factor.way(request, user)
            if first:
                return private(HttpResponseRedirect(first))
        return private(super().dispatch(request, *args, **kwargs))

    @property
    def operator(self) -> User:
        """Who has signed in."""
        return cast(User, self.request.user)


class Partnerships(ForOperators, PageView):
    """Every partnership of this installation: its name, its address, since when."""

    template_name = "operator/partnerships.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A page of them, by name."""
        page = page_by_key(queries.partnerships(), order=queries.BY_NAME, after=self.request.GET.get("after"), size=50)
        columns = [Column(label) for label in ("Partnership", "Address", "Made")]
        return super().get_context_data(page=page, columns=columns, **kwargs)


class NewPartnership(ForOperators, PageFormView):
    """A new partnership from a preset, with its first administrator's invitation."""

    form_class = FoundForm
    title = "New partnership"
    button = "Make the partnership and send the invitation"

    def form_valid(self, form: FoundForm) -> HttpResponse:
        """Make it, and say what happens next."""
        partnership = services.found(by_user=self.operator, **form.cleaned_data)
        return redirect("operator_partnership", slug=partnership.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Back to the list."""
        return super().get_context_data(**kwargs) | {"back_url": reverse("operator")}


class OnePartnership(ForOperators, PageFormView):
    """What happens next, and the first administrator's invitation once more if it did not arrive."""

    template_name = "operator/partnership.html"
    form_class = AdministratorForm
    button = "Send the invitation again"

    def get_initial(self) -> dict[str, Any]:
        """Whom it was sent to."""
        waiting = self.standing["waiting"]
        return {"full_name": waiting.full_name, "email": waiting.email} if waiting else {}

    def form_valid(self, form: AdministratorForm) -> HttpResponse:
        """Send it."""
        services.invite_again(by_user=self.operator, partnership=self.partnership, **form.cleaned_data)
        messages.success(self.request, "The invitation has been sent.")
        return redirect("operator_partnership", slug=self.partnership.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The partnership's name and address, and how far its first administrator has come: nothing of its content."""
        about = {"about": self.partnership, "title": self.partnership.name, "back_url": reverse("operator")}
        return super().get_context_data(**kwargs) | about | self.standing

    @property
    def partnership(self) -> Partnership:
        """The one that the address names; raises NotThere."""
        return queries.partnership(self.kwargs["slug"])

    @property
    def standing(self) -> dict[str, Any]:
        """Whether it has an administrator, and the invitation that waits if it has none."""
        with tenant_scope(self.partnership.pk):
            has_administrator = queries.has_administrator()
            waiting = None if has_administrator else queries.first_invitation()
        return {"has_administrator": has_administrator, "waiting": waiting}


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class SetUpInstallation(PageFormView):
    """The first operator's account, made by whoever holds the address that the installation printed."""

    open_to_anyone = "nobody has an account yet; the token in the address is the proof"
    template_name = "operator/set_up.html"
    form_class = SetUpForm
    title = "Set up Early Help"
    button = "Make my account"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A wrong token, and a right one that has been used, are an address where nothing is."""
        if not links.fits(kwargs["token"]) or (links.is_set_up() and request.method != "POST"):
            raise Http404
        return private(super().dispatch(request, *args, **kwargs))

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        """Make the account. Signing in comes next, then the second step."""
        said = form.cleaned_data
        services.become_first_operator(email=said["email"], full_name=said["full_name"], password=said["password1"])
        messages.success(self.request, "Your account is ready. Sign in with it now.")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('operator')})}")
