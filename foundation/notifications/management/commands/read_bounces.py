"""Read one delivery status notification from standard input, as a mail server's alias pipes it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from foundation.notifications import bounces

LATER = 75
"""What a mail server takes for "not now" (sysexits, EX_TEMPFAIL)."""


class Command(BaseCommand):
    """Notes that one of our e-mails came back, so that the administrator sees whose address is wrong."""

    help = "Reads one delivery status notification (RFC 3464) from standard input and notes what became of the e-mail."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line, which names nobody; an error, and exit code 1, for what is no notification about our e-mail."""
        try:
            bounce = bounces.read(sys.stdin.buffer.read(bounces.LARGEST + 1))
            is_new = bounces.settle(bounce)
        except bounces.NotABounce as trouble:
            raise CommandError(str(trouble)) from None
        except OperationalError:
            raise CommandError("The database does not answer: hand it over later.", returncode=LATER) from None
        said = bounce.state.label if bounce.state else "Not there yet"
        self.stdout.write(f"{bounce.reference}: {said}" + ("." if is_new or bounce.state is None else ", as known."))
