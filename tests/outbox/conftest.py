"""Handlers that last for one test, and a broker's line that begins anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from foundation.outbox import handlers, kick
from foundation.tenancy.models import Partnership
from tests.factories import make_partnership


@pytest.fixture
def partnership(db: None) -> Partnership:
    return make_partnership()


@pytest.fixture(autouse=True)
def new_line() -> Iterator[None]:
    """No test inherits another's trouble with the broker."""
    yield
    kick._hang_up()
    kick._asked_again_at = 0.0


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`handle(topic, function)` registers a handler until the test ends."""
    monkeypatch.setattr(handlers, "_registry", dict(handlers._registry))

    def register(topic: str, function: Callable[..., Any], **how: bool | dt.timedelta) -> None:
        handlers.handles(topic, **how)(function)  # type: ignore[arg-type]

    return register
