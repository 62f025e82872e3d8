"""`manage.py populate`: synthetic bulk data by COPY, for benchmarks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from earlyhelp.populate import build
from earlyhelp.populate.crew import HandFailed
from earlyhelp.populate.scaffolding import Lost
from earlyhelp.populate.tables import WrongColumns


class Command(BaseCommand):
    """Fills an empty database with invented partnerships of the size that is asked for."""

    help = "Fill an empty database with invented partnerships and cases, quickly, for benchmarks."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, and which."""
        parser.add_argument("--partnerships", metavar="N", type=int, default=build.PARTNERSHIPS)
        parser.add_argument("--cases", metavar="N", type=int, default=build.CASES, help="in all partnerships together")
        parser.add_argument("--seed", metavar="S", type=int, default=build.SEED, help="another gives other families")

    def handle(self, *, partnerships: int, cases: int, seed: int, **options: Any) -> None:
        """Fill it, saying how far it is; exit code 1 with one line where it may not."""
        if not 1 <= partnerships <= build.MOST_PARTNERSHIPS:
            raise CommandError(f"Choose from 1 to {build.MOST_PARTNERSHIPS} partnerships.")
        if cases < partnerships:
            raise CommandError("Choose at least one case for each partnership.")
        try:
            build.populate(build.Size(partnerships, cases, seed), say=self._say)
        except (build.NotEmpty, WrongColumns, HandFailed, Lost) as refusal:
            raise CommandError(str(refusal)) from None
        except KeyboardInterrupt:
            raise CommandError(
                "Broken off: what is in the database is not whole. Drop it, or `make reset`, and begin again."
            ) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
