"""A consent's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from consent.enums import ConsentState
from foundation.common import clock


class ConsentWorkflow(FSMModelMixin):
    """In force, until it is withdrawn."""

    state: Any
    withdrawn_at: dt.datetime | None
    withdrawn_by_id: int | None

    @transition("state", source=ConsentState.IN_FORCE, target=ConsentState.WITHDRAWN)
    def withdraw(self, *, by_id: int, told_by: str) -> None:
        """The family takes it back; `told_by` says which of them, in words."""
        self.withdrawn_at = clock.now()
        self.withdrawn_by_id = by_id
        self.withdrawn_told_by = told_by
