"""A real worker on the real broker: told, killed, started again (trust 10)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from celery import current_app
from django.conf import settings
from django.db import connections

from foundation.outbox import services, tasks
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_partnership

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def wait_for(happens: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.1)


class Worker:
    """A worker in a process group of its own, on this test's database."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {**os.environ, "OUTBOX_TEST_NOTES": str(self.notes), "DJANGO_SETTINGS_MODULE": "earlyhelp.settings.test"}
        name = connections["default"].settings_dict["NAME"]
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTENANCE_URL"):
            env[variable] = env[variable].rsplit("/", 1)[0] + f"/{name}"
        command = [sys.executable, "-m", "celery", "-A", "tests.outbox.worker", "--quiet", "worker"]
        command += ["--concurrency", "1", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
        log = (self.notes / "worker.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=settings.ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self) -> None:
        """kill -9 of the worker and of all that it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def did(self, message_id: UUID, what: str = "done") -> bool:
        return (self.notes / f"{message_id}.{what}").exists()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(tmp_path)
    yield worker
    worker.kill()
    with current_app.connection_for_write() as line:
        line.default_channel.queue_purge("celery")


def put(partnership: Partnership, topic: str) -> UUID:
    with tenant_scope(partnership.pk):
        return services.put(topic=topic, payload={"word": "carried-out"}).pk


def is_done(partnership: Partnership, message_id: UUID) -> bool:
    with tenant_scope(partnership.pk):
        return OutboxMessage.objects.get(pk=message_id).done_at is not None


def test_a_worker_carries_out_what_was_committed_and_what_a_killed_one_left(worker: Worker) -> None:
    """Trust 10: nothing waits for the sweep; kill -9 in the middle of a job loses nothing."""
    partnership = make_partnership()
    worker.start()
    quick = put(partnership, "test.note")
    wait_for(lambda: is_done(partnership, quick))
    assert (worker.notes / f"{quick}.done").read_text() == "carried-out"

    cut = put(partnership, "test.slow")
    wait_for(lambda: worker.did(cut, "begun"))
    worker.kill()
    assert not is_done(partnership, cut)
    with tenant_scope(partnership.pk):
        assert OutboxMessage.objects.get(pk=cut).attempts == 1

    worker.start()
    time.sleep(2.1)  # its lease
    tasks.sweep()
    wait_for(lambda: is_done(partnership, cut))
    assert worker.did(cut)
    with tenant_scope(partnership.pk):
        assert OutboxMessage.objects.get(pk=cut).attempts == 2
