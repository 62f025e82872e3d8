"""When somebody is reminded, by the policy's steps (CLK-5, CLK-6): checked by hand and by properties."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.common import clock
from foundation.common.clock import LONDON
from foundation.deadlines import services
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.models import Reminder
from foundation.deadlines.reckoning import closing
from foundation.deadlines.reminding import moment_of
from foundation.partnership.enums import ReminderTo, ReminderWhen, Unit
from foundation.partnership.lengths import Length, ReminderStep
from tests.deadlines.making import COMPLETED, CONTACT, EASTER, SCREENING, Place, adopt, later, london, reminders, shown

BEFORE, AT, AFTER = ReminderWhen.BEFORE, ReminderWhen.AT, ReminderWhen.AFTER
H, D, W, WK, M = Unit.HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS
PLAIN = Calendar()
CLOSED = Calendar({dt.date(2026, 12, 29): "Christmas closure", dt.date(2026, 12, 30): "Christmas closure"})
EARLY = Calendar(opens=dt.time(8, 30), closes=dt.time(16, 30))

# Each worked out with a paper calendar: due, when, how far, whose days, the moment.
BY_HAND = [
    # Easter 2026: Good Friday 3 April, Easter Monday 6 April
    ("2026-04-07 17:00", BEFORE, 1, W, PLAIN, "2026-04-02 09:00"),
    ("2026-04-07 17:00", BEFORE, 2, W, PLAIN, "2026-04-01 09:00"),
    ("2026-04-02 17:00", AFTER, 1, W, PLAIN, "2026-04-07 09:00"),
    ("2026-04-07 17:00", BEFORE, 1, D, PLAIN, "2026-04-06 09:00"),
    ("2026-04-02 17:00", AFTER, 1, WK, PLAIN, "2026-04-09 09:00"),
    ("2026-04-14 17:00", AT, 0, W, PLAIN, "2026-04-14 17:00"),
    ("2026-04-02 17:00", AFTER, 1, W, EARLY, "2026-04-07 08:30"),
    # Easter 2027: Good Friday 26 March, Easter Monday 29 March; the clocks go forward on 28 March
    ("2027-03-30 17:00", BEFORE, 1, W, PLAIN, "2027-03-25 09:00"),
    ("2027-03-25 17:00", AFTER, 1, W, PLAIN, "2027-03-30 09:00"),
    ("2027-03-28 12:00", BEFORE, 24, H, PLAIN, "2027-03-27 11:00"),
    ("2027-03-27 12:00", AFTER, 24, H, PLAIN, "2027-03-28 13:00"),
    # Christmas 2026: Christmas Day is a Friday, Boxing Day kept on Monday 28; with closure days as well
    ("2026-12-29 17:00", BEFORE, 1, W, PLAIN, "2026-12-24 09:00"),
    ("2026-12-24 17:00", AFTER, 1, W, PLAIN, "2026-12-29 09:00"),
    ("2026-12-24 17:00", AFTER, 1, W, CLOSED, "2026-12-31 09:00"),
    ("2026-12-31 17:00", BEFORE, 1, W, CLOSED, "2026-12-24 09:00"),
    ("2026-12-31 17:00", AFTER, 1, W, PLAIN, "2027-01-04 09:00"),
    # The clocks go back on 25 October 2026
    ("2026-10-25 12:00", BEFORE, 24, H, PLAIN, "2026-10-24 13:00"),
    ("2026-10-26 17:00", BEFORE, 1, W, PLAIN, "2026-10-23 09:00"),
    # 29 February 2028, and months that have no such day
    ("2028-03-01 17:00", BEFORE, 1, D, PLAIN, "2028-02-29 09:00"),
    ("2028-03-01 17:00", BEFORE, 1, W, PLAIN, "2028-02-29 09:00"),
    ("2028-03-31 17:00", BEFORE, 1, M, PLAIN, "2028-02-29 09:00"),
    ("2027-03-31 17:00", BEFORE, 1, M, PLAIN, "2027-02-28 09:00"),
    ("2028-02-29 17:00", AFTER, 1, M, PLAIN, "2028-03-29 09:00"),
    ("2028-01-31 17:00", AFTER, 1, M, PLAIN, "2028-02-29 09:00"),
]


@pytest.mark.parametrize(("due", "when", "count", "unit", "days", "then"), BY_HAND)
def test_the_moment_of_a_step(due: str, when: ReminderWhen, count: int, unit: Unit, days: Calendar, then: str) -> None:
    """CLK-5, CLK-6: days begin when the office opens; hours are hours as they pass."""
    step = ReminderStep(when, ReminderTo.WORKER, Length(count, unit) if count else None)
    assert shown(moment_of(step, london(due), days)) == then


DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 6, 30))
LENGTHS = st.builds(Length, st.integers(1, 30), st.sampled_from([H, D, W, WK]))


@given(day=DAYS, length=LENGTHS)
def test_before_is_before_and_after_is_after(day: dt.date, length: Length) -> None:
    """CLK-5: in the order of the steps, whatever day a clock is due."""
    due = closing(day, PLAIN)
    before, at, after = (moment_of(ReminderStep(when, ReminderTo.WORKER, length), due, PLAIN) for when in ReminderWhen)
    assert before < at == due < after


@given(day=DAYS, length=LENGTHS, more=st.integers(1, 5))
def test_further_before_is_never_later(day: dt.date, length: Length, more: int) -> None:
    """CLK-5: a step further from the due time comes no nearer to it."""
    further = Length(length.count + more, length.unit)
    due = closing(day, PLAIN)
    for when, sign in ((BEFORE, -1), (AFTER, 1)):
        near, far = (moment_of(ReminderStep(when, ReminderTo.WORKER, each), due, PLAIN) for each in (length, further))
        assert (far - near) * sign >= dt.timedelta(0)


@given(day=DAYS, count=st.integers(1, 30), when=st.sampled_from([BEFORE, AFTER]))
def test_a_step_of_working_days_falls_on_one_as_it_opens(day: dt.date, count: int, when: ReminderWhen) -> None:
    """CLK-5: nobody is reminded of working days on a Sunday."""
    found = moment_of(ReminderStep(when, ReminderTo.WORKER, Length(count, W)), closing(day, EARLY), EARLY)
    here = found.astimezone(LONDON)
    assert EARLY.why_closed(here.date()) == ""
    assert here.time() == dt.time(8, 30)


@given(day=DAYS, count=st.integers(1, 1_000), when=st.sampled_from([BEFORE, AFTER]))
def test_a_step_of_hours_is_so_many_hours(day: dt.date, count: int, when: ReminderWhen) -> None:
    """CLK-6: also over a change of the clocks."""
    due = closing(day, PLAIN)
    found = moment_of(ReminderStep(when, ReminderTo.WORKER, Length(count, H)), due, PLAIN)
    assert abs(found.astimezone(dt.UTC) - due.astimezone(dt.UTC)) == dt.timedelta(hours=count)


def test_a_clock_has_the_products_steps_where_its_policy_has_none(inside: Place) -> None:
    """CLK-5: the worker the day before and when it is due, their manager the day after."""
    assert reminders(inside.start(COMPLETED)) == [
        ("before", "worker", "2026-04-13 09:00"),
        ("at", "worker", "2026-04-14 17:00"),
        ("after", "manager", "2026-04-15 09:00"),
    ]


def test_a_clock_of_hours_when_a_quarter_is_left(inside: Place) -> None:
    """CLK-5, CLK-6: over the change of clocks on 29 March: 72 hours from Friday noon are Monday at one."""
    assert reminders(inside.start(CONTACT)) == [
        ("before", "worker", "2026-03-29 19:00"),
        ("at", "worker", "2026-03-30 13:00"),
        ("after", "manager", "2026-03-31 09:00"),
    ]


def test_a_clock_has_the_steps_of_its_policy(inside: Place) -> None:
    """CLK-5: before, at and after, to the worker, the manager and the hub, by policy."""
    steps = [
        {"when": "before", "to": "worker", "length": 3, "unit": "working_days"},
        {"when": "at", "to": "manager"},
        {"when": "after", "to": "hub", "length": 4, "unit": "hours"},
    ]
    limit = {"length": 10, "unit": "working_days", "from": "panel_held"}
    adopt(inside, **{COMPLETED.value: {**limit, "reminders": steps}})
    assert reminders(inside.start(COMPLETED)) == [
        ("before", "worker", "2026-04-09 09:00"),
        ("at", "manager", "2026-04-14 17:00"),
        ("after", "hub", "2026-04-14 21:00"),
    ]
    adopt(inside, **{COMPLETED.value: {**limit, "reminders": []}})
    assert reminders(inside.start(COMPLETED, subject=next(inside.more_pieces(1)))) == []


def test_what_has_passed_before_the_due_time_is_left_out(inside: Place) -> None:
    """CLK-5: a clock that is started late does not remind of yesterday, but says that it is due."""
    with later("2026-04-14 12:00"):
        services.start_clocks(
            by=inside.actor("worker"), kinds=[COMPLETED], subject=inside.team, reference="EH-7KQ2-M9XD",
            events={"panel_held": EASTER}, whose=inside.whose,
        )  # fmt: skip
    assert list(Reminder.objects.order_by("step").values_list("when", flat=True)) == ["at", "after"]


def test_renewed_for_a_new_due_time_and_not_for_the_same(inside: Place) -> None:
    """CLK-5: each goes once: what was told of one due time is told again only of another."""
    one = inside.start(COMPLETED)
    Reminder.objects.filter(deadline=one, when="before").update(done_at=london("2026-04-13 09:00"))
    with later("2026-04-13 10:00"):
        services.pause_clock(by=inside.actor("worker"), deadline_id=one.pk, reason="The family asked to wait")
        services.resume_clock(by=inside.actor("worker"), deadline_id=one.pk)
    assert [when for when, _, _ in reminders(one, done_at=None)] == ["at", "after"]
    asked = inside.ask(one, at="2026-04-13 11:00")
    with later("2026-04-13 12:00"):
        services.grant_more_time(by=inside.actor("manager"), extension_id=asked.pk)
    assert [when for when, _, _ in reminders(one, done_at=None)] == ["before", "at", "after"]


def test_in_the_last_known_year_late_is_never_untold(inside: Place) -> None:
    """CLK-5: a step that falls into a year that is not known falls on the due time."""
    from foundation.deadlines.calendar import known_years

    last = known_years()[1]
    at = london(f"{last}-12-29 12:00")
    adopt(inside, **{SCREENING.value: {"length": 1, "unit": "calendar_days", "from": "enquiry_received"}})
    adopt(inside, **{COMPLETED.value: {
        "length": 2, "unit": "calendar_days", "from": "panel_held",
        "reminders": [{"when": "after", "to": "manager", "length": 9, "unit": "working_days"}],
    }})  # fmt: skip
    with clock.at(at):
        one = inside.start(COMPLETED, at=at)
    assert reminders(one) == [("after", "manager", f"{last}-12-31 17:00")]
