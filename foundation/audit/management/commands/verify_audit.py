"""`manage.py verify_audit`: exit code 0 when the trail is whole, 1 with a line for each thing that is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.audit import checkpoints
from foundation.audit.verification import Verification
from foundation.tenancy.models import Partnership


class Command(BaseCommand):
    """Checks the audit chain of one partnership or of all (trust 14)."""

    help = "Check that no audit or access entry was changed, removed, put in or cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which partnership, and a file of checkpoints that was kept elsewhere."""
        parser.add_argument("--partnership", metavar="SLUG")
        parser.add_argument("--checkpoint-file", metavar="FILE", type=Path)

    def handle(self, *, partnership: str | None, checkpoint_file: Path | None, **options: Any) -> None:
        """Print a line for each finding, and one for each partnership."""
        chosen = list(Partnership.objects.order_by("slug"))
        if partnership is not None:
            chosen = [one for one in chosen if one.slug == partnership]
            if not chosen:
                raise CommandError(f"There is no partnership {partnership}.")
        marks = self._marks(checkpoint_file)
        wrong = sum(self._verify(one, marks.pop(one.pk, [])) for one in chosen)
        if partnership is None:
            for gone in marks:
                wrong += 1
                self.stdout.write(f"{gone}: the partnership was removed, but the checkpoint file knows it.")
        if wrong:
            raise CommandError(f"The trail is not whole: {wrong} found.", returncode=1)
        self.stdout.write("The trail is whole.")

    def _marks(self, file: Path | None) -> dict[Any, list[checkpoints.Mark]]:
        marks: dict[Any, list[checkpoints.Mark]] = {}
        try:
            for mark in checkpoints.read(file) if file is not None else ():
                marks.setdefault(mark.partnership_id, []).append(mark)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        return marks

    def _verify(self, partnership: Partnership, marks: list[checkpoints.Mark]) -> int:
        verification = Verification(partnership, marks)
        wrong = 0
        for finding in verification.findings():
            wrong += 1
            self.stdout.write(f"{partnership.slug}: {finding}")
        self.stdout.write(
            f"{partnership.slug}: {verification.links} links read, {verification.compared} compared with checkpoints, "
            f"{verification.erased} erased details, {wrong} found. "
            f"Last link {verification.last_seq} {verification.last_hash.hex()[:16]}"
        )
        return wrong
