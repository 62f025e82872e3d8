"""`flush` works as the tables' owner: the app's role may not TRUNCATE."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush


class Command(Flush):
    """Django's own, by the owner's connection."""

    def handle(self, **options: Any) -> None:
        """Empty every table of ours."""
        super().handle(**{**options, "database": "owner"})
