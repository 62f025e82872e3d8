"""`manage.py set_up_link`: where the first operator makes their account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from earlyhelp.operator import links


class Command(BaseCommand):
    """Prints the address, as long as there is no operator."""

    help = "Print the address at which an installation without an operator is set up in the browser."

    def handle(self, **options: Any) -> None:
        """One line; exit code 1 once there is an operator."""
        url = links.set_up_url()
        if not url:
            raise CommandError("This installation has an operator already.")
        self.stdout.write(url)
