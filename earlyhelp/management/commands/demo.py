"""`manage.py demo`: five partnerships with invented families at every stage of the path."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from earlyhelp.demo import build, sign_ins


class Command(BaseCommand):
    """Makes the demonstration in an empty database, or prints its sign-ins."""

    help = "Make five partnerships of invented families, through the services, in an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many families, which ones, or the sign-ins alone."""
        parser.add_argument("--families", metavar="N", type=int, help="in each partnership")
        parser.add_argument("--seed", metavar="S", type=int, default=build.SEED, help="another gives other families")
        parser.add_argument("--sign-ins", action="store_true", help="only print the address and the sign-ins")

    def handle(self, *, families: int | None, seed: int, sign_ins: bool, verbosity: int, **options: Any) -> None:
        """Make it and print the sign-ins (nothing with `--verbosity 0`); exit code 1 with one line where it may not."""
        if not settings.DEMO:
            raise CommandError("The demonstration needs EARLYHELP_DEMO=1: its password is known to everyone.")
        if not sign_ins:
            if not self._may_make(families):
                self.stdout.write("The demonstration is there already.")
                return
            build.build(families=families, seed=seed)
        if verbosity:
            self._print_sign_ins()

    def _may_make(self, families: int | None) -> bool:
        if families is not None and not 1 <= families <= build.MOST_FAMILIES:
            raise CommandError(f"Choose from 1 to {build.MOST_FAMILIES} families.")
        try:
            return not build.stands()
        except build.NotEmpty:
            raise CommandError(
                "This database holds something else already, so the demonstration is not added to it."
            ) from None

    def _print_sign_ins(self) -> None:
        for line in sign_ins.lines():
            self.stdout.write(line)
