"""Any clock that can be kept survives its body, its form and its example (CLK-1, CLK-5): properties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.common.clock import LONDON
from foundation.common.errors import Invalid
from foundation.deadlines.calendar import Calendar, DayNotKnown
from foundation.deadlines.example import BEGINNINGS, example_of, useful_start
from foundation.deadlines.policy_forms import ClockForm, starts_in_words
from foundation.deadlines.reckoning import reckon
from foundation.partnership import checks, presets
from foundation.partnership.enums import STARTS, ClockKind, ReminderTo, ReminderWhen, StartEvent, Unit
from foundation.partnership.pathway import (
    LONGEST,
    Clock,
    Length,
    ReminderStep,
    clock_of,
    clock_value,
    policy_of,
    steps_of,
)
from tests.deadlines.office import step

UNITS = st.sampled_from(list(Unit))


@st.composite
def lengths(draw: st.DrawFn) -> Length:
    unit = draw(UNITS)
    return Length(draw(st.integers(1, min(1000, LONGEST[unit]))), unit)


@st.composite
def reminders(draw: st.DrawFn) -> ReminderStep:
    when = draw(st.sampled_from(list(ReminderWhen)))
    return ReminderStep(
        when, draw(st.sampled_from(list(ReminderTo))), None if when == ReminderWhen.AT else draw(lengths())
    )


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """Any clock, its reminders perhaps too long for it."""
    length = draw(lengths())
    return Clock(
        length,
        draw(st.sampled_from(list(StartEvent))),
        in_week=length.unit == Unit.WEEKS and draw(st.booleans()),
        for_figures=draw(st.booleans()),
        by_need=draw(st.booleans()),
        meetings=draw(st.none() | st.integers(1, 50)),
        again=draw(st.none() | st.just((Length(4, Unit.WEEKS), Length(6, Unit.WEEKS)))),
        manager=draw(st.none() | st.just(Length(3, Unit.MONTHS))),
        reminders=draw(st.none() | st.lists(reminders(), max_size=6, unique=True).map(tuple)),
        approval_first=draw(st.booleans()),
    )


def kept(clock: Clock) -> bool:
    try:
        checks.check_value("review", clock_value(clock))
    except Invalid:
        return False
    return True


def as_sent(clock: Clock) -> dict[str, Any]:
    """What a browser sends for a clock."""
    steps = clock.reminders or ()
    flags = {name: "on" for name in ("in_week", "for_figures", "approval_first") if getattr(clock, name)}
    sent = {
        "limit": "yes", "length": str(clock.length.count), "unit": clock.length.unit.value,
        "start": clock.start.value, "reminding": "product" if clock.reminders is None else "own" if steps else "nobody",
        "steps-TOTAL_FORMS": str(len(steps)), "steps-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, one in enumerate(steps):
        length = (one.length.count, one.length.unit.value) if one.length else ("", "")
        sent |= step(number, one.when.value, *length, to=one.to.value)
    return sent | flags


@settings(max_examples=150, deadline=None)
@given(clock=clocks())
def test_a_clock_survives_body_and_form(clock: Clock) -> None:
    """CLK-1: body → clock → form → body: the same, whatever it says."""
    value = clock_value(clock)
    assert clock_of(value) == clock
    form = ClockForm(ClockKind.REVIEW, clock, as_sent(clock))
    assert form.is_valid(), form.errors
    assert form.clock == clock
    assert clock_value(form.clock) == value


@settings(max_examples=200, deadline=None)
@given(clock=clocks(), hours=st.integers(0, 24 * 365 * 2))
def test_the_example_agrees_with_the_reckoning(clock: Clock, hours: int) -> None:
    """CLK-1: the example says what the clock would do, or that nobody knows: it never guesses."""
    start = dt.datetime(2025, 3, 1, 8, 30, tzinfo=LONDON) + dt.timedelta(hours=hours)
    calendar = Calendar({dt.date(2026, 6, 5): "Training day"})
    try:
        reckoning = reckon(start=start, length=clock.length, calendar=calendar)
    except DayNotKnown:
        with pytest.raises(DayNotKnown):
            example_of(clock=clock, start=start, calendar=calendar)
        return
    example = example_of(clock=clock, start=start, calendar=calendar)
    assert reckoning.in_words in example.sentence
    assert len(example.reminders) == len(steps_of(clock))
    assert bool(example.reminders) != clock.for_figures or clock.reminders == ()


@settings(max_examples=150, deadline=None)
@given(clock=clocks())
def test_a_step_that_is_kept_is_shorter_than_its_clock(clock: Clock) -> None:
    """CLK-5: in one unit, no reminder before the due time comes at the start or earlier."""
    if kept(clock):
        for one in clock.reminders or ():
            if one.when == ReminderWhen.BEFORE and one.length and one.length.unit == clock.length.unit:
                assert one.length.count < clock.length.count


def test_every_start_can_begin_a_sentence() -> None:
    """CLK-1: no kind of start without its words."""
    assert set(BEGINNINGS) | {StartEvent.ENQUIRY_RECEIVED} == set(StartEvent)


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (dt.date(2026, 3, 10), "2026-04-02 16:40"),
        (dt.date(2026, 4, 1), "2026-04-02 16:40"),
        (dt.date(2026, 4, 2), "2027-03-25 16:40"),
        (dt.date(2026, 4, 3), "2027-03-25 16:40"),
        (dt.date(2026, 11, 28), "2027-03-25 16:40"),
    ],
)
def test_the_example_starts_before_the_next_easter(today: dt.date, start: str) -> None:
    """An example that shows something: the Thursday before Good Friday, at 16:40."""
    assert f"{useful_start(today):%Y-%m-%d %H:%M}" == start


def test_past_the_last_easter_that_is_known_it_is_the_last() -> None:
    """CLK-1: the page opens whatever the year, and what it starts with is known."""
    assert useful_start(dt.date(2090, 1, 1)).year <= useful_start(dt.date(2026, 1, 1)).year + 20


@pytest.mark.parametrize("name", presets.names())
def test_each_limit_of_a_preset_that_a_room_counts_begins_with_something(name: str) -> None:
    """CLK-1: a limit whose clock never starts would look kept and be none; the form says what starts one."""
    policy = policy_of(version=1, preset=name, body=presets.load(name).body)
    for kind, events in STARTS.items():
        found = policy.clock(kind)
        assert found is None or found.start in events, kind
    assert "receiving the enquiry" in starts_in_words(ClockKind.SCREENING_DECISION)
    assert "yet" in starts_in_words(ClockKind.JOINT_VISIT)
