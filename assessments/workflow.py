"""An assessment's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from assessments.enums import AssessmentState
from foundation.common import clock


class AssessmentWorkflow(FSMModelMixin):
    """Draft → in progress → agreed with the family → submitted → returned or approved."""

    state: Any
    agreed_at: dt.datetime | None
    agreed_by: str
    submitted_at: dt.datetime | None
    decided_at: dt.datetime | None
    frozen: Any

    @transition("state", source=[AssessmentState.DRAFT, AssessmentState.RETURNED], target=AssessmentState.IN_PROGRESS)
    def begin(self) -> None:
        """The first words are saved, or the first after it came back."""
        # What the family agreed to is being written anew.
        self._agreement_is_void()

    @transition("state", source=AssessmentState.IN_PROGRESS, target=AssessmentState.AGREED)
    def agree(self, *, family_views: str, agreed_by: str) -> None:
        """The family has read it and agrees; `agreed_by` says who of them."""
        self.agreed_at = clock.now()
        self.family_views, self.agreed_by = family_views, agreed_by

    @transition("state", source=AssessmentState.AGREED, target=AssessmentState.IN_PROGRESS)
    def reopen(self) -> None:
        """Something is still to be written: the family's agreement is asked again."""
        self._agreement_is_void()

    @transition("state", source=AssessmentState.AGREED, target=AssessmentState.SUBMITTED)
    def submit(self, *, by_id: int) -> None:
        """Its author asks for approval."""
        self.submitted_at = clock.now()
        self.submitted_by_id = by_id

    @transition("state", source=AssessmentState.SUBMITTED, target=AssessmentState.RETURNED)
    def give_back(self, *, by_id: int) -> None:
        """A manager sends it back with comments."""
        self.decided_at = clock.now()
        self.decided_by_id = by_id

    @transition("state", source=AssessmentState.SUBMITTED, target=AssessmentState.APPROVED)
    def approve(self, *, by_id: int, comment: str, frozen: dict[str, Any], sha256: str) -> None:
        """A manager approves it: what stood then is frozen, with the people as they stood (EHA-7)."""
        self.decided_at = clock.now()
        self.decided_by_id = by_id
        self.approval_comment = comment
        self.frozen, self.frozen_sha256 = frozen, sha256

    def _agreement_is_void(self) -> None:
        """The family is asked again. Their views stay, for them to say again or otherwise."""
        self.agreed_at = None
        self.agreed_by = ""
