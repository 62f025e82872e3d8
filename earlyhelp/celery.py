"""The worker's and beat's entrance: `celery -A earlyhelp worker`."""

from __future__ import annotations

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging, task_failure

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earlyhelp.settings")

app = Celery("earlyhelp")
app.set_default()  # for every thread: Celery would give all but this one an app of its own, with another broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = structlog.get_logger("task")


@setup_logging.connect
def keep_our_handlers(**kwargs: Any) -> None:
    """Celery would put its own beside ours, which print a task's arguments and an error's words (OPS-2)."""


@task_failure.connect
def say_which_failed(sender: Any, task_id: str, exception: BaseException, **kwargs: Any) -> None:
    """The task's name, and the error's class and place."""
    logger.error("task.failed", task=sender.name, task_id=task_id, exc_info=exception)
