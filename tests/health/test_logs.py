"""No name, no free text and no parameter reaches a log line, whoever writes it (OPS-2)."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from celery import shared_task
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from earlyhelp.settings.logs import formatter
from foundation.accounts.models import User
from foundation.common import logs
from tests.factories import make_user

CANARY = "Kowalska"
Lines = Callable[[], list[dict[str, Any]]]


def broken(request: HttpRequest, word: str) -> HttpResponse:
    raise ValueError(f"Maria {CANARY} has no door: {word} {request.GET}")


def bad_query(request: HttpRequest) -> HttpResponse:
    User.objects.filter(email=f"{CANARY}@example.org").extra(where=["full_name = %s / 0"], params=[CANARY]).first()
    return HttpResponse()


urlpatterns = [
    path("help/broken/<str:word>", broken, name="broken"),
    path("help/bad-query", bad_query, name="bad-query"),
    path("", include("earlyhelp.urls")),
]
handler404 = "foundation.ui.errors.not_found"
handler500 = "foundation.ui.errors.server_error"


@shared_task(name="test.broken_task")
def broken_task(word: str) -> None:
    raise ValueError(f"{word} has no door")


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every line that the console would get, from every logger that writes there."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.server")]
    levels = {logger: logger.level for logger in (*loggers, logging.getLogger("axes"), logging.getLogger("celery"))}
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    for logger in loggers:
        logger.addHandler(handler)

    def read() -> list[dict[str, Any]]:
        text = written.getvalue()
        assert CANARY.lower() not in text.lower(), text
        return [json.loads(line) for line in text.splitlines()]

    yield read
    for logger in loggers:
        logger.removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


def the(lines: list[dict[str, Any]], event: str) -> dict[str, Any]:
    found = [line for line in lines if line["event"] == event]
    assert len(found) == 1, lines
    return found[0]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_request_that_raises_tells_class_and_place(lines: Lines) -> None:
    """OPS-2: neither path, query, cookie, agent nor the error's words; where in our code it happened is told."""
    client = Client(raise_request_exception=False, HTTP_USER_AGENT=CANARY, REMOTE_ADDR="203.0.113.77")
    client.cookies["word"] = CANARY
    assert client.get(f"/help/broken/{CANARY}", {"name": CANARY}).status_code == 500
    line = the(lines(), "request_failed")
    assert (line["error"], line["code"], line["route"], line["method"]) == ("ValueError", 500, "broken", "GET")
    assert line["level"] == "error"
    assert isinstance(line["duration_ms"], int)
    assert "203.0.113.77" not in json.dumps(lines())


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_of_the_database_tells_no_parameter(lines: Lines) -> None:
    """OPS-2: PostgreSQL's words quote the statement and its values."""
    client = Client(raise_request_exception=False)
    assert client.post("/help/bad-query", {"name": CANARY}).status_code == 500
    line = the(lines(), "request_failed")
    assert (line["error"], line["route"]) == ("DataError", "bad-query")
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        connection.cursor().execute("SELECT %s::int", [CANARY])
    assert CANARY in str(error.value), "the driver's words do name it"
    logging.getLogger("some.package").error("It went wrong: %s", error.value, exc_info=error.value)
    assert the(lines(), "It went wrong: %s")["error"] == "DataError"


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_a_line_without_its_path(lines: Lines, client: Client) -> None:
    """OPS-2: what people type into the address bar."""
    assert client.get(f"/accounts/{CANARY}/", {"q": CANARY}).status_code == 404
    line = the(lines(), "request_finished")
    assert (line["code"], line["route"]) == (404, None)
    assert line["request_id"]


@pytest.mark.django_db
def test_a_failed_sign_in_names_nobody(lines: Lines, client: Client) -> None:
    """OPS-2: neither the address that was tried nor the machine it was tried from."""
    make_user(email=f"{CANARY}@example.org")
    answer = client.post(
        "/accounts/login/",
        {"login": f"{CANARY}@example.org", "password": f"{CANARY}-secret"},
        REMOTE_ADDR="203.0.113.77",
        HTTP_USER_AGENT=CANARY,
    )
    assert answer.status_code == 200
    told = lines()
    assert [line["code"] for line in told if line["event"] == "request_finished"] == [200]
    assert any(line["logger"].startswith("axes") for line in told), "the lockout was not asked"
    assert "203.0.113.77" not in json.dumps(told)


def test_a_task_that_fails_tells_its_name_and_the_error(lines: Lines) -> None:
    """OPS-2: Celery's own line holds the arguments and the words."""
    broken_task.apply(args=[CANARY])
    line = the(lines(), "task.failed")
    assert (line["task"], line["error"]) == ("test.broken_task", "ValueError")
    assert line["where"].startswith("tests.health.test_logs:") or line["where"].startswith("celery.")


