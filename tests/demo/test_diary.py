"""Moments lie in office hours, before now, in order, whenever the demonstration is made."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from earlyhelp.demo.diary import Diary
from foundation.common import clock

MOMENTS = some.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=clock.LONDON)
)


@given(MOMENTS, some.integers(0, 80), some.integers(0, 510))
def test_moments_are_in_office_hours_and_over(now: dt.datetime, days: int, minutes: int) -> None:
    """Demo: nothing happens at night, on a Sunday or tomorrow."""
    moment = Diary(now).at(days, minutes)
    assert moment <= now
    assert moment.weekday() < 5
    assert dt.time(9) <= moment.time() <= dt.time(17, 30)


@given(MOMENTS, some.integers(0, 80), some.integers(0, 510), some.integers(0, 510))
def test_more_days_back_is_earlier(now: dt.datetime, days: int, some_minutes: int, other: int) -> None:
    """Demo: a family's steps come one after the other."""
    diary = Diary(now)
    assert diary.at(days + 1, some_minutes) < diary.at(days, other)


@given(MOMENTS, some.integers(15, 50))
def test_just_now_is_in_office_hours_too(now: dt.datetime, minutes: int) -> None:
    """Demo: within the hour when people work, else before the last day ended."""
    moment = Diary(now).just_now(minutes)
    assert moment < now
    assert moment.weekday() < 5
    assert dt.time(9) <= moment.time() <= dt.time(17, 30)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (dt.datetime(2026, 11, 18, 14, 20), dt.date(2026, 11, 17)),  # in the middle of a Wednesday
        (dt.datetime(2026, 11, 18, 18, 0), dt.date(2026, 11, 18)),  # after a Wednesday's work
        (dt.datetime(2026, 11, 22, 20, 0), dt.date(2026, 11, 20)),  # a Sunday evening
        (dt.datetime(2026, 11, 23, 2, 14), dt.date(2026, 11, 20)),  # a Monday before work
    ],
)
def test_day_nought_is_the_last_working_day_that_is_over(now: dt.datetime, day: dt.date) -> None:
    """Demo: whatever the hour."""
    assert Diary(now.replace(tzinfo=clock.LONDON)).at(0, 60).date() == day
