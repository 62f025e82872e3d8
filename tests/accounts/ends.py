"""Sessions that have lasted too long, for tests: time is taken from the session, not given to the machine."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client

from foundation.accounts import sessions
from foundation.accounts.models import User
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"


def store(key: str | None) -> SessionBase:
    """A session by its id."""
    found: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return found


def age(session: SessionBase, *, minutes: float, began: bool = False) -> None:
    """As if the person had done nothing for so long; with `began`, as if they had also signed in before that."""
    for name in (sessions.SEEN, *([sessions.BEGAN] if began else [])):
        session[name] -= minutes * 60
    session.save()


def leave_alone(client: Client, minutes: float = 40) -> None:
    """The same for a client."""
    client.get("/accounts/session/", headers={"Eh-Background": "1"})
    age(client.session, minutes=minutes)


def come_back(client: Client, user: User, path: str = LOGIN) -> Any:
    """Sign in again by the page."""
    return client.post(path, {"login": user.email, "password": PASSWORD})
