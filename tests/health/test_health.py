"""What probes are told, whatever is down (OPS-2)."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Iterator

import psycopg2
import pytest
from celery import current_app
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from earlyhelp import health
from foundation.common import clock

WELL = {
    "status": "ready",
    "database": "answers",
    "migrations": "applied",
    "partitions": "24 months ahead",
    "broker": "answers",
}


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield nobody.getsockname()[1]


def test_live_asks_nobody(client: Client) -> None:
    """OPS-2: without the database mark any query would fail this test."""
    answer = client.get("/healthz/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_is_cheap_and_needs_no_sign_in(client: Client) -> None:
    """OPS-2: four short queries once the migrations on disk are known."""
    client.get("/healthz/ready")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        began = time.monotonic()
        answer = client.get("/healthz/ready")
        assert time.monotonic() - began < 1
    assert (answer.status_code, answer.json()) == (200, WELL)
    assert len(queries) == 4


@pytest.mark.django_db
def test_ready_says_that_the_broker_is_down(client: Client, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    """OPS-2: 503 and a word for it, without its address or password."""
    monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://:secret@127.0.0.1:{closed_port}/0")
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()) == (503, WELL | {"status": "not ready", "broker": "does not answer"})
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_ready_says_that_a_migration_is_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-2: new code on an old schema is not ready."""
    known = health.last_migrations()
    monkeypatch.setattr(health, "last_migrations", lambda: known | {("audit", "9999_later")})
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "not all applied")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("months", "status", "words"),
    [
        (20, 200, "months ahead: run make_partitions"),
        (30, 503, "0 months ahead: run make_partitions"),
    ],
)
def test_ready_looks_ahead(client: Client, months: int, status: int, words: str) -> None:
    """Architecture §7: asks for partitions in good time, and is not ready when the next month has none."""
    with clock.at(clock.now() + dt.timedelta(days=30.5 * months)):
        answer = client.get("/healthz/ready")
    assert answer.status_code == status
    assert answer.json()["partitions"].endswith(words)


@pytest.mark.django_db(transaction=True)
def test_ready_says_that_the_database_is_down(
    client: Client, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    """OPS-2: 503 in words, not a page of error; live goes on."""
    connection.close()
    monkeypatch.setitem(connections["default"].settings_dict, "PORT", str(closed_port))
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "database": "does not answer",
        "migrations": "not known",
        "partitions": "not known",
        "broker": "answers",
    }
    assert client.get("/healthz/live").status_code == 200
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(host="127.0.0.1", port=closed_port, connect_timeout=1)


def test_only_reading_is_answered(client: Client) -> None:
    """Trust 1: a probe posts nothing."""
    assert client.post("/healthz/live").status_code == 405
    assert client.post("/healthz/ready").status_code == 405
