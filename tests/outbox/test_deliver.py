"""Carrying out what is due: once where it can be, again where it failed, given up in the end (trust 10)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from foundation.accounts.models import Team
from foundation.common import clock
from foundation.outbox import services, tasks
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import current_partnership_id, current_partnership_id_or_none, tenant_scope
from tests.factories import make_agency, make_partnership

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
Handle = Callable[..., None]


class KowalskaNotFoundError(Exception):
    """Its words name somebody."""


def put(partnership: Partnership, topic: str = "test.note", **payload: object) -> OutboxMessage:
    with tenant_scope(partnership.pk):
        return services.put(topic=topic, payload=payload)


def state(message: OutboxMessage) -> OutboxMessage:
    with tenant_scope(message.partnership_id):
        return OutboxMessage.objects.get(pk=message.pk)


@pytest.mark.django_db
def test_what_is_due_is_carried_out_in_scope_oldest_first(partnership: Partnership, handle: Handle) -> None:
    """Architecture §6: inside the partnership's scope, marked done in the same transaction, never again."""
    seen: list[tuple[UUID, dict[str, Any], UUID]] = []
    handle("test.note", lambda *, message_id, payload: seen.append((message_id, payload, current_partnership_id())))
    with clock.at(START):
        second = put(partnership, n=2)
    with clock.at(START - dt.timedelta(minutes=1)):
        first = put(partnership, n=1)
    with clock.at(START):
        with tenant_scope(partnership.pk):
            services.put(topic="test.note", payload={"n": 3}, due_at=START + dt.timedelta(hours=1))
        assert services.deliver_due(partnership_id=partnership.pk) == 2
        assert services.deliver_due(partnership_id=partnership.pk) == 0
    assert seen == [(first.pk, {"n": 1}, partnership.pk), (second.pk, {"n": 2}, partnership.pk)]
    assert (state(first).done_at, state(first).attempts) == (START, 1)
    with clock.at(START + dt.timedelta(hours=1)):
        assert services.deliver_due(partnership_id=partnership.pk) == 1


@pytest.mark.django_db
def test_a_failure_undoes_its_writes_waits_longer_each_time_and_is_given_up(
    partnership: Partnership, handle: Handle, caplog: pytest.LogCaptureFixture
) -> None:
    """Trust 10: nothing half-done stays; the class of the error is kept, its words are not; the end is an ERROR."""
    with tenant_scope(partnership.pk):
        agency = make_agency()

    def fail(*, message_id: UUID, payload: dict[str, Any]) -> None:
        Team.objects.create(agency=agency, name="half done")
        raise KowalskaNotFoundError("Maria Kowalska has no door")

    handle("test.fail", fail)
    handle("test.note", lambda **given: None)
    now = START
    with clock.at(now):
        message, other = put(partnership, "test.fail"), put(partnership)
    waits = []
    for attempt in range(1, services.MAX_ATTEMPTS + 1):
        with clock.at(now):
            services.deliver_due(partnership_id=partnership.pk)
            assert services.deliver_due(partnership_id=partnership.pk) == 0, "not before its time"
        stands = state(message)
        assert (stands.attempts, stands.last_error) == (attempt, "KowalskaNotFoundError")
        waits.append(int((stands.due_at - now).total_seconds()))
        now = stands.due_at
    assert waits[:6] == [15, 30, 60, 120, 240, 480]
    assert max(waits) == 3600
    assert state(message).gave_up_at is not None
    assert state(other).done_at == START, "one message's trouble is not the next one's"
    with clock.at(now + dt.timedelta(days=1)):
        assert services.deliver_due(partnership_id=partnership.pk) == 0
    with tenant_scope(partnership.pk):
        assert Team.objects.count() == 0
    ends = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(ends) == 1
    assert str(message.pk) in str(ends[0].msg)
    assert "has no door" not in caplog.text.replace("KowalskaNotFoundError", "")


