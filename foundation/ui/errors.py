"""Error pages: what happened, what was kept, what to do. Never a name, never an address of anything.

`handlerNNN` in `earlyhelp/urls.py` lead here, and `foundation.ui.middleware.ErrorPages` for our own errors.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.common.errors import Clash, EarlyHelpError, Invalid, NotAllowed, NotThere
from foundation.common.ids import new_id

NOT_THERE = "There is nothing here."
TOO_OLD = "This page was open too long, or its sign-in has ended. Nothing was sent."
TOO_BIG = "That was more than this page can take. Nothing was sent."


def page_for(request: HttpRequest, error: EarlyHelpError) -> HttpResponse:
    """The page (or, for script, the JSON) of one of our own errors."""
    match error:
        case NotThere():
            return not_found(request)
        case NotAllowed():
            return _page(request, 403, error.sentence)
        case Clash():
            return _page(request, 409, error.sentence, back_url=way_back(request))
        case Invalid():
            return _page(request, 400, error.sentence, back_url=way_back(request), fields=error.fields)
    return _page(request, 400, error.sentence, back_url=way_back(request))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 when more was sent than the product takes at once."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return _page(request, 413, TOO_BIG, back_url=way_back(request))
    return _page(request, 400, "Your browser sent something this page cannot read. Nothing was saved.")


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 for refusals of Django and its packages, whose words are not for people."""
    return _page(request, 403, "You cannot do this with the role you have here.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same bytes everywhere and for everyone: it tells nothing about what is or is not there."""
    if wants_json(request):
        return JsonResponse({"sentence": NOT_THERE, "fields": {}}, status=404)
    return HttpResponse(render_to_string("404.html", _static()), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: asks nothing of the database, the session or the manifest of static files."""
    number = request_id()
    if wants_json(request):
        return JsonResponse({"sentence": f"Something went wrong on our side. Reference {number}."}, status=500)
    return HttpResponse(render_to_string("500.html", {**_static(), "request_id": number}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form's token no longer fits: almost always a page left open past the end of its session."""
    return _page(request, 403, TOO_OLD, template="ui/page_too_old.html", back_url=way_back(request))


def request_id() -> str:
    """The id that the log knows this request by."""
    return str(structlog.contextvars.get_contextvars().get("request_id") or new_id())


def wants_json(request: HttpRequest) -> bool:
    """Whether script asks (it says `Accept: application/json`) rather than a person's browser."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def way_back(request: HttpRequest) -> str:
    """The page that was sent from, where that is one of ours; only its path and query."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return ""
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _page(request: HttpRequest, status: int, sentence: str, *, template: str = "", **more: Any) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"sentence": sentence, "fields": more.get("fields", {})}, status=status)
    context = {"sentence": sentence, "back_url": more.get("back_url", "")}
    return render(request, template or f"{status}.html", context, status=status)


def _static() -> dict[str, str]:
    return {"static_url": settings.STATIC_URL}
