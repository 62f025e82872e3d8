"""Documents as they are made beside other people's work: every step committed, seen, stopped and survived."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections

from foundation.common import clock
from foundation.documents import making, services
from foundation.documents.enums import DocumentState
from foundation.documents.models import Document
from foundation.tenancy.scope import tenant_scope
from tests.documents.conftest import a_desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def live(transactional_db, sample, files, settings):
    """A desk whose rows are committed, with a document that takes about a second, or many where others work too."""
    settings.DOCUMENT_LIMITS = {"seconds": 60.0}
    sample.context["worry"] = "Words enough to take some seconds to lay out on paper.\n\n" * 400
    return a_desk()


def seen_from_elsewhere(desk, document: Document) -> Document:
    """The row as another connection sees it: committed, or not at all."""
    with tenant_scope(desk.partnership.pk):
        return Document.objects.get(pk=document.pk)


def beside(work: Callable[[], None]) -> threading.Thread:
    """Do something in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_for(found: Callable[[], bool], seconds: float = 30) -> None:
    late = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < late, "it never came"
        time.sleep(0.02)


def test_each_step_is_seen_while_it_is_made(live) -> None:
    """EHA-9: progress that another connection sees, in order, and no lock that it would wait for."""
    document = live.ask()
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(seen_from_elsewhere(live, document).progress)
            time.sleep(0.01)

    watcher = beside(look)
    made = live.make(document)
    done.set()
    watcher.join()
    assert made.state == DocumentState.READY
    assert seen == sorted(seen)
    assert {20, 60} <= set(seen)


def test_cancelled_while_it_is_made_it_stops_at_once_and_keeps_nothing(live, files) -> None:
    """EHA-9: who asked may stop it at any moment."""
    document = live.ask()

    def cancel() -> None:
        wait_for(lambda: seen_from_elsewhere(live, document).progress >= 20)
        live.do(services.cancel, document)

    canceller = beside(cancel)
    begun = time.monotonic()
    stopped = live.make(document)
    canceller.join()
    assert stopped.state == DocumentState.CANCELLED
    assert time.monotonic() - begun < 20
    assert files() == []


def test_a_worker_killed_while_it_makes_a_document_is_followed_by_another(live, files) -> None:
    """Trust 10: kill -9 in the middle; the next one finishes, and one file stands."""
    document = live.ask()
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        try:
            services.render(partnership_id=live.partnership.pk, document_id=document.pk)
        finally:
            os._exit(0)
    wait_for(lambda: seen_from_elsewhere(live, document).progress >= 20)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    standing = seen_from_elsewhere(live, document)
    assert (standing.state, files()) == (DocumentState.RENDERING, [])
    with pytest.raises(services.StillBeingMade):
        live.make(document)
    with clock.at(clock.now() + making.LEASE + dt.timedelta(seconds=1)):
        made = live.make(document)
    assert (made.state, made.attempts, len(files())) == (DocumentState.READY, 2, 1)


def test_two_workers_at_once_make_it_once(live, sample, files) -> None:
    """Trust 7: one wins; the other is told that it is being made."""
    sample.context["worry"] = "Few words."
    document = live.ask()
    told: list[str] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        try:
            making._Run(live.partnership.pk, document.pk).claim()
            told.append("took it")
        except services.StillBeingMade:
            told.append("came late")

    for worker in [beside(work), beside(work)]:
        worker.join()
    assert sorted(told) == ["came late", "took it"]
    assert seen_from_elsewhere(live, document).attempts == 1


def test_the_same_form_sent_five_times_at_once_asks_once(live, files) -> None:
    """Trust 8: parallel."""
    asked: list[str] = []
    together = threading.Barrier(5)

    def work() -> None:
        together.wait()
        asked.append(str(live.ask().pk))

    for worker in [beside(work) for _ in range(5)]:
        worker.join()
    assert len(asked) == 5
    assert len(set(asked)) == 1


def test_no_transaction_is_open_while_the_pages_are_laid_out(live, sample, monkeypatch) -> None:
    """Architecture §6: a long job holds no lock and no snapshot."""
    sample.context["worry"] = "Few words."
    open_inside: list[bool] = []
    render = making.engine().render

    def watched(*args, **kwargs):
        open_inside.append(connection.in_atomic_block)
        return render(*args, **kwargs)

    monkeypatch.setattr(making.engine(), "render", watched)
    live.make(live.ask())
    assert open_inside == [False]
