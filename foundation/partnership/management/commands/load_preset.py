"""`manage.py load_preset NAME`: a partnership from a preset, in one command."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.common.errors import Invalid
from foundation.partnership import presets
from foundation.partnership.services import found_partnership


class Command(BaseCommand):
    """Founds a partnership with a preset's words, pathway policy and forms."""

    help = "Found a partnership from a preset: its words, its pathway policy, the forms and the first agency."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which preset, and what the partnership is to be called if not as the preset says."""
        parser.add_argument("name", metavar="NAME", help=f"one of {', '.join(presets.names())}")
        parser.add_argument("--slug", default="", help="the first part of its addresses; without it the preset's name")
        parser.add_argument("--name", dest="called", metavar="NAME", default="", help="the partnership's name")

    def handle(self, *, name: str, slug: str, called: str, verbosity: int, **options: Any) -> None:
        """Found it and say where it is; one line and exit code 1 where it cannot be."""
        try:
            preset = presets.load(name)
            partnership = found_partnership(
                by_user=None, preset=name, slug=slug or preset.key, name=called or preset.name
            )
        except Invalid as refusal:
            raise CommandError(" ".join(refusal.fields.values())) from None
        if verbosity:
            left = sum(value.standing == "default" for value in preset.values.values())
            self.stdout.write(f"{partnership.name} stands at /{partnership.slug}/. Defaults to confirm: {left}.")
