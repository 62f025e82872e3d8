"""A demonstration that stands at another date: reckoned once, kept, handed on, refused in one line (OPS-1, CLK-6)."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from earlyhelp.embedded import Problem
from earlyhelp.embedded.datadir import DataDir
from earlyhelp.run import travelling
from foundation.common import clock
from tests.embedded.conftest import ROOT

NOW = dt.datetime(2026, 11, 28, 21, 15, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path)


def there(data: DataDir, *, now: dt.datetime = NOW, **given: str) -> dt.datetime | None:
    """Where the clock stands in London, or None where nobody travels."""
    found = travelling.environment(data, given, now=now)
    seconds = found.get(clock.OFFSET)
    return (now + dt.timedelta(seconds=int(seconds))).astimezone(clock.LONDON) if seconds else None


def test_the_clock_ticks_from_that_date_at_the_present_time_of_day(data: DataDir) -> None:
    """Demo: by the clock on a wall in London, in summer as in winter."""
    assert there(data, EARLYHELP_DATE="2026-04-02") == dt.datetime(2026, 4, 2, 21, 15, 30, tzinfo=clock.LONDON)


@given(
    some.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1)),
    some.dates(dt.date(2021, 1, 1), dt.date(2026, 1, 1)),
)
def test_whatever_the_moment_and_the_date(now: dt.datetime, day: dt.date) -> None:
    """CLK-6: also across the changes of the clocks: the date is right, the time of day to the second."""
    now = now.replace(tzinfo=clock.LONDON).astimezone(dt.UTC)
    moved = (now + dt.timedelta(seconds=travelling._seconds_to(day, now))).astimezone(clock.LONDON)
    wanted = dt.datetime.combine(day, now.astimezone(clock.LONDON).time(), clock.LONDON).astimezone(dt.UTC)
    assert abs(moved.astimezone(dt.UTC) - wanted) <= dt.timedelta(seconds=1)


def test_nobody_travels_unless_asked(data: DataDir) -> None:
    """Demo: without the variable the clock is the machine's."""
    assert there(data) is None
    assert there(data, EARLYHELP_DATE=" ") is None
    assert not (data.root / travelling.KEPT).exists()


def test_a_restart_goes_on_from_where_the_demonstration_has_come_to(data: DataDir) -> None:
    """Demo: with the same date or with none, two days later it stands two days further."""
    there(data, EARLYHELP_DATE="2026-04-02")
    for given_date in ({}, {"EARLYHELP_DATE": "2026-04-02"}):
        stands = there(data, now=NOW + 2 * DAY, **given_date)
        assert stands is not None
        assert stands.date() == dt.date(2026, 4, 4)


def test_it_goes_forward_and_never_back(data: DataDir) -> None:
    """Demo: nothing in it lies in the future."""
    there(data, EARLYHELP_DATE="2026-04-02")
    assert there(data, EARLYHELP_DATE="2026-04-09").date() == dt.date(2026, 4, 9)
    with pytest.raises(Problem, match="2026-04-09 already and cannot go back to 2026-04-02: run `make reset` first"):
        there(data, EARLYHELP_DATE="2026-04-02")


def test_one_that_stands_at_today_cannot_be_taken_back(data: DataDir) -> None:
    """Demo: its families were made at the machine's date."""
    (data.root / "sign-ins").write_text("")
    with pytest.raises(Problem, match="make reset"):
        there(data, EARLYHELP_DATE="2026-04-02")
    assert there(data, EARLYHELP_DATE="2026-12-24") is not None


@pytest.mark.parametrize("nonsense", ["tomorrow", "2026-02-30", "02/04/2026", "2026", "1999-01-01", "2126-01-01"])
def test_nonsense_is_refused_in_one_line(data: DataDir, nonsense: str) -> None:
    """OPS-1: what is wrong and how to write it."""
    with pytest.raises(Problem) as refused:
        there(data, EARLYHELP_DATE=nonsense)
    assert "EARLYHELP_DATE" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (data.root / travelling.KEPT).exists()


def test_only_a_demonstration_travels(data: DataDir) -> None:
    """Records of real families are never written at another date than today's."""
    with pytest.raises(Problem, match="needs EARLYHELP_DEMO=1"):
        there(data, EARLYHELP_DATE="2026-04-02", EARLYHELP_DEMO="0")
    there(data, EARLYHELP_DATE="2026-04-02")
    assert there(data, EARLYHELP_DEMO="0") is None
    assert travelling.kept_environment(data, {"EARLYHELP_DEMO": "0"}) == {}


def test_a_damaged_file_is_no_date(data: DataDir) -> None:
    """OPS-1: the next start begins at today."""
    for text in ("", "{}", "[]", '{"date": "2026-04-02", "seconds": "x"}'):
        (data.root / travelling.KEPT).write_text(text)
        assert there(data) is None


def asked(script: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **env}, cwd=ROOT, capture_output=True, text=True
    )


def test_every_process_that_is_told_reads_the_same_clock() -> None:
    """Demo: web, worker, beat and commands: the offset is theirs from their first line on."""
    told = asked("from foundation.common import clock; print(clock.now().isoformat())", **{clock.OFFSET: "-86400"})
    moment = dt.datetime.fromisoformat(told.stdout.strip())
    assert abs(moment - (dt.datetime.now(dt.UTC) - DAY)) < dt.timedelta(minutes=2)


def test_settings_refuse_it_to_an_installation_that_is_no_demonstration() -> None:
    """Records of real families are never written at another date: whoever set the variable."""
    env = {clock.OFFSET: "60", "DJANGO_SETTINGS_MODULE": "earlyhelp.settings"}
    script = "from django.conf import settings; settings.DEMO"
    refused = asked(script, **env, EARLYHELP_DEMO="0", EARLYHELP_SECRET_KEY="x" * 50)
    assert refused.returncode
    assert "it needs EARLYHELP_DEMO=1" in refused.stderr.splitlines()[-1]
    assert asked(script, **env, EARLYHELP_DEMO="1", EARLYHELP_SECRET_KEY="x" * 50).returncode == 0
