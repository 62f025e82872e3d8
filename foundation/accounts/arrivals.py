"""When somebody comes into a partnership with a new session, it is kept as their last sign-in there (ACC-3)."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, transaction
from django.http import HttpRequest

from foundation.accounts import services
from foundation.accounts.hats import Hat

CAME_IN = "came_in"  # in the session: the ids of the partnerships that it has been in
log = structlog.get_logger(__name__)


def note(request: HttpRequest, hat: Hat) -> None:
    """Keep it once for each session and partnership, inside its scope; a page never fails because of it."""
    known = request.session.get(CAME_IN)
    known = known if isinstance(known, list) else []
    here = str(hat.partnership.pk)
    if here in known:
        return
    request.session[CAME_IN] = [*known, here]
    try:
        with transaction.atomic():
            services.note_sign_in(by=hat.actor)
    except DatabaseError as error:
        log.warning("accounts.sign_in_not_noted", error=type(error).__name__)
