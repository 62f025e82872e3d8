"""Telling a sender whom no message reached: the letter, and that it was posted (INT-9)."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from foundation.common import clock
from foundation.ui.views import ActionView, PageFormView
from intake import forms, policies, queries, services
from intake.models import Enquiry


class Letter(ActionView):
    """Have the letter made, to be printed and posted."""

    policy = policies.check_can_screen

    def post(self, request: HttpRequest, *, partnership: str, enquiry_id: UUID) -> HttpResponseBase:
        """To the document's own page, which shows how far it is."""
        letter = services.ask_for_letter(by=self.actor, enquiry_id=enquiry_id)
        return redirect("documents:detail", partnership=partnership, document_id=letter.pk)


class RecordTold(PageFormView):
    """How and when was the sender told?"""

    policy = policies.check_can_screen
    form_class = forms.ToldForm
    template_name = "intake/record_told.html"
    title = "Record that the sender was told"
    button = "Record it"

    @cached_property
    def enquiry(self) -> Enquiry:
        """The enquiry; NotThere outside the partnership."""
        return queries.enquiry(self.actor, self.kwargs["enquiry_id"])

    def get_initial(self) -> dict[str, Any]:
        """A letter, today, is what is recorded most."""
        return {"how": services.OTHERWISE[0], "told_on": clock.today()}

    def form_valid(self, form: Any) -> HttpResponse:
        """Back to the enquiry, which says so from now on."""
        services.record_told(by=self.actor, enquiry_id=self.enquiry.pk, **form.cleaned_data)
        messages.success(self.request, "It is recorded that the sender was told.")
        return redirect("intake:enquiry", **self.kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whom it is about; refused where nothing is decided yet."""
        services.refuse_undecided(by=self.actor, enquiry_id=self.enquiry.pk)
        back = reverse("intake:enquiry", kwargs=self.kwargs)
        return super().get_context_data(**kwargs) | {"enquiry": self.enquiry, "back_url": back}
