"""Contact with a family: recorded, quickly and by phone, and read."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import policies, queries, services
from cases.forms import ContactForm
from cases.models import Case
from cases.views.detail import may_look
from cases.words import contact_event, name_bar_of
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.ids import new_id
from foundation.ui.paging import page_by_key
from foundation.ui.views import PageFormView, PageView


def may_record(request: HttpRequest, *, case_id: UUID, **kwargs: Any) -> None:
    """The case is found for the reader, who works on it."""
    may_look(request, case_id=case_id)
    asked = cast(Any, request)
    policies.check_can_record_contact(by=asked.actor, case=asked.case)


class RecordContact(PageFormView):
    """Did you reach them, how, and when? Just now, unless it is said otherwise."""

    policy = staticmethod(may_record)
    template_name = "cases/contact.html"
    form_class = ContactForm
    title = "Record contact"
    button = "Record contact"

    @property
    def case(self) -> Case:
        """The case that the policy found."""
        return cast(Case, cast(Any, self.request).case)

    def get_initial(self) -> dict[str, Any]:
        """Now, and a key by which the form is known if it is sent twice."""
        now = clock.now().astimezone(clock.LONDON)
        return {"on": now.date(), "at": now.time().replace(second=0, microsecond=0), "form_key": new_id()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whose family it is; that it was looked at is written down (FAM-8)."""
        if self.request.method != "POST":
            audit.viewed(by=self.actor, subject=self.case, case_id=self.case.pk)
        partnership = cast(Any, self.request).partnership
        back = reverse("cases:detail", args=[partnership.slug, self.case.pk])
        bar = name_bar_of(self.case, partnership)
        return {**super().get_context_data(**kwargs), "case": self.case, "name_bar": bar, "back_url": back}

    def form_valid(self, form: ContactForm) -> HttpResponse:
        """Back to the case."""
        said = dict(form.cleaned_data)
        at = dt.datetime.combine(said.pop("on"), said.pop("at"), clock.LONDON)
        services.record_contact(by=self.actor, case_id=self.case.pk, at=at, **said)
        messages.success(self.request, "The contact is recorded.")
        return redirect("cases:detail", cast(Any, self.request).partnership.slug, self.case.pk)


class Contacts(PageView):
    """Every contact with a family, latest first."""

    policy = staticmethod(may_look)
    template_name = "cases/contacts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of them; notes for those who work on the case."""
        request = cast(Any, self.request)
        case: Case = request.case
        audit.viewed(by=self.actor, subject=case, case_id=case.pk, how="contacts")
        works = policies.check_can_record_contact.allows(by=self.actor, case=case)
        found = queries.contacts_of(self.actor, case)
        page = page_by_key(found, order=queries.LATEST_CONTACT_FIRST, after=self.request.GET.get("after"))
        return super().get_context_data(
            case=case,
            bar=name_bar_of(case, request.partnership),
            page=page,
            events=[contact_event(one, with_note=works) for one in page.rows],
            **kwargs,
        )
