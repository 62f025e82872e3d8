"""The views that every page is made of. A view says who may open it, or it cannot be mounted.

One of these stands on each class:

    policy = staticmethod(lambda request, **kwargs: policies.check_can_take(by=request.actor))
    policy = policies.check_can_send            # a Policy whose only argument is `by`: it is called with request.actor
    open_to_all_members = "a person's own work"  # any hat of the partnership; the reason is read by reviewers
    open_to_signed_in = "chooses the hat"        # outside every partnership; anonymous people are asked to sign in
    open_to_anyone = "the sign-in page"

What a service raises becomes a page by itself: NotAllowed 403, NotThere 404, Clash 409; Invalid becomes the form's
errors. All that the view wrote is rolled back with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.views.generic import FormView, TemplateView, View

from foundation.common.actors import Actor
from foundation.common.errors import Invalid
from foundation.common.policy import Policy
from foundation.ui import kept
from foundation.ui.add_another import unchecked
from foundation.ui.components import Difference

if TYPE_CHECKING:
    _FormView = FormView[Any]
else:
    _FormView = FormView


class PolicyMixin(View):
    """Asks its policy before it does anything; refuses to be mounted without one."""

    policy: ClassVar[Callable[..., Any] | Policy[Any] | None] = None
    open_to_all_members: ClassVar[str] = ""
    open_to_signed_in: ClassVar[str] = ""
    open_to_anyone: ClassVar[str] = ""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Django's own; raises ImproperlyConfigured unless exactly one declaration says who may open the page."""
        declared = [cls.policy is not None, cls.open_to_all_members, cls.open_to_signed_in, cls.open_to_anyone]
        if sum(map(bool, declared)) != 1:
            raise ImproperlyConfigured(f"{cls.__name__} must say once who may open it: policy or open_to_….")
        return super().as_view(**initkwargs)

    @property
    def actor(self) -> Actor:
        """The hat worn. Raises Http404 where none is, so that no page answers without one."""
        actor: Actor | None = getattr(self.request, "actor", None)
        if actor is None:
            raise Http404
        return actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Policy first, then the method; the page is rendered here, while an error still rolls everything back."""
        if self.open_to_signed_in and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if self.policy is not None or self.open_to_all_members:
            self.ask_policy(request, **kwargs)
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and not response.is_rendered:
            response.render()
        return response

    def ask_policy(self, request: HttpRequest, **kwargs: Any) -> None:
        """Raises NotAllowed, or NotThere, as the policy says."""
        actor = self.actor
        policy = type(self).policy
        if isinstance(policy, Policy):
            policy(by=actor)
        elif policy is not None:
            policy(request, **kwargs)


class PageView(PolicyMixin, TemplateView):
    """A page that is read."""

    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`partnership` in a template is the partnership itself, not the slug that stands in the address."""
        if isinstance(kwargs.get("partnership"), str):
            del kwargs["partnership"]
        return super().get_context_data(**kwargs)


class ActionView(PolicyMixin):
    """A button: POST only. Write `post`, make one service call, and redirect."""

    http_method_names = ["post"]


class PageFormView(PolicyMixin, _FormView):
    """A page with a form. Write `form_valid`: one service call, then a redirect.

    Without a `template_name` of its own it is `ui/form_page.html`: `title`, the form, a button that says `button`.
    Refused input comes back with status 400, its words kept. Words sent after the person's session had ended stand in
    the form again once they are back (ACC-4), without a word about mistakes.
    """

    http_method_names = ["get", "head", "post"]
    template_name = "ui/form_page.html"
    title: str = ""
    button: str = "Continue"
    back_url: str = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Check the form, then act; what a service refuses becomes the form's own errors."""
        form = self.get_form()
        if form.is_valid():
            try:
                with transaction.atomic():
                    return self.form_valid(form)
            except Invalid as refusal:
                add_refusal(form, refusal)
        return self.form_invalid(form)

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the words that were kept for this page, if any."""
        words = kept.words_for(self.request)
        return super().get_form_kwargs() | ({} if words is None else {"data": words})

    def get_form(self, form_class: Any = None) -> Any:
        """The form; kept words are shown as they were typed."""
        form = super().get_form(form_class)
        if kept.words_for(self.request) is not None:
            unchecked(form)
        return form

    def form_invalid(self, form: Any) -> Any:
        """The same page with its errors, and status 400."""
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 400
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words of the page beside the form."""
        words = {"title": self.title, "button": self.button, "back_url": self.back_url}
        return {**words, **super().get_context_data(**kwargs)}


def add_refusal(form: forms.BaseForm, refusal: Invalid) -> None:
    """Put each sentence of an Invalid under its field; one for a field that the page does not show is the form's."""
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)


def conflict_page(
    request: HttpRequest,
    *,
    sentence: str,
    differences: Sequence[Difference],
    theirs_words: str,
    keep_theirs_url: str,
    revision: int | str,
) -> HttpResponse:
    """Both versions side by side, status 409, when somebody else saved a page first (EHA-3).

    Sends again what was posted, under the revision that stands now, if the person chooses their own words.
    """
    skipped = {"csrfmiddlewaretoken", "revision"}
    context = {
        "sentence": sentence,
        "differences": differences,
        "theirs_words": theirs_words,
        "keep_theirs_url": keep_theirs_url,
        "revision": revision,
        "sent": [(name, value) for name, values in request.POST.lists() if name not in skipped for value in values],
    }
    return render(request, "ui/conflict.html", context, status=409)
