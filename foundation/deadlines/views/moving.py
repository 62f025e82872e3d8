"""Asking for more time, answering, pausing and resuming."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from foundation.common.errors import NotThere
from foundation.deadlines import policies, queries, services
from foundation.deadlines.forms import AnswerForm, MoreTimeForm, PauseForm
from foundation.deadlines.models import Deadline, Extension
from foundation.deadlines.views.reading import about, clock_url, may_see, note_look
from foundation.deadlines.words import explained, line_of
from foundation.partnership import queries as partnership
from foundation.ui.views import ActionView, PageFormView


def may_work(request: HttpRequest, **kwargs: Any) -> None:
    """The clock is the reader's to see, and to ask something of."""
    may_see(request, **kwargs)
    asked = cast(Any, request)
    policies.check_works_on(by=asked.actor, deadline=asked.deadline)


def may_pause(request: HttpRequest, **kwargs: Any) -> None:
    """The clock is the reader's to see, and to let stand still."""
    may_see(request, **kwargs)
    asked = cast(Any, request)
    policies.check_may_pause(by=asked.actor, deadline=asked.deadline)


class ClockForm(PageFormView):
    """A form about one clock."""

    policy: ClassVar[Any] = staticmethod(may_work)
    template_name = "deadlines/clock_form.html"

    @property
    def deadline(self) -> Deadline:
        """The clock that the policy found."""
        found: Deadline = cast(Any, self.request).deadline
        return found

    @property
    def slug(self) -> str:
        """The partnership's part of the address."""
        return str(cast(Any, self.request).partnership.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the form is about."""
        one = self.deadline
        note_look(self.actor, one)
        calendar = queries.calendar_for_pages(cast(Any, self.request).partnership)
        return super().get_context_data(**kwargs) | {
            "deadline": one,
            "line": line_of(one, slug=self.slug, calendar=calendar),
            "about": about(self.actor, one),
            "sentences": explained(one, in_full=policies.reads_what_was_said(self.actor, one)),
            "back_url": clock_url(self.slug, one.pk),
        }

    def back(self, words: str) -> HttpResponse:
        """To the clock, saying what was done."""
        messages.success(self.request, words)
        return redirect(clock_url(self.slug, self.deadline.pk))


class AskForMoreTime(ClockForm):
    """Until when, and why?"""

    form_class = MoreTimeForm
    title = "Ask for more time"
    button = "Ask your manager"

    def form_valid(self, form: MoreTimeForm) -> HttpResponse:
        """Back to the clock."""
        services.ask_for_more_time(by=self.actor, deadline_id=self.deadline.pk, **form.cleaned_data)
        return self.back("Your manager has been asked. The due time stays as it is until they answer.")


class PauseClock(ClockForm):
    """Why does it stand still?"""

    policy = staticmethod(may_pause)
    form_class = PauseForm
    title = "Pause this clock"
    button = "Pause it"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The reasons of the policy in force."""
        return super().get_form_kwargs() | {"reasons": partnership.current_policy().pause_reasons}

    def form_valid(self, form: PauseForm) -> HttpResponse:
        """Back to the clock."""
        services.pause_clock(by=self.actor, deadline_id=self.deadline.pk, **form.cleaned_data)
        return self.back("The clock stands still. Resume it as soon as the reason has gone.")


class ResumeClock(ActionView):
    """It goes on."""

    policy = staticmethod(may_pause)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Back to the clock, which says when it is due now."""
        one = services.resume_clock(by=self.actor, deadline_id=kwargs["deadline_id"])
        messages.success(request, "The clock runs again.")
        return redirect(clock_url(kwargs["partnership"], one.pk))


def may_answer(request: HttpRequest, *, extension_id: Any, **kwargs: Any) -> None:
    """The request is about a clock that the reader sees and manages."""
    asked = cast(Any, request)
    asked.extension, asked.deadline = _request_of(request, extension_id)
    policies.check_manages(by=asked.actor, deadline=asked.deadline)


def may_take_back(request: HttpRequest, *, extension_id: Any, **kwargs: Any) -> None:
    """The request is the reader's own."""
    asked = cast(Any, request)
    asked.extension, asked.deadline = _request_of(request, extension_id)
    if asked.extension.asked_by_id != asked.actor.user_id:
        raise NotThere


def _request_of(request: HttpRequest, extension_id: Any) -> tuple[Extension, Deadline]:
    found = Extension.objects.select_related("asked_by", "decided_by").filter(pk=extension_id).first()
    if found is None:
        raise NotThere
    found.deadline = queries.deadline_for(cast(Any, request).actor, found.deadline_id)
    return found, found.deadline


class AnswerRequest(ClockForm):
    """Give the time, or say why not?"""

    policy = staticmethod(may_answer)
    form_class = AnswerForm
    template_name = "deadlines/answer.html"
    title = "Answer a request for more time"
    button = "Send your answer"

    @cached_property
    def extension(self) -> Extension:
        """The request that the policy found."""
        found: Extension = cast(Any, self.request).extension
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is asked for and why, and the form while nobody has answered."""
        may = policies.check_can_answer.allows(by=self.actor, extension=self.extension)
        return super().get_context_data(**kwargs) | {"extension": self.extension, "may_answer": may}

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        """Back to the clock."""
        answer, key = form.cleaned_data["answer"], self.extension.pk
        if form.cleaned_data["decision"] == "grant":
            services.grant_more_time(by=self.actor, extension_id=key, answer=answer)
            return self.back("More time is given. Whoever asked is told.")
        services.refuse_more_time(by=self.actor, extension_id=key, answer=answer)
        return self.back("The due time stays as it was. Whoever asked is told why.")


class TakeBackRequest(ActionView):
    """More time is not needed after all."""

    policy = staticmethod(may_take_back)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Back to the clock."""
        taken = services.take_back_request(by=self.actor, extension_id=kwargs["extension_id"])
        messages.success(request, "Your request is taken back.")
        return redirect(clock_url(kwargs["partnership"], taken.deadline_id))
