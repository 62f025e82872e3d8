"""Office hours, closure days beside England's bank holidays, and why a clock may be paused (CLK-1, CLK-4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from foundation.common import clock
from foundation.common.bank_holidays import bank_holidays, known_years
from foundation.common.errors import Invalid, NotThere
from foundation.deadlines.example import years_in_words
from foundation.deadlines.policy_forms import DAYS, NOT_WHOLE, Days, HoursForm, PauseReasonsForm
from foundation.deadlines.views.policy_pages import UNTOUCHED, PolicyPage, version_in_force
from foundation.partnership import policies
from foundation.partnership.clocks import closures_in_words
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.pathway import Policy
from foundation.partnership.services import (
    add_closure_days,
    change_office_hours,
    change_pause_reasons,
    remove_closure_day,
)
from foundation.partnership.views.settings import partnership_of, sent_revision
from foundation.ui import add_another
from foundation.ui.components import Difference
from foundation.ui.views import ActionView, PageView


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which nobody works, and whether it is the partnership's own."""

    day: dt.date
    name: str
    own: bool


def days_of(policy: Policy, year: int) -> list[Day]:
    """A year's bank holidays and closure days, in order. A bank holiday that was a closure day stands as both."""
    found = [Day(day, name, own=False) for day, name in bank_holidays().items() if day.year == year]
    found += [Day(day, name, own=True) for day, name in policy.closure_days.items() if day.year == year]
    return sorted(found, key=lambda one: (one.day, one.own))


def years_of(policy: Policy) -> list[int]:
    """The known years, and any other in which a closure day lies."""
    first, last = known_years()
    return sorted({*range(first, last + 1), *(day.year for day in policy.closure_days)})


class WorkingDays(PageView):
    """A year's closed days and the office hours."""

    policy = policies.check_can_change_settings
    template_name = "deadlines/policy/days.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The year asked for, this year for nonsense."""
        context = super().get_context_data(**kwargs)
        slug = partnership_of(self.request).slug
        held = version_in_force(self.request)
        words = {"back_url": reverse("deadlines_policy:clocks", kwargs={"partnership": slug}), "held": held}
        if held is None:
            return {**context, **words}
        years, asked = years_of(held), self.request.GET.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else clock.today().year
        year = year if year in years else min(max(clock.today().year, years[0]), years[-1])
        return {
            **context, **words, "year": year, "years": years, "days": days_of(held, year), "known": years_in_words(),
        }  # fmt: skip


class Hours(PolicyPage):
    """When the office opens and closes."""

    title = "Office hours"
    about = "Times are London time. What is due on a working day is due when the office closes."
    back = "deadlines_policy:days"

    def make_form(self, data: Any) -> HoursForm:
        """See PolicyPage."""
        return HoursForm(self.held.office_hours, data)

    def act(self, form: HoursForm, version: int) -> PathwayPolicy:
        """See PolicyPage."""
        return change_office_hours(by=self.actor, version=version, hours=form.hours)

    def differences(self, form: HoursForm, theirs: Policy) -> list[Difference]:
        """See PolicyPage."""
        return [Difference("Office hours", theirs.office_hours.in_words, form.hours.in_words)]


class AddDays(PolicyPage):
    """One or several days on which the office is closed."""

    title = "Add closure days"
    button = "Add"
    template_name = "deadlines/policy/days_add.html"
    back = "deadlines_policy:days"

    def make_form(self, data: Any) -> Any:
        """See PolicyPage."""
        return Days(data, prefix=DAYS, error_messages=NOT_WHOLE)

    def act(self, form: Any, version: int) -> PathwayPolicy:
        """See PolicyPage."""
        return add_closure_days(by=self.actor, version=version, days=form.days)

    def refuse(self, form: Any, refusal: Invalid) -> None:
        """Each sentence under its day."""
        for number, sentence in refusal.fields.items():
            if number.isdecimal() and int(number) < len(form.filled):
                form.filled[int(number)].add_error("day", sentence)
            else:
                form.non_form_errors().append(sentence)

    def differences(self, form: Any, theirs: Policy) -> list[Difference]:
        """See PolicyPage."""
        sent = closures_in_words(dict(form.days))
        return [Difference("Closure days", closures_in_words(theirs.closure_days), f"Also:\n{sent}")]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Add the days; or a row for one more, or take a row away."""
        if press := add_another.pressed(request.POST, DAYS):
            form = self.make_form(add_another.after(request.POST, press))
            add_another.unchecked(form)
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def back_url_of(self, made: PathwayPolicy) -> str:
        """To the year of the first day that was added."""
        return f"{super().back_url_of(made)}?year={self.first_year}"

    @property
    def first_year(self) -> int:
        """The year of the earliest day that was sent."""
        return min(day.year for day, _ in self.sent_days)

    def form_valid(self, form: Any) -> HttpResponse:
        """See PolicyPage."""
        self.sent_days: list[tuple[dt.date, str]] = form.days
        return super().form_valid(form)


class RemoveDay(ActionView):
    """Work on a closure day again."""

    policy = policies.check_can_change_settings

    def post(self, request: HttpRequest, *, partnership: str) -> HttpResponseBase:
        """Back to its year; 409 where another administrator was first."""
        try:
            day = dt.date.fromisoformat(request.POST.get("day", ""))
        except ValueError:
            raise NotThere("This is not a closure day.") from None
        made = remove_closure_day(by=self.actor, version=sent_revision(request), day=day)
        messages.success(request, f"Removed. This is now version {made.version} of the pathway policy. {UNTOUCHED}")
        return redirect(f"{reverse('deadlines_policy:days', kwargs={'partnership': partnership})}?year={day.year}")


class PauseReasons(PolicyPage):
    """For which reasons a clock may stand still."""

    title = "Reasons to pause a clock"
    about = "Whoever pauses a clock chooses one of these."

    def make_form(self, data: Any) -> PauseReasonsForm:
        """See PolicyPage."""
        return PauseReasonsForm(self.held.pause_reasons, data)

    def act(self, form: PauseReasonsForm, version: int) -> PathwayPolicy:
        """See PolicyPage."""
        return change_pause_reasons(by=self.actor, version=version, reasons=form.lines)

    def refuse(self, form: PauseReasonsForm, refusal: Invalid) -> None:
        """All of it stands in one box."""
        for sentence in refusal.fields.values():
            form.add_error("reasons", sentence)

    def differences(self, form: PauseReasonsForm, theirs: Policy) -> list[Difference]:
        """See PolicyPage."""
        return [Difference("Reasons", "\n".join(theirs.pause_reasons), "\n".join(form.lines))]
