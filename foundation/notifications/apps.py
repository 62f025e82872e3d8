"""The app's place in the house."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.urls import reverse

from foundation.accounts import beside, notes
from foundation.common import clock
from foundation.ui import shell
from foundation.ui.paging import Count

MOST_COUNTED = 100
"""Unread messages are counted no further: the page's header says "100 or more"."""


class NotificationsConfig(AppConfig):
    """The inbox, and the e-mail that says how much waits there."""

    name = "foundation.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Every page shows how much is unread; what the outbox carries for this room is registered."""
        from foundation.notifications import queries, tasks  # noqa: F401, PLC0415 (they need the models)
        from foundation.partnership import places  # noqa: PLC0415

        beside.add("unread", lambda user_id: queries.unread(user_id, at_most=MOST_COUNTED))
        notes.add(_trouble)
        places.add(
            "Messages that did not arrive",
            "mail:not_arrived",
            "Whose e-mail came back or could not be sent, and why.",
            before="partnership:changes",
        )
        shell.provide("inbox_count", _unread)
        shell.provide("inbox_url", _inbox_url)


def _trouble(user_id: int) -> str:
    """That the last e-mail to a person did not arrive, and when and why."""
    from foundation.notifications import enums, queries  # noqa: PLC0415 (they need the models)

    last = queries.trouble_with(user_id)
    if last is None or last.settled_at is None:
        return ""
    on = last.settled_at.astimezone(clock.LONDON)
    return f"The last e-mail, on {on.day} {on:%B %Y}, did not arrive: {enums.trouble_words(last.trouble)}."


def _unread(request: HttpRequest) -> Count | None:
    """How many messages are unread, read with the person's hats; None for none, which is no number beside a link."""
    hat: Any = getattr(request, "hat", None)
    number = hat.beside.get("unread", 0) if hat else 0
    return Count(number, more=number >= MOST_COUNTED) if number else None


def _inbox_url(request: HttpRequest) -> str | None:
    partnership = getattr(request, "partnership", None)
    return reverse("notifications:inbox", kwargs={"partnership": partnership.slug}) if partnership else None
