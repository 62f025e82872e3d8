"""Which documents there are. Rooms above fill this; a kind that nobody added refuses everything.

In `AppConfig.ready()`, where the template extends `pdf/base.html`:

    kinds.add("eha", DocumentKind(template=…, title="Early Help Assessment", context=…, may_see=…, view_key=…))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.common.actors import Actor
from foundation.documents.models import Document


def _one_view(actor: Actor, document: Document) -> str:
    return ""


def _no_page(slug: str, document: Document) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """How one kind of document is built, and who may see it.

    `context` is asked when the document is made, for the person who asked with the hat they wore, so it holds what
    that hat may see and no more. `may_see` is asked for each page, list and download, and before a document is made;
    the document may not be saved yet. `view_key` (up to 64 characters) changes when the hat may see less or more
    than before: a document made under another key is not given out any more (EHA-9, CON-2).
    `subject_url` is where the page about a document leads back to.
    """

    template: str
    title: str
    context: Callable[[Actor, Document], Mapping[str, Any]]
    may_see: Callable[[Actor, Document], bool]
    view_key: Callable[[Actor, Document], str] = _one_view
    subject_url: Callable[[str, Document], str] = _no_page


_kinds: dict[str, DocumentKind] = {}


def add(name: str, kind: DocumentKind) -> None:
    """Add a kind under its name; the last one given wins."""
    _kinds[name] = kind


def find(name: str) -> DocumentKind | None:
    """The kind of that name, or None, which every caller takes as a refusal."""
    return _kinds.get(name)


def may_see(actor: Actor, document: Document) -> bool:
    """Whether a hat may know of a document: its kind stands, it was made for this agency, and the kind agrees."""
    kind = find(document.kind)
    return kind is not None and document.asked_for_agency == actor.agency_id and kind.may_see(actor, document)


def same_view(actor: Actor, document: Document) -> bool:
    """Whether the hat may see today just what it might when the document was made."""
    kind = find(document.kind)
    return kind is not None and kind.view_key(actor, document) == document.view_key


def subject_url(slug: str, document: Document) -> str:
    """The address of what a document is about; "" where its kind names none."""
    kind = find(document.kind)
    return kind.subject_url(slug, document) if kind else ""
