"""The list of cases and the case page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.template.context_processors import csrf
from django.template.loader import get_template

from cases import policies, queries
from cases.disclosure import Disclosure, of_many
from cases.enums import Part
from cases.models import Case, FamilyMember
from cases.registries import PathStep, next_steps, panels, path
from cases.words import age_of, level_of, name_bar_of, name_of
from foundation.audit import services as audit
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import PageView

CHILDREN = {Part.CHILD, Part.UNBORN}
COLUMNS = ("Family", "Children", "Level of need")
SHOWN = {"": "All open to my agency", "agency": "My agency leads", "mine": "I lead"}
EMPTY = {
    "": "A case appears here when a family’s consent names your agency.",
    "agency": "When the {front_door} names one of you as {lead_title}, the case appears here.",
    "mine": "When the {front_door} names you as {lead_title}, the case appears here.",
}


class CaseList(PageView):
    """The cases that are open to the reader's agency, newest first."""

    policy = policies.check_can_look
    template_name = "cases/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of rows, how many there are, and what an empty list says."""
        partnership = cast(Any, self.request).partnership
        show = self.request.GET.get("show", "")
        show = show if show in SHOWN else ""
        cases = queries.newest_cases(self.actor, show=show)
        page = page_by_key(cases, order=queries.NEWEST_FIRST, after=self.request.GET.get("after"))
        known = of_many(self.actor, page.rows)
        rows = [
            {"case": case, "level": level_of(case, partnership), "children": children_of(known[case.pk])}
            for case in page.rows
        ]
        return super().get_context_data(
            page=replace(page, rows=rows),
            columns=[Column(label) for label in (*COLUMNS, partnership.lead_title.capitalize(), "Opened")],
            count=bounded_count(cases),
            filters=[(words, f"?show={value}" if value else "?", value == show) for value, words in SHOWN.items()],
            empty_words=EMPTY[show].format(front_door=partnership.front_door, lead_title=partnership.lead_title),
            **kwargs,
        )


def may_look(request: HttpRequest, *, case_id: UUID, **kwargs: Any) -> None:
    """The case page's policy: the case is found for the reader, or refused as ACC-6 says."""
    asked = cast(Any, request)
    asked.case = queries.case_for(asked.actor, case_id)


class CaseDetail(PageView):
    """Where is this family, who does what, what is next?"""

    policy = staticmethod(may_look)
    template_name = "cases/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything on the page; that it was looked at is written down (FAM-8)."""
        request = cast(Any, self.request)
        case: Case = request.case
        disclosure = Disclosure(self.actor, case)
        audit.viewed(by=self.actor, subject=case, case_id=case.pk)
        stages = path.of(case)
        return super().get_context_data(
            case=case,
            bar=name_bar_of(case, request.partnership),
            people=[person_row(member, disclosure) for member in disclosure.people()],
            left_out=disclosure.left_out,
            may_reach=disclosure.may_reach,
            leads=self.actor.agency_id == case.lead_agency_id,
            stages=stages,
            current=current_stage(stages),
            next_step=next_steps.first(self.actor, case),
            panels=[self.panel(panel.template, panel.context(self.actor, case, request)) for panel in panels],
            **kwargs,
        )

    def panel(self, template: str, context: dict[str, Any]) -> str:
        """One panel's own piece of the page, with its own names."""
        request = cast(Any, self.request)
        shared = {"case": request.case, "actor": self.actor, "partnership": request.partnership, "request": request}
        return get_template(template).render({**csrf(request), **shared, **context})


def person_row(member: FamilyMember, disclosure: Disclosure) -> dict[str, Any]:
    """A member of the family as the case page shows them, with the agencies that consent lets know about them."""
    return {
        "name": name_of(member.person),
        "age": age_of(member.person),
        "part": member.get_part_display(),
        "shared_with": disclosure.shared_with(member.person_id),
    }


def children_of(disclosure: Disclosure) -> str:
    """The ages of a family's children whom the reader may know about: "8 years, about 4 years"."""
    ages = [age_of(member.person) for member in disclosure.people() if member.part in CHILDREN]
    return ", ".join(ages) or ("None that your agency may know of" if disclosure.left_out else "None")


def current_stage(stages: list[PathStep]) -> int:
    """The place of the first stage that is not reached yet; past the last when all are."""
    return next((place for place, stage in enumerate(stages) if stage.done_on is None), len(stages))
