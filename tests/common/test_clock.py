"""The only clock: it tells the present in UTC and the date in London, and travels where a test sends it."""

from __future__ import annotations

import ast
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.common import clock

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("assessments", "cases", "consent", "earlyhelp", "foundation", "intake")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_the_present_is_aware_and_in_utc():
    """Contract of the clock: what is stored is never ambiguous."""
    before = dt.datetime.now(dt.UTC)
    now = clock.now()
    assert now.tzinfo is dt.UTC
    assert before <= now <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    ("utc", "london"),
    [
        ("2026-01-15T23:59:59+00:00", "2026-01-15"),
        ("2026-01-16T00:00:00+00:00", "2026-01-16"),
        ("2026-07-15T22:59:59+00:00", "2026-07-15"),
        ("2026-07-15T23:00:00+00:00", "2026-07-16"),
        # The clocks go forward on 29 March 2026 at 01:00 UTC and back on 25 October 2026 at 01:00 UTC.
        ("2026-03-28T23:30:00+00:00", "2026-03-28"),
        ("2026-03-29T00:30:00+00:00", "2026-03-29"),
        ("2026-03-29T22:59:59+00:00", "2026-03-29"),
        ("2026-03-29T23:00:00+00:00", "2026-03-30"),
        ("2026-10-24T23:00:00+00:00", "2026-10-25"),
        ("2026-10-25T23:30:00+00:00", "2026-10-25"),
        ("2026-10-26T00:00:00+00:00", "2026-10-26"),
        ("2028-02-29T12:00:00+00:00", "2028-02-29"),
    ],
)
def test_today_is_the_date_on_a_wall_in_london(utc, london):
    """CON-1: a last day ends at London's midnight, in summer an hour before UTC's, on the days of change too."""
    with clock.at(moment(utc)):
        assert clock.today() == dt.date.fromisoformat(london)


@given(
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2060, 1, 1)),
    st.sampled_from(["UTC", "Europe/London", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"]),
)
def test_a_moment_is_the_same_in_whatever_zone_it_is_given(naive, zone):
    """Contract of the clock: the zone of a moment that one travels to changes nothing."""
    given_moment = naive.replace(tzinfo=ZoneInfo(zone))
    with clock.at(given_moment):
        assert clock.now() == given_moment.astimezone(dt.UTC)
        assert clock.now().tzinfo is dt.UTC
        assert clock.today() == given_moment.astimezone(dt.UTC).astimezone(clock.LONDON).date()


def test_a_journey_within_a_journey_comes_back_to_the_outer_one():
    """Contract of the clock: the demo walks through weeks, and each step returns to its own."""
    outer, inner = moment("2026-03-01T09:00:00+00:00"), moment("2026-04-01T09:00:00+00:00")
    with clock.at(outer):
        with clock.at(inner):
            assert clock.now() == inner
        assert clock.now() == outer
    assert clock.now() > moment("2026-01-01T00:00:00+00:00")
    assert clock._travelled.get() is None


def test_an_error_ends_the_journey_too():
    """Contract of the clock: a test that fails leaves the next one in the present."""
    with pytest.raises(LookupError), clock.at(moment("2020-01-01T00:00:00+00:00")):
        raise LookupError
    assert clock._travelled.get() is None


def test_a_moment_without_a_zone_is_refused():
    """Contract of the clock: nobody guesses which midnight was meant."""
    with pytest.raises(ValueError, match="needs its time zone"), clock.at(dt.datetime(2026, 3, 1, 9)):
        pytest.fail("travelled to a moment that could be any of twenty-four")
    assert clock._travelled.get() is None


def test_one_thread_s_journey_is_its_own():
    """Contract of the clock: a worker beside a test that travels stands in the present."""
    with clock.at(moment("2020-01-01T00:00:00+00:00")), ThreadPoolExecutor(1) as others:
        assert others.submit(clock.now).result().year > 2020
        assert clock.now().year == 2020


ASKS = {"now", "today", "utcnow"}
# Servers' own work before there is a product to travel in, and stamps that packages make by themselves.
MACHINE = ("embedded", "migrations")


def _asks_the_machine(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS:
            source = ast.unparse(node.func.value)
            if source.split(".")[-1] in {"datetime", "date", "timezone"}:
                return True
    return False


def test_nothing_else_of_the_product_asks_the_machine_for_the_time():
    """Architecture: one clock, so that a test or the demo can travel with everything."""
    asking = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if not set(MACHINE) & set(path.parts) and _asks_the_machine(path)
    }
    assert asking == {"foundation/common/clock.py"}
