"""Which definition is in use."""

from __future__ import annotations

from foundation.common.errors import NotThere
from foundation.formdefs.models import FormDefinition


def current(key: str) -> FormDefinition:
    """The newest published version of a form in this partnership; NotThere where it has none (EHA-3)."""
    found = FormDefinition.objects.filter(key=key, published_at__isnull=False).order_by("-version").first()
    if found is None:
        raise NotThere("This partnership has not published that form yet.")
    return found
