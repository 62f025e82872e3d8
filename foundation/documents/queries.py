"""Which documents somebody may see. The kind decides, each time anew; nothing else does."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage

from foundation.common.actors import Actor
from foundation.common.errors import NotThere
from foundation.documents import kinds
from foundation.documents.enums import DocumentState
from foundation.documents.models import Document

MOST_IN_A_LIST = 20


def document_for(actor: Actor, document_id: UUID) -> Document:
    """One document; NotThere where the actor may not know of it (any more)."""
    document: Document | None = Document.objects.select_related("asked_by").filter(pk=document_id).first()
    if document is None or not kinds.may_see(actor, document):
        raise NotThere
    return document


def visible_documents(actor: Actor, subject_kind: str, subject_id: UUID) -> list[Document]:
    """The newest documents of one subject that the actor's hat may see, newest first; cancelled ones are left out."""
    found = (
        Document.objects.filter(subject_kind=subject_kind, subject_id=subject_id, asked_for_agency=actor.agency_id)
        .exclude(state=DocumentState.CANCELLED)
        .select_related("asked_by")
        .order_by("-asked_at", "-id")[:MOST_IN_A_LIST]
    )
    return [document for document in found if kinds.may_see(actor, document)]


def kept_bytes(document: Document) -> bytes | None:
    """The kept file as it is, which may not be as it was; None where there is none."""
    try:
        with default_storage.open(document.file) as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None
