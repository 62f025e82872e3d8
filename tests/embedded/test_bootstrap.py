"""The first steps on a fresh machine, and the files that they read (OPS-1)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from earlyhelp import bootstrap
from earlyhelp.compose_check import main as check_compose
from earlyhelp.compose_check import trouble_with
from tests.embedded.conftest import ROOT


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    quiet = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=cwd, env=quiet, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_python_that_is_too_old_is_one_line() -> None:
    """OPS-1: where no Python is new enough, that is said before anything is tried."""
    done = make("run", "PYTHON=")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "Early Help needs Python 3.11 or newer; none was found."
    assert done.stdout == ""


def test_every_handle_is_there() -> None:
    """OPS-1: the commands that people and scripts hold exist."""
    for handle in ("run", "reset", "test", "test-fast", "lint", "bench"):
        assert make("-n", handle).returncode == 0, handle


def test_set_up_that_is_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: a second start installs nothing, and a changed lock file is noticed."""
    lock = tmp_path / "app.lock"
    lock.write_text("one\n")
    stamp = tmp_path / "stamp"
    assert not bootstrap.is_current(stamp, bootstrap.digest(lock))
    stamp.write_text(bootstrap.digest(lock))
    assert bootstrap.is_current(stamp, bootstrap.digest(lock))
    lock.write_text("two\n")
    assert not bootstrap.is_current(stamp, bootstrap.digest(lock))


def test_packages_of_the_tests_include_those_of_the_product() -> None:
    """OPS-1: what is tested is what runs, to the same version."""

    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+==[^ ]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    assert len(pins("app.lock")) > 50
    assert pins("app.lock") <= pins("test.lock")


@pytest.mark.parametrize("name", ["app.lock", "test.lock"])
def test_every_package_is_pinned_with_hashes_and_no_address(name: str) -> None:
    """OPS-1: the lock files install the same everywhere, from whichever index is used."""
    text = (ROOT / "requirements" / name).read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 50
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_front_end_lock_holds_hashes_and_no_address() -> None:
    """OPS-1: the packages' contents are fixed, the place they come from is the machine's."""
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert {"node_modules/govuk-frontend", "node_modules/@ministryofjustice/frontend"} <= set(packages)
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "://" not in text
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()


def test_missing_library_is_found_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OPS-1: Pango is asked for by its Debian name where it cannot be loaded."""
    assert bootstrap.can_load(["libc.so.6", "libSystem.dylib"])
    assert not bootstrap.can_load(["libpango-of-no-machine.so.0"])
    monkeypatch.setitem(bootstrap.LIBRARIES, "libpango-1.0-0", ("libpango-of-no-machine.so.0",))
    assert bootstrap.missing_packages("app", ROOT) == ["libpango-1.0-0"]


def test_missing_pango_is_one_line_where_it_may_not_be_installed() -> None:
    """OPS-1: an ordinary person is told the packages' names."""
    packages = bootstrap.Packages(["libpango-1.0-0", "libpangoft2-1.0-0"], may_install=False)
    packages.begin()
    with pytest.raises(SystemExit) as caught:
        packages.finish()
    line = str(caught.value)
    assert "libpango-1.0-0 libpangoft2-1.0-0" in line
    assert "\n" not in line


