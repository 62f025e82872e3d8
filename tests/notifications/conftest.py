"""People who are told things, a kind that tells them, and the two ways out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from foundation.accounts.models import Membership
from foundation.notifications import holding, kinds
from foundation.tenancy.models import Partnership
from tests.embedded.test_mail import Catcher
from tests.factories import make_partnership
from tests.notifications.fake_notify import KEY, TEMPLATE, FakeNotify
from tests.notifications.telling import KIND, member_in, url_of, words_of

MORNING = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of message, and nobody who holds e-mails back, until the test ends."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(holding, "_askers", [])
    kinds.add(KIND, words=words_of, url=url_of)


@pytest.fixture
def partnership(request: pytest.FixtureRequest) -> Partnership:
    if "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
    return make_partnership()


@pytest.fixture
def member(partnership: Partnership) -> Membership:
    return member_in(partnership)


@pytest.fixture
def notify(settings: Any) -> Iterator[FakeNotify]:
    """GOV.UK Notify, and the installation set to use it."""
    with FakeNotify() as server:
        settings.NOTIFY_KEY, settings.NOTIFY_TEMPLATE, settings.NOTIFY_URL = KEY, TEMPLATE, server.url
        yield server


@pytest.fixture
def catcher(tmp_path: Path, settings: Any) -> Iterator[Catcher]:
    """The house's own mail catcher with real SMTP, and the installation set to use it."""
    made = Catcher(tmp_path / "mail")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.smtp
    yield made
    made.process.terminate()
    assert made.process.wait(10) == 0


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`with crash(owner, "name", when="before")`: the process dies before or after that call, the first time."""
    return lambda owner, name, when: Crash(monkeypatch, owner, name, when)


class Killed(BaseException):
    """What nothing catches: as if the process had been killed, no line after it runs but those of the database."""


class Crash:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, when: str) -> None:
        self.patch, self.owner, self.name, self.when = monkeypatch, owner, name, when

    def __enter__(self) -> None:
        real = getattr(self.owner, self.name)

        def dies(*args: Any, **kwargs: Any) -> Any:
            if self.when == "after":
                real(*args, **kwargs)
            raise Killed

        self.real = real
        self.patch.setattr(self.owner, self.name, dies)

    def __exit__(self, kind: Any, *args: Any) -> bool:
        self.patch.setattr(self.owner, self.name, self.real)
        assert kind is Killed, "it did not come to the point where it dies"
        return True
