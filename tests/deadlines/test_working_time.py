"""Working time, right on every day that matters (CLK-1, CLK-2, CLK-6): checked by hand, by properties, by an oracle."""

from __future__ import annotations

import datetime as dt

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foundation.common.clock import LONDON
from foundation.common.errors import Invalid
from foundation.deadlines.calendar import Calendar, DayNotKnown, bank_holidays, known_years
from foundation.deadlines.reckoning import left_in_words, reckon
from foundation.partnership.enums import Unit
from foundation.partnership.pathway import LONGEST, Length

PLAIN = Calendar()
# A partnership that closes between Christmas and New Year, and for a day of training.
CLOSED = Calendar(
    {
        dt.date(2026, 12, 29): "Christmas closure",
        dt.date(2026, 12, 30): "Christmas closure",
        dt.date(2026, 12, 31): "Christmas closure",
        dt.date(2027, 6, 14): "Training day",
    }
)
H, D, W, WK, M = Unit.HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS


def london(text: str) -> dt.datetime:
    """A moment as a wall clock in London shows it; "+1" at the end is the second of a repeated hour."""
    fold = text.endswith("+1")
    return dt.datetime.fromisoformat(text.removesuffix("+1")).replace(tzinfo=LONDON, fold=int(fold))


# Each worked out with a paper calendar: start, length, whose days, due.
BY_HAND = [
    # Easter 2026: Good Friday 3 April, Easter Monday 6 April
    ("2026-04-02 16:40", 1, W, PLAIN, "2026-04-07 17:00"),
    ("2026-04-01 09:00", 1, W, PLAIN, "2026-04-02 17:00"),
    ("2026-04-02 23:59", 1, W, PLAIN, "2026-04-07 17:00"),
    ("2026-04-03 10:00", 1, W, PLAIN, "2026-04-07 17:00"),
    ("2026-04-04 10:00", 1, W, PLAIN, "2026-04-07 17:00"),
    ("2026-04-05 10:00", 2, W, PLAIN, "2026-04-08 17:00"),
    ("2026-04-06 10:00", 1, W, PLAIN, "2026-04-07 17:00"),
    ("2026-03-27 12:00", 10, W, PLAIN, "2026-04-14 17:00"),
    ("2026-03-30 12:00", 3, W, PLAIN, "2026-04-02 17:00"),
    ("2026-03-31 12:00", 3, W, PLAIN, "2026-04-07 17:00"),
    ("2026-04-02 16:40", 72, H, PLAIN, "2026-04-05 16:40"),
    ("2026-04-02 16:40", 10, D, PLAIN, "2026-04-12 17:00"),
    ("2026-04-02 16:40", 6, WK, PLAIN, "2026-05-14 17:00"),
    ("2026-04-02 16:40", 45, W, PLAIN, "2026-06-10 17:00"),
    # May 2026: bank holidays on 4 and 25 May
    ("2026-05-01 09:00", 1, W, PLAIN, "2026-05-05 17:00"),
    ("2026-05-21 09:00", 10, W, PLAIN, "2026-06-05 17:00"),
    ("2026-08-28 17:30", 1, W, PLAIN, "2026-09-01 17:00"),
    # Easter 2027: Good Friday 26 March, Easter Monday 29 March; clocks go forward on 28 March
    ("2027-03-25 16:40", 1, W, PLAIN, "2027-03-30 17:00"),
    ("2027-03-24 08:00", 2, W, PLAIN, "2027-03-30 17:00"),
    ("2027-03-19 08:00", 10, W, PLAIN, "2027-04-06 17:00"),
    ("2027-03-26 12:00", 72, H, PLAIN, "2027-03-29 13:00"),
    ("2027-03-15 12:00", 2, WK, PLAIN, "2027-03-29 17:00"),
    # Christmas 2026: Boxing Day's substitute on Monday 28 December
    ("2026-12-24 16:00", 1, W, PLAIN, "2026-12-29 17:00"),
    ("2026-12-24 16:00", 3, W, PLAIN, "2026-12-31 17:00"),
    ("2026-12-24 16:00", 4, W, PLAIN, "2027-01-04 17:00"),
    ("2026-12-24 16:00", 1, W, CLOSED, "2027-01-04 17:00"),
    ("2026-12-23 16:00", 2, W, CLOSED, "2027-01-04 17:00"),
    ("2026-12-28 16:00", 1, W, CLOSED, "2027-01-04 17:00"),
    ("2026-12-18 09:00", 10, W, CLOSED, "2027-01-11 17:00"),
    ("2026-12-18 09:00", 10, W, PLAIN, "2027-01-06 17:00"),
    # Christmas 2027 falls on a weekend: both substitutes follow it
    ("2027-12-24 09:00", 1, W, PLAIN, "2027-12-29 17:00"),
    ("2027-12-31 09:00", 1, W, PLAIN, "2028-01-04 17:00"),
    # A training day
    ("2027-06-11 09:00", 1, W, CLOSED, "2027-06-15 17:00"),
    ("2027-06-11 09:00", 1, W, PLAIN, "2027-06-14 17:00"),
    # Clocks go forward on 29 March 2026 at 1am: the hour does not exist, and passes all the same
    ("2026-03-28 12:00", 24, H, PLAIN, "2026-03-29 13:00"),
    ("2026-03-27 16:40", 72, H, PLAIN, "2026-03-30 17:40"),
    ("2026-03-29 00:30", 1, H, PLAIN, "2026-03-29 02:30"),
    # Clocks go back on 25 October 2026 at 2am: the hour comes twice
    ("2026-10-24 12:00", 24, H, PLAIN, "2026-10-25 11:00"),
    ("2026-10-25 00:30", 1, H, PLAIN, "2026-10-25 01:30"),
    ("2026-10-25 00:30", 2, H, PLAIN, "2026-10-25 01:30+1"),
    ("2026-10-23 16:40", 72, H, PLAIN, "2026-10-26 15:40"),
    ("2026-10-23 16:40", 1, W, PLAIN, "2026-10-26 17:00"),
    # 29 February 2028, and months that end early
    ("2028-02-28 09:00", 1, W, PLAIN, "2028-02-29 17:00"),
    ("2028-02-29 09:00", 1, W, PLAIN, "2028-03-01 17:00"),
    ("2028-02-29 09:00", 12, M, PLAIN, "2029-02-28 17:00"),
    ("2027-02-28 09:00", 12, M, PLAIN, "2028-02-28 17:00"),
    ("2028-01-31 09:00", 1, M, PLAIN, "2028-02-29 17:00"),
    ("2027-01-31 09:00", 1, M, PLAIN, "2027-02-28 17:00"),
    ("2026-11-30 09:00", 3, M, PLAIN, "2027-02-28 17:00"),
    ("2026-08-31 09:00", 6, M, PLAIN, "2027-02-28 17:00"),
    ("2028-02-22 09:00", 1, WK, PLAIN, "2028-02-29 17:00"),
    ("2028-02-28 12:00", 48, H, PLAIN, "2028-03-01 12:00"),
    # Across the end of a year
    ("2026-12-31 23:30", 1, H, PLAIN, "2027-01-01 00:30"),
    ("2026-12-31 09:00", 1, D, PLAIN, "2027-01-01 17:00"),
    ("2026-12-31 09:00", 1, W, PLAIN, "2027-01-04 17:00"),
]


