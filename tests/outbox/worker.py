"""A worker's app for the tests: the product's own, with two topics more.

`celery -A tests.outbox.worker worker`; the folder of `OUTBOX_TEST_NOTES` gets a file for each thing carried out.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from uuid import UUID

from earlyhelp.celery import app
from foundation.outbox.handlers import handles

__all__ = ["app"]


def notes() -> Path:
    return Path(os.environ["OUTBOX_TEST_NOTES"])


@handles("test.note")
def note(*, message_id: UUID, payload: dict[str, str]) -> None:
    """Leave a note that names the message."""
    (notes() / f"{message_id}.done").write_text(payload["word"])


@handles("test.slow", lease=dt.timedelta(seconds=2))
def slow(*, message_id: UUID, payload: dict[str, str]) -> None:
    """Never end the first time; the second time, leave a note."""
    begun = notes() / f"{message_id}.begun"
    if not begun.exists():
        begun.write_text(str(os.getpid()))
        time.sleep(120)
    (notes() / f"{message_id}.done").write_text(payload["word"])