@pytest.mark.parametrize(
    "write",
    [
        lambda log: log.warning(f"Login failed for {CANARY}"),
        lambda log: log.warning("Login failed for " + CANARY),
        lambda log: log.warning("Login failed for {}".format(CANARY)),  # noqa: UP032
        lambda log: log.warning({"name": CANARY}),
        lambda log: log.warning("Login failed", extra={"user": CANARY, "topic": CANARY, "request": CANARY}),
        lambda log: log.warning("Login failed for %(name)s", {"name": CANARY}),
        lambda log: log.warning("Login failed for %s", CANARY, stack_info=True),
        lambda log: log.warning("Broken %d", CANARY),
    ],
)
def test_a_package_can_weave_in_nothing(lines: Lines, write: Callable[[logging.Logger], None]) -> None:
    """OPS-2: its sentence is kept only where it stands in the source word for word."""
    write(logging.getLogger("some.package"))
    told = lines()
    assert len(told) <= 1
    for line in told:
        assert line["event"] in {"unworded", "Login failed", "Login failed for %(name)s", "Login failed for %s"}
        assert line["place"].startswith("test_logs:")
        assert (line["logger"], line["level"]) == ("some.package", "warning")


def test_our_own_events_keep_known_keys_with_codes(lines: Lines) -> None:
    """OPS-2: a key that is not listed, and a value that is no code, do not pass."""
    message_id = uuid4()
    log = structlog.get_logger("outbox")
    log.warning("outbox.failed", message_id=message_id, attempt=3, name=CANARY, topic=f"Maria {CANARY}", state=None)
    log.warning(f"It is {CANARY}'s", error={"x": CANARY})
    first, second = lines()
    assert first["message_id"] == str(message_id)
    assert (first["attempt"], first["topic"], first["state"]) == (3, logs.HIDDEN, None)
    assert "name" not in first
    assert (second["event"], second["error"]) == (logs.HIDDEN, logs.HIDDEN)


def test_an_error_is_told_by_its_place_in_our_code(lines: Lines) -> None:
    """OPS-2: however it is handed over; the last line of ours, not of the package that raised it."""
    log = structlog.get_logger("outbox")

    def fail() -> None:
        logs.only_safe_words(None, "", {"_record": None})

    for hand_over in (lambda error: True, lambda error: error, lambda error: (type(error), error, error.__traceback__)):
        try:
            fail()
        except AttributeError as error:
            log.error("it.failed", exc_info=hand_over(error))
    told = lines()
    assert [line["error"] for line in told] == ["AttributeError"] * 3
    assert all(line["where"].startswith("foundation.common.logs:") for line in told)
    log.error("it.failed", exc_info=ValueError(CANARY))
    assert lines()[-1]["where"] == logs.HIDDEN


def test_warnings_of_python_are_lines_too(lines: Lines) -> None:
    """OPS-2: what would be printed beside the log goes through it."""
    logging.getLogger("py.warnings").warning("%s", warnings.formatwarning(CANARY, UserWarning, "x.py", 1))
    assert lines()[0]["logger"] == "py.warnings"


def test_the_web_servers_lines_hold_no_address(lines: Lines) -> None:
    """OPS-2: gunicorn names the whole address when a request breaks outside Django."""
    program = (
        "from gunicorn.config import Config; from earlyhelp.web_log import WebLog\n"
        "log = WebLog(Config())\n"
        "try: raise ValueError('Kowalska')\n"
        "except ValueError: log.exception('Error handling request %s', '/x?name=Kowalska')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=settings.ROOT, capture_output=True, text=True)
    line = json.loads(done.stderr)
    assert (line["error"], line["logger"], line["level"]) == ("ValueError", "gunicorn.error", "error")
    assert CANARY not in done.stderr + done.stdout


@pytest.mark.django_db
def test_security_events_of_django_are_safe(lines: Lines, client: Client) -> None:
    """OPS-2: a wrong host and a missing token are told without what was sent."""
    assert client.get("/accounts/login/", HTTP_HOST=f"{CANARY}.example").status_code == 400
    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.post("/accounts/login/", {"login": CANARY}, HTTP_REFERER=f"http://{CANARY}.example").status_code == 403
    )
    told = lines()
    assert {line["logger"] for line in told} >= {"django.security.DisallowedHost", "django.security.csrf"}
    assert DisallowedHost.__name__ in {line.get("error") for line in told}
