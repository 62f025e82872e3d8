"""How a document is made: claimed, gathered, rendered, checked and kept, each step in a short transaction of its own.

Whoever waits sees each step. Nothing is locked while the renderer works. A worker that dies leaves a lease that runs
out, and the next one begins again; one that comes too late finds its lease gone, and keeps nothing (trust 10).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error as DatabaseError
from django.template.loader import render_to_string

from foundation.accounts.hats import actor_for
from foundation.accounts.models import Agency
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.common.errors import EarlyHelpError
from foundation.documents import faults, kinds
from foundation.documents.engine import Rendered, RenderFailed, engine, limits
from foundation.documents.enums import DocumentState, DocumentVerb
from foundation.documents.models import Document
from foundation.documents.workflow import CHECKED, GATHERED, RENDERED
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from foundation.ui.colours import brand

LEASE = dt.timedelta(seconds=85)
MOST_ATTEMPTS = 3
FILES = {"pdf.css": Path(__file__).with_name("pdf.css")}

logger = structlog.get_logger("documents")

NO_LONGER = "You may no longer see what this document is about, so it was not made."
TROUBLE = "Something went wrong on our side while this document was being made. Try again, or tell your administrator."
NOBODYS_FAULT = frozenset({"withdrawn", "view"})
OF_CODE = {
    "time": "This document took too long to make, so it was stopped. Tell your administrator.",
    "memory": "This document is too large to be made. Tell your administrator.",
    "size": "This document became too large to be kept. Tell your administrator.",
    "page": "There is more text in this document than can be made into one. Tell your administrator.",
    "outside": "This document asked for something outside Early Help, so it was not made. Tell your administrator.",
}


class StillBeingMade(Exception):
    """Another worker holds the document: whoever carries the message comes again later."""


class _Gone(Exception):
    """The document was cancelled meanwhile, or the lease ran out and another worker has it."""


class _Failed(Exception):
    """It cannot be made: the sentence for people, and the codes for the log."""

    def __init__(self, sentence: str, **codes: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.codes = codes


def render(*, partnership_id: UUID, document_id: UUID) -> None:
    """Make one document that was asked for; called outside any scope, and harmless when called twice.

    Raises StillBeingMade while another worker's lease lasts, and what the database raises when it is away; everything
    else ends in a state and a sentence.
    """
    run = _Run(partnership_id, document_id)
    if not run.claim():
        return
    try:
        page, view_key = run.gather()
        run.keep(run.lay_out(page), view_key)
    except _Gone:
        logger.info("document.gone", **run.ids)
    except _Failed as failed:
        run.fail(failed.sentence, **failed.codes)
    except DatabaseError:
        raise
    except Exception as error:
        logger.error("document.trouble", **run.ids, exc_info=error)
        run.fail(TROUBLE, code="trouble", error=type(error).__name__)


class _Run:
    """One worker's attempt at one document, known by its lease."""

    def __init__(self, partnership_id: UUID, document_id: UUID) -> None:
        self.partnership_id = partnership_id
        self.document_id = document_id
        self.lease: dt.datetime | None = None
        self.ids = {"partnership_id": str(partnership_id), "document_id": str(document_id)}

    def claim(self) -> bool:
        """Take the document; False where there is nothing (more) to make."""
        with tenant_scope(self.partnership_id):
            document = Document.objects.select_for_update(of=("self",)).filter(pk=self.document_id).first()
            if document is None or document.state not in {DocumentState.ASKED, DocumentState.RENDERING}:
                return False
            if document.leased_until is not None and document.leased_until > clock.now():
                raise StillBeingMade
            if document.attempts >= MOST_ATTEMPTS:
                self._record_failure(document, TROUBLE, code="attempts")
                return False
            self.lease = clock.now() + LEASE
            document.begin(leased_until=self.lease)
            document.save(update_fields=["state", "leased_until", "attempts", "progress"])
            self._record(DocumentVerb.BEGUN, document, attempt=document.attempts)
        return True

    def gather(self) -> tuple[str, str]:
        """The page in HTML, made of what the person who asked may see now, and the key of that view (EHA-9)."""
        with tenant_scope(self.partnership_id):
            document = self._held(lock=False)
            actor, kind = self._reader(document)
            agency = Agency.objects.get(pk=document.asked_for_agency)
            partnership = Partnership.objects.get(pk=self.partnership_id)
            context = {
                "document": document,
                "partnership": partnership,
                "brand": brand(partnership.colour),
                "recipient": {"name": document.asked_by.full_name, "agency": agency.name},
                "made_at": clock.now(),
                "left_out": False,
                **kind.context(actor, document),
            }
            page = render_to_string(kind.template, context)
            view_key = kind.view_key(actor, document)
            self._show(GATHERED)
        return page, view_key

    def lay_out(self, page: str) -> Rendered:
        """The checked PDF. Nothing of the database is held meanwhile."""
        files = {name: path.read_bytes() for name, path in FILES.items()}
        try:
            rendered = engine().render(page, files, within=limits(), watch=self._watch)
        except RenderFailed as failed:
            self._explain(failed)
        if rendered.unshown:
            logger.warning("document.unshown", **self.ids, count=rendered.unshown)
        with tenant_scope(self.partnership_id):
            self._show(CHECKED)
        return rendered

    def keep(self, rendered: Rendered, view_key: str) -> None:
        """Store the file and say so, if it is still wanted and its reader may still see it."""
        with tenant_scope(self.partnership_id):
            document = self._held(lock=True)
            actor, kind = self._reader(document)
            if kind.view_key(actor, document) != view_key:
                raise _Failed("What you may see changed while this document was being made. Try again.", code="view")
            # One name for all attempts, so that only one file ever stands; it names ids, and nobody.
            name = file_name(document)
            default_storage.delete(name)
            stored = default_storage.save(name, ContentFile(rendered.document))
            document.finish(
                file=stored,
                sha256=hashlib.sha256(rendered.document).hexdigest(),
                size=len(rendered.document),
                view_key=view_key,
                unshown=rendered.unshown,
            )
            document.save()
            self._record(DocumentVerb.FINISHED, document, sha256=document.sha256, size=document.size)

    def fail(self, sentence: str, **codes: str) -> None:
        """Tell the person who waits, and the log by ids."""
        with tenant_scope(self.partnership_id):
            try:
                document = self._held(lock=True)
            except _Gone:
                return
            self._record_failure(document, sentence, **codes)

    def _record_failure(self, document: Document, sentence: str, **codes: str) -> None:
        document.fail(failure=sentence)
        document.save(update_fields=["state", "failure", "leased_until"])
        self._record(DocumentVerb.FAILED, document, code=codes.get("code", ""))
        tell = logger.info if codes.get("code") in NOBODYS_FAULT else logger.error
        tell("document.failed", **self.ids, **codes)

    def _held(self, *, lock: bool) -> Document:
        """The document, if this attempt still has it; raises _Gone."""
        found = Document.objects.select_related("asked_by").filter(
            pk=self.document_id, state=DocumentState.RENDERING, leased_until=self.lease
        )
        document: Document | None = (found.select_for_update(of=("self",)) if lock else found).first()
        if document is None:
            raise _Gone
        return document

    def _reader(self, document: Document) -> tuple[Actor, kinds.DocumentKind]:
        """The hat that asked, with the memberships it has today, and the kind; raises _Failed if it may see no more."""
        agency = Agency.objects.filter(pk=document.asked_for_agency).first()
        kind = kinds.find(document.kind)
        if agency is None or kind is None or not document.asked_by.is_active:
            raise _Failed(NO_LONGER, code="withdrawn")
        actor = actor_for(document.asked_by, agency)
        try:
            allowed = bool(actor.roles) and kinds.may_see(actor, document)
        except EarlyHelpError:
            allowed = False
        if not allowed:
            raise _Failed(NO_LONGER, code="withdrawn")
        return actor, kind

    def _watch(self, step: str) -> None:
        """Twice a second while the renderer works: show progress, and stop when nobody wants the document any more."""
        with tenant_scope(self.partnership_id):
            if step == "rendered":
                self._show(RENDERED)
            else:
                self._held(lock=False)

    def _show(self, progress: int) -> None:
        held = Document.objects.filter(pk=self.document_id, state=DocumentState.RENDERING, leased_until=self.lease)
        if not held.update(progress=progress):
            raise _Gone

    def _explain(self, failed: RenderFailed) -> NoReturn:
        if failed.code == "checks":
            words = "; ".join(faults.WORDS[code] for code in failed.detail.split("+"))
            sentence = f"Not everybody could read this document, so it was not kept: {words}. Tell your administrator."
            raise _Failed(sentence, code="checks", error=failed.detail)
        raise _Failed(OF_CODE.get(failed.code, TROUBLE), code=failed.code, error=failed.detail or "none") from failed

    def _record(self, verb: DocumentVerb, document: Document, **detail: Any) -> None:
        by = system(self.partnership_id)
        audit.record(by=by, verb=verb, subject=document, case_id=document.case_id, kind=document.kind, **detail)


def file_name(document: Document) -> str:
    """Where a document is kept: ids alone."""
    return f"documents/{document.partnership_id}/{document.pk}.pdf"
