"""A person's inbox and their choice, and for the administrator what did not arrive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from foundation.accounts import policies
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.notifications import kinds, queries, services
from foundation.notifications.enums import MailChoice, trouble_words
from foundation.notifications.forms import ChoiceForm
from foundation.notifications.models import Mailing, Message
from foundation.ui.components import Column
from foundation.ui.paging import page_by_key
from foundation.ui.views import ActionView, PageFormView, PageView, PolicyMixin


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the inbox shows it. `change_url` is where to put on the hat that it is for, if not worn."""

    message: Message
    words: str
    url: str
    change_url: str = ""


class Inbox(PageView):
    """What I was told, the newest first."""

    open_to_all_members = "a person's own messages"
    template_name = "notifications/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of it; the same number of queries however much there is."""
        page = page_by_key(
            queries.visible_to(self.actor), order=queries.NEWEST_FIRST, after=self.request.GET.get("after")
        )
        slug = self.request.partnership.slug  # type: ignore[attr-defined]
        return super().get_context_data(
            page=replace(page, rows=[line_of(self.actor, slug, message) for message in page.rows]),
            columns=[Column(label) for label in ("Message", "Reference", "When")],
            seen_at=clock.now().isoformat(),
            **kwargs,
        )


class ReadAll(ActionView):
    """Nothing that the list showed is unread any more."""

    open_to_all_members = "a person's own messages"

    def post(self, request: HttpRequest, partnership: str) -> HttpResponse:
        """Up to the moment at which the page was made: what has come since stays unread."""
        services.mark_all_read(by=self.actor, until=_moment(request.POST.get("seen_at", "")))
        messages.success(request, "Everything in your inbox is marked as read.")
        return redirect("notifications:inbox", partnership)


class Open(PolicyMixin):
    """Marks a message as read and goes on to what it is about; first of all to its own hat."""

    open_to_all_members = "a person's own messages; any other is not there"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, partnership: str, message_id: UUID) -> HttpResponse:
        """On to the thing, or a page that says which agency it is for; the inbox where there is no page about it."""
        message = queries.message_for(self.actor, message_id)
        line = line_of(self.actor, partnership, message)
        if line.change_url:
            return TemplateResponse(request, "notifications/other_hat.html", {"line": line})
        if request.method == "GET":
            services.mark_read(by=self.actor, message_id=message_id)
        return redirect(kinds.url(partnership, message) or reverse("notifications:inbox", args=[partnership]))


class Choices(PageFormView):
    """When I want e-mail."""

    open_to_all_members = "a person's own choice"
    form_class = ChoiceForm
    title = "E-mail about your inbox"
    button = "Save"

    def get_initial(self) -> dict[str, Any]:
        """What they chose last."""
        return {"mail": queries.choice_of(self.actor.person)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way back."""
        return super().get_context_data(**{"back_url": self.inbox_url(), **kwargs})

    def form_valid(self, form: ChoiceForm) -> HttpResponse:
        """Keep it."""
        services.choose(by=self.actor, mail=MailChoice(form.cleaned_data["mail"]))
        messages.success(self.request, "Your choice is saved.")
        return redirect(self.inbox_url())

    def inbox_url(self) -> str:
        """The person's inbox."""
        return reverse("notifications:inbox", args=[self.kwargs["partnership"]])


@dataclass(frozen=True, slots=True)
class Failure:
    """An e-mail that did not arrive, with the reason in words."""

    mailing: Mailing
    why: str


class NotArrived(PageView):
    """Whose e-mail came back or could not be sent, the newest first."""

    policy = policies.check_can_administer
    template_name = "notifications/not_arrived.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of them."""
        page = page_by_key(queries.not_arrived(), order=queries.NEWEST_SETTLED, after=self.request.GET.get("after"))
        return super().get_context_data(
            page=replace(page, rows=[Failure(mailing, trouble_words(mailing.trouble)) for mailing in page.rows]),
            columns=[Column(label) for label in ("Person", "When", "What happened")],
            **kwargs,
        )


def line_of(actor: Actor, slug: str, message: Message) -> Line:
    """A message with its words and where its link leads, for the hat worn."""
    url = reverse("notifications:open", args=[slug, message.pk])
    is_other = message.agency_id is not None and message.agency_id != actor.agency_id
    change_url = f"{reverse('hats')}?{urlencode({'next': url})}" if is_other else ""
    return Line(message, kinds.words(message), url, change_url)


def _moment(words: str) -> dt.datetime:
    """The moment that the page was made; now, where that is not said, or lies ahead."""
    now = clock.now()
    try:
        said = parse_datetime(words)
    except ValueError:
        return now
    return min(said, now) if said is not None and said.tzinfo else now
