"""Reading enquiries: who sees which, and what a screener needs beside one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cases.enums import GrantLevel
from consent.models import ConsentAgency
from foundation.accounts import queries as accounts
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import NotThere
from foundation.deadlines import queries as deadlines
from foundation.deadlines.enums import DeadlineState
from foundation.deadlines.models import Deadline
from foundation.partnership.enums import ClockKind
from foundation.ui.paging import Count as Bounded
from foundation.ui.paging import bounded_count
from intake.enums import AGENCY_OVERSEERS, SCREENERS, WRITERS, EnquiryState, ToldHow
from intake.models import Enquiry, EnquiryDraft, Told

COUNT_BOUND = 1_000
EARLIER_SHOWN = 10


def visible_to(actor: Actor) -> QuerySet[Enquiry]:
    """Enquiries that a hat may see; nothing else decides it.

    The hub sees all of the partnership; a manager or safeguarding lead those that their agency sent; whoever writes
    enquiries the ones they sent for this agency; nobody else any.
    """
    if actor.has(*SCREENERS):
        return Enquiry.objects.all()
    if actor.has(*AGENCY_OVERSEERS):
        return Enquiry.objects.filter(sent_for_id=actor.agency_id)
    if actor.has(*WRITERS):
        return Enquiry.objects.filter(sent_for_id=actor.agency_id, sent_by_id=actor.user_id)
    return Enquiry.objects.none()


def enquiry(actor: Actor, enquiry_id: UUID) -> Enquiry:
    """One enquiry with what its pages show; NotThere if there is none or it is not the actor's to see."""
    found = (
        visible_to(actor)
        .select_related(
            "sent_by", "sent_for", "taken_by", "decided_by", "consent__case", "case__lead", "case__lead_agency"
        )
        .filter(pk=enquiry_id)
        .first()
    )
    if found is None:
        raise NotThere()
    return found


def sent_from(actor: Actor) -> QuerySet[Enquiry]:
    """What the hat's own agency has sent, as far as the actor sees it, newest first: the page of one's enquiries."""
    seen = visible_to(actor).filter(sent_for_id=actor.agency_id).select_related("sent_by")
    return seen.order_by("-received_at", "-id")


def drafts(actor: Actor) -> QuerySet[EnquiryDraft]:
    """What the actor is still writing for this agency, last saved first. Nobody else sees a draft, wherever."""
    return EnquiryDraft.objects.filter(writer_id=actor.user_id, agency_id=actor.agency_id).order_by("-saved_at", "-id")


def draft(actor: Actor, draft_id: UUID) -> EnquiryDraft:
    """One draft of the actor's own; NotThere for anyone else's."""
    found = drafts(actor).filter(pk=draft_id).first()
    if found is None:
        raise NotThere()
    return found


def sent_as(actor: Actor, draft_id: UUID) -> Enquiry | None:
    """What became of a draft that the actor has sent already."""
    return Enquiry.objects.filter(draft_key=draft_id, sent_by_id=actor.user_id, sent_for_id=actor.agency_id).first()


def queue(actor: Actor, *, state: str = "open", need: str = "", agency_id: UUID | None = None) -> QuerySet[Enquiry]:
    """The hub's list: the clock that began first comes first (INT-4, decision 026).

    `state` is "open" (waiting or being screened), "mine" (being screened by the actor), "late" or "today" (by its
    clock), "untold" (decided, and no message, letter or call has told the sender) or a state's own value.
    """
    rows = visible_to(actor).select_related("sent_for", "taken_by").order_by("received_at", "id")
    if state == "mine":
        rows = rows.filter(state=EnquiryState.TAKEN, taken_by_id=actor.user_id)
    elif state in BY_CLOCK:
        due = BY_CLOCK[state](screening_clocks(actor), clock.now())
        rows = rows.filter(pk__in=due.order_by().values("subject_id"))
    elif state == "untold":
        rows = rows.filter(pk__in=_not_told().values("enquiry_id"))
    elif state in EnquiryState.values:
        rows = rows.filter(state=state)
    else:
        rows = rows.filter(state__in=[EnquiryState.WAITING, EnquiryState.TAKEN])
    if need:
        rows = rows.filter(needs__contains=[need])
    if agency_id:
        rows = rows.filter(sent_for_id=agency_id)
    return rows.defer("worries", "working_well", "tried", "wishes", "address", "phone", "reason")


# What the queue is narrowed to by its clocks.
BY_CLOCK = {"late": deadlines.late, "today": deadlines.due_today}


