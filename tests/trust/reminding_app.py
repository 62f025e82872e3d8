"""The app of the processes that are killed: the product's own. `celery -A tests.trust.reminding_app worker`, or `beat`.

A killed worker leaves a lease of two minutes behind. In the short version, `REMINDING_LEASE` says how many seconds it
lasts instead, and everything else that waits is as short.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from typing import Any

from celery.signals import worker_process_init

from earlyhelp.celery import app

__all__ = ["app"]


@worker_process_init.connect
def shorten(**kwargs: Any) -> None:
    """In each child of a worker, where the product's modules are loaded."""
    seconds = int(os.environ.get("REMINDING_LEASE", 0))
    if not seconds:
        return
    from foundation.notifications import holding, posting  # models are not loaded before
    from foundation.notifications.services import TOPIC, mailing
    from foundation.outbox import handlers, services

    lease = dt.timedelta(seconds=seconds)
    handlers._registry[TOPIC] = dataclasses.replace(handlers.handler_for(TOPIC), lease=lease)
    mailing.LEASE = lease - dt.timedelta(seconds=1)
    posting.LONGEST_HAND_OVER = dt.timedelta(seconds=1)
    holding.REST = services.FIRST_WAIT = dt.timedelta(seconds=2)
