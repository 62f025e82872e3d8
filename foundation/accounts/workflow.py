"""An invitation's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from foundation.accounts.enums import InvitationState
from foundation.common import clock


class InvitationWorkflow(FSMModelMixin):
    """Waiting, until the person accepts it or the administrator takes it back."""

    state: Any
    accepted_at: dt.datetime | None
    accepted_by_id: int | None

    @transition("state", source=InvitationState.WAITING, target=InvitationState.ACCEPTED)
    def accept(self, *, by_id: int) -> None:
        """The invited person has the role from now on."""
        self.accepted_by_id = by_id
        self.accepted_at = clock.now()

    @transition("state", source=InvitationState.WAITING, target=InvitationState.WITHDRAWN)
    def withdraw(self) -> None:
        """Its link opens nothing any more."""
