"""What is copied from the front-end packages, and what must never be among it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from foundation.ui.management.commands.vendor_assets import cleaned

FORBIDDEN = re.compile(rb"GDS Transport|crest|crown|royal.?arms|@font-face|\.woff2?|sourceMappingURL", re.IGNORECASE)
OURS = [settings.ROOT / "static", settings.ROOT / "templates"]
needs_packages = pytest.mark.skipif(
    not (settings.ROOT / "node_modules/govuk-frontend").is_dir(), reason="the front-end packages are not installed"
)


def forbidden_in(*folders: Path) -> list[str]:
    """Files that hold, or are named after, what is for gov.uk alone."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return sorted(
        str(file) for file in files if FORBIDDEN.search(file.name.encode()) or FORBIDDEN.search(file.read_bytes())
    )


def vendored(target: Path) -> Path:
    call_command("vendor_assets", target=target, verbosity=0)
    return target


@needs_packages
def test_nothing_of_gov_uk_s_own_is_served(tmp_path):
    """Style: no typeface, no crest, no crown, in what is copied and in what is ours."""
    assert forbidden_in(vendored(tmp_path), *OURS) == []


@needs_packages
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.css", "body{font-family:'GDS Transport'}"),
        ("govuk-crest.svg", "<svg/>"),
        ("b.css", "@font-face{src:url(light.woff2)}"),
        ("c.html", '<i class="logo-crown"></i>'),
    ],
)
def test_the_search_finds_what_is_planted(tmp_path, name, content):
    """Style: the search above is not blind."""
    (tmp_path / name).write_text(content)
    assert forbidden_in(tmp_path) == [str(tmp_path / name)]


@needs_packages
def test_every_picture_of_a_style_sheet_is_there(tmp_path):
    """OPS-1: hashed names can be made, for nothing points to a file that is not there."""
    vendored(tmp_path)
    for sheet in tmp_path.rglob("*.css"):
        addresses = re.findall(r"url\(([^)]+)\)", sheet.read_text())
        for address in addresses:
            assert address.startswith("data:") or (sheet.parent / address).is_file(), address
    assert len(list(tmp_path.rglob("*.css"))) == 2
    assert len(list(tmp_path.rglob("*.js"))) == 2


@needs_packages
def test_a_second_run_writes_nothing(tmp_path):
    """OPS-1: the next start is quick."""
    vendored(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    vendored(tmp_path)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before


def test_missing_packages_are_one_line(tmp_path):
    """OPS-1: what is missing, and the command that brings it."""
    with pytest.raises(CommandError, match=r"is missing: run `npm ci`") as refusal:
        call_command("vendor_assets", source=tmp_path, target=tmp_path / "out", verbosity=0)
    assert "\n" not in str(refusal.value)


def test_a_style_sheet_keeps_its_other_rules():
    """Style: only the typeface and the arms go."""
    text, images = cleaned(
        '.a{font-family:"GDS Transport",arial}@font-face{font-family:GDS Transport;src:url(/assets/fonts/x.woff2)}'
        ".b{color:red}@media print{.c{background:url(/assets/images/govuk-crest.svg)}.d{color:blue}}"
        '.e{background:url("/assets/images/tick.svg")}/*# sourceMappingURL=x.css.map */'
    )
    assert text == ".a{font-family:arial}.b{color:red}@media print{.d{color:blue}}.e{background:url(tick.svg)}"
    assert images == ["tick.svg"]


@needs_packages
def test_hashed_names_can_be_made(tmp_path, settings):
    """OPS-1: what `make run` does with the files works, for every one of them."""
    settings.STATIC_ROOT = tmp_path / "root"
    settings.STATICFILES_DIRS = [settings.ROOT / "static", ("vendor", vendored(tmp_path / "vendor"))]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert list((tmp_path / "root/vendor/govuk").glob("govuk-frontend.min.*.css"))
