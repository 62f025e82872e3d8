"""The manager's pages: what waits for approval, and the decision on one (EHA-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assessments import policies, queries, services
from assessments.disclosure import ReadSection
from assessments.enums import AssessmentState
from assessments.forms import APPROVE, RETURN, DecisionForm
from assessments.models import Assessment
from assessments.views.common import Inside, comments_of, may_see
from foundation.common.errors import Clash, Invalid
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import PageFormView, PageView


class Waiting(PageView):
    """What waits for this manager, oldest first."""

    policy = policies.check_decides_at_all
    template_name = "assessments/waiting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of the list."""
        waiting = queries.waiting_for_approval(self.actor)
        columns = ["Family", "Reference", "Written by", "Sent for approval"]
        return super().get_context_data(
            page=page_by_key(waiting, order=("submitted_at", "id"), after=self.request.GET.get("after")),
            count=bounded_count(waiting),
            columns=[Column(label) for label in columns],
            **kwargs,
        )


def may_decide(request: HttpRequest, **kwargs: Any) -> None:
    """Only who may decide comes here; one that is decided already says by whom."""
    may_see(request, **kwargs)
    asked = cast(Any, request)
    policies.check_can_decide(by=asked.actor, assessment=asked.assessment)
    if asked.assessment.state != AssessmentState.SUBMITTED:
        raise Clash(_how_it_stands(asked.assessment))


class Decide(Inside, PageFormView):
    """Is it good enough, and safe? The whole assessment, a comment on any section, and the decision."""

    policy = staticmethod(may_decide)
    form_class = DecisionForm
    template_name = "assessments/decide.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form has a comment for each section of this definition."""
        return {**super().get_form_kwargs(), "definition": self.reader.definition}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each section with its comment's field, and whether it changed since it was last returned."""
        kwargs.setdefault("form", self.get_form())
        form = kwargs["form"]
        if self.request.method != "POST":
            self.looked()
        earlier = comments_of(self.reader, self.assessment)
        returned_at = earlier[0][1].made_at if earlier else None
        sections = self.reader.read_all()
        changed = [read.page for read in sections if _changed(read, returned_at)]
        return super().get_context_data(
            **self.shared(),
            sections=[(read, form[form.sections[read.page.key]], read.page in changed) for read in sections],
            changed=changed,
            earlier=earlier,
            **{**kwargs, "back_url": self.link("detail")},
        )

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        """Approve, or return with what was said; then the next in the list."""
        decision = self.request.POST.get("decision")
        if decision == APPROVE:
            if len(form.comments) > bool(form.cleaned_data["overall"]):
                raise Invalid("You wrote comments on sections. Return the assessment with them, or clear them first.")
            comment = form.cleaned_data["overall"]
            services.approve(by=self.actor, assessment_id=self.assessment.pk, comment=comment)
            messages.success(self.request, f"{self.assessment.case.reference} is approved.")
        elif decision == RETURN:
            services.give_back(by=self.actor, assessment_id=self.assessment.pk, comments=form.comments)
            messages.success(self.request, f"{self.assessment.case.reference} is returned with your comments.")
        else:
            raise Invalid("Choose whether to approve or to return the assessment.")
        return redirect("assessments:waiting", partnership=self.kwargs["partnership"])


def _changed(read: ReadSection, returned_at: dt.datetime | None) -> bool:
    return bool(returned_at and read.section.saved_at and read.section.saved_at > returned_at)


def _how_it_stands(assessment: Assessment) -> str:
    decided = assessment.state in {AssessmentState.APPROVED, AssessmentState.RETURNED} and assessment.decided_by
    by = f", by {decided.full_name}" if decided else ""
    return f"There is nothing to decide now: the assessment is “{assessment.get_state_display().lower()}”{by}."
