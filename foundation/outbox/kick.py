"""The nudge that makes a worker look at once; without it the sweep finds the row within a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import structlog
from celery import current_app

DELIVER = "outbox.deliver"
REST = 30.0
"""Seconds during which a broker that did not answer is not asked again."""

logger = structlog.get_logger("outbox")
_asked_again_at = 0.0


@dataclass(frozen=True)
class Kick:
    """Tell a worker that a partnership has work; equal kicks of one transaction are sent once."""

    partnership_id: UUID

    def __call__(self) -> None:
        """Send it; a broker that is down costs a moment once, then nothing for `REST` seconds, and never an error."""
        global _asked_again_at
        if time.monotonic() < _asked_again_at:
            return
        try:
            send(self.partnership_id)
        except Exception as error:  # whatever the transport raises, the request has done its work
            _asked_again_at = time.monotonic() + REST
            logger.warning("outbox.not_kicked", error=type(error).__name__)


def send(partnership_id: UUID) -> None:
    """Send the task by name; raises what the transport raises."""
    current_app.send_task(DELIVER, args=[str(partnership_id)], retry=False, ignore_result=True)