def screening_clocks(actor: Actor) -> QuerySet[Deadline]:
    """The running clocks of the decisions that the hub owes; none for anybody else (INT-8)."""
    if not actor.has(*SCREENERS):
        return Deadline.objects.none()
    found: QuerySet[Deadline] = Deadline.objects.filter(
        kind=ClockKind.SCREENING_DECISION, state=DeadlineState.RUNNING, for_figures=False, agency=None
    )
    return found


def clocks_of(enquiries: Iterable[Enquiry]) -> dict[UUID, Deadline]:
    """The open clock of each decision, of enquiries that the reader may see; one query, none for an empty list."""
    ids = [each.pk for each in enquiries if each.state != EnquiryState.DECIDED]
    found = deadlines.of_subjects(ids).filter(kind=ClockKind.SCREENING_DECISION) if ids else ()
    return {one.subject_id: one for one in found}


def told_of(this: Enquiry) -> QuerySet[Told]:
    """How its sender was told, oldest first (INT-9)."""
    found: QuerySet[Told] = this.told.select_related("by").order_by("at", "id")
    return found


def sender_can_read(this: Enquiry) -> bool:
    """Whether the sender still has a role that opens the enquiry to them here."""
    roles = [*SCREENERS, *AGENCY_OVERSEERS, *WRITERS]
    held = accounts.memberships_in_force().filter(user_id=this.sent_by_id, agency_id=this.sent_for_id)
    return bool(held.filter(role__in=roles).exists())


def _not_told() -> QuerySet[Told]:
    """Messages that did not arrive, where nothing else has told the sender."""
    otherwise = Told.objects.filter(enquiry_id=OuterRef("enquiry_id"), told_at__isnull=False)
    found: QuerySet[Told] = Told.objects.filter(~Exists(otherwise), how=ToldHow.MESSAGE, failed_at__isnull=False)
    return found


def oldest_waiting(actor: Actor) -> QuerySet[Enquiry]:
    """What "take the oldest" takes first."""
    return visible_to(actor).filter(state=EnquiryState.WAITING).order_by("received_at", "id")


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How much is in the queue, counted as far as `COUNT_BOUND`; `more` says that there is more than that."""

    waiting: int
    taken: int
    mine: int
    more: bool
    late: int
    today: int


def queue_counts(actor: Actor) -> QueueCounts:
    """The counts above the queue, by two bounded queries: of the enquiries, and of their clocks."""
    some = queue(actor).order_by().select_related(None)[: COUNT_BOUND + 1]
    found = some.aggregate(
        waiting=Count("pk", filter=Q(state=EnquiryState.WAITING)),
        taken=Count("pk", filter=Q(state=EnquiryState.TAKEN)),
        mine=Count("pk", filter=Q(state=EnquiryState.TAKEN, taken_by_id=actor.user_id)),
    )
    more = found["waiting"] + found["taken"] > COUNT_BOUND
    return QueueCounts(**found, **_clock_counts(actor), more=more)


def senders_not_told(actor: Actor) -> Bounded:
    """How many decisions no message, letter or call has told their sender of (INT-9)."""
    return bounded_count(queue(actor, state="untold").select_related(None))


def _clock_counts(actor: Actor) -> dict[str, int]:
    """How many decisions are late and due today, counted among those that are due first."""
    now = clock.now()
    midnight = clock.today() + dt.timedelta(days=1)
    first = screening_clocks(actor).order_by(*deadlines.BY_DUE)[: COUNT_BOUND + 1]
    return first.aggregate(
        late=Count("pk", filter=Q(due_at__lt=now)),
        today=Count(
            "pk", filter=Q(due_at__gte=now, due_at__lt=dt.datetime.combine(midnight, dt.time.min, clock.LONDON))
        ),
    )


def earlier_of_the_name(actor: Actor, this: Enquiry) -> QuerySet[Enquiry]:
    """Other enquiries about a family of exactly this name, newest first; finding likely ones comes with matching."""
    same = visible_to(actor).filter(family_name=this.family_name).exclude(pk=this.pk)
    return same.order_by("-received_at", "-id")[:EARLIER_SHOWN]


def possible_leads(consent_id: UUID) -> QuerySet[Membership]:
    """Who could lead: people who work with families in the agencies that the consent lets work on the case."""
    named = ConsentAgency.objects.filter(consent_id=consent_id, level=GrantLevel.CONTRIBUTE, withdrawn_at=None).values(
        "agency_id"
    )
    found = accounts.memberships_in_force().filter(role__in=accounts.LEADING, agency_id__in=named)
    return found.select_related("user", "agency", "team").order_by(
        "agency__name", "user__full_name", "user_id", "team__name", "id"
    )
