"""Our own errors become pages here: outside the view, whose transaction has been rolled back by then."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from foundation.common.errors import EarlyHelpError
from foundation.ui.errors import page_for


class ErrorPages:
    """The last of the middleware, so that the partnership and its hat still stand when the page is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Passes by."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of one of our own errors; all else is Django's to handle."""
        return page_for(request, exception) if isinstance(exception, EarlyHelpError) else None
