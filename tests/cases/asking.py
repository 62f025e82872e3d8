"""How many statements a page asks of the database, as its speed is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements(ask: Callable[[], Any]) -> list[str]:
    """Every statement but those that begin and end transactions (which are savepoints in a test)."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
