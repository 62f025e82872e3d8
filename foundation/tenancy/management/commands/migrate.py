"""`migrate` works as the tables' owner, whoever asks."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate


class Command(Migrate):
    """Django's own, with the owner's connection as the default."""

    def add_arguments(self, parser: Any) -> None:
        """As Django's."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
