"""The transitions of a clock and of an extension; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from foundation.common import clock
from foundation.deadlines.enums import OPEN, DeadlineState, ExtensionState


class DeadlineWorkflow(FSMModelMixin):
    """Running → met or cancelled, with pauses between; one whose end is not known yet waits for the calendar."""

    state: Any
    due_at: dt.datetime | None
    original_due_at: dt.datetime | None
    met_at: dt.datetime | None
    paused_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    cancel_reason: str

    @transition("state", source=DeadlineState.UNKNOWN, target=DeadlineState.RUNNING)
    def work_out(self, *, due_at: dt.datetime) -> None:
        """The years that were missing are known now."""
        self.due_at = self.original_due_at = due_at

    @transition("state", source=list(OPEN), target=DeadlineState.MET)
    def meet(self, *, at: dt.datetime) -> None:
        """What it waited for has happened; a pause ends with it."""
        self.met_at = at
        self.paused_at = None

    @transition("state", source=DeadlineState.MET, target=DeadlineState.RUNNING)
    def go_on(self) -> None:
        """What met it was taken back; the due time stays as it was."""
        self.met_at = None

    @transition("state", source=DeadlineState.MET, target=DeadlineState.UNKNOWN)
    def wait_again(self) -> None:
        """The same for one that was met before its end could be worked out."""
        self.met_at = None

    @transition("state", source=DeadlineState.RUNNING, target=DeadlineState.PAUSED)
    def pause(self) -> None:
        """It stands still for a reason that the policy names (CLK-4)."""
        self.paused_at = clock.now()

    @transition("state", source=DeadlineState.PAUSED, target=DeadlineState.RUNNING)
    def resume(self, *, due_at: dt.datetime) -> None:
        """It goes on, and is due later by as much as it stood still (CLK-4)."""
        self.paused_at = None
        self.due_at = due_at

    @transition("state", source=list(OPEN), target=DeadlineState.CANCELLED)
    def cancel(self, *, reason: str) -> None:
        """Nobody needs it any more."""
        self.cancelled_at = clock.now()
        self.cancel_reason = reason
        self.paused_at = None


class ExtensionWorkflow(FSMModelMixin):
    """Asked → granted or refused by a manager, or no longer needed (CLK-3)."""

    state: Any
    decided_by_id: int | None
    decided_at: dt.datetime | None
    answer: str

    @transition("state", source=ExtensionState.ASKED, target=ExtensionState.GRANTED)
    def grant(self, *, by_id: int, answer: str) -> None:
        """A manager gives the time asked for."""
        self.decided_by_id, self.decided_at, self.answer = by_id, clock.now(), answer

    @transition("state", source=ExtensionState.ASKED, target=ExtensionState.REFUSED)
    def refuse(self, *, by_id: int, answer: str) -> None:
        """A manager does not, and says why."""
        self.decided_by_id, self.decided_at, self.answer = by_id, clock.now(), answer

    @transition("state", source=ExtensionState.ASKED, target=ExtensionState.WITHDRAWN)
    def withdraw(self) -> None:
        """The clock was met, cancelled or paused meanwhile, or whoever asked needs it no more."""
        self.decided_at = clock.now()
