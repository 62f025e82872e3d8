"""The administrator's pages of the people who work here, and of their roles (ACC-3)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.accounts import leaving, notes, policies, queries, services
from foundation.accounts.models import Agency, Membership
from foundation.accounts.people_forms import AgencyChoice, PeopleFilter, RoleForm, Sure, as_uuid
from foundation.accounts.views.named import OfNamed, url_of
from foundation.common import sealing
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import ActionView, PageView

COLUMNS = ("Name", "Agencies and roles", "Last sign-in")
SEALED_FOR = "search for people"


class PeopleList(PageView):
    """Who works here? What is searched for is a name: it is posted, and stands sealed in the address."""

    policy = policies.check_can_administer
    template_name = "accounts/people.html"
    http_method_names = ["get", "head", "post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """On to the same list, narrowed."""
        form = PeopleFilter(request.POST, agencies=queries.agencies_to_choose())
        if not form.is_valid():
            context = self.get_context_data(form=form, **kwargs)
            return self.render_to_response(context, status=400)
        asked = {name: value for name, value in form.cleaned_data.items() if value}
        if "search" in asked:
            asked["search"] = sealing.seal(asked["search"], purpose=SEALED_FOR).removeprefix(sealing.PREFIX)
        return redirect(f"{request.path}?{urlencode(asked)}" if asked else request.path)

    def get_context_data(self, form: PeopleFilter | None = None, **kwargs: Any) -> dict[str, Any]:
        """One page of them; the same number of queries however many there are."""
        asked = self.asked()
        left = asked["show"] == "left"
        found = queries.people(
            search=asked["search"], agency_id=as_uuid(asked["agency"]), role=asked["role"], left=left
        )
        page = page_by_key(found, order=queries.BY_NAME, after=self.request.GET.get("after"))
        columns = [*COLUMNS, "Left"] if left else COLUMNS
        return super().get_context_data(
            page=replace(page, rows=queries.persons(page.rows)),
            count=bounded_count(found),
            columns=[Column(label) for label in columns],
            form=form or PeopleFilter(initial=asked, agencies=queries.agencies_to_choose()),
            narrowed=any(asked.values()),
            left=left,
            waiting=bounded_count(queries.invitations_waiting()),
            **kwargs,
        )

    def asked(self) -> dict[str, str]:
        """How the list is narrowed; what was not sealed here searches for nothing."""
        asked = {name: self.request.GET.get(name, "") for name in ("search", "agency", "role", "show")}
        try:
            asked["search"] = asked["search"] and sealing.unseal(asked["search"], purpose=SEALED_FOR)
        except (sealing.NotSealedHere, UnicodeEncodeError):
            asked["search"] = ""
        return asked


class PersonDetail(PageView):
    """One person: what they are here, and what can be changed."""

    policy = policies.check_can_administer
    template_name = "accounts/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The person, with every role that they hold here, and what other rooms have to say."""
        user_id = kwargs.pop("user_id")
        person = queries.person(user_id)
        own = user_id == self.actor.user_id
        return super().get_context_data(person=person, own=own, notes=notes.about(user_id), **kwargs)


class OfPerson(OfNamed):
    """A page with a form about one person, whom the address names."""

    named: tuple[str, ...] = ("person",)
    form_class: Any = Sure

    @cached_property
    def person(self) -> queries.Person:
        """The person; NotThere for everybody who never had a role here."""
        return queries.person(self.kwargs["user_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the person, and the way back to their page."""
        own = self.person.user.pk == self.actor.user_id
        return super().get_context_data(
            **{"person": self.person, "own": own, "back_url": self.person_url(), **kwargs}
        )  # fmt: skip

    def person_url(self) -> str:
        """The person's own page."""
        return url_of(self.request, "people:person", self.person.user.pk)


class Deactivate(OfPerson):
    """What it means that somebody leaves, before it is done."""

    template_name = "accounts/person_deactivate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what stands in the way."""
        return super().get_context_data(held=leaving.held_by(user_id=self.person.user.pk), **kwargs)

    def form_valid(self, form: Sure) -> HttpResponse:
        """End all their roles here; who has ended their own has no page left here to go to."""
        services.deactivate(by=self.actor, user_id=self.person.user.pk)
        if self.person.user.pk == self.actor.user_id:
            return redirect("hats")
        messages.success(self.request, "This person’s roles here are ended. You can bring them back from this page.")
        return redirect(self.person_url())


class BringBack(ActionView):
    """Gives somebody who left the roles that they held last."""

    policy = policies.check_can_administer

    def post(self, request: HttpRequest, partnership: str, user_id: int) -> HttpResponse:
        """Back to their page."""
        services.bring_back(by=self.actor, user_id=user_id)
        messages.success(request, "This person works here again, with the roles they held last.")
        return redirect(url_of(request, "people:person", user_id))


class RoleAgency(OfPerson):
    """Which agency is the new role in?"""

    title = "Add a role"

    def get_form(self, form_class: Any = None) -> AgencyChoice:
        """The open agencies."""
        return AgencyChoice(
            **self.get_form_kwargs(), agencies=queries.agencies(), question="Which agency is the role in?"
        )

    def form_valid(self, form: AgencyChoice) -> HttpResponse:
        """On to the role itself."""
        return redirect(
            url_of(self.request, "people:role_add", self.person.user.pk, form.cleaned_data["agency"])
        )  # fmt: skip


class RoleAdd(OfPerson):
    """A role in one agency."""

    named = ("person", "agency")
    title = "Add a role"
    button = "Add the role"
    template_name = "accounts/role_add.html"

    @cached_property
    def agency(self) -> Agency:
        """The agency; NotThere for an id that is none of this partnership's."""
        return queries.agency(self.kwargs["agency_id"])

    def get_form(self, form_class: Any = None) -> RoleForm:
        """With the agency's teams."""
        return RoleForm(**self.get_form_kwargs(), teams=queries.teams([self.agency.pk]))

    def form_valid(self, form: RoleForm) -> HttpResponse:
        """Give it."""
        services.add_membership(
            by=self.actor, user=self.person.user, agency=self.agency, role=form.cleaned_data["role"],
            team=form.cleaned_data.get("team"),
        )  # fmt: skip
        messages.success(self.request, "The role is added. It counts from the person’s next page on.")
        return redirect(self.person_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the agency."""
        return super().get_context_data(**{"agency": self.agency, **kwargs})


class RoleEnd(OfNamed):
    """What ending one role does, before it is done."""

    named = ("membership",)
    form_class = Sure
    template_name = "accounts/role_end.html"

    @cached_property
    def membership(self) -> Membership:
        """The role; NotThere for an id that is none of this partnership's, or has ended."""
        return queries.membership(self.kwargs["membership_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With whose role it is."""
        own = self.membership.user_id == self.actor.user_id
        back_url = url_of(self.request, "people:person", self.membership.user_id)
        return super().get_context_data(**{"membership": self.membership, "own": own, "back_url": back_url, **kwargs})

    def form_valid(self, form: Sure) -> HttpResponse:
        """End it; whoever has ended their own right to be here goes to what is left to them."""
        services.end_membership(by=self.actor, membership_id=self.membership.pk)
        if self.membership.user_id == self.actor.user_id:
            return redirect("hats")
        messages.success(self.request, "The role is ended. It no longer counts, from the person’s next page on.")
        return redirect(url_of(self.request, "people:person", self.membership.user_id))
