"""Real servers in folders of their own; their path holds a space throughout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from earlyhelp.embedded.datadir import DataDir

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINTENANCE_URL", "REDIS_URL", "EARLYHELP_SECRET_KEY")


def bare_environment(root: Path, **more: str) -> dict[str, str]:
    """The environment of a fresh shell whose data folder is `root`."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in GIVEN and not key.startswith(("PYTEST_", "DJANGO_", "EARLYHELP_", "COV_"))
    }
    return kept | {"EARLYHELP_DATA_DIR": str(root), "PYTHONUNBUFFERED": "1"} | more


def start(root: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start `python -m ...` as its own process group, its words in one pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=bare_environment(root, **more),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def call(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` to its end."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=bare_environment(root, **more),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def processes_below(root: Path) -> dict[int, str]:
    """Command lines of all processes that stand in the folder, name it, or carry it in their environment."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            traces = command + (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(root) in traces:
            found[int(entry.name)] = command.replace(b"\0", b" ").decode()
    return found


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until the condition holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def all_gone(root: Path, seconds: float) -> None:
    """Wait until nothing works for the folder any more; fail with the names of what does."""
    deadline = time.monotonic() + seconds
    while left := processes_below(root):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.1)


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that the servers' account can reach, gone after the test."""
    yield from make_root()


@pytest.fixture(scope="module")
def shared_root() -> Iterator[Path]:
    """The same, for all tests of a module."""
    yield from make_root()


def make_root() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="early help "))
    folder.chmod(0o755)
    yield folder / "data"
    for data in (DataDir(folder / "data"), DataDir(folder / "data" / "test")):
        if data.root.exists():
            data.empty()
    shutil.rmtree(folder)
