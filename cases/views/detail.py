"""The case page."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.template.context_processors import csrf
from django.template.loader import get_template

from cases import clocks, policies, queries
from cases.disclosure import Disclosure
from cases.models import Case, FamilyMember
from cases.registries import next_steps, panels, path
from cases.words import age_of, current_stage, name_bar_of, name_of
from foundation.audit import services as audit
from foundation.ui.views import PageView


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
        found = clocks.all_of(case, request.partnership)  # before the bar and the next step, which ask for some of them
        return super().get_context_data(
            case=case,
            clocks=found,
            bar=name_bar_of(case, request.partnership),
            people=[person_row(member, disclosure) for member in disclosure.people()],
            left_out=disclosure.left_out,
            may_read_looks=policies.check_can_read_looks.allows(by=self.actor, case=case),
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
