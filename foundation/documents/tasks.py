"""What the outbox carries, and the renderer that stands ready before the first document is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from celery.signals import worker_process_init, worker_process_shutdown

from foundation.documents import services
from foundation.documents.engine import engine
from foundation.documents.making import LEASE
from foundation.outbox.handlers import handles


# Longer than the document's own lease: when a lost worker's message is handed out again, the document is free.
@handles(services.RENDER, in_scope=False, lease=LEASE + dt.timedelta(seconds=10))
def render(*, message_id: UUID, payload: dict[str, str], partnership_id: UUID) -> None:
    """Make a document; what it raises brings the message back later."""
    services.render(partnership_id=partnership_id, document_id=UUID(payload["document_id"]))


@worker_process_init.connect(dispatch_uid="documents.warm")
def warm_up(**kwargs: Any) -> None:
    """Start the renderer with the worker's process, so that nobody waits for its second of imports."""
    engine().start()


@worker_process_shutdown.connect(dispatch_uid="documents.cool")
def cool_down(**kwargs: Any) -> None:
    """End it with the worker's process; the kernel does, where that is killed."""
    engine().stop()
