"""Asks the product as a server would, through WSGI with nothing left out (CSRF too), and sees what is written."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection

from foundation.accounts.arrivals import CAME_IN
from foundation.accounts.models import User
from foundation.tenancy.ground import OPEN_TABLES
from foundation.tenancy.models import Partnership
from tests.factories import BACKEND

CSRF = "q" * 32
FORM = "application/x-www-form-urlencoded"
# What differs from one answer to the next though nothing was told: tokens, nonces, the number of the request.
_PASSING = re.compile(
    rb'nonce-[^\'"; ]+|nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"|csrftoken=[^;]+;?|expires=[^;]+'
)
_TABLE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass
class Answer:
    """A response with its headers as bytes; `written` names the tables that were written to on the way."""

    status: int
    head: bytes
    body: bytes
    written: set[str] = field(default_factory=set)

    @property
    def location(self) -> str:
        found = re.search(rb"^Location: (.*)$", self.head, re.MULTILINE)
        return found[1].decode() if found else ""

    def masked(self, *names: object) -> tuple[int, bytes, bytes]:
        """The answer without what may differ, and without `names` (the ids that were asked for)."""
        head, body = (_PASSING.sub(b"", part) for part in (self.head, self.body))
        for name in names:
            head, body = (part.replace(str(name).encode(), b"(asked)") for part in (head, body))
        head = re.sub(rb"^Content-Length: .*$", b"", head, flags=re.MULTILINE)
        return self.status, head, body


class Product:
    """The product behind WSGI. Errors that would be a 500 are kept in `errors`."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.errors: list[BaseException] = []
        self.written: set[str] = set()

    @contextmanager
    def watched(self) -> Iterator[Product]:
        """While this is open, writes and errors are seen."""

        def keep_error(**kwargs: Any) -> None:
            self.errors.append(sys.exc_info()[1] or RuntimeError("unknown"))

        got_request_exception.connect(keep_error)
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)  # the world stands in this connection's transaction
        try:
            with connection.execute_wrapper(self._see):
                yield self
        finally:
            got_request_exception.disconnect(keep_error)
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)

    def ask(
        self, method: str, path: str, *, session: str = "", body: Mapping[str, Any] | None = None, csrf: bool = True
    ) -> Answer:
        """One request. `body` is sent as a form would be, with its token unless `csrf` is False."""
        self.written = set()
        sent = urlencode({**(body or {}), "csrfmiddlewaretoken": CSRF} if csrf else (body or {}), doseq=True).encode()
        if method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
            sent = b""
        cookies = f"{settings.CSRF_COOKIE_NAME}={CSRF}" + (
            f"; {settings.SESSION_COOKIE_NAME}={session}" if session else ""
        )
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver", "HTTP_COOKIE": cookies, "REMOTE_ADDR": "192.0.2.7", "HTTP_ACCEPT": "text/html",
            "CONTENT_TYPE": FORM if sent else "", "CONTENT_LENGTH": str(len(sent)), "wsgi.input": io.BytesIO(sent),
            "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0),
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        if csrf and method not in {"POST"}:
            environ["HTTP_X_CSRFTOKEN"] = CSRF
        return self._carry(environ)

    def _carry(self, environ: dict[str, Any]) -> Answer:
        seen: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            seen["status"], seen["headers"] = int(status.split()[0]), headers

        response = self.handler(environ, start)
        try:
            body = b"".join(response)
        finally:
            response.close()
        head = "\n".join(f"{name}: {value}" for name, value in seen["headers"]).encode()
        return Answer(seen["status"], head, body, set(self.written))

    def _see(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        for table in _TABLE.findall(str(sql)):
            # "FOR UPDATE OF …" is a lock.
            if table.lower() not in {"of", "nowait", "skip"} and not str(sql).lstrip().upper().startswith("SELECT"):
                self.written.add(table)
        return execute(sql, params, many, context)


def signed_in(user: User) -> str:
    """A session of somebody who has signed in; its key."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[CAME_IN] = [str(key) for key in Partnership.objects.values_list("pk", flat=True)]
    store.save()
    return str(store.session_key)


def tenant_tables(tables: set[str]) -> set[str]:
    """Those of them that stand behind the wall."""
    return {table for table in tables if table not in OPEN_TABLES}
