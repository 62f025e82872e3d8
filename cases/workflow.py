"""A case's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from cases.enums import UnusualLookState
from foundation.common import clock


class CaseWorkflow(FSMModelMixin):
    """Opened, and in time closed (closing comes with the plan: TAF-8)."""

    state: Any


class UnusualLookWorkflow(FSMModelMixin):
    """Found by the sweep, then looked into by a manager."""

    state: Any
    note: str
    looked_into_by_id: int | None
    looked_into_at: dt.datetime | None

    @transition("state", source=UnusualLookState.FOUND, target=UnusualLookState.LOOKED_INTO)
    def look_into(self, *, by_id: int, note: str) -> None:
        """A manager has asked about it; `note` says what came of that."""
        self.looked_into_by_id = by_id
        self.note = note
        self.looked_into_at = clock.now()
