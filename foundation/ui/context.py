"""What every page's shell needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from foundation.common import clock
from foundation.tenancy.models import Partnership
from foundation.ui import navigation
from foundation.ui.colours import brand
from foundation.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """The partnership, its colour and emergency wording, the navigation, and what the rooms above provide.

    Works before anyone has signed in and outside every partnership; nothing is read until a page shows it.
    """
    partnership: Partnership | None = getattr(request, "partnership", None)
    return {
        "partnership": partnership,
        "start_url": f"/{partnership.slug}/" if partnership else "/",
        "actor": getattr(request, "actor", None),
        "shell": Shell(request),
        "brand": brand(partnership.colour if partnership else None),
        "navigation_links": SimpleLazyObject(lambda: navigation.links(request)),
        "is_demo": settings.DEMO,
        "demo_day": clock.today() if clock.stands_elsewhere() else None,
    }
