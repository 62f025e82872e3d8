"""A line in the log for each request that has ended: the route's name and how long it took (OPS-2)."""

from __future__ import annotations

import time
from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog import signals


@receiver(signals.bind_extra_request_metadata)
def note_the_start(request: HttpRequest, **kwargs: Any) -> None:
    """Remember when the request began."""
    request._log_began = time.monotonic()  # type: ignore[attr-defined]


@receiver(signals.bind_extra_request_finished_metadata)
@receiver(signals.bind_extra_request_failed_metadata)
def say_which_route(request: HttpRequest, log_kwargs: dict[str, Any], **kwargs: Any) -> None:
    """Add the route's name, never the path, which holds whatever was typed; and the hat, by ids."""
    match, actor = request.resolver_match, getattr(request, "actor", None)
    log_kwargs["route"] = match.view_name if match is not None else None
    log_kwargs["method"] = request.method if request.method in {"GET", "HEAD", "POST"} else "other"
    log_kwargs["duration_ms"] = round((time.monotonic() - request._log_began) * 1000)  # type: ignore[attr-defined]
    if actor is not None:
        log_kwargs |= {"partnership_id": actor.partnership_id, "agency_id": actor.agency_id}
