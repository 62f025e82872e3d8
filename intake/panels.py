"""What the front door hangs up in other rooms: its menu, what its clocks are about, its messages, its letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from cases import panels
from foundation.common.actors import Actor
from foundation.common.errors import NotThere
from foundation.deadlines import subjects
from foundation.documents import kinds as documents
from foundation.documents.models import Document
from foundation.notifications import kinds as messages
from foundation.partnership import queries as partnership
from foundation.ui import navigation
from intake import policies, queries, telling
from intake.enums import EnquiryState
from intake.models import Enquiry
from intake.services.telling import LETTER

KIND = "intake.enquiry"


def visible_ids(actor: Actor) -> QuerySet[Any, Any]:
    """Whose enquiry one may see sees its clocks (CLK-2)."""
    return queries.visible_to(actor).values("pk")


def workable_ids(actor: Actor) -> QuerySet[Any, Any]:
    """The hub does the work that they measure."""
    may = policies.check_can_screen.allows(by=actor)
    return (queries.visible_to(actor) if may else Enquiry.objects.none()).values("pk")


def describe(actor: Actor, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """The family's name, of enquiries that the actor may see."""
    return dict(queries.visible_to(actor).filter(pk__in=list(ids)).values_list("pk", "family_name"))


def url(slug: str, enquiry_id: UUID) -> str:
    """An address that leads each reader to the page that is theirs."""
    return reverse("intake:open", kwargs={"partnership": slug, "enquiry_id": enquiry_id})


def letter_context(actor: Actor, document: Document) -> dict[str, Any]:
    """Who sent it, its reference, and where to read the decision: nothing of a family (INT-9)."""
    enquiry = queries.enquiry(actor, document.subject_id)
    page = reverse("intake:sent", kwargs={"partnership": enquiry.partnership.slug, "enquiry_id": enquiry.pk})
    return {"enquiry": enquiry, "address": f"{settings.PUBLIC_ADDRESS}{page}", "ways": ways_to_the_door()}


def ways_to_the_door() -> list[str]:
    """Whom else to ring, as the pathway policy says; nobody where it names none."""
    try:
        held = partnership.current_policy().held.get("front_door_ways")
    except NotThere:
        return []
    return list(held.value or ()) if held else []


def letter_may_be_seen(actor: Actor, document: Document) -> bool:
    """The hub's alone, once there is a decision."""
    if not policies.check_can_screen.allows(by=actor):
        return False
    try:
        return queries.enquiry(actor, document.subject_id).state == EnquiryState.DECIDED
    except NotThere:
        return False


def hang() -> None:
    """Once, when the app is ready."""
    navigation.add("Queue", "intake:queue", lambda actor: policies.check_can_screen.allows(by=actor), order=10)
    navigation.add("My enquiries", "intake:mine", lambda actor: policies.check_can_write.allows(by=actor), order=40)
    navigation.add("Make an enquiry", "intake:start", lambda actor: policies.check_can_write.allows(by=actor), order=50)
    panels.looked_at.know(KIND, page="The enquiry")
    subjects.know(KIND, subjects.Subject(visible_ids, workable_ids, describe, url))
    messages.add(telling.DECIDED, words=telling.words, url=telling.link)
    documents.add(
        LETTER,
        documents.DocumentKind(
            template="intake/letter.html",
            title="Letter about a decision",
            context=letter_context,
            may_see=letter_may_be_seen,
            subject_url=lambda slug, document: url(slug, document.subject_id),
        ),
    )
