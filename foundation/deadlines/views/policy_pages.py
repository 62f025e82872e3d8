"""What the pages of clocks and working days share: the version in force, and two administrators at once (CLK-2)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.common.errors import Clash, Invalid, NotThere
from foundation.partnership import policies, queries
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.pathway import Policy
from foundation.partnership.views.settings import partnership_of, sent_revision
from foundation.ui import kept
from foundation.ui.add_another import unchecked
from foundation.ui.components import Difference
from foundation.ui.views import PageFormView, conflict_page

UNTOUCHED = "Clocks that are running already keep the times that they have."


class PolicyPage(PageFormView):
    """A page that changes one part of the pathway policy: its form, one service call, back to the list."""

    policy: Any = policies.check_can_change_settings
    template_name = "deadlines/policy/form.html"
    button = "Save"
    about: str = ""
    back: str = "deadlines_policy:clocks"

    @cached_property
    def held(self) -> Policy:
        """The policy in force; NotThere where none was chosen."""
        return queries.policy_from(queries.newest())

    @property
    def slug(self) -> str:
        """The partnership's part of the address."""
        return partnership_of(self.request).slug

    def make_form(self, data: Any) -> Any:
        """The page's form, with what is kept or what was sent."""
        raise NotImplementedError

    def act(self, form: Any, version: int) -> PathwayPolicy:
        """The one service call."""
        raise NotImplementedError

    def refuse(self, form: Any, refusal: Invalid) -> None:
        """Put what the service refused beside its fields."""
        for name, sentence in refusal.fields.items():
            form.add_error(name if name in form.fields else None, sentence)

    def differences(self, form: Any, theirs: Policy) -> list[Difference]:
        """What the policy in force says, and what was sent."""
        raise NotImplementedError

    def get_form(self, form_class: Any = None) -> Any:
        """With what was sent, or with words that were kept while nobody was signed in."""
        if self.request.method == "POST":
            return self.make_form(self.request.POST)
        words = kept.words_for(self.request)
        form = self.make_form(words)
        if words is not None:
            unchecked(form)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, unless another administrator did in the meantime: then both, side by side."""
        version = sent_revision(self.request)
        try:
            made = self.act(form, version)
        except Clash as clash:
            return self.both(form, clash)
        except Invalid as refusal:
            self.refuse(form, refusal)
            answer: HttpResponse = self.form_invalid(form)
            return answer
        if made.version == version:
            messages.info(self.request, "Nothing was changed.")
        else:
            messages.success(
                self.request, f"Saved. This is now version {made.version} of the pathway policy. {UNTOUCHED}"
            )
        return redirect(self.back_url_of(made))

    def both(self, form: Any, clash: Clash) -> HttpResponse:
        """Theirs and yours; nothing of either is lost."""
        row = queries.newest()
        if row is None:
            raise NotThere
        return conflict_page(
            self.request,
            sentence="Another administrator changed the pathway policy after you opened this page.",
            differences=self.differences(form, queries.policy_from(row)),
            theirs_words="What is kept now",
            keep_theirs_url=self.request.path,
            revision=row.version,
        )

    def back_url_of(self, made: PathwayPolicy) -> str:
        """Where the page leads once it is saved."""
        return reverse(self.back, kwargs={"partnership": self.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The version that the page was made from travels with it."""
        sent = self.request.method == "POST"
        words = {
            "back_url": reverse(self.back, kwargs={"partnership": self.slug}),
            "revision": sent_revision(self.request) if sent else self.held.version,
            "about": self.about,
        }
        return {**super().get_context_data(**kwargs), **words}


def version_in_force(request: HttpRequest) -> Policy | None:
    """The policy in force of the request's partnership; None where none was chosen."""
    row = queries.newest()
    return queries.policy_from(row) if row else None
