"""`manage.py audit_checkpoint`: note where each chain stands; a copy of the file belongs on another machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.audit import checkpoints
from foundation.tenancy.models import Partnership


class Command(BaseCommand):
    """Notes the end of every partnership's chain (trust 14)."""

    help = "Note where every audit chain stands, and write the notes to a file to be kept elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write."""
        parser.add_argument("--file", type=Path, help="add the notes to this file, one JSON object a line")

    def handle(self, *, file: Path | None, **options: Any) -> None:
        """Note each chain that has grown; the file gets the last note of every partnership."""
        marks = []
        for partnership in Partnership.objects.order_by("slug"):
            mark = checkpoints.take(partnership) or checkpoints.latest(partnership)
            if mark is not None:
                marks.append(mark)
                self.stdout.write(f"{partnership.slug}: link {mark.seq} {mark.hash.hex()}")
        if file is not None:
            try:
                checkpoints.write(marks, file)
            except OSError as error:
                raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
