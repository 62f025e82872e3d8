"""Who looked at a family's record, and the looks that a manager asks about (FAM-8)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import looked, policies, services
from cases.enums import UnusualLookState
from cases.forms import LookedIntoForm
from cases.models import UnusualLook
from cases.views.detail import may_look
from cases.words import name_bar_of
from foundation.audit import services as audit
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import PageFormView, PageView


def may_read_looks(request: HttpRequest, *, case_id: UUID, **kwargs: Any) -> None:
    """The case is found for the reader, who manages the team that leads it."""
    may_look(request, case_id=case_id)
    asked = cast(Any, request)
    policies.check_can_read_looks(by=asked.actor, case=asked.case)


class WhoLooked(PageView):
    """The access log of one family's record, newest first. Reading it is a look as well."""

    policy = staticmethod(may_read_looks)
    template_name = "cases/looks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of the log, of everybody or of one person."""
        request = cast(Any, self.request)
        case = request.case
        people = looked.people_who_looked(case)
        audit.viewed(by=self.actor, subject=case, case_id=case.pk, how="access_log")
        person = next((one for one in people if str(one.pk) == request.GET.get("person")), None)
        looks = looked.looks_of(case, person=person.pk if person else None)
        page = page_by_key(looks, order=("-at", "-id"), after=request.GET.get("after"))
        return super().get_context_data(
            case=case,
            bar=name_bar_of(case, request.partnership),
            page=replace(page, rows=looked.in_words(page.rows)),
            columns=[Column("When", sorted="descending"), Column("Who"), Column("Role then"), Column("What")],
            count=bounded_count(looks),
            people=people,
            person=person,
            **kwargs,
        )


class UnusualLooks(PageView):
    """What this manager has to ask about, or has asked about, newest first."""

    policy = policies.check_manages
    template_name = "cases/unusual_looks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of them."""
        done = self.request.GET.get("show") == "done"
        state = UnusualLookState.LOOKED_INTO if done else UnusualLookState.FOUND
        looks = looked.unusual_looks(self.actor).filter(state=state)
        return super().get_context_data(
            page=page_by_key(looks, order=("-last_at", "-id"), after=self.request.GET.get("after")),
            columns=[Column("Family"), Column("Who looked"), Column("Why it is unusual"), Column("When")],
            count=bounded_count(looks),
            done=done,
            **kwargs,
        )


class LookInto(PageFormView):
    """One unusual look, and what the manager found out about it."""

    policy = policies.check_manages
    template_name = "cases/unusual_look.html"
    form_class = LookedIntoForm
    button = "Record that it is looked into"

    @cached_property
    def look(self) -> UnusualLook:
        """The look; NotThere if this manager does not answer for its case."""
        return looked.unusual_look(self.actor, self.kwargs["look_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What was found, and the form while nobody has looked into it; that it was read is written down."""
        look, partnership = self.look, cast(Any, self.request).partnership
        if self.request.method != "POST":
            audit.viewed(by=self.actor, subject=look, case_id=look.case_id)
        waits = look.state == UnusualLookState.FOUND
        return super().get_context_data(**kwargs) | {
            "look": look,
            "own": look.user_id == self.actor.user_id,
            "bar": name_bar_of(look.case, partnership),
            "may_look_into": waits and policies.check_can_look_into.allows(by=self.actor, look=look),
            "back_url": reverse("cases:unusual", args=[partnership.slug]),
            "log_url": reverse("cases:looks", args=[partnership.slug, look.case_id]) + f"?person={look.user_id}",
        }

    def form_valid(self, form: LookedIntoForm) -> HttpResponse:
        """Back to what is left."""
        services.look_into(by=self.actor, look_id=self.kwargs["look_id"], note=form.cleaned_data["note"])
        messages.success(self.request, "It is recorded that you looked into this.")
        return redirect("cases:unusual", cast(Any, self.request).partnership.slug)
