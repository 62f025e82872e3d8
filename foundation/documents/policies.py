"""Who may do what with a document. What its state allows is the workflow's; this is about people."""

from __future__ import annotations

from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed
from foundation.common.policy import policy
from foundation.documents import kinds
from foundation.documents.models import Document


@policy
def check_can_ask(*, by: Actor, document: Document) -> None:
    """Whoever may see the subject with this hat may ask for a document of it (EHA-9)."""
    if not kinds.may_see(by, document):
        raise NotAllowed("You cannot ask for this document with the role you have here.")


@policy
def check_asked_for_it(*, by: Actor, document: Document) -> None:
    """Only who asked may stop it or ask once more: it is made of what they may see."""
    if by.user_id is None or document.asked_by_id != by.user_id:
        raise NotAllowed("Only the person who asked for this document can do this. You can ask for one of your own.")


@policy
def check_same_view(*, by: Actor, document: Document) -> None:
    """What was left out then may not be what must be left out now (CON-2, EHA-9)."""
    if not kinds.same_view(by, document):
        raise NotAllowed(
            "What you may see has changed since this document was made, so it cannot be downloaded any more. "
            "Ask for a new one."
        )
