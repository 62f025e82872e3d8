"""A number of units, and when somebody is reminded: so many units before or after a clock is due (CLK-1, CLK-5)."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.partnership.enums import ReminderTo, ReminderWhen, Unit

# The most that a clock may run, in its unit: two years.
LONGEST = {Unit.HOURS: 24 * 366, Unit.CALENDAR_DAYS: 732, Unit.WORKING_DAYS: 520, Unit.WEEKS: 104, Unit.MONTHS: 24}
MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Length:
    """A number of units, such as 10 working days."""

    count: int
    unit: Unit

    @property
    def in_words(self) -> str:
        """As people say it: "10 working days", "1 week"."""
        return f"{self.count} {self.unit.label}{'' if self.count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """One reminder of a clock's policy: when, and whom. `length` is None for the due time itself."""

    when: ReminderWhen
    to: ReminderTo
    length: Length | None = None

    @property
    def in_words(self) -> str:
        """Such as "the worker 1 working day before", "the manager when it is due"."""
        how_far = f"{self.length.in_words} {self.when.label}" if self.length else "when it is due"
        return f"{self.to.label} {how_far}"


_DAY = Length(1, Unit.WORKING_DAYS)
_AT = ReminderStep(ReminderWhen.AT, ReminderTo.WORKER)
_AFTER = ReminderStep(ReminderWhen.AFTER, ReminderTo.MANAGER, _DAY)
# Shorter than this, a clock of days has no reminder the day before: it would come as it starts.
_SHORT = {Unit.CALENDAR_DAYS: 2, Unit.WORKING_DAYS: 2}


def default_steps(length: Length) -> tuple[ReminderStep, ...]:
    """The product's own steps: the worker the working day before and when it is due, then the manager a day later.

    A clock of hours reminds its worker when a quarter is left. One of a day or two has no step before.
    """
    before: Length | None = _DAY
    if length.unit == Unit.HOURS:
        before = Length(length.count // 4, Unit.HOURS) if length.count >= 4 else None
    elif length.count <= _SHORT.get(length.unit, 0):
        before = None
    first = (ReminderStep(ReminderWhen.BEFORE, ReminderTo.WORKER, before),) if before else ()
    return (*first, _AT, _AFTER)
