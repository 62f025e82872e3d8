"""The pages on which an assessment is read: the task list, the whole of it, and asking for it as a PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assessments import policies, services
from assessments.enums import AssessmentState, SectionState
from assessments.models import Section
from assessments.views.common import Inside, last_comments_of
from foundation.formdefs.definitions import Page
from foundation.ui.components import Task
from foundation.ui.templatetags.early_help import when
from foundation.ui.views import ActionView, PageView

STATE_COLOURS = {
    SectionState.NOT_STARTED: "blue",
    SectionState.IN_PROGRESS: "teal",
    SectionState.CHANGED: "yellow",
    SectionState.DONE: "",
}


class Overview(Inside, PageView):
    """What have we got, what is missing? The task list (EHA-2)."""

    template_name = "assessments/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each section with its state, who saved it last and when; for those who work on it, what the manager asked."""
        self.looked()
        may_write = policies.check_can_write.allows(by=self.actor, assessment=self.assessment)
        sections = self.reader.sections
        tasks = [self.task(page, sections[page.key], may_write) for page in self.reader.definition]
        return super().get_context_data(
            **self.shared(),
            tasks=tasks,
            done=sum(section.state == SectionState.DONE for section in sections.values()),
            total=len(tasks),
            may_write=may_write,
            is_author=policies.check_is_author.allows(by=self.actor, assessment=self.assessment),
            may_decide=self.assessment.state == AssessmentState.SUBMITTED
            and policies.check_can_decide.allows(by=self.actor, assessment=self.assessment),
            comments=last_comments_of(self.reader, self.assessment) if may_write else [],
            **kwargs,
        )

    def task(self, page: Page, section: Section, may_write: bool) -> Task:
        """One line of the list."""
        saved = f"Saved {when(section.saved_at)} by {section.saved_by.full_name}" if section.saved_by else ""
        state = SectionState(section.state)
        url = self.link("section", key=page.key) if may_write else f"{self.link('read')}#section-{page.key}"
        return Task(page.title, state.label, url, saved, STATE_COLOURS[state])


class Read(Inside, PageView):
    """The whole assessment to read."""

    template_name = "assessments/read.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every section, without what this reader may not see."""
        self.looked()
        return super().get_context_data(
            **self.shared(),
            sections=self.reader.read_all(),
            left_out=self.reader.left_out,
            back_url=self.link("detail"),
            **kwargs,
        )


class AskForPdf(Inside, ActionView):
    """The approved assessment as a PDF: made in the background, on a page that shows how far it is."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call, then the document's own page."""
        document = services.ask_for_pdf(by=self.actor, assessment_id=self.assessment.pk)
        return redirect("documents:detail", partnership=self.kwargs["partnership"], document_id=document.pk)
