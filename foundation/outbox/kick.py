"""The nudge that makes a worker look at once; without it the sweep finds the row within a minute."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from uuid import UUID

import structlog
from celery import current_app
from kombu import Producer

DELIVER = "outbox.deliver"
REST = 30.0
"""Seconds during which a broker that did not answer is not asked again."""

# Celery's own connection tries again for six seconds: too long for somebody who waits for a page.
IMPATIENT = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 1}

logger = structlog.get_logger("outbox")


class _Line(threading.local):
    """The line to the broker: one for each thread."""

    producer: Producer | None = None


_line = _Line()
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
    is_old = _line.producer is not None
    try:
        _send(partnership_id)
    except Exception:
        _hang_up()
        if not is_old:
            raise
        _send(partnership_id)  # the line was an old one: the broker may have been started anew since


def answers() -> bool:
    """Whether the broker answers now."""
    connection = current_app.connection_for_write(transport_options=IMPATIENT)
    try:
        connection.default_channel.client.ping()
    except Exception:  # whatever the transport raises, it is no answer
        return False
    finally:
        connection.release()
    return True


def _send(partnership_id: UUID) -> None:
    if _line.producer is None:
        connection = current_app.connection_for_write(transport_options=IMPATIENT)
        _line.producer = current_app.amqp.Producer(connection, auto_declare=False)
    current_app.send_task(DELIVER, args=[str(partnership_id)], retry=False, producer=_line.producer)


def _hang_up() -> None:
    producer, _line.producer = _line.producer, None
    if producer is not None:
        producer.connection.release()
