"""Copies the front-end packages' files beside our own static files."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# package folder in node_modules → the files wanted of it, folder in static/vendor
PACKAGES = {
    "govuk-frontend/dist/govuk": ("govuk", ["govuk-frontend.min.css", "govuk-frontend.min.js"]),
    "@ministryofjustice/frontend/moj": ("moj", ["moj-frontend.min.css", "moj-frontend.min.js"]),
}
# This is no gov.uk service: its typeface and its coat of arms may be used there only.
_FONT_FACE = re.compile(r"(?:/\*!(?:(?!\*/).)*font(?:(?!\*/).)*\*/)?@font-face\s*\{[^}]*\}", re.DOTALL | re.IGNORECASE)
_FONT_NAME = re.compile(r"""["']?GDS Transport["']?\s*,\s*""")
_ARMS_RULE = re.compile(
    r"[^{}]*\{[^{}]*url\([^)]*crest[^)]*\)[^{}]*\}|[^{};]*\.[\w-]*(?:crown|crest)[\w-]*[^{}]*\{[^{}]*\}", re.IGNORECASE
)
# The maps hold the packages' sources, typeface and arms included; nothing that runs needs them.
_MAP = re.compile(r"\s*(?:/\*#|//#) sourceMappingURL=[^\s*]*(?:\s*\*/)?")
_ASSET = re.compile(r"url\(([\"']?)/assets/images/([\w.-]+)\1\)")
_FORBIDDEN = re.compile(r"crest|crown|royal|arms|logotype", re.IGNORECASE)


class Command(BaseCommand):
    """Copy govuk-frontend and MoJ frontend from node_modules to static/vendor, without typeface and arms."""

    help = "Copy the front-end packages from node_modules into static/vendor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Both folders can be named, for tests."""
        parser.add_argument("--source", type=Path, default=settings.ROOT / "node_modules")
        parser.add_argument("--target", type=Path, default=settings.ROOT / "static" / "vendor")

    def handle(self, *, source: Path, target: Path, verbosity: int, **options: Any) -> None:
        """Write what has changed and nothing else, so that a second run touches no file."""
        written = 0
        for package, (folder, names) in PACKAGES.items():
            for name in names:
                file = source / package / name
                if not file.is_file():
                    raise CommandError(f"{file} is missing: run `npm ci` (or `make set-up`) first.")
                text, images = cleaned(file.read_text("utf-8"))
                written += _write(target / folder / name, text.encode())
                for image in images:
                    written += _write(target / folder / image, (file.parent / "assets/images" / image).read_bytes())
        if verbosity:
            self.stdout.write(f"Front-end files are in {target} ({written} written).")


def cleaned(text: str) -> tuple[str, list[str]]:
    """A style sheet or script without typeface, arms and source map, its images beside it, and those images' names."""
    text = _FONT_FACE.sub("", text)
    text = _FONT_NAME.sub("", text)
    text = _ARMS_RULE.sub("", text)
    text = _MAP.sub("", text)
    images = sorted({match[2] for match in _ASSET.finditer(text) if not _FORBIDDEN.search(match[2])})
    return _ASSET.sub(r"url(\2)", text), images


def _write(file: Path, content: bytes) -> int:
    if file.is_file() and file.read_bytes() == content:
        return 0
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return 1
