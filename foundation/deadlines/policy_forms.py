"""The forms of a partnership's clocks, office hours, closure days and reasons to pause (CLK-1, CLK-4, CLK-5)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from foundation.common.clock import LONDON
from foundation.partnership.enums import STARTS, ClockKind, ReminderTo, ReminderWhen, StartEvent, Unit
from foundation.partnership.lengths import MOST_STEPS
from foundation.partnership.pathway import Clock, Length, OfficeHours, ReminderStep, default_steps
from foundation.ui.fields import ChoiceField, DateField, NumberField, PlainTextField, SelectField, YesField

STEPS, DAYS = "steps", "days"
MOST_DAYS = 40
LONGEST_COUNT = 9_999
UNITS = [(unit.value, f"{unit.label}s") for unit in Unit]
PRODUCT, OWN, NOBODY = "product", "own", "nobody"
NOT_WHOLE = {"missing_management_form": "The page was not sent whole. Open it once more."}
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?", re.IGNORECASE)


if TYPE_CHECKING:
    _StepSet = BaseFormSet["StepForm"]
    _DaySet = BaseFormSet["DayForm"]
else:
    _StepSet = _DaySet = BaseFormSet


class TimeField(PlainTextField):
    """A time of day, typed: 16:40, 9, 4.40pm."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=10, width=5, **kwargs)

    def clean(self, value: Any) -> Any:
        """The time; raises ValidationError with an example of how to write one."""
        typed = super().clean(value)
        return self._time(typed) if typed else None

    def _time(self, typed: str) -> dt.time:
        found = _TIME.fullmatch(typed) if typed.isascii() else None
        if found:
            hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
            if half and 1 <= hour <= 12:
                return self._checked(hour % 12 + (12 if half == "pm" else 0), minute)
            if not half:
                return self._checked(hour, minute)
        raise self._wrong()

    def _checked(self, hour: int, minute: int) -> dt.time:
        if hour > 23 or minute > 59:
            raise self._wrong()
        return dt.time(hour, minute)

    def _wrong(self) -> ValidationError:
        return ValidationError("Enter a time such as 16:40 or 4:40pm", code="time")

    def prepare_value(self, value: Any) -> Any:
        """As a clock on a wall shows it."""
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value


