"""What stands round every page: rooms above fill it, because this one may not know them.

    from foundation.ui import shell
    shell.provide("inbox_count", queries.unread)        # in AppConfig.ready(); fn(request) -> value

Names that `ui/base.html` shows: `hat` (words for the hat worn), `change_hat_url`, `sign_out_url`, `inbox_count`,
`inbox_url`, `home_url`, `person` (the name of who has signed in), `operator_url` (for operators
alone). Any other name is at hand as `shell.NAME`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

_providers: dict[str, Callable[[HttpRequest], Any]] = {}


def provide(name: str, value_of: Callable[[HttpRequest], Any]) -> None:
    """Add a value to every page's shell. It is asked for only when a page shows it; the last one given wins."""
    _providers[name] = value_of


class Shell:
    """The values of one request, each fetched at most once."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """The value that was provided under a name, or None."""
        if name not in self._known:
            value_of = _providers.get(name)
            self._known[name] = value_of(self._request) if value_of else None
        return self._known[name]
