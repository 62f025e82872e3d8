"""The list of cases."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from cases import clocks, policies, queries
from cases.disclosure import of_many
from cases.filters import ALL, CaseFilters, address
from cases.models import SavedFilter
from cases.words import children_of, level_of
from foundation.accounts import queries as accounts
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import PageView

COLUMNS = ("Family", "Next clock", "Children", "Level of need")
EMPTY = {
    ALL: "A case appears here when a family’s consent names your agency.",
    "agency": "When the {front_door} names one of you as {lead_title}, the case appears here.",
    "team": "When the {front_door} gives a case to one of your teams, it appears here.",
    "mine": "When the {front_door} names you as {lead_title}, the case appears here.",
}
NONE_LEFT = "Take a filter away, or clear all of them, to see more cases."


class CaseList(PageView):
    """The cases that are open to the reader's agency, newest first, narrowed by what stands in the address."""

    policy = policies.check_can_look
    template_name = "cases/list.html"

    @cached_property
    def filters(self) -> CaseFilters:
        """What the address says, and nothing else."""
        return filters_of(self.request)

    @cached_property
    def saved(self) -> list[SavedFilter]:
        """The reader's own filters."""
        return list(queries.saved_filters(self.actor))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The bare address opens with the reader's default filter, if there is one, so that the address says it."""
        default = next((one for one in self.saved if one.is_default), None)
        if default is not None and not request.GET:
            return HttpResponseRedirect(request.path + address(default.query))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of rows, how many there are, and what an empty list says."""
        partnership = cast(Any, self.request).partnership
        cases, said = clocks.with_open(self.filters.qs), self.filters.said
        page = page_by_key(cases, order=queries.NEWEST_FIRST, after=self.request.GET.get("after"))
        known, lines = of_many(self.actor, page.rows), clocks.next_lines(page.rows, partnership)
        rows = [
            {
                "case": case,
                "level": level_of(case, partnership),
                "children": children_of(known[case.pk]),
                "clock": lines[case.pk],
            }
            for case in page.rows
        ]
        empty = NONE_LEFT if self.filters.narrowed else EMPTY[said["whose"]]
        return super().get_context_data(
            page=replace(page, rows=rows),
            columns=[
                *(Column(label) for label in (*COLUMNS, partnership.lead_title.capitalize())),
                Column("Opened", sorted="descending"),
            ],
            count=bounded_count(self.filters.countable),
            filters=self.filters,
            said=address(said),
            saved=[(one.name, address(one.query), one.query == said) for one in self.saved],
            empty_title="No case matches" if self.filters.narrowed else "No case is here yet",
            empty_words=empty.format(front_door=partnership.front_door, lead_title=partnership.lead_title),
            **kwargs,
        )


def filters_of(request: HttpRequest) -> CaseFilters:
    """The filters that stand in an address, for the hat worn."""
    asked = cast(Any, request)
    teams = accounts.teams([asked.actor.agency])
    return CaseFilters(request.GET, actor=asked.actor, partnership=asked.partnership, teams=teams)