class StepForm(forms.Form):
    """One reminder: when, how long before or after, whom."""

    when = SelectField(
        label="When", choices=[("", "Choose"), ("before", "Before it is due"), ("at", "When it is due"),
                               ("after", "After it was due")], empty="Select when",
    )  # fmt: skip
    length = NumberField(
        label="How long before or after", low=1, high=LONGEST_COUNT, required=False,
        help_text="Leave it empty for a reminder when it is due.",
    )  # fmt: skip
    unit = SelectField(label="Counted in", choices=[("", "Choose"), *UNITS], required=False)
    to = SelectField(
        label="Who is reminded",
        choices=[("", "Choose"), *((to.value, to.label[0].upper() + to.label[1:]) for to in ReminderTo)],
        empty="Select who is reminded",
    )

    def clean(self) -> dict[str, Any]:
        """A length and its unit go together, and stand before or after the due time."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") in {ReminderWhen.BEFORE, ReminderWhen.AFTER}:
            if cleaned.get("length") is None and "length" not in self.errors:
                self.add_error("length", "Enter how long before or after")
            if not cleaned.get("unit") and "unit" not in self.errors:
                self.add_error("unit", "Select what it is counted in")
        return cleaned

    @property
    def step(self) -> ReminderStep:
        """What was said. The form is valid."""
        said = self.cleaned_data
        when = ReminderWhen(said["when"])
        length = None if when == ReminderWhen.AT else Length(said["length"], Unit(said["unit"]))
        return ReminderStep(when, ReminderTo(said["to"]), length)


class _Steps(_StepSet):
    """At most six reminders; a row left empty is none."""

    def clean(self) -> None:
        """At least one, where a partnership has steps of its own."""
        if self.management_form.is_valid() and not any(self.errors) and not self.filled:
            raise ValidationError("Enter at least one reminder, or choose that nobody is reminded.")

    @property
    def filled(self) -> list[StepForm]:
        """The rows that say something."""
        return [form for form in self.forms if form.has_changed() or getattr(form, "cleaned_data", None)]


Steps = formset_factory(StepForm, formset=_Steps, extra=0, max_num=MOST_STEPS, absolute_max=MOST_STEPS + 4,
                        validate_max=True)  # fmt: skip


def starts_in_words(kind: ClockKind) -> str:
    """From what a clock can begin; a limit that nothing starts would look kept and be none."""
    if kind not in STARTS:
        return "Nothing starts this clock yet: the limit is kept for when that part of the product is there."
    events = [event.label for event in STARTS[kind]]
    listed = " or ".join(filter(None, [", ".join(events[:-1]), events[-1]]))
    return f"This clock begins with {listed}. Counted from anything else it never begins."


class ClockForm(forms.Form):
    """One kind of clock: whether it has a limit, how long, from what, who is reminded when."""

    limit = ChoiceField(
        label="Is there a limit?", inline=True, choices=[("yes", "Yes"), ("no", "No")],
        empty="Select whether there is a limit",
    )  # fmt: skip
    length = NumberField(label="How long", low=1, high=LONGEST_COUNT, required=False)
    unit = SelectField(label="Counted in", choices=UNITS, required=False)
    start = SelectField(
        label="Counted from", required=False,
        choices=[(event.value, event.label[0].upper() + event.label[1:]) for event in StartEvent],
    )  # fmt: skip
    in_week = YesField(label="The length names a week of the work, and its last day is the limit", required=False)
    for_figures = YesField(label="Count it for the figures only, and remind nobody", required=False)
    reminding = ChoiceField(label="Who is reminded?", choices=[], required=False)
    approval_first = YesField(label="More time must be granted before it is due", required=False)

    def __init__(self, kind: ClockKind, clock: Clock | None, data: Any = None) -> None:
        self.kind, self.held = kind, clock
        super().__init__(data, initial=_initial(clock))
        mine: Any = self.fields["reminding"]
        mine.choices = [
            (PRODUCT, f"As the product does: {_product_words(clock)}"),
            (OWN, "In steps of our own"),
            (NOBODY, "Nobody is reminded"),
        ]
        self.fields["start"].help_text = starts_in_words(kind)
        if kind == ClockKind.EHA_AGE:
            for name in ("unit", "start", "for_figures", "reminding", "approval_first"):
                del self.fields[name]
            self.fields["length"].label = "How many months"
        if clock is None or not clock.in_week:
            del self.fields["in_week"]
        steps = clock.reminders or default_steps(clock.length) if clock else ()
        # A row that was sent is compared with nothing: one that is as it was is still a reminder.
        first = [_said(step) for step in steps] or [{}]
        self.steps: Any = Steps(data, prefix=STEPS, initial=first if data is None else None, error_messages=NOT_WHOLE)

    def clean(self) -> dict[str, Any]:
        """What a limit cannot be without."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("limit") == "yes":
            for name, sentence in (
                ("length", "Enter how long it is"),
                ("unit", "Select what it is counted in"),
                ("start", "Select what it is counted from"),
            ):
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    def is_valid(self) -> bool:
        """The form and, where they count, its reminders."""
        right = super().is_valid()
        return right and (not self._own_steps or self.steps.is_valid())

    @property
    def steps_count(self) -> bool:
        """Whether mistakes in the reminders are the page's mistakes."""
        return self.is_bound and self._own_steps

    @property
    def clock(self) -> Clock | None:
        """What was said, with what the page does not ask for as it was; None for no limit. The form is valid."""
        said = self.cleaned_data
        if said["limit"] == "no":
            return None
        length = Length(said["length"], Unit(said.get("unit", Unit.MONTHS)))
        start = StartEvent(said["start"]) if "start" in said else self._start
        return replace(
            self.held or Clock(length, start),
            length=length,
            start=start,
            in_week=bool(said.get("in_week")),
            for_figures=bool(said.get("for_figures")),
            reminders=self._reminders,
            approval_first=bool(said.get("approval_first")),
        )

    @property
    def _own_steps(self) -> bool:
        said = getattr(self, "cleaned_data", {})
        return said.get("limit") == "yes" and said.get("reminding") == OWN

    @property
    def _start(self) -> StartEvent:
        return self.held.start if self.held else StartEvent.ASSESSMENT_COMPLETED

    @property
    def _reminders(self) -> tuple[ReminderStep, ...] | None:
        if "reminding" not in self.fields:
            return self.held.reminders if self.held else None
        if self.cleaned_data["reminding"] == NOBODY:
            return ()
        if self.cleaned_data["reminding"] == OWN:
            return tuple(form.step for form in self.steps.filled)
        return None

    def refuse(self, fields: Mapping[str, str]) -> None:
        """Put what the service refused beside what it is about."""
        for place, sentence in fields.items():
            name, _, rest = place.partition("/")
            number = rest.partition("/")[0]
            if name == "reminders" and number.isdecimal() and int(number) < len(self.steps.filled):
                self.steps.filled[int(number)].add_error("length", sentence)
            else:
                self.add_error(name if name in self.fields else None, sentence)


