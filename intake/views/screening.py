"""The hub's queue and the screening of one enquiry (INT-4, INT-7)."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from consent import queries as consents
from consent.models import Consent
from foundation.accounts import queries as accounts
from foundation.audit import services as audit
from foundation.documents import queries as documents
from foundation.ui.components import Column
from foundation.ui.paging import page_by_key
from foundation.ui.views import ActionView, PageFormView, PageView
from intake import forms, policies, queries, services, summaries
from intake.enums import EnquiryState
from intake.models import Enquiry
from intake.telling import SENTENCE
from intake.views.clocks import all_lines, with_clocks

FILTERS = ("state", "need", "agency")
COLUMNS = ("Received", "Decision", "Enquiry", "Needs", "Risk words", "Sent by", "Who has it", "Take")


class Queue(PageView):
    """What waits, oldest clock first. The filters stand in the address and are kept until they are changed."""

    policy = policies.check_can_screen
    template_name = "intake/queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of rows, and the counts above it."""
        filters = forms.QueueFilters(self._filters(), agencies=accounts.agencies())
        chosen = filters.cleaned_data if filters.is_valid() else {}
        rows = queries.queue(
            self.actor,
            state=chosen.get("state") or "open",
            need=chosen.get("need", ""),
            agency_id=UUID(chosen["agency"]) if chosen.get("agency") else None,
        )
        page = page_by_key(rows, order=("received_at", "id"), after=self.request.GET.get("after"))
        return super().get_context_data(**kwargs) | {
            "filters": filters,
            "narrowed": any(chosen.get(name) for name in ("need", "agency")) or chosen.get("state") not in ("", "open"),
            "counts": queries.queue_counts(self.actor),
            "page": with_clocks(self.request, page),
            "columns": [Column(label) for label in COLUMNS],
        }

    def _filters(self) -> dict[str, str]:
        """From the address where it has any; otherwise as they were last."""
        key = f"queue {self.actor.partnership_id}"
        asked: QueryDict = self.request.GET
        if any(name in asked for name in FILTERS):
            self.request.session[key] = {name: asked.get(name, "")[:60] for name in FILTERS}
        kept = self.request.session.get(key)
        return kept if isinstance(kept, dict) else {"state": "open"}


class TakeOldest(ActionView):
    """Take what has waited longest."""

    policy = policies.check_can_screen

    def post(self, request: HttpRequest, *, partnership: str) -> HttpResponseBase:
        """To its page; or back to the queue when nothing waits."""
        taken = services.take_oldest(by=self.actor)
        if taken is None:
            messages.info(request, "Nothing is waiting to be screened.")
            return redirect("intake:queue", partnership=partnership)
        return redirect("intake:enquiry", partnership=partnership, enquiry_id=taken.pk)


class Take(ActionView):
    """Take one enquiry; a hub manager may take it over."""

    policy = policies.check_can_screen

    def post(self, request: HttpRequest, *, partnership: str, enquiry_id: UUID) -> HttpResponseBase:
        """To its page; 409 with who has it if somebody was quicker."""
        services.take_enquiry(by=self.actor, enquiry_id=enquiry_id, over=request.POST.get("over") == "yes")
        return redirect("intake:enquiry", partnership=partnership, enquiry_id=enquiry_id)


class GiveBack(ActionView):
    """Put it back into the queue."""

    policy = policies.check_can_screen

    def post(self, request: HttpRequest, *, partnership: str, enquiry_id: UUID) -> HttpResponseBase:
        """To the queue, where it waits again."""
        enquiry = services.give_back_enquiry(by=self.actor, enquiry_id=enquiry_id)
        messages.success(request, f"{enquiry.reference} is back in the queue.")
        return redirect("intake:queue", partnership=partnership)


class Screening(PageFormView):
    """One enquiry whole: as told, what is known, and the decision below (screens: never a second page to decide)."""

    policy = policies.check_can_screen
    template_name = "intake/screening.html"
    form_class = forms.DecisionForm
    button = "Record the decision"

    @cached_property
    def enquiry(self) -> Enquiry:
        """The enquiry; NotThere outside the partnership."""
        return queries.enquiry(self.actor, self.kwargs["enquiry_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Looking at it is recorded (FAM-8)."""
        audit.viewed(by=self.actor, subject=self.enquiry, case_id=self.enquiry.case_id)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The partnership's levels, and who may lead."""
        leads = one_each(queries.possible_leads(self.enquiry.consent_id))
        partnership = self.request.partnership  # type: ignore[attr-defined]
        return super().get_form_kwargs() | {"partnership": partnership, "leads": leads}

    def form_valid(self, form: Any) -> HttpResponse:
        """Record it; the page then shows the result."""
        decided = services.decide_enquiry(by=self.actor, enquiry_id=self.enquiry.pk, **form.cleaned_data)
        opened = " A case has been opened." if decided.case_id else ""
        messages.success(self.request, f"Your decision is recorded: {decided.get_decision_display()}.{opened}")
        return redirect("intake:enquiry", **self.kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Whoever was second hears so before anything about the form (409)."""
        services.refuse_if_not_theirs(by=self.actor, enquiry_id=self.enquiry.pk)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Left, right and below."""
        enquiry, partnership = self.enquiry, self.request.partnership  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs) | {
            "enquiry": enquiry,
            "clocks": all_lines(self.request, enquiry),
            **self.telling(),
            "level": partnership.level_words(enquiry.level),
            "family": summaries.told_family(enquiry),
            "people": summaries.told_people(enquiry),
            "story": summaries.told_story(enquiry),
            "consent": summaries.consent_record(enquiry.consent),
            "consent_holds": Consent.objects.filter(consents.in_force(), pk=enquiry.consent_id).exists(),
            "may_withdraw": policies.offers_withdrawal(self.actor, enquiry),
            "earlier": queries.earlier_of_the_name(self.actor, enquiry),
            "may_decide": enquiry.state == EnquiryState.TAKEN
            and policies.check_can_decide.allows(by=self.actor, enquiry=enquiry),
            "has_it": enquiry.taken_by_id == self.actor.user_id,
            "may_take_over": enquiry.state == EnquiryState.TAKEN
            and enquiry.taken_by_id != self.actor.user_id
            and policies.check_can_take_over.allows(by=self.actor),
        }

    def telling(self) -> dict[str, Any]:
        """What the sender will be told and whether it reaches them; once decided, how they were told (INT-9)."""
        if self.enquiry.state != EnquiryState.DECIDED:
            return {"sentence": SENTENCE, "reachable": queries.sender_can_read(self.enquiry)}
        told = list(queries.told_of(self.enquiry))
        return {
            "told": told,
            "send_letter": any(each.failed_at for each in told) and not any(each.told_at for each in told),
            "documents": documents.visible_documents(self.actor, services.SUBJECT, self.enquiry.pk),
        }


def one_each(leads: Any) -> list[Any]:
    """A person once for each agency and team, however many roles they hold there."""
    return list({(each.user_id, each.agency_id, each.team_id): each for each in leads}.values())
