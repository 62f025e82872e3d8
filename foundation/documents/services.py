"""Every way a document is written: asked for, cancelled, asked for again, downloaded, and made (`render`)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django_fsm import can_proceed

from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, NotAllowed
from foundation.documents import kinds, policies, queries
from foundation.documents.enums import UNDER_WAY, DocumentState, DocumentVerb
from foundation.documents.making import StillBeingMade, file_name, render
from foundation.documents.models import Document
from foundation.outbox import services as outbox

__all__ = ["RENDER", "Download", "StillBeingMade", "ask_again", "ask_for", "cancel", "download", "render"]

RENDER = "document.render"
LONGEST_TITLE = 200

logger = structlog.get_logger("documents")


@dataclass(frozen=True)
class Download:
    """A document, and its bytes if the kept file is the one that was made."""

    document: Document
    content: bytes | None


@transaction.atomic
def ask_for(
    *, by: Actor, kind: str, subject_kind: str, subject_id: UUID, case_id: UUID | None, title: str = ""
) -> Document:
    """Ask for a document of what the actor may see; it is made in the background (EHA-9).

    Asking again for the same while it is under way gives the same document. `title` names the thing and nobody; by
    default it is the kind's. Raises NotAllowed for an unknown kind, and where the actor may not see the subject.
    """
    if by.user_id is None or by.agency_id is None:
        raise NotAllowed("A document is made for a person and their agency.")
    known = kinds.find(kind)
    same = {"kind": kind, "subject_kind": subject_kind, "subject_id": subject_id}
    wanted = Document(
        **same,
        title=(title or (known.title if known else ""))[:LONGEST_TITLE],
        case_id=case_id,
        asked_by_id=by.user_id,
        asked_for_agency=by.agency_id,
        asked_at=clock.now(),
    )
    policies.check_can_ask(by=by, document=wanted)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        standing = Document.objects.filter(
            **same, asked_by=by.user_id, asked_for_agency=by.agency_id, state__in=UNDER_WAY
        ).first()
        if standing is None:  # finished in this very moment
            raise Clash("This document has just been made. Look at it before you ask for another.") from None
        return standing
    audit.record(by=by, verb=DocumentVerb.ASKED, subject=wanted, case_id=case_id, kind=kind, subject_id=subject_id)
    outbox.put(topic=RENDER, payload={"document_id": str(wanted.pk)})
    return wanted


@transaction.atomic
def cancel(*, by: Actor, document_id: UUID) -> Document:
    """Stop a document that is not made yet; who makes it notices within a second. Twice is harmless."""
    document = _locked(by, document_id)
    policies.check_asked_for_it(by=by, document=document)
    if document.state == DocumentState.CANCELLED:
        return document
    if not can_proceed(document.cancel):
        raise Clash(f"This document cannot be cancelled: it is “{DocumentState(document.state).label.lower()}”.")
    document.cancel()
    document.save(update_fields=["state", "leased_until"])
    audit.record(by=by, verb=DocumentVerb.CANCELLED, subject=document, case_id=document.case_id)
    # A worker that died just after it wrote may have left a file.
    transaction.on_commit(lambda: default_storage.delete(file_name(document)))
    return document


@transaction.atomic
def ask_again(*, by: Actor, document_id: UUID) -> Document:
    """Have a failed or cancelled document made once more, of what the asker may see now."""
    document = _locked(by, document_id)
    policies.check_asked_for_it(by=by, document=document)
    if document.state in UNDER_WAY:
        return document
    if not can_proceed(document.ask_again):
        raise Clash("This document is ready: you can download it.")
    document.ask_again()
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError:
        raise Clash("You have asked for this document again already; that one is being made.") from None
    audit.record(by=by, verb=DocumentVerb.ASKED_AGAIN, subject=document, case_id=document.case_id)
    outbox.put(topic=RENDER, payload={"document_id": str(document.pk)})
    return document


@transaction.atomic
def download(*, by: Actor, document_id: UUID, reading: bool = True) -> Download:
    """The bytes of a ready document, its hash compared; recorded when they are read and not only asked about.

    Raises NotThere where the actor may not see the subject now, NotAllowed where they may see other than then, Clash
    before it is ready. A missing or changed file is not given out: the document is failed, and `content` is None.
    """
    document = queries.document_for(by, document_id)
    if document.state != DocumentState.READY:
        raise Clash(f"This document is not ready to download: it is “{DocumentState(document.state).label.lower()}”.")
    policies.check_same_view(by=by, document=document)
    content = queries.kept_bytes(document)
    if content is None or not hmac.compare_digest(hashlib.sha256(content).hexdigest(), document.sha256):
        return Download(_damaged(by, document_id, missing=content is None), None)
    if reading:
        audit.record(
            by=by, verb=DocumentVerb.DOWNLOADED, subject=document, case_id=document.case_id, sha256=document.sha256
        )
        audit.viewed(by=by, subject=document, case_id=document.case_id, how="download")
    return Download(document, content)


def _damaged(by: Actor, document_id: UUID, *, missing: bool) -> Document:
    document = _locked(by, document_id)
    if not can_proceed(document.find_damaged):
        return document
    trouble = "can no longer be found" if missing else "is not the one that was made"
    document.find_damaged(failure=f"The file of this document {trouble}, so it is not given out. Ask for it again.")
    document.save(update_fields=["state", "failure"])
    code = "missing" if missing else "changed"
    audit.record(by=by, verb=DocumentVerb.DAMAGED, subject=document, case_id=document.case_id, code=code)
    logger.error(
        "document.damaged", partnership_id=str(document.partnership_id), document_id=str(document.pk), code=code
    )
    return document


def _locked(by: Actor, document_id: UUID) -> Document:
    """The document, its row locked, if the actor may see it."""
    queries.document_for(by, document_id)
    document: Document = Document.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=document_id)
    return document
