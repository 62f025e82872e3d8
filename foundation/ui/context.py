"""What every page's shell needs to know."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The partnership, the hat, and who has signed in."""
    return {}
