"""A document's pages: how far it is, and its file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from foundation.documents import kinds, policies, queries, services
from foundation.documents.enums import UNDER_WAY
from foundation.documents.models import Document
from foundation.ui.views import ActionView, PageView, PolicyMixin


def may_know_of_it(request: HttpRequest, *, document_id: UUID, **kwargs: Any) -> None:
    """The policy of every page here: raises NotThere unless the hat may see the document at this moment."""
    queries.document_for(request.actor, document_id)  # type: ignore[attr-defined]


def words_for(request: HttpRequest, document: Document) -> dict[str, Any]:
    """What the page about one document shows."""
    actor, slug = request.actor, request.partnership.slug  # type: ignore[attr-defined]
    return {
        "document": document,
        "under_way": document.state in UNDER_WAY,
        "own": policies.check_asked_for_it.allows(by=actor, document=document),
        "same_view": policies.check_same_view.allows(by=actor, document=document),
        "back_url": kinds.subject_url(slug, document),
    }


class Detail(PageView):
    """How far a document is; one may leave and come back. Works without script: the page is asked for again."""

    policy = staticmethod(may_know_of_it)
    template_name = "documents/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The document as it stands now."""
        document = queries.document_for(self.actor, kwargs["document_id"])
        return {**super().get_context_data(**kwargs), **words_for(self.request, document)}


class Progress(Detail):
    """The part of that page that changes, for script to put in its place."""

    template_name = "documents/progress.html"


class Download(PolicyMixin):
    """The file itself, for those who may see it at this moment (EHA-9)."""

    policy = staticmethod(may_know_of_it)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *, document_id: UUID, **kwargs: Any) -> HttpResponseBase:
        """Named by its reference, so a downloads folder names nobody; 410 where the kept file is not what it was."""
        found = services.download(by=self.actor, document_id=document_id, reading=request.method == "GET")
        if found.content is None:
            return TemplateResponse(request, "documents/detail.html", words_for(request, found.document), status=410)
        return HttpResponse(
            found.content,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="{found.document.reference}.pdf"',
                "Cache-Control": "no-store, private",
                "X-Content-Type-Options": "nosniff",
            },
        )


class Cancel(ActionView):
    """Stop it."""

    policy = staticmethod(may_know_of_it)

    def post(self, request: HttpRequest, *, document_id: UUID, partnership: str) -> HttpResponseBase:
        """Back to the document's page, which says that it is cancelled."""
        services.cancel(by=self.actor, document_id=document_id)
        return redirect("documents:detail", partnership=partnership, document_id=document_id)


class AskAgain(ActionView):
    """Have it made once more."""

    policy = staticmethod(may_know_of_it)

    def post(self, request: HttpRequest, *, document_id: UUID, partnership: str) -> HttpResponseBase:
        """Back to the document's page, which shows how far it is."""
        services.ask_again(by=self.actor, document_id=document_id)
        return redirect("documents:detail", partnership=partnership, document_id=document_id)
