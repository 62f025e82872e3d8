"""Which cases somebody may see: one query for lists, detail, counts, documents and every room above (CON-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from cases import clocks
from cases.enums import SEEING_ROLES, WORKING_ROLES, CaseState, GrantLevel
from cases.models import Case, CaseGrant, Contact, SavedFilter
from cases.registries import happenings
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed, NotThere
from foundation.deadlines.enums import DeadlineState
from foundation.deadlines.models import Deadline
from foundation.tenancy.models import Partnership

NEWEST_FIRST = ("-newest", "-newest_id")
MOST_HAPPENINGS = 12
CONTACTS_SHOWN = 3
LATEST_CONTACT_FIRST = ("-at", "-id")
# What no list shows of a family and of who leads: left out of a list's rows.
UNSEEN = (
    "family__address", "family__phone", "family__created_at", "lead__password", "lead__email", "lead__home_key",
)  # fmt: skip
NO_CASES = "Your role does not open families’ cases. If you need one for your work, ask your manager."
# Roles to which a case will be opened in a way of its own: they are told which, so that nobody looks for a fault.
NO_CASES_YET = {
    Role.SOCIAL_WORKER: "Social workers see a case while it moves to social care or back. None is moving to you now.",
    Role.AUDITOR: "Auditors see the cases that are sampled for an audit. No case is sampled for you now.",
}


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Cases open to the actor's agency by a grant whose last day has not passed; nothing else decides (CON-2).

    An agency has at most one row of each kind in a case, so that no case comes twice. The hat's role must be one
    that looks at cases at all: administrators and analysts see none.
    """
    return _let_in(actor, GrantLevel.SEE, SEEING_ROLES)


def visible_ids(actor: Actor) -> QuerySet[Any, Any]:
    """The ids of the same cases, from the grants alone: for asking of one thing after another whether it is seen."""
    if actor.agency_id is None or not actor.has(*SEEING_ROLES):
        return CaseGrant.objects.none().values("content_object_id")
    return CaseGrant.objects.filter(_open_door(actor, GrantLevel.SEE)).values("content_object_id")


def workable_ids(actor: Actor) -> QuerySet[Any, Any]:
    """The ids of the cases that the actor may work on."""
    return workable_by(actor).values("pk")


def workable_by(actor: Actor) -> QuerySet[Case]:
    """Open cases that a grant lets the actor's agency work on, for the roles that do such work (CON-2)."""
    return _let_in(actor, GrantLevel.CONTRIBUTE, WORKING_ROLES).filter(state=CaseState.OPEN)


def case_for(actor: Actor, case_id: UUID) -> Case:
    """One case with its family, lead and team, if the actor may see it (ACC-6).

    Raises NotThere for what is missing or another partnership's, and NotAllowed, saying whom to ask, for a case of
    this partnership that is not open to the actor.
    """
    found = visible_to(actor).select_related("family", "lead", "lead_agency", "team").filter(pk=case_id).first()
    if found is not None:
        return found
    if not Case.objects.filter(pk=case_id).exists():
        raise NotThere
    if not actor.has(*SEEING_ROLES):
        raise NotAllowed(why_no_cases(actor))
    door = Partnership.objects.only("front_door").get(pk=actor.partnership_id).front_door
    raise NotAllowed(f"This case is not open to your agency. Ask the {door}: they can ask the family for consent.")


def why_no_cases(actor: Actor) -> str:
    """For a hat whose role opens no case by an agency's grant: why, and what would (ACC-6)."""
    return next((words for role, words in NO_CASES_YET.items() if actor.has(role)), NO_CASES)


def newest_cases(actor: Actor, *, whose: str = "") -> QuerySet[Case]:
    """The cases that the actor may see with what a list shows of each, to be paged in the order `NEWEST_FIRST`.

    The order is of what stands in the grant's row, so that one index gives a page without sorting. `whose` is as in
    `of_whom`; what else a list is narrowed by, `cases.filters` adds.
    """
    cases = visible_to(actor).annotate(newest=F("grants__opened_at"), newest_id=F("grants__content_object_id"))
    return of_whom(cases, actor, whose).select_related("family", "lead", "lead_agency").defer(*UNSEEN)


def of_whom(cases: QuerySet[Case], actor: Actor, whose: str) -> QuerySet[Case]:
    """Of these cases those that the actor leads ("mine"), their teams' ("team"), their agency's ("agency"), or all."""
    if whose not in {"mine", "team", "agency"}:
        return cases
    led = cases.filter(lead_agency_id=actor.agency_id)
    if whose == "mine":
        return led.filter(lead_id=actor.user_id)
    return led.filter(team_id__in=list(actor.team_ids)) if whose == "team" else led


def my_cases(actor: Actor, most: int) -> list[Case]:
    """The open cases that the actor leads, those first whose clock runs out soonest, each with its open clocks and
    with whether the actor may work on it: one query.
    """
    mine = newest_cases(actor, whose="mine").filter(state=CaseState.OPEN)
    mine = mine.annotate(may_work=Exists(workable_by(actor).filter(pk=OuterRef("pk"))))
    found = list(clocks.with_open(by_next_clock(mine))[:most])
    for case in found:
        _work_known(case)[actor] = case.may_work  # type: ignore[attr-defined]
    return found


def workable_among(actor: Actor, cases: Iterable[Case]) -> set[UUID]:
    """Which of these cases the actor may work on; looked up once for these `case` objects."""
    cases = list(cases)
    unknown = [case.pk for case in cases if actor not in _work_known(case)]
    found = set(workable_by(actor).filter(pk__in=unknown).values_list("pk", flat=True)) if unknown else set()
    for case in cases:
        _work_known(case).setdefault(actor, case.pk in found)
    return {case.pk for case in cases if _work_known(case)[actor]}