@pytest.mark.parametrize(
    ("start", "count", "unit", "calendar", "due"), BY_HAND, ids=[f"{row[0]} {row[1]} {row[2]}" for row in BY_HAND]
)
def test_dates_worked_out_by_hand(start: str, count: int, unit: Unit, calendar: Calendar, due: str) -> None:
    """CLK-1, CLK-6: Easter, Christmas, both clock changes, a leap day, closure days."""
    found = reckon(start=london(start), length=Length(count, unit), calendar=calendar)
    assert found.due_at.astimezone(dt.UTC) == london(due).astimezone(dt.UTC)


@pytest.mark.parametrize("count", [1, 3, 10, 45])
def test_every_day_of_four_years_agrees_with_an_oracle(count: int) -> None:
    """CLK-1: another library's holidays, and days counted one by one."""
    england = holidays.country_holidays("GB", subdiv="ENG", years=range(2024, 2029))
    day = dt.date(2024, 1, 1)
    while day <= dt.date(2027, 12, 31):
        left, expected = count, day
        while left:
            expected += dt.timedelta(days=1)
            left -= expected.weekday() < 5 and expected not in england
        assert PLAIN.working_day(count, day) == expected, day
        assert PLAIN.working_days_between(day, expected) == count
        day += dt.timedelta(days=1)


