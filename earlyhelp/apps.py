"""The roof among the apps: commands and pages that look over all rooms."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.urls import reverse

from earlyhelp import request_lines  # noqa: F401 -- its receivers listen from here on
from foundation.ui import navigation, shell


class EarlyhelpConfig(AppConfig):
    """The roof."""

    name = "earlyhelp"
    label = "earlyhelp"

    def ready(self) -> None:
        """The way home stands first in the menu, for every hat."""
        navigation.add("My work", "home", lambda _: True, order=0)
        shell.provide("operator_url", _operator_url)


def _operator_url(request: HttpRequest) -> str | None:
    """Where operators set up partnerships; other people have no such place."""
    return reverse("operator") if getattr(request.user, "is_operator", False) else None
