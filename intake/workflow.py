"""An enquiry's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from foundation.common import clock
from intake.enums import EnquiryState


class EnquiryWorkflow(FSMModelMixin):
    """Waiting → taken by one screener → decided; what is taken may be given back."""

    state: Any
    taken_by_id: int | None
    taken_at: dt.datetime | None
    decided_by_id: int | None
    decided_at: dt.datetime | None

    @transition("state", source=EnquiryState.WAITING, target=EnquiryState.TAKEN)
    def take(self, *, by_id: int) -> None:
        """One screener has it; nobody else works it (INT-4)."""
        self.taken_by_id = by_id
        self.taken_at = clock.now()

    @transition("state", source=EnquiryState.TAKEN, target=EnquiryState.TAKEN)
    def take_over(self, *, by_id: int) -> None:
        """A hub manager takes it from the screener who has it."""
        self.taken_by_id = by_id
        self.taken_at = clock.now()

    @transition("state", source=EnquiryState.TAKEN, target=EnquiryState.WAITING)
    def give_back(self) -> None:
        """It waits again, with its own age."""
        self.taken_by_id = None
        self.taken_at = None

    @transition("state", source=EnquiryState.TAKEN, target=EnquiryState.DECIDED)
    def decide(self, *, by_id: int, decision: str, level: str, reason: str) -> None:
        """The screening ends in one decision, with its reason and a level of need (INT-7)."""
        self.decided_by_id = by_id
        self.decided_at = clock.now()
        self.decision, self.level, self.reason = decision, level, reason
