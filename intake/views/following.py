"""What became of the enquiries that one has written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from foundation.audit import services as audit
from foundation.ui.components import Column
from foundation.ui.paging import page_by_key
from foundation.ui.views import PageView, PolicyMixin
from intake import policies, queries, summaries
from intake.views.clocks import lines_of, with_clocks

MOST_DRAFTS = 50
COLUMNS = ("Reference", "Family", "Sent", "By", "Where it stands", "Decision")


def may_see(request: HttpRequest, *, enquiry_id: UUID, **kwargs: Any) -> None:
    """Raises NotThere unless the enquiry is the actor's to see."""
    queries.enquiry(request.actor, enquiry_id)  # type: ignore[attr-defined]


class Mine(PageView):
    """Drafts, and what was sent with its state or outcome. Overseers see what their whole agency sent."""

    policy = policies.check_can_write
    template_name = "intake/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Two lists."""
        sent = page_by_key(
            queries.sent_from(self.actor), order=("-received_at", "-id"), after=self.request.GET.get("after")
        )
        return super().get_context_data(**kwargs) | {
            "drafts": queries.drafts(self.actor)[:MOST_DRAFTS],
            "page": with_clocks(self.request, sent),
            "columns": [Column(label) for label in COLUMNS],
        }


class Open(PolicyMixin):
    """One address for an enquiry, whoever follows it: a clock's page, a list of what is late."""

    policy = staticmethod(may_see)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *, partnership: str, enquiry_id: UUID) -> HttpResponseBase:
        """The hub's readers to its screening, its sender and their overseers to the page that is theirs."""
        page = "enquiry" if policies.check_can_screen.allows(by=self.actor) else "sent"
        return redirect(f"intake:{page}", partnership=partnership, enquiry_id=enquiry_id)


class Confirmation(PageView):
    """The reference, and what happens next."""

    policy = staticmethod(may_see)
    template_name = "intake/confirmation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The enquiry, of which the page shows no more than its reference."""
        return super().get_context_data(**kwargs) | {"enquiry": queries.enquiry(self.actor, kwargs["enquiry_id"])}


class Sent(PageView):
    """One enquiry as its sender sees it: where it stands, the outcome, and what was told."""

    policy = staticmethod(may_see)
    template_name = "intake/sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Looking at it is recorded (FAM-8)."""
        enquiry = queries.enquiry(self.actor, kwargs["enquiry_id"])
        audit.viewed(by=self.actor, subject=enquiry, case_id=enquiry.case_id)
        partnership = self.request.partnership  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs) | {
            "enquiry": enquiry,
            "clock": lines_of(self.request, [enquiry]).get(enquiry.pk),
            "level": partnership.level_words(enquiry.level),
            "family": summaries.told_family(enquiry),
            "people": summaries.told_people(enquiry),
            "story": summaries.told_story(enquiry),
            "may_withdraw": policies.offers_withdrawal(self.actor, enquiry),
            "consent": summaries.consent_record(enquiry.consent),
        }
