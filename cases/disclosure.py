"""What of a case one reader may see: the people whom a consent covers for the reader's agency (CON-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from uuid import UUID

from cases.enums import SEEING_ROLES
from cases.models import Case, FamilyMember
from foundation.common.actors import Actor
from foundation.common.errors import NotAllowed

# Of each case, of each person: the agencies (key and name) that a consent in force lets know about that person.
Covered = Mapping[UUID, Mapping[UUID, Mapping[UUID, str]]]


class Guard:
    """Knows whom consent covers. The consent room fills it; until it does, everyone is refused."""

    def __init__(self) -> None:
        self._covered: Callable[[Iterable[UUID]], Covered] | None = None
        self._may_reach: Callable[[UUID, UUID], bool] | None = None

    def fill(self, covered: Callable[[Iterable[UUID]], Covered], may_reach: Callable[[UUID, UUID], bool]) -> None:
        """Say how to find whom consent covers in the cases of these keys, and whether it lets an agency (the second
        key) know where the family of a case (the first) lives.
        """
        self._covered, self._may_reach = covered, may_reach

    def may_reach(self, case_id: UUID, agency_id: UUID) -> bool:
        """Whether consent lets an agency know where the family lives; never while nobody can say."""
        return self._may_reach is not None and self._may_reach(case_id, agency_id)

    def covered(self, case_ids: Iterable[UUID]) -> Covered:
        """Whom consent covers; NotAllowed while nobody has said how to find out."""
        if self._covered is None:
            raise NotAllowed("Nobody can be shown, because what the family agreed to cannot be looked up.")
        return self._covered(case_ids)


guard = Guard()


class Disclosure:
    """One reader and one case. The agency that leads the case sees all of the family; another agency, those covered."""

    def __init__(self, actor: Actor, case: Case) -> None:
        self._actor = actor
        self._case = case

    def people(self) -> list[FamilyMember]:
        """The members of the family whom the reader may know about, in the family's order, with their persons."""
        return [member for member in self._members if self._may_know(member)]

    @property
    def left_out(self) -> bool:
        """Whether somebody is left out: the page says so, without saying who or how many."""
        return len(self.people()) != len(self._members)

    def shared_with(self, person_id: UUID) -> list[str]:
        """Names of the agencies that a consent in force lets know about this person."""
        return sorted(self._covered.get(person_id, {}).values())

    @cached_property
    def may_reach(self) -> bool:
        """Whether the reader may know the family's address and telephone."""
        if self._actor.agency_id is None or not self._actor.has(*SEEING_ROLES):
            return False
        if self._actor.agency_id == self._case.lead_agency_id:
            return True
        return guard.may_reach(self._case.pk, self._actor.agency_id)

    @cached_property
    def _members(self) -> Sequence[FamilyMember]:
        return list(_members_of([self._case]))

    @cached_property
    def _covered(self) -> Mapping[UUID, Mapping[UUID, str]]:
        return guard.covered([self._case.pk]).get(self._case.pk, {})

    def _may_know(self, member: FamilyMember) -> bool:
        covered = self._covered.get(member.person_id, {})  # asked first, so that an unfilled guard refuses everyone
        if self._actor.agency_id is None or not self._actor.has(*SEEING_ROLES):
            return False
        return self._actor.agency_id == self._case.lead_agency_id or self._actor.agency_id in covered


def of_many(actor: Actor, cases: Sequence[Case]) -> dict[UUID, Disclosure]:
    """The same for each case of a list, in two queries however many there are."""
    covered = guard.covered([case.pk for case in cases])
    members: dict[UUID, list[FamilyMember]] = {}
    for member in _members_of(cases):
        members.setdefault(member.family_id, []).append(member)
    found = {}
    for case in cases:
        found[case.pk] = disclosure = Disclosure(actor, case)
        disclosure._covered = covered.get(case.pk, {})
        disclosure._members = members.get(case.family_id, [])
    return found


def _members_of(cases: Iterable[Case]) -> Iterable[FamilyMember]:
    families = {case.family_id for case in cases}
    return FamilyMember.objects.filter(family__in=families).select_related("person").order_by("position", "id")