def by_next_clock(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Of a few cases those first whose clock runs out soonest, then those without one, the newest first."""
    running = Deadline.objects.filter(case_id=OuterRef("pk"), state=DeadlineState.RUNNING, for_figures=False)
    soonest = Subquery(running.order_by("due_at").values("due_at")[:1])
    return cases.annotate(next_due_at=soonest).order_by(F("next_due_at").asc(nulls_last=True), *NEWEST_FIRST)


def family_names(actor: Actor, case_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The families' names of those of these cases that the actor may see."""
    seen = visible_to(actor).filter(pk__in=list(case_ids))
    return dict(seen.values_list("pk", "family__name"))


def contacts_of(actor: Actor, case: Case) -> QuerySet[Contact]:
    """The contacts with the family of a case that the reader sees, to be read in the order `LATEST_CONTACT_FIRST`.

    Another agency than the lead's does not learn here of agencies that are not let in (any more). Their notes are
    for those who work on the case (`policies.check_can_record_contact`).
    """
    found: QuerySet[Contact] = Contact.objects.filter(case=case).select_related("made_by", "agency")
    if actor.agency_id == case.lead_agency_id:
        return found
    let_in = [door.agency.pk for door in agencies_let_in(case)]
    return found.filter(agency_id__in=[case.lead_agency_id, *let_in])


def saved_filters(actor: Actor) -> QuerySet[SavedFilter]:
    """The filters that the actor has named under this hat, by name."""
    own: QuerySet[SavedFilter] = SavedFilter.objects.filter(user_id=actor.user_id, agency_id=actor.agency_id)
    return own.order_by("name", "id")


def saved_filter(actor: Actor, filter_id: UUID) -> SavedFilter:
    """One of them; NotThere for anyone else's."""
    found = saved_filters(actor).filter(pk=filter_id).first()
    if found is None:
        raise NotThere
    return found


@dataclass(frozen=True, slots=True)
class LetIn:
    """An agency that may see a case today, its last day to see it, and to work on it if it may (None: no end)."""

    agency: Agency
    until: dt.date | None
    works: bool
    works_until: dt.date | None


def agencies_let_in(case: Case) -> list[LetIn]:
    """Who may see a case today, by name."""
    found: dict[int, dict[str, dt.date | None]] = {}
    in_time = Q(until__isnull=True) | Q(until__gte=clock.today())
    for grant in CaseGrant.objects.filter(in_time, content_object=case).select_related("permission"):
        found.setdefault(grant.group_id, {})[grant.permission.codename] = grant.until
    return [
        LetIn(agency, doors.get(GrantLevel.SEE), GrantLevel.CONTRIBUTE in doors, doors.get(GrantLevel.CONTRIBUTE))
        for agency in Agency.objects.filter(group__in=found, active=True).order_by("name")
        if (doors := found[agency.group_id])
    ]


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing done in a case, in words: who, for which agency, when."""

    at: dt.datetime
    who: str
    agency: str
    words: str


def latest_happenings(actor: Actor, case: Case) -> list[Happening]:
    """The newest of what the trail holds of a case, as far as a room has given words for it.

    The agency that leads reads all of it. Another agency does not learn here of consents that do not name it, nor of
    agencies that are not let in (any more) (CON-2).
    """
    told = AuditEntry.objects.filter(case_id=case.pk, verb__in=happenings.verbs())
    if actor.agency_id != case.lead_agency_id:
        of_those_let_in = Q(agency_id__in=[door.agency.pk for door in agencies_let_in(case)])
        told = told.filter(happenings.told_to(actor, case, otherwise=of_those_let_in))
    entries = list(told.select_related("user").order_by("-at", "-id")[:MOST_HAPPENINGS])
    agencies = dict(Agency.objects.filter(pk__in={entry.agency_id for entry in entries}).values_list("pk", "name"))
    return [
        Happening(
            at=entry.at,
            who=entry.user.full_name if entry.user else "Early Help",
            agency=agencies.get(entry.agency_id, ""),
            words=happenings.words(entry.verb) or "",
        )
        for entry in entries
    ]


def doors_to_see(actor: Actor) -> QuerySet[CaseGrant]:
    """The rows that open to the actor what `visible_to` holds, one for each case: counted without the cases."""
    if actor.agency_id is None or not actor.has(*SEEING_ROLES):
        return CaseGrant.objects.none()
    here = CaseGrant.objects.filter(partnership_id=actor.partnership_id)
    return here.filter(_open_door(actor, GrantLevel.SEE)).order_by()


def _work_known(case: Case) -> dict[Actor, bool]:
    known: dict[Actor, bool] = case.__dict__.setdefault("who_may_work", {})
    return known


def _let_in(actor: Actor, level: GrantLevel, roles: Sequence[Role]) -> QuerySet[Case]:
    """One join of one row: a second condition on `grants__` in a later `filter` would join the table again."""
    if actor.agency_id is None or not actor.has(*roles):
        return Case.objects.none()
    return Case.objects.filter(_open_door(actor, level, "grants__"))


def _open_door(actor: Actor, level: GrantLevel, grant: str = "") -> Q:
    """A row that lets the actor's agency in today; `grant` is the way to that row."""
    agency = Agency.objects.filter(pk=actor.agency_id, active=True).values("group_id")[:1]
    permission = Permission.objects.filter(
        content_type__app_label="cases", content_type__model="case", codename=level
    ).values("pk")[:1]
    in_time = Q(**{f"{grant}until__isnull": True}) | Q(**{f"{grant}until__gte": clock.today()})
    return in_time & Q(**{f"{grant}group": Subquery(agency), f"{grant}permission": Subquery(permission)})
