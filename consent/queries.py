"""What consents say: whom they cover, which doors they hold open, and the history that the case page tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet

from cases.enums import CaseState, GrantLevel
from cases.models import Case
from cases.queries import LetIn
from cases.words import name_of
from consent.enums import ConsentState, InformationKind
from consent.models import Consent, ConsentAgency, ConsentPerson
from foundation.accounts.models import Agency
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import NotThere

# A door: an agency's group and what it may do; with it the last day that the door is open (None: no end is set).
Doors = dict[tuple[Group, GrantLevel], dt.date | None]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an agency may see a case today."""

    door: LetIn
    leads: bool
    dates: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One consent as the case page tells it to one reader. `people` are those whom the reader may know about."""

    consent: Consent
    holds: bool
    ended: bool
    people: tuple[str, ...]
    others: bool
    information: tuple[str, ...]
    named: tuple[ConsentAgency, ...]
    taken_back: tuple[ConsentAgency, ...]

    @classmethod
    def of(cls, consent: Consent, known: Collection[UUID], *, whole: bool) -> Story:
        """Tell a consent whose agencies and people are fetched, to a reader who may know of the people `known`.

        Which agencies the family took back alone, and who said so, is told with `whole`: to the agency that leads.
        """
        withdrawn = consent.state == ConsentState.WITHDRAWN
        ended = not withdrawn and consent.ends_on is not None and consent.ends_on < clock.today()
        entries = sorted(consent.agencies.all(), key=lambda entry: entry.agency.name)
        people = [entry.person for entry in consent.people.all()]
        return cls(
            consent=consent,
            holds=not withdrawn and not ended,
            ended=ended,
            people=tuple(name_of(person) for person in people if person.pk in known),
            others=any(person.pk not in known for person in people),
            information=tuple(InformationKind(kind).label for kind in consent.information),
            named=tuple(entry for entry in entries if entry.withdrawn_at is None),
            taken_back=tuple(entry for entry in entries if whole and entry.withdrawn_at is not None),
        )


def in_force(prefix: str = "") -> Q:
    """The condition that a consent holds today: neither withdrawn nor past its last day. `prefix` leads to it."""
    today = clock.today()
    begun = Q(**{f"{prefix}state": ConsentState.IN_FORCE, f"{prefix}given_on__lte": today})
    return begun & (Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": today}))


def covered(case_ids: Iterable[UUID]) -> Mapping[UUID, Mapping[UUID, Mapping[UUID, str]]]:
    """Of each case, of each person: the agencies that a consent in force lets know about them (`cases.disclosure`)."""
    found: dict[UUID, dict[UUID, dict[UUID, str]]] = {}
    rows = (
        ConsentPerson.objects.filter(
            in_force("consent__"),
            consent__case__in=list(case_ids),
            consent__agencies__withdrawn_at__isnull=True,
            consent__agencies__agency__active=True,
        )
        .values_list("consent__case_id", "person_id", "consent__agencies__agency_id", "consent__agencies__agency__name")
        .distinct()
    )
    for case_id, person_id, agency_id, name in rows:
        found.setdefault(case_id, {}).setdefault(person_id, {})[agency_id] = name
    return found


def may_reach(case_id: UUID, agency_id: UUID) -> bool:
    """Whether a consent in force lets an agency know who is in the family and how to reach them."""
    named = _named_today(case_id).filter(agency=agency_id, agency__active=True)
    return any(InformationKind.FAMILY in kinds for kinds in named.values_list("consent__information", flat=True))


def doors_of(case: Case) -> Doors:
    """Every door that should stand open today: what `services.reckon_grants` brings about.

    An agency has what the widest of its consents gives it, and keeps each part as long as the longest consent that
    gives that part. The agency that leads an open case keeps its own record without any (decision 006).
    """
    doors: Doors = {}
    if case.state == CaseState.OPEN:
        group = case.lead_agency.group
        doors[group, GrantLevel.SEE] = doors[group, GrantLevel.CONTRIBUTE] = None
    named = _named_today(case.pk)
    for entry in named.select_related("consent", "agency__group"):
        for level in _levels_within(GrantLevel(entry.level)):
            door = (entry.agency.group, level)
            doors[door] = _later(doors[door], entry.consent.ends_on) if door in doors else entry.consent.ends_on
    return doors


def consents_of(actor: Actor, case: Case) -> QuerySet[Consent]:
    """The consents of a case, newest first: to the agency that leads it all that there ever were, to another those
    that let it in today.
    """
    consents = Consent.objects.filter(case=case)
    if actor.agency_id != case.lead_agency_id:
        consents = consents.filter(pk__in=_named_today(case.pk).filter(agency=actor.agency_id).values("consent"))
    return (
        consents.select_related("case", "recorded_by", "recorded_for", "withdrawn_by")
        .prefetch_related("agencies__agency", "agencies__withdrawn_by", "people__person")
        .order_by("-given_on", "-id")
    )


def entries_told(actor: Actor, case: Case) -> Q:
    """What the case page's trail tells of consent to an agency that does not lead: of those that let it in today."""
    return Q(subject_id__in=_named_today(case.pk).filter(agency=actor.agency_id).values("consent"))


