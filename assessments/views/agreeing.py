"""Checking the whole assessment with the family, recording that they agree, and sending it for approval (EHA-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assessments import policies, queries, services
from assessments.enums import WRITABLE, AssessmentState, SectionState
from assessments.forms import AgreementForm
from assessments.views.common import Inside
from foundation.ui.views import ActionView, PageFormView


class CheckAndAgree(Inside, PageFormView):
    """Check before it goes: every answer, what is missing, and the family's own views (EHA-2, EHA-5)."""

    form_class = AgreementForm
    template_name = "assessments/check.html"

    def get_initial(self) -> dict[str, Any]:
        """What the family said before it was opened again, or came back: they may say it again."""
        return {"family_views": self.assessment.family_views}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each section to read with its Change link, and those that are not completed."""
        if self.request.method != "POST":
            self.looked()
        sections = self.reader.read_all()
        is_author = policies.check_is_author.allows(by=self.actor, assessment=self.assessment)
        unfinished = [read.page for read in sections if read.section.state != SectionState.DONE]
        return super().get_context_data(
            **self.shared(),
            sections=[(read, self.link("section", key=read.page.key)) for read in sections],
            left_out=self.reader.left_out,
            unfinished=unfinished if self.assessment.state in WRITABLE else [],
            is_author=is_author,
            may_change=is_author and self.assessment.state in WRITABLE,
            may_agree=is_author and self.assessment.state == AssessmentState.IN_PROGRESS and not unfinished,
            edition=queries.edition(self.assessment),
            **{**kwargs, "back_url": self.link("detail")},
        )

    def form_valid(self, form: AgreementForm) -> HttpResponse:
        """The family agrees; sending it is the next button."""
        read_at = self.request.POST.get("read_at", "")
        services.agree_with_family(
            by=self.actor, assessment_id=self.assessment.pk, read_at=read_at, **form.cleaned_data
        )
        messages.success(self.request, "The family’s agreement is recorded. You can send the assessment for approval.")
        return redirect(self.link("check"))


class Reopen(Inside, ActionView):
    """Open an agreed assessment for more writing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call."""
        services.reopen(by=self.actor, assessment_id=self.assessment.pk)
        messages.success(request, "The assessment is open for writing. Ask the family again before you send it.")
        return redirect(self.link("detail"))


class Submit(Inside, ActionView):
    """Send it for approval."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call."""
        services.submit(by=self.actor, assessment_id=self.assessment.pk)
        messages.success(request, "The assessment is with your manager for approval.")
        return redirect(self.link("detail"))
