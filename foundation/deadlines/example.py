"""A worked example of a clock: from a start that somebody makes up to when it is due, and who is reminded (CLK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from foundation.common import clock as clocks
from foundation.common.bank_holidays import bank_holidays, known_years
from foundation.deadlines.calendar import Calendar, DayNotKnown
from foundation.deadlines.reckoning import moment_in_words, reckon
from foundation.deadlines.reminding import moment_of
from foundation.partnership.enums import ReminderWhen, StartEvent
from foundation.partnership.pathway import Clock, ReminderStep, steps_of

# What starts a clock, as a sentence begins with it.
BEGINNINGS = {
    StartEvent.ENQUIRY_DECIDED: "a screening decision",
    StartEvent.PANEL_HELD: "a panel",
    StartEvent.CASE_OPENED: "a case opened",
    StartEvent.CONSENT_GIVEN: "a consent given",
    StartEvent.CONTRIBUTION_ASKED: "a contribution asked for",
    StartEvent.ASSESSMENT_STARTED: "an assessment started",
    StartEvent.ASSESSMENT_COMPLETED: "an assessment completed",
    StartEvent.TAF_HELD: "a TAF meeting",
    StartEvent.STEP_UP_SENT: "a step up sent",
    StartEvent.DISAGREEMENT_RAISED: "a disagreement raised",
    StartEvent.CASE_CLOSED: "a case closed",
}
TEATIME = dt.time(16, 40)


@dataclass(frozen=True, slots=True)
class Example:
    """What a limit comes to for one start: a sentence, and a line for each reminder."""

    sentence: str
    reminders: tuple[str, ...] = ()


def example_of(*, clock: Clock | None, start: dt.datetime, calendar: Calendar) -> Example:
    """The arithmetic that a clock of this limit would really have, in words.

    `start` has its time zone. Raises DayNotKnown where the example starts or ends beyond the years whose bank holidays
    are known, and Invalid for a length that no clock can have: neither is ever guessed.
    """
    if clock is None:
        return Example("No limit is set: nothing would be due, and nobody would be reminded.")
    calendar.why_closed(start.astimezone(clocks.LONDON).date())  # a start of unknown years is refused as an end is
    reckoning = reckon(start=start, length=clock.length, calendar=calendar)
    return Example(
        f"{_beginning(clock.start, start)} be {reckoning.in_words}.",
        tuple(_reminders(clock, start, reckoning.due_at, calendar)),
    )


def useful_start(today: dt.date) -> dt.datetime:
    """Late on the working day before the next Good Friday, where a limit of days shows what it leaves out.

    Past the last one that is known, before that one.
    """
    fridays = sorted(day for day, name in bank_holidays().items() if name == "Good Friday")
    friday = next((day for day in fridays if day > today + dt.timedelta(days=1)), fridays[-1])
    return dt.datetime.combine(friday - dt.timedelta(days=1), TEATIME, clocks.LONDON)


def years_in_words() -> str:
    """The years whose bank holidays are known: "2019 to 2028"."""
    first, last = known_years()
    return f"{first} to {last}"


def _beginning(event: StartEvent, start: dt.datetime) -> str:
    local = start.astimezone(clocks.LONDON)
    at = f"at {local:%H:%M} on {local:%A} {local.day} {local:%B %Y}"
    if event == StartEvent.ENQUIRY_RECEIVED:
        return f"An enquiry {at} would"
    return f"Counted from {BEGINNINGS[event]} {at}, it would"


def _reminders(clock: Clock, start: dt.datetime, due_at: dt.datetime, calendar: Calendar) -> Iterator[str]:
    for step in steps_of(clock):
        try:
            moment = moment_of(step, due_at, calendar)
        except DayNotKnown:
            moment = due_at  # as the reminder itself is set: late is never untold
        yield _line(step, moment, start)


def _line(step: ReminderStep, moment: dt.datetime, start: dt.datetime) -> str:
    who = step.to.label[0].upper() + step.to.label[1:]
    if step.when == ReminderWhen.BEFORE and moment <= start:
        return f"{who} is not reminded {step.length.in_words if step.length else ''} before: that is before it starts."
    return f"{who} is reminded on {moment_in_words(moment.astimezone(clocks.LONDON))}."
