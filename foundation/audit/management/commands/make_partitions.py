"""`manage.py make_partitions`: months ahead for the two logs; `migrate` does it too."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from foundation.audit import partitions


class Command(BaseCommand):
    """Makes the partitions of the coming months, as the tables' owner."""

    help = f"Make the monthly partitions of the audit logs, {partitions.MONTHS_AHEAD} months ahead."

    def handle(self, **options: Any) -> None:
        """Print what was made; a month whose entries are in the default partition already stays there."""
        made, refused = partitions.make_ahead(connections["owner"])
        for name in made:
            self.stdout.write(f"Made {name}.")
        for name in refused:
            self.stdout.write(f"{name} was not made: the default partition holds entries of that month.")
        self.stdout.write(f"{partitions.months_ahead(connections['owner'])} months ahead.")
