"""What every page inside an assessment shares."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from assessments import queries
from assessments.disclosure import AssessmentView
from assessments.enums import AssessmentState
from assessments.models import Assessment, ReturnComment
from cases.words import name_bar_of
from foundation.audit import services as audit
from foundation.ui.views import PolicyMixin

COLOURS = {
    AssessmentState.DRAFT: "grey",
    AssessmentState.IN_PROGRESS: "blue",
    AssessmentState.AGREED: "teal",
    AssessmentState.SUBMITTED: "purple",
    AssessmentState.RETURNED: "orange",
    AssessmentState.APPROVED: "green",
}


def may_see(request: HttpRequest, *, assessment_id: UUID, **kwargs: Any) -> None:
    """The policy of every page here: the assessment is found for the reader, or refused as ACC-6 says."""
    asked = cast(Any, request)
    asked.assessment = queries.assessment_for(asked.actor, assessment_id)


class Inside(PolicyMixin):
    """A page about one assessment, which its policy has found."""

    policy = staticmethod(may_see)

    @property
    def assessment(self) -> Assessment:
        """The one that the address names."""
        return cast(Assessment, cast(Any, self.request).assessment)

    @property
    def reader(self) -> AssessmentView:
        """What this reader sees of it, put together once a request."""
        if not hasattr(self, "_reader"):
            self._reader = AssessmentView(self.actor, self.assessment)
        return self._reader

    def link(self, name: str, **more: Any) -> str:
        """An address inside this assessment."""
        slug = cast(Any, self.request).partnership.slug
        return reverse(f"assessments:{name}", kwargs={"partnership": slug, "assessment_id": self.assessment.pk, **more})

    def shared(self) -> dict[str, Any]:
        """What the name bar and the state's tag need."""
        case = self.assessment.case
        return {
            "assessment": self.assessment,
            "case": case,
            "name_bar": name_bar_of(case, cast(Any, self.request).partnership),
            "colour": COLOURS[AssessmentState(self.assessment.state)],
        }

    def looked(self) -> None:
        """Write down that the assessment was looked at (FAM-8)."""
        audit.viewed(by=self.actor, subject=self.assessment, case_id=self.assessment.case_id)


Comments = list[tuple[str, ReturnComment]]


def comments_of(reader: AssessmentView, assessment: Assessment) -> Comments:
    """What managers have asked for, the newest round first, each under the title of its section."""
    titles = {page.key: page.title for page in reader.definition}
    found = ReturnComment.objects.filter(assessment=assessment.pk).select_related("made_by").order_by("-made_at", "id")
    return [(titles.get(comment.section_key, "The whole assessment"), comment) for comment in found]


def last_comments_of(reader: AssessmentView, assessment: Assessment, key: str | None = None) -> Comments:
    """What the manager asked for when it came back last, if it has not been sent again since; of one section's key
    only that.
    """
    came_back, sent = assessment.decided_at, assessment.submitted_at
    if came_back is None or sent is None or came_back < sent:
        return []
    said = [one for one in comments_of(reader, assessment) if one[1].made_at == came_back]
    return said if key is None else [one for one in said if one[1].section_key == key]
