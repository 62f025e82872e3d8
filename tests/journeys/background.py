"""A real Celery worker for what the pages ask for: this test's database, broker and folder of files.

`celery -A tests.journeys.background worker` is the product's own app; only the folder is the test's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connections

COMMAND = [sys.executable, "-m", "celery", "-A", "tests.journeys.background", "--quiet", "worker"]
COMMAND += ["--concurrency", "1", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
FILES = "EARLYHELP_JOURNEY_FILES"

if FILES in os.environ:  # in the worker's own process
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "earlyhelp.settings.test")
    settings.STORAGES["default"]["OPTIONS"]["location"] = os.environ[FILES]

from earlyhelp.celery import app  # noqa: E402, after the folder is set

__all__ = ["app", "worker_at_work"]


@contextmanager
def worker_at_work(notes: Path) -> Iterator[None]:
    """A worker in a process group of its own; asked to stop at the end, and what is left in its queue thrown away."""
    _empty_queue()
    with (notes / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            COMMAND,
            cwd=settings.ROOT,
            env=_environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
        assert process.poll() is None, (notes / "worker.log").read_text()
    finally:
        _stop(process)
        _empty_queue()


def _environment() -> dict[str, str]:
    env = {**os.environ, FILES: str(settings.STORAGES["default"]["OPTIONS"]["location"])}
    name = connections["default"].settings_dict["NAME"]
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTENANCE_URL"):
        env[variable] = env[variable].rsplit("/", 1)[0] + f"/{name}"
    return env


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _empty_queue() -> None:
    with current_app.connection_for_write() as line:
        line.default_channel.queue_purge("celery")
