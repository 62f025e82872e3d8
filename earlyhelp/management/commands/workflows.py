"""`manage.py workflows`: write the state diagrams, or check that they are fresh."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from earlyhelp import diagrams


class Command(BaseCommand):
    """Draw every workflow from the code into docs/workflows.md."""

    help = "Draw every workflow from the code into docs/workflows.md; --check only compares."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        """`--check` fails when the page is stale."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write the page, or compare it."""
        page = settings.ROOT / "docs" / "workflows.md"
        drawn = diagrams.pages()
        if check:
            if not page.exists() or page.read_text(encoding="utf-8") != drawn:
                raise CommandError("docs/workflows.md is stale: run `manage.py workflows` and commit it.")
            return
        page.parent.mkdir(exist_ok=True)
        page.write_text(drawn, encoding="utf-8")
        self.stdout.write("docs/workflows.md is written.")
