"""The administrator's pages of agencies and their teams (ACC-3)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.accounts import leaving, policies, queries, services
from foundation.accounts.models import Agency, Team
from foundation.accounts.people_forms import AgencyFilter, AgencyForm, Sure, TeamForm
from foundation.accounts.views.named import OfNamed, url_of
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import ActionView, PageFormView, PageView

COLUMNS = ("Agency", "Kind", "People", "Teams")


class AgencyList(PageView):
    """Which agencies are in this partnership?"""

    policy = policies.check_can_administer
    template_name = "accounts/agencies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of them with how many people and teams each has."""
        form = AgencyFilter(self.request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        found = queries.agencies_by_name(search=asked.get("search", ""), closed=asked.get("show") == "closed")
        page = page_by_key(found, order=queries.BY_NAME, after=self.request.GET.get("after"))
        sizes = queries.sizes([agency.pk for agency in page.rows])
        return super().get_context_data(
            page=replace(page, rows=[{"agency": agency, "size": sizes[agency.pk]} for agency in page.rows]),
            count=bounded_count(found),
            columns=[Column(label, numeric=label in {"People", "Teams"}) for label in COLUMNS],
            filters=form,
            narrowed=any(asked.values()),
            **kwargs,
        )


class OfAgency(OfNamed):
    """A page with a form about one agency, which the address names."""

    named = ("agency",)

    @cached_property
    def agency(self) -> Agency:
        """The agency; NotThere for an id that is none of this partnership's."""
        return queries.agency(self.kwargs["agency_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the agency, and the way back to its page."""
        return super().get_context_data(**{"agency": self.agency, "back_url": self.agency_url(), **kwargs})

    def agency_url(self) -> str:
        """The agency's own page."""
        return url_of(self.request, "people:agency", self.agency.pk)


class AgencyDetail(PageView):
    """One agency: its teams, and what can be done with it."""

    policy = policies.check_can_administer
    template_name = "accounts/agency.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The agency, its teams and its size."""
        agency = queries.agency(kwargs.pop("agency_id"))
        return super().get_context_data(
            agency=agency, teams=queries.teams([agency.pk]), size=queries.sizes([agency.pk])[agency.pk], **kwargs
        )


class AgencyAdd(PageFormView):
    """A new agency."""

    policy = policies.check_can_administer
    form_class = AgencyForm
    title = "Add an agency"
    button = "Add the agency"

    def form_valid(self, form: AgencyForm) -> HttpResponse:
        """Make it, and go to its page."""
        agency = services.create_agency(by=self.actor, **form.cleaned_data)
        messages.success(self.request, "The agency is added. Next: invite its people, or add its teams.")
        return redirect(url_of(self.request, "people:agency", agency.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way back to the list."""
        return super().get_context_data(**{"back_url": url_of(self.request, "people:agencies"), **kwargs})


class AgencyChange(OfAgency):
    """Another name or kind."""

    form_class = AgencyForm
    title = "Change this agency"
    button = "Save"

    def get_initial(self) -> dict[str, Any]:
        """What stands now."""
        return {"name": self.agency.name, "kind": self.agency.kind}

    def form_valid(self, form: AgencyForm) -> HttpResponse:
        """Write it, and go back to the agency."""
        services.change_agency(by=self.actor, agency_id=self.agency.pk, **form.cleaned_data)
        messages.success(self.request, "The agency is changed.")
        return redirect(self.agency_url())


class AgencyClose(OfAgency):
    """What closing an agency does, before it is done."""

    form_class = Sure
    template_name = "accounts/agency_close.html"
    title = "Close this agency"
    button = "Close the agency"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what stands in the way, and how many people it concerns."""
        held = leaving.held_by(agency_id=self.agency.pk)
        return super().get_context_data(held=held, size=queries.sizes([self.agency.pk])[self.agency.pk], **kwargs)

    def form_valid(self, form: Sure) -> HttpResponse:
        """Close it."""
        services.close_agency(by=self.actor, agency_id=self.agency.pk)
        messages.success(self.request, "The agency is closed. You can open it again from this page.")
        return redirect(self.agency_url())


class AgencyReopen(ActionView):
    """Opens a closed agency again."""

    policy = policies.check_can_administer

    def post(self, request: HttpRequest, partnership: str, agency_id: UUID) -> HttpResponse:
        """Back to its page."""
        services.reopen_agency(by=self.actor, agency_id=agency_id)
        messages.success(request, "The agency is open again.")
        return redirect(url_of(request, "people:agency", agency_id))


class TeamAdd(OfAgency):
    """A new team of an agency."""

    form_class = TeamForm
    title = "Add a team"
    button = "Add the team"

    def form_valid(self, form: TeamForm) -> HttpResponse:
        """Make it."""
        services.create_team(by=self.actor, agency=self.agency, **form.cleaned_data)
        messages.success(self.request, "The team is added.")
        return redirect(self.agency_url())


class TeamChange(OfNamed):
    """Another name for a team."""

    named = ("team",)
    form_class = TeamForm
    title = "Rename this team"
    button = "Save"

    @cached_property
    def team(self) -> Team:
        """The team; NotThere for an id that is none of this partnership's."""
        return queries.team(self.kwargs["team_id"])

    def get_initial(self) -> dict[str, Any]:
        """Its name now."""
        return {"name": self.team.name}

    def form_valid(self, form: TeamForm) -> HttpResponse:
        """Write it, and go back to its agency."""
        services.rename_team(by=self.actor, team_id=self.team.pk, **form.cleaned_data)
        messages.success(self.request, "The team has its new name.")
        return redirect(url_of(self.request, "people:agency", self.team.agency_id))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way back to its agency."""
        back_url = url_of(self.request, "people:agency", self.team.agency_id)
        return super().get_context_data(**{"back_url": back_url, **kwargs})
