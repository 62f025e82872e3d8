"""The reminders of a clock: made from its policy's steps, and made anew when its due time moves (CLK-5)."""

from __future__ import annotations

import datetime as dt

from foundation.common import clock as clocks
from foundation.deadlines import queries
from foundation.deadlines.calendar import Calendar, DayNotKnown
from foundation.deadlines.enums import DeadlineState
from foundation.deadlines.models import Deadline, Reminder
from foundation.deadlines.reminding import moment_of
from foundation.partnership.enums import ClockKind, ReminderWhen
from foundation.partnership.lengths import ReminderStep
from foundation.partnership.pathway import Clock, steps_of


def set_reminders(one: Deadline, found: Clock, calendar: Calendar) -> None:
    """Take away what has not been told yet, and make what the due time asks for now.

    A moment before the due time that has passed already is left out; at or after it, it is told at once. What was told
    of the same due time is not told again. A step whose day is not known (the year after the last) falls on the due
    time: late is never untold.
    """
    drop_reminders(one)
    if one.for_figures or one.due_at is None:
        return
    now = clocks.now()
    made = [
        Reminder(
            deadline=one,
            step=number,
            when=step.when,
            to=step.to,
            clock_due_at=one.due_at,
            due_at=_moment(step, one.due_at, calendar),
        )
        for number, step in enumerate(steps_of(found))
    ]
    Reminder.objects.bulk_create(
        (each for each in made if each.when != ReminderWhen.BEFORE or each.due_at > now), ignore_conflicts=True
    )


def renew_reminders(one: Deadline) -> None:
    """The same by the policy's version that the clock keeps."""
    policy = queries.policy_of(one.policy_version)
    found = policy.clock(ClockKind(one.kind))
    if found is not None:
        set_reminders(one, found, queries.calendar_of(policy))


def drop_reminders(one: Deadline) -> None:
    """Take away what has not been told yet.

    What a sweep holds at this moment is left to it, so that nobody waits for thousands of others to be told. It tells
    nothing once we have committed: it looks at the clock again.
    """
    waiting = Reminder.objects.filter(deadline=one, done_at=None).select_for_update(of=("self",), skip_locked=True)
    Reminder.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()


def stands_at(one: Deadline) -> str:
    """How a clock stands, for a sentence that refuses something."""
    return str(DeadlineState(one.state).label).lower()


def _moment(step: ReminderStep, due_at: dt.datetime, calendar: Calendar) -> dt.datetime:
    try:
        return moment_of(step, due_at, calendar)
    except DayNotKnown:
        return due_at
