"""An e-mail's transitions; each touches its own row alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django_fsm import FSMModelMixin, transition

from foundation.common import clock
from foundation.notifications.enums import MailingState

S = MailingState


class MailingWorkflow(FSMModelMixin):
    """Waiting → claimed → handed over → delivered or bounced; or failed, or dropped."""

    state: Any
    attempts: int
    channel: str
    provider_id: str
    trouble: str
    claimed_at: dt.datetime | None
    leased_until: dt.datetime | None
    handed_over_at: dt.datetime | None
    settled_at: dt.datetime | None
    look_at: dt.datetime | None

    @transition("state", source=[S.WAITING, S.CLAIMED], target=S.CLAIMED)
    def claim(self, *, leased_until: dt.datetime) -> None:
        """A worker takes it, until its lease runs out; then another may."""
        self.claimed_at = self.claimed_at or clock.now()
        self.leased_until = leased_until
        self.attempts += 1

    @transition("state", source=S.CLAIMED, target=S.HANDED_OVER)
    def hand_over(self, *, channel: str, provider_id: str, look_at: dt.datetime | None) -> None:
        """The mail server or service has it; `look_at` is when to ask what became of it, None where nobody can tell."""
        self.channel, self.provider_id, self.look_at = channel, provider_id, look_at
        self.handed_over_at = clock.now()
        self.leased_until = None

    @transition("state", source=S.HANDED_OVER, target=S.DELIVERED)
    def deliver(self) -> None:
        """It arrived."""
        self._settle("")

    @transition("state", source=[S.CLAIMED, S.HANDED_OVER], target=S.BOUNCED)
    def bounce(self, *, trouble: str) -> None:
        """There is no such address, or it takes nothing."""
        self._settle(trouble)

    @transition("state", source=[S.CLAIMED, S.HANDED_OVER], target=S.FAILED)
    def fail(self, *, trouble: str) -> None:
        """It did not arrive this time; the address itself may be right."""
        self._settle(trouble)

    @transition("state", source=[S.WAITING, S.CLAIMED], target=S.DROPPED)
    def drop(self, *, trouble: str) -> None:
        """Nobody needs it any more."""
        self._settle(trouble)

    def _settle(self, trouble: str) -> None:
        self.trouble = trouble
        self.settled_at = clock.now()
        self.leased_until = self.look_at = None
