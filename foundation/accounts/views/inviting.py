"""The administrator's pages of invitations (ACC-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.accounts import policies, queries, services
from foundation.accounts.people_forms import AgencyChoice, InviteForm
from foundation.accounts.views.agencies import OfAgency
from foundation.accounts.views.named import url_of
from foundation.common import clock
from foundation.ui.components import Column
from foundation.ui.paging import bounded_count, page_by_key
from foundation.ui.views import ActionView, PageFormView, PageView

COLUMNS = ("Who", "Agency and role", "Sent", "Link", "What to do")


class InvitationList(PageView):
    """Who has been invited and has not come yet?"""

    policy = policies.check_can_administer
    template_name = "accounts/invitations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of them, the newest first."""
        found = queries.invitations_waiting()
        page = page_by_key(found, order=queries.NEWEST_SENT, after=self.request.GET.get("after"))
        now = clock.now()
        rows = [{"invitation": invitation, "ended": invitation.expires_at <= now} for invitation in page.rows]
        return super().get_context_data(
            page=replace(page, rows=rows),
            count=bounded_count(found),
            columns=[Column(label) for label in COLUMNS],
            **kwargs,
        )


class InviteAgency(PageFormView):
    """Which agency will the person work for?"""

    policy = policies.check_can_administer
    title = "Invite somebody"

    def get_form(self, form_class: Any = None) -> AgencyChoice:
        """The open agencies."""
        question = "Which agency will this person work for?"
        return AgencyChoice(**self.get_form_kwargs(), agencies=queries.agencies(), question=question)

    def form_valid(self, form: AgencyChoice) -> HttpResponse:
        """On to who it is."""
        return redirect(url_of(self.request, "people:invite_to", form.cleaned_data["agency"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way back to the people."""
        return super().get_context_data(**{"back_url": url_of(self.request, "people:people"), **kwargs})


class InviteTo(OfAgency):
    """Who is invited to one agency, and in which role."""

    title = "Invite somebody"
    button = "Send the invitation"
    template_name = "accounts/invite.html"

    def get_form(self, form_class: Any = None) -> InviteForm:
        """With the agency's teams."""
        return InviteForm(**self.get_form_kwargs(), teams=queries.teams([self.agency.pk]))

    def form_valid(self, form: InviteForm) -> HttpResponse:
        """Send it."""
        services.invite(by=self.actor, agency=self.agency, **form.cleaned_data)
        messages.success(self.request, "The invitation is on its way. Its link works once, for 7 days.")
        return redirect(url_of(self.request, "people:invitations"))


class SendAgain(ActionView):
    """A new message with a new link."""

    policy = policies.check_can_administer

    def post(self, request: HttpRequest, partnership: str, invitation_id: UUID) -> HttpResponse:
        """Back to the list."""
        services.send_invitation_again(by=self.actor, invitation_id=invitation_id)
        messages.success(request, "The invitation is sent again, with a new link. The old link no longer works.")
        return redirect(url_of(request, "people:invitations"))


class Withdraw(ActionView):
    """Takes an invitation back."""

    policy = policies.check_can_administer

    def post(self, request: HttpRequest, partnership: str, invitation_id: UUID) -> HttpResponse:
        """Back to the list."""
        services.withdraw_invitation(by=self.actor, invitation_id=invitation_id)
        messages.success(request, "The invitation is withdrawn. Its link no longer works.")
        return redirect(url_of(request, "people:invitations"))