def reasons_of(case: Case, let_in: Iterable[LetIn]) -> list[Reason]:
    """For each agency that may see a case, why: the days of the consents in force that name it, or that it leads."""
    naming: dict[UUID, set[dt.date]] = {}
    for agency_id, given_on in _named_today(case.pk).values_list("agency_id", "consent__given_on"):
        naming.setdefault(agency_id, set()).add(given_on)
    return [
        Reason(door, door.agency.pk == case.lead_agency_id, tuple(sorted(naming.get(door.agency.pk, ()))))
        for door in let_in
    ]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a withdrawal does to one agency: `stays` names another consent that keeps it in, `leads` its own record."""

    agency: Agency
    leads: bool
    stays: Consent | None


def effects_of(consent: Consent, entries: Iterable[ConsentAgency]) -> list[Effect]:
    """What withdrawing these entries of a consent would do today, agency by agency."""
    others: dict[UUID, Consent] = {}
    if consent.case_id is not None:
        named = _named_today(consent.case_id).filter(agency__active=True).exclude(consent=consent.pk)
        newest_last = named.select_related("consent").order_by("consent__given_on", "consent")
        others = {entry.agency_id: entry.consent for entry in newest_last}
    leader = consent.case.lead_agency_id if consent.case else None
    return [Effect(entry.agency, entry.agency_id == leader, others.get(entry.agency_id)) for entry in entries]


def consent_for(consent_id: UUID) -> Consent:
    """A consent of this partnership with its case, for those whom a policy then lets go on; NotThere for none."""
    found: Consent | None = (
        Consent.objects.select_related(
            "case__family", "case__lead", "case__lead_agency", "withdrawn_by", "recorded_for"
        )
        .filter(pk=consent_id)
        .first()
    )
    if found is None:
        raise NotThere
    return found


def still_named(consent: Consent) -> list[ConsentAgency]:
    """The agencies of a consent that the family has not taken back, by name."""
    if consent.state == ConsentState.WITHDRAWN:
        return []
    rows = ConsentAgency.objects.filter(consent=consent, withdrawn_at__isnull=True)
    return list(rows.select_related("agency").order_by("agency__name"))


def said_before(case: Case, consent: Consent) -> bool:
    """Whether another consent of the case, in force, says the same of the same people to the same agencies."""
    alike = ("given_by", "how", "witness", "paper_kept_at", "information", "given_on", "ends_on")
    same = {name: getattr(consent, name) for name in alike}
    others = Consent.objects.filter(in_force(), case=case, **same).exclude(pk=consent.pk)
    this = _scope_of(consent)
    return any(_scope_of(other) == this for other in others)


def agencies_to_name() -> QuerySet[Agency]:
    """Agencies that a consent can name, by name."""
    return Agency.objects.filter(active=True).order_by("name")


def _named_today(case_id: UUID) -> QuerySet[ConsentAgency]:
    """What each consent in force says of each agency that it still names."""
    named: QuerySet[ConsentAgency] = ConsentAgency.objects.filter(
        in_force("consent__"), consent__case=case_id, withdrawn_at__isnull=True
    )
    return named


def _scope_of(consent: Consent) -> tuple[set[tuple[UUID, str]], set[UUID]]:
    """Which agencies a consent still names, at which level, and whom it is about."""
    named = consent.agencies.filter(withdrawn_at__isnull=True).values_list("agency", "level")
    return set(named), set(consent.people.values_list("person", flat=True))


def _levels_within(level: GrantLevel) -> Iterator[GrantLevel]:
    """To work on a case is to see it as well."""
    yield GrantLevel.SEE
    if level == GrantLevel.CONTRIBUTE:
        yield GrantLevel.CONTRIBUTE


def _later(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return None if one is None or other is None else max(one, other)
