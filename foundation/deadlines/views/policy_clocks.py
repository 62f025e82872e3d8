"""The clocks of the pathway policy: read in plain words, changed one by one with a worked example (CLK-1, CLK-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from foundation.common import clock as clocks
from foundation.common.errors import Invalid, NotThere
from foundation.deadlines.example import Example, example_of, useful_start
from foundation.deadlines.policy_forms import STEPS, ClockForm, ExampleForm
from foundation.deadlines.queries import calendar_of
from foundation.deadlines.views.policy_pages import PolicyPage, version_in_force
from foundation.partnership import policies, queries
from foundation.partnership.clocks import reminders_in_words
from foundation.partnership.enums import ClockKind
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.pathway import Clock, Policy, steps_of
from foundation.partnership.services import change_clock
from foundation.partnership.views.settings import partnership_of
from foundation.ui import add_another
from foundation.ui.components import Difference
from foundation.ui.views import PageView, PolicyMixin


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of clock in the list; `reminders` are nothing where nobody is reminded."""

    kind: ClockKind
    limit: str
    reminders: tuple[str, ...]


def lines_of(policy: Policy) -> Iterator[Line]:
    """Every kind of clock, the ones without a limit as well."""
    for kind in ClockKind:
        clock = policy.clock(kind)
        steps = steps_of(clock) if clock and kind != ClockKind.EHA_AGE else ()
        yield Line(kind, limit_words(clock), tuple(step.in_words for step in steps))


def limit_words(clock: Clock | None) -> str:
    """The limit without its reminders: "10 working days from the panel"."""
    if clock is None:
        return "No limit"
    words = replace(clock, reminders=None).in_words
    return words[:1].upper() + words[1:]


def kind_of(slug: str) -> ClockKind:
    """The kind of clock that an address names; NotThere for one that is none."""
    if slug not in ClockKind.values:
        raise NotThere
    return ClockKind(slug)


class Clocks(PageView):
    """All kinds of clock, each with its limit and its reminders."""

    policy = policies.check_can_change_settings
    template_name = "deadlines/policy/clocks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The version in force, or that there is none yet."""
        slug = partnership_of(self.request).slug
        held = version_in_force(self.request)
        return super().get_context_data(**kwargs) | {
            "back_url": reverse("partnership:home", kwargs={"partnership": slug}),
            "back_words": "Set up",
            "held": held,
            "lines": list(lines_of(held)) if held else [],
            "in_force": True,
        }


class ClocksThen(PageView):
    """The clocks of an earlier version, as they were then (CLK-2)."""

    policy = policies.check_can_change_settings
    template_name = "deadlines/policy/clocks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The same list, without links."""
        held = queries.policy_from(queries.version_of(kwargs["version"]))
        slug = partnership_of(self.request).slug
        url = reverse("partnership:pathway_version", kwargs={"partnership": slug, "version": held.version})
        return super().get_context_data(**kwargs) | {
            "back_url": url,
            "back_words": f"Version {held.version} of the policy",
            "held": held,
            "lines": list(lines_of(held)),
            "in_force": False,
        }


class ChangeClock(PolicyPage):
    """One kind of clock, with a worked example that needs no script and is live with it."""

    template_name = "deadlines/policy/clock.html"

    @cached_property
    def kind(self) -> ClockKind:
        """What the address names."""
        return kind_of(self.kwargs["kind"])

    def make_form(self, data: Any) -> ClockForm:
        """See PolicyPage."""
        return ClockForm(self.kind, self.held.clock(self.kind), data)

    def act(self, form: ClockForm, version: int) -> PathwayPolicy:
        """See PolicyPage."""
        return change_clock(by=self.actor, version=version, kind=self.kind, clock=form.clock)

    def refuse(self, form: ClockForm, refusal: Invalid) -> None:
        """See PolicyPage."""
        form.refuse(refusal.fields)

    def differences(self, form: ClockForm, theirs: Policy) -> list[Difference]:
        """See PolicyPage."""
        now, yours = theirs.clock(self.kind), form.clock
        return [
            Difference(str(self.kind.label), limit_words(now), limit_words(yours)),
            Difference("Reminders", _steps_words(now), _steps_words(yours)),
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Save; or add or take away a reminder, or only show the example."""
        if press := add_another.pressed(request.POST, STEPS):
            form = self.make_form(add_another.after(request.POST, press))
            add_another.unchecked(form, form.steps)
            return self.render_to_response(self.get_context_data(form=form))
        if "look" in request.POST:
            form = self.make_form(request.POST)
            return (
                self.render_to_response(self.get_context_data(form=form))
                if form.is_valid()
                else (self.form_invalid(form))
            )
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The example stands beside the form, from what stands in it."""
        data = self.request.POST if self.request.method == "POST" else None
        context = super().get_context_data(**kwargs)
        shown = worked_example(context["form"], self.held, data)
        return {
            **context,
            **shown,
            "title": self.kind.label,
            "kind": self.kind,
            "example_url": reverse(
                "deadlines_policy:example", kwargs={"partnership": self.slug, "kind": self.kind.value}
            ),
        }


class ShowExample(PolicyMixin):
    """The worked example alone, for the page's script."""

    policy = policies.check_can_change_settings
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """From what stands in the form at this moment; nothing is saved."""
        kind = kind_of(kwargs["kind"])
        held = queries.current_policy()
        form = ClockForm(kind, held.clock(kind), request.GET)
        form.is_valid()
        answer: HttpResponse = render(request, "deadlines/policy/example.html", worked_example(form, held, request.GET))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def worked_example(form: ClockForm, held: Policy, data: Any) -> dict[str, Any]:
    """The example of a form: what it says, or one sentence why it says nothing."""
    example_form = ExampleForm(useful_start(clocks.today()), data if data and "example-at" in data else None)
    if form.is_bound and not (form.is_valid() and form.cleaned_data):
        return {"example_form": example_form, "trouble": "Fill in the answers above to see the example."}
    clock = form.clock if form.is_bound else form.held
    try:
        return {"example_form": example_form, "example": _example(clock, example_form, held)}
    except Invalid as refusal:
        return {"example_form": example_form, "trouble": refusal.sentence}


def _example(clock: Clock | None, form: ExampleForm, held: Policy) -> Example:
    if not form.is_bound:
        return example_of(clock=clock, start=useful_start(clocks.today()), calendar=calendar_of(held))
    if not form.is_valid():
        raise Invalid(" ".join(str(error) + "." for errors in form.errors.values() for error in errors))
    return example_of(clock=clock, start=form.start, calendar=calendar_of(held))


def _steps_words(clock: Clock | None) -> str:
    return reminders_in_words(steps_of(clock)) if clock else "nobody"
