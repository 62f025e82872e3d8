"""Work is written beside what it tells of, and a worker is told when that is committed (architecture §6)."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from uuid import uuid4

import pytest
from celery import current_app
from django.db import connection, transaction

from foundation.common import clock
from foundation.outbox import handlers, kick, services
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import ScopeError, tenant_scope
from tests.factories import make_partnership


def kicks() -> list[kick.Kick]:
    return [entry[1] for entry in connection.run_on_commit if isinstance(entry[1], kick.Kick)]


@pytest.mark.django_db
def test_a_message_is_a_row_of_the_callers_transaction(partnership: Partnership) -> None:
    """Trust 10: what is rolled back was never sent; what is committed stands until it is done."""
    with tenant_scope(partnership.pk):
        with transaction.atomic():
            services.put(topic="test.note", payload={"id": uuid4()})
            transaction.set_rollback(True)
        assert OutboxMessage.objects.count() == 0
        assert kicks() == []
        subject = uuid4()
        put = services.put(topic="test.note", payload={"id": subject, "count": 2, "kind": "eha"})
        message = OutboxMessage.objects.get()
    assert (message.pk, message.payload) == (put.pk, {"id": str(subject), "count": 2, "kind": "eha"})
    assert (message.attempts, message.done_at, message.leased_until) == (0, None, None)


@pytest.mark.django_db
def test_a_worker_is_told_once_for_many_and_not_of_later_work(partnership: Partnership) -> None:
    """Architecture §6: one kick a transaction; what is due later is the sweep's."""
    with tenant_scope(partnership.pk):
        services.put(topic="test.note", payload={}, due_at=clock.now() + dt.timedelta(hours=1))
        assert kicks() == []
        for _ in range(3):
            services.put(topic="test.note", payload={})
        assert kicks() == [kick.Kick(partnership.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["Maria Kowalska", "Kowalska", "maria@example.org", {"name": "x"}])
def test_a_payload_names_no_one(partnership: Partnership, words: object) -> None:
    """OPS-2: ids and codes only."""
    with tenant_scope(partnership.pk):
        with pytest.raises(ValueError, match="to is neither"):
            services.put(topic="test.note", payload={"to": words})
        assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_nothing_is_put_outside_a_scope(partnership: Partnership) -> None:
    """Trust 2: a message belongs to a partnership."""
    with pytest.raises(ScopeError):
        services.put(topic="test.note", payload={})
    with tenant_scope(partnership.pk), pytest.raises(ScopeError):
        services.deliver_due(partnership_id=partnership.pk)


@pytest.mark.django_db
def test_a_message_is_not_seen_from_another_partnership(partnership: Partnership) -> None:
    """Trust 2: neither read nor carried out."""
    with tenant_scope(partnership.pk):
        services.put(topic="test.note", payload={})
    other = make_partnership()
    assert services.deliver_due(partnership_id=other.pk) == 0
    with tenant_scope(other.pk):
        assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", ["refused", "silent"])
def test_a_request_succeeds_quickly_while_the_broker_is_down(
    monkeypatch: pytest.MonkeyPatch, handle: object, trouble: str
) -> None:
    """Trust 10: web writes go on; the first pays a moment, the next nothing, and the work waits as rows."""
    partnership = make_partnership()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if trouble == "silent":
            nobody.listen(8)  # takes the connection and never says a word
        port = nobody.getsockname()[1]
        monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")
        took = []
        for _ in range(5):
            began = time.monotonic()
            with tenant_scope(partnership.pk):
                services.put(topic="test.note", payload={})
            took.append(time.monotonic() - began)
        assert kick.answers() is False
    assert took[0] < 2.5
    assert max(took[1:]) < 0.3
    done: list[object] = []
    handle("test.note", lambda *, message_id, payload: done.append(message_id))  # type: ignore[operator]
    assert services.deliver_due(partnership_id=partnership.pk) == 5
    assert len(set(done)) == 5


def test_the_real_broker_is_told_from_any_thread() -> None:
    """Architecture §6: the web's threads speak to the same broker as its main one."""
    troubles: list[Exception] = []

    def tell() -> None:
        try:
            kick.send(uuid4())
        except Exception as error:
            troubles.append(error)
        finally:
            kick._hang_up()

    kick.send(uuid4())
    thread = threading.Thread(target=tell)
    thread.start()
    thread.join(20)
    assert troubles == []
    assert kick.answers() is True
    with current_app.connection_for_write() as line:
        assert line.default_channel.client.llen("celery") >= 2
        line.default_channel.client.delete("celery")


def test_one_topic_has_one_handler(handle: object) -> None:
    """Architecture §6: two rooms that claim one topic are told at once; a module read twice is no second room."""

    def first(**given: object) -> None: ...

    def second(**given: object) -> None: ...

    handlers.handles("test.once")(first)
    handlers.handles("test.once")(first)
    with pytest.raises(ValueError, match=r"test\.once is handled already"):
        handlers.handles("test.once")(second)
    with pytest.raises(handlers.UnknownTopic):
        handlers.handler_for("test.never")