@pytest.mark.parametrize("name", list(bootstrap.OPTIONAL))
def test_what_can_be_done_without_is_only_said(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: one line each, and the rest goes on."""
    bootstrap.Packages([name], may_install=False).finish()
    assert capsys.readouterr().out == f"{bootstrap.OPTIONAL[name]}\n"


def test_a_font_that_is_not_there_is_asked_for_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-1: any other font would leave names in other scripts as boxes."""
    monkeypatch.setitem(bootstrap.FONT_FILES, "fonts-dejavu-core", "NoSuchFont.ttf")
    assert bootstrap.missing_packages("app", ROOT) == ["fonts-dejavu-core"]


def test_missing_browser_leaves_out_its_tests_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: fewer tests never pass for all of them in silence."""
    packages = bootstrap.Packages(["chromium-headless-shell"], may_install=False)
    packages.begin()
    packages.finish()
    assert capsys.readouterr().out == "Chromium is missing: the browser tests are left out.\n"


def test_full_disk_stops_the_set_up_in_one_line(tmp_path: Path) -> None:
    """OPS-1: nothing is begun that cannot be finished."""
    bootstrap.check_disk("app", tmp_path, 1)
    with pytest.raises(SystemExit, match=r"is full: \d+ MB are free and 999999999 MB are needed"):
        bootstrap.check_disk("app", tmp_path, 999_999_999)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo noise; echo 'ERROR: no such package' ; echo hint; exit 1", "It failed: ERROR: no such package"),
        ("echo 'write: No space left on device' >&2; exit 1", f"It failed: the disk that holds {ROOT} is full."),
        ("exit 1", "It failed: no reason given"),
    ],
)
def test_failed_step_is_one_line(script: str, expected: str) -> None:
    """OPS-1: the tool's pages of words are reduced to the one that matters."""
    with pytest.raises(SystemExit) as caught:
        bootstrap.run(["sh", "-c", script], "It failed")
    assert str(caught.value) == expected


def test_set_up_script_needs_nothing_but_the_standard_library() -> None:
    """OPS-1: it runs before anything is installed, by whichever Python there is."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "earlyhelp" / "bootstrap.py"), "nonsense"],
        capture_output=True,
        text=True,
        env={"PATH": os.defpath},
    )
    assert (done.returncode, done.stderr) == (1, "usage: bootstrap.py app|test\n")


@pytest.mark.slow
def test_virtual_environment_is_made_in_a_path_with_a_space(root: Path) -> None:
    """OPS-1: a folder called "Early Help" is a folder like any other, and what works is kept."""
    venv = root / "my venv"
    bootstrap.make_venv(venv)
    python = venv / "bin" / "python"
    assert subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    before = (venv / "pyvenv.cfg").stat().st_mtime_ns
    bootstrap.make_venv(venv)
    assert (venv / "pyvenv.cfg").stat().st_mtime_ns == before
    shutil.rmtree(venv)


def test_compose_file_is_in_order() -> None:
    """OPS-1: the several-container shape is checked without Docker and without a network."""
    assert trouble_with(ROOT / "docker-compose.yml") is None
    text = (ROOT / "docker-compose.yml").read_text()
    for service in ("web:", "worker:", "beat:", "postgres:", "valkey:", "mail:"):
        assert f"\n  {service}\n" in text
    assert "postgres:18" in text
    assert "--appendonly yes" in text
    assert "/roles.sql:ro" in text


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  web:\n    imagine: x\n",
        "services:\n  web:\n    image: x\n    depends_on: [absent]\n",
        "services: [\n",
    ],
)
def test_broken_compose_file_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """OPS-1: the check can fail, which the wheel's own command cannot."""
    file = tmp_path / "docker-compose.yml"
    file.write_text(text)
    assert check_compose([str(file)]) == 1
    assert str(file) in capsys.readouterr().err


def test_the_owners_password_stays_with_the_migrations() -> None:
    """OPS-1: web and workers know only the app's role."""
    text = (ROOT / "docker-compose.yml").read_text()
    shared = text[text.index("x-app:") : text.index("services:")]
    assert "EH_APP_PASSWORD" in shared
    assert "EH_OWNER_PASSWORD" not in shared
    assert "EH_MAINTENANCE_PASSWORD" not in shared


def test_what_the_commands_make_is_never_committed() -> None:
    """OPS-1: data, secrets and installed packages stay out of the repository."""
    made = [".data/secrets.json", ".venv/x", "node_modules/x", "static/vendor/x", ".env"]
    done = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("not a repository")
    assert done.stdout.split() == made


def test_released_migrations_are_ours_and_still_there() -> None:
    """OPS-1: the list of what is not judged again holds no name that nothing bears."""
    from earlyhelp import migration_check

    ours = migration_check.names_of(migration_check.own_apps())
    released = migration_check.RELEASED.read_text().split()
    assert set(released) <= set(ours)
    assert released == sorted(set(released))
    assert "tenancy.0001_initial" in released