def test_the_bank_holidays_are_englands_and_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLK-1: the list came with the product; the extra day of 2023 is in it."""
    monkeypatch.setattr("requests.get", None)
    bank_holidays.cache_clear()
    assert bank_holidays()[dt.date(2023, 5, 8)]
    assert dt.date(2026, 7, 13) not in bank_holidays()  # Northern Ireland's
    assert known_years()[1] >= 2028


@pytest.mark.parametrize(
    ("start", "length"),
    [
        (london("2028-12-29 09:00"), Length(1, W)),
        (london("2028-12-20 09:00"), Length(10, W)),
        (london("2029-01-02 09:00"), Length(1, W)),
        (london("2011-12-30 09:00"), Length(1, W)),
    ],
)
def test_days_whose_holidays_nobody_knows_are_refused(start: dt.datetime, length: Length) -> None:
    """CLK-1: a later year would silently count Christmas as a working day; the sentence says who can help."""
    assume_last_known_year_is(2028)
    with pytest.raises(DayNotKnown, match="Ask whoever runs this installation"):
        reckon(start=start, length=length, calendar=PLAIN)


def assume_last_known_year_is(year: int) -> None:
    if known_years()[1] != year:
        pytest.skip("the list of bank holidays reaches further now")


def test_a_review_beyond_the_known_years_needs_no_holidays() -> None:
    """CLK-1: weeks and months count every day, so that they are never refused."""
    found = reckon(start=london("2028-12-20 09:00"), length=Length(6, WK), calendar=PLAIN)
    assert found.due_at == london("2029-01-31 17:00")


@pytest.mark.parametrize("count", [0, -1, -10, 10_000_000])
@pytest.mark.parametrize("unit", list(Unit))
def test_a_length_that_no_clock_can_have_is_refused(count: int, unit: Unit) -> None:
    """CLK-1: nothing, less than nothing, and centuries."""
    with pytest.raises(Invalid):
        reckon(start=london("2026-04-02 16:40"), length=Length(count, unit), calendar=PLAIN)


def test_the_arithmetic_is_told_in_words() -> None:
    """CLK-2: due time, length, start, and what was left out."""
    found = reckon(start=london("2026-03-27 12:00"), length=Length(10, W), calendar=PLAIN)
    assert found.in_words == (
        "due Tue 14 April 2026 at 5pm: 10 working days from Fri 27 March 2026, Good Friday and Easter Monday left out"
    )
    closed = reckon(start=london("2026-12-24 16:00"), length=Length(1, W), calendar=CLOSED)
    assert closed.in_words == (
        "due Mon 4 January 2027 at 5pm: 1 working day from Thu 24 December 2026, Christmas Day, Boxing Day, Christmas "
        "closure and New Year’s Day left out"
    )
    hours = reckon(start=london("2026-04-02 16:40"), length=Length(72, H), calendar=PLAIN)
    assert hours.in_words == "due Sun 5 April 2026 at 4:40pm: 72 hours from Thu 2 April 2026 at 4:40pm"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-04-10 09:00", "2 working days left"),
        ("2026-04-13 09:00", "1 working day left"),
        ("2026-04-11 09:00", "2 working days left"),
        ("2026-04-14 09:00", "due today at 5pm"),
        ("2026-04-14 17:30", "late since 5pm today"),
        ("2026-04-15 09:00", "1 working day late"),
        ("2026-04-18 09:00", "3 working days late"),
        ("2026-04-02 09:00", "6 working days left"),
    ],
)
def test_how_far_off_is_told_in_working_days(now: str, said: str) -> None:
    """CLK-2: for something that is due on Tuesday 14 April 2026 at 5pm."""
    assert left_in_words(due_at=london("2026-04-14 17:00"), now=london(now), calendar=PLAIN) == said


def test_what_falls_on_closed_days_is_told_by_the_day() -> None:
    """CLK-2: 72 hours may end on a Sunday, when no working day lies between."""
    sunday = london("2026-04-05 16:40")
    assert left_in_words(due_at=sunday, now=london("2026-04-04 09:00"), calendar=PLAIN) == (
        "due before the next working day"
    )
    assert (
        left_in_words(due_at=sunday, now=london("2026-04-06 09:00"), calendar=PLAIN) == "less than 1 working day late"
    )


DAYS = st.dates(dt.date(2013, 1, 1), dt.date(2026, 12, 31))
COUNTS = st.integers(1, 120)
CALENDARS = st.builds(
    Calendar, st.dictionaries(st.dates(dt.date(2020, 1, 1), dt.date(2027, 12, 31)), st.just("Closed"), max_size=30)
)


@given(day=DAYS, first=COUNTS, second=COUNTS, calendar=CALENDARS)
def test_working_days_add_up(day: dt.date, first: int, second: int, calendar: Calendar) -> None:
    """CLK-1: three days and then seven are ten; each ends on a working day; between them lies their number."""
    middle = calendar.working_day(first, day)
    last = calendar.working_day(second, middle)
    assert last == calendar.working_day(first + second, day)
    assert not calendar.why_closed(middle)
    assert calendar.working_days_between(day, last) == first + second
    assert calendar.working_days_between(last, day) == -(first + second)
    held = [name for _, name in calendar.left_out(day, last)]
    weekdays = sum((day + dt.timedelta(days=n)).weekday() < 5 for n in range(1, (last - day).days + 1))
    assert weekdays - len(held) == first + second


@given(day=DAYS, count=COUNTS, unit=st.sampled_from(list(Unit)), calendar=CALENDARS, minutes=st.integers(0, 1439))
def test_a_later_start_is_never_due_earlier(
    day: dt.date, count: int, unit: Unit, calendar: Calendar, minutes: int
) -> None:
    """CLK-6: across clock changes, leap days and year ends; and nothing is due before it began."""
    assume(count <= LONGEST[unit])
    start = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=minutes)
    first = reckon(start=start, length=Length(count, unit), calendar=calendar)
    later = reckon(start=start + dt.timedelta(hours=7), length=Length(count, unit), calendar=calendar)
    longer = reckon(start=start, length=Length(count + 1, unit), calendar=calendar) if count < 24 else None
    assert start < first.due_at <= later.due_at
    assert longer is None or longer.due_at > first.due_at
    assert first.in_words.startswith("due ")


@given(moment=st.datetimes(dt.datetime(2013, 1, 1), dt.datetime(2027, 12, 1)), hours=st.integers(1, 24 * 60))
def test_hours_are_hours_as_they_pass(moment: dt.datetime, hours: int) -> None:
    """CLK-6: whatever the clock on the wall does."""
    start = moment.replace(tzinfo=dt.UTC)
    found = reckon(start=start.astimezone(LONDON), length=Length(hours, H), calendar=PLAIN)
    assert found.due_at - start == dt.timedelta(hours=hours)
