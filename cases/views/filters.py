"""A person's own filters of the list of cases: named, renamed, deleted."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import policies, queries, services
from cases.filters import CaseFilters, address
from cases.forms import FilterForm
from cases.models import SavedFilter
from cases.views.listing import filters_of
from foundation.accounts import queries as accounts
from foundation.ui.views import ActionView, PageFormView, PageView


def list_url(request: HttpRequest, said: str = "") -> str:
    """The list of cases, narrowed."""
    return reverse("cases:list", args=[cast(Any, request).partnership.slug]) + said


class SaveFilter(PageFormView):
    """Name what the list is narrowed to; it stands in this page's address as it stood in the list's."""

    policy = policies.check_can_look
    template_name = "cases/filter.html"
    form_class = FilterForm
    title = "Save this filter"
    button = "Save filter"

    @cached_property
    def filters(self) -> CaseFilters:
        """What is to be kept."""
        return filters_of(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """In words, what is to be kept."""
        back = list_url(self.request, address(self.filters.said))
        return {**super().get_context_data(**kwargs), "tags": self.filters.tags, "back_url": back}

    def form_valid(self, form: FilterForm) -> HttpResponse:
        """Back to the list, narrowed as before."""
        said = self.filters.said
        services.save_filter(by=self.actor, query=said, **form.cleaned_data)
        messages.success(self.request, "The filter is saved. It stands above the list of cases.")
        return HttpResponseRedirect(list_url(self.request, address(said)))


class MyFilters(PageView):
    """All of a person's filters under this hat."""

    policy = policies.check_can_look
    template_name = "cases/filters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each with what it shows, in words."""
        request = cast(Any, self.request)
        teams = list(accounts.teams([self.actor.agency]))
        rows = []
        for one in queries.saved_filters(self.actor):
            data = QueryDict(address(one.query)[1:])
            filters = CaseFilters(data, actor=self.actor, partnership=request.partnership, teams=teams)
            rows.append({"filter": one, "tags": filters.tags, "url": list_url(request, address(one.query))})
        return super().get_context_data(rows=rows, most=services.MOST_FILTERS, **kwargs)


class ChangeFilter(PageFormView):
    """Another name for a filter, and whether the list opens with it; below, the button that deletes it."""

    policy = policies.check_can_look
    template_name = "cases/filter.html"
    form_class = FilterForm
    title = "Change a filter"
    button = "Save changes"

    @cached_property
    def saved(self) -> SavedFilter:
        """The filter; NotThere for anyone else's."""
        return queries.saved_filter(self.actor, self.kwargs["filter_id"])

    def get_initial(self) -> dict[str, Any]:
        """As it is called now."""
        return {"name": self.saved.name, "is_default": self.saved.is_default}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way back to all of them."""
        back = reverse("cases:filters", args=[cast(Any, self.request).partnership.slug])
        return {**super().get_context_data(**kwargs), "saved": self.saved, "back_url": back}

    def form_valid(self, form: FilterForm) -> HttpResponse:
        """Back to all of them."""
        services.change_filter(by=self.actor, filter_id=self.kwargs["filter_id"], **form.cleaned_data)
        messages.success(self.request, "The filter is changed.")
        return redirect("cases:filters", cast(Any, self.request).partnership.slug)


class DeleteFilter(ActionView):
    """Forget a filter."""

    policy = policies.check_can_look

    def post(self, request: HttpRequest, *, partnership: str, filter_id: UUID) -> HttpResponse:
        """Back to all of them."""
        services.delete_filter(by=self.actor, filter_id=filter_id)
        messages.success(request, "The filter is deleted. No case was changed.")
        return redirect("cases:filters", partnership)