class ExampleForm(forms.Form):
    """When the made-up start of the worked example is."""

    day = DateField(label="Day", called="The day of the example", empty="Enter the day of the example")
    at = TimeField(label="Time", called="The time of the example", empty="Enter the time of the example")

    def __init__(self, start: dt.datetime, data: Any = None) -> None:
        local = start.astimezone(LONDON)
        super().__init__(data, prefix="example", initial={"day": local.date(), "at": local.time()})

    @property
    def start(self) -> dt.datetime:
        """The moment. The form is valid."""
        return dt.datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"], LONDON)


class HoursForm(forms.Form):
    """When the office opens and closes."""

    opens = TimeField(label="Opens at", empty="Enter when the office opens", help_text="For example, 9:00.")
    closes = TimeField(
        label="Closes at", empty="Enter when the office closes",
        help_text="For example, 17:00. What is due on a day is due at this time.",
    )  # fmt: skip

    def __init__(self, hours: OfficeHours, data: Any = None) -> None:
        super().__init__(data, initial={"opens": hours.opens, "closes": hours.closes})

    @property
    def hours(self) -> OfficeHours:
        """What was said. The form is valid."""
        return OfficeHours(self.cleaned_data["opens"], self.cleaned_data["closes"])


class DayForm(forms.Form):
    """One closure day."""

    day = DateField(label="Day", called="The day", empty="Enter the day", help_text="For example, 29 12 2026.")
    name = PlainTextField(label="What it is called", called="The name", max_length=80, empty="Enter what it is called")


class _Days(_DaySet):
    """Closure days to be added; a row left empty is none."""

    def clean(self) -> None:
        """At least one."""
        if self.management_form.is_valid() and not any(self.errors) and not self.days:
            raise ValidationError("Enter at least one day.")

    @property
    def filled(self) -> list[DayForm]:
        """The rows that say something."""
        return [form for form in self.forms if form.has_changed()]

    @property
    def days(self) -> list[tuple[dt.date, str]]:
        """What was said. The forms are valid."""
        return [(form.cleaned_data["day"], form.cleaned_data["name"]) for form in self.filled]


Days = formset_factory(DayForm, formset=_Days, extra=1, max_num=MOST_DAYS, absolute_max=MOST_DAYS + 5,
                       validate_max=True)  # fmt: skip


class PauseReasonsForm(forms.Form):
    """The reasons to pause a clock, one a line."""

    reasons = PlainTextField(
        label="Reasons, one on each line",
        called="The reasons",
        rows=8,
        max_length=2_000,
        required=False,
        help_text="At most 12. Leave it empty to use the product’s own. Name no person.",
    )

    def __init__(self, reasons: Sequence[str], data: Any = None) -> None:
        super().__init__(data, initial={"reasons": "\n".join(reasons)})

    @property
    def lines(self) -> list[str]:
        """What was said. The form is valid."""
        return [line.strip() for line in self.cleaned_data["reasons"].splitlines() if line.strip()]


def _initial(clock: Clock | None) -> dict[str, Any]:
    if clock is None:
        return {"limit": "no", "unit": Unit.WORKING_DAYS.value, "reminding": PRODUCT}
    reminding = PRODUCT if clock.reminders is None else OWN if clock.reminders else NOBODY
    return {
        "limit": "yes",
        "length": clock.length.count,
        "unit": clock.length.unit.value,
        "start": clock.start.value,
        "in_week": clock.in_week,
        "for_figures": clock.for_figures,
        "reminding": reminding,
        "approval_first": clock.approval_first,
    }


def _said(step: ReminderStep) -> dict[str, Any]:
    length = {"length": step.length.count, "unit": step.length.unit.value} if step.length else {}
    return {"when": step.when.value, "to": step.to.value, **length}


def _product_words(clock: Clock | None) -> str:
    if clock is None:
        return "before it is due, when it is due, and the manager after"
    return "; ".join(step.in_words for step in default_steps(clock.length))