@pytest.mark.django_db
def test_an_unknown_topic_waits_for_a_release_that_knows_it(partnership: Partnership, handle: Handle) -> None:
    """Trust 13: while an older worker still runs, a newer one's work is not lost."""
    with clock.at(START):
        message = put(partnership, "test.newer")
        assert services.deliver_due(partnership_id=partnership.pk) == 0
    assert state(message).last_error == "UnknownTopic"
    handle("test.newer", lambda **given: None)
    with clock.at(START + dt.timedelta(minutes=1)):
        assert services.deliver_due(partnership_id=partnership.pk) == 1


@pytest.mark.django_db
def test_a_message_whose_worker_died_is_taken_when_its_lease_runs_out(partnership: Partnership, handle: Handle) -> None:
    """Trust 10: a claimed row is nobody else's until then; one that kills every worker is given up."""
    handle("test.note", lambda **given: None)
    with clock.at(START):
        message = put(partnership)
        assert services._claim(partnership.pk) is not None
        assert services.deliver_due(partnership_id=partnership.pk) == 0
    with clock.at(START + dt.timedelta(minutes=2)):
        assert services.deliver_due(partnership_id=partnership.pk) == 1
    assert state(message).attempts == 2
    deadly = put(partnership)
    now = clock.now()
    for _ in range(services.MAX_ATTEMPTS):
        now += dt.timedelta(minutes=5)
        with clock.at(now):
            assert services._claim(partnership.pk) is not None
    with clock.at(now + dt.timedelta(minutes=5)):
        assert services.deliver_due(partnership_id=partnership.pk) == 0
    assert (state(deadly).last_error, state(deadly).gave_up_at is not None) == ("WorkerLost", True)


@pytest.mark.django_db
def test_long_work_commits_its_own_steps(partnership: Partnership, handle: Handle) -> None:
    """Architecture §6: such a handler stands outside any scope and is told its partnership."""
    seen: list[object] = []

    def work(*, message_id: UUID, payload: dict[str, Any], partnership_id: UUID) -> None:
        seen.append(current_partnership_id_or_none())
        with tenant_scope(partnership_id):
            seen.append(OutboxMessage.objects.get(pk=message_id).leased_until - clock.now())

    handle("test.long", work, in_scope=False, lease=dt.timedelta(minutes=9))
    with clock.at(START):
        message = put(partnership, "test.long")
        assert services.deliver_due(partnership_id=partnership.pk) == 1
    assert seen == [None, dt.timedelta(minutes=9)]
    assert state(message).done_at == START


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_carry_out_each_message_once(handle: Handle) -> None:
    """Trust 10: SKIP LOCKED and the lease; in one transaction with the work, so its writes happen once."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency = make_agency()

    def work(*, message_id: UUID, payload: dict[str, Any]) -> None:
        Team.objects.create(agency=agency, name=f"Team {payload['n']}")

    handle("test.team", work)
    for n in range(30):
        put(partnership, "test.team", n=n)
    counts: list[int] = []
    start = threading.Barrier(3)

    def deliver() -> None:
        try:
            start.wait(20)
            counts.append(services.deliver_due(partnership_id=partnership.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(counts) == 30
    with tenant_scope(partnership.pk):
        assert Team.objects.count() == 30
        assert OutboxMessage.objects.filter(done_at__isnull=True).count() == 0
        assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_the_sweep_tells_of_partnerships_with_work_alone(
    partnership: Partnership, handle: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Architecture §6: cheap where nothing waits; what it sends is what the kick sends."""
    told: list[UUID] = []
    monkeypatch.setattr(tasks.kick, "send", told.append)
    idle = make_partnership()
    put(partnership)
    tasks.sweep()
    assert told == [partnership.pk]
    assert idle.pk not in told
    handle("test.note", lambda **given: None)
    tasks.deliver(str(partnership.pk))
    tasks.sweep()
    assert told == [partnership.pk]
