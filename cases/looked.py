"""Reads of who looked at a family's record, and of which looks are unusual (FAM-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet

from cases import queries, unusual
from cases.enums import UnusualLookState, UnusualReason
from cases.models import Case, FamilyMember, UnusualLook
from cases.registries import looked_at
from foundation.accounts import queries as accounts
from foundation.accounts.enums import Role
from foundation.accounts.homes import home_key
from foundation.accounts.models import Agency, Membership, User
from foundation.audit.models import AccessEntry
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import NotThere

MOST_LOOKS_FOR_NAMES = 5_000


@dataclass(frozen=True, slots=True)
class Look:
    """One look, in words: who, for which agency, in which role at the time, when, and what they looked at."""

    at: dt.datetime
    who: str
    agency: str
    roles: str
    what: str


def looks_of(case: Case, *, person: int | None = None) -> QuerySet[AccessEntry]:
    """The access log of a case, of one person if one is named; to be paged by ("-at", "-id").

    The bound by the present moment spares the months that are made ahead and hold nothing yet.
    """
    looks: QuerySet[AccessEntry] = AccessEntry.objects.filter(case_id=case.pk, at__lte=clock.now())
    return (looks.filter(user_id=person) if person else looks).select_related("user").defer("user__password")


def people_who_looked(case: Case) -> list[User]:
    """Who is in the newest entries of a case's access log, by name."""
    newest = looks_of(case).order_by("-at").values("user_id")[:MOST_LOOKS_FOR_NAMES]
    return list(User.objects.filter(pk__in=newest).order_by("full_name", "pk").only("full_name"))


def in_words(looks: Sequence[AccessEntry]) -> list[Look]:
    """One page of the log in words, by two queries."""
    people, agencies = {look.user_id for look in looks}, {look.agency_id for look in looks}
    names = dict(Agency.objects.filter(pk__in=agencies).values_list("pk", "name"))
    held = list(Membership.objects.filter(user__in=people, agency__in=agencies).order_by("created_at"))
    return [
        Look(
            at=look.at,
            who=look.user.full_name if look.user else "Early Help",
            agency=names.get(look.agency_id, ""),
            roles=_roles_then(held, look),
            what=looked_at.words(look.subject_kind, look.how),
        )
        for look in looks
    ]


def _roles_then(memberships: Iterable[Membership], look: AccessEntry) -> str:
    """The roles held when it was looked; where none is known to have been, all that ever were."""
    own = [one for one in memberships if (one.user_id, one.agency_id) == (look.user_id, look.agency_id)]
    then = [one for one in own if one.created_at <= look.at and (one.ended_at is None or look.at < one.ended_at)]
    return ", ".join(dict.fromkeys(Role(one.role).label for one in then or own))


def unusual_looks(actor: Actor) -> QuerySet[UnusualLook]:
    """Unusual looks at the cases that this manager answers for: their agency's, of their teams."""
    if not actor.has(Role.MANAGER):
        return UnusualLook.objects.none()
    seen = UnusualLook.objects.filter(case__in=queries.visible_to(actor), case__lead_agency_id=actor.agency_id)
    if actor.team_ids:
        seen = seen.filter(Q(case__team__isnull=True) | Q(case__team__in=actor.team_ids))
    found: QuerySet[UnusualLook] = seen.select_related("case__family", "user", "agency", "looked_into_by")
    return found.defer("user__password", "looked_into_by__password")


def waiting_looks(actor: Actor) -> QuerySet[UnusualLook]:
    """Those that nobody has looked into and that this manager may: not their own."""
    return unusual_looks(actor).filter(state=UnusualLookState.FOUND).exclude(user_id=actor.person)


def unusual_look(actor: Actor, look_id: UUID) -> UnusualLook:
    """One of them, with its case; NotThere for any other."""
    found = unusual_looks(actor).select_related("case__lead", "case__lead_agency").filter(pk=look_id).first()
    if found is None:
        raise NotThere
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A look that is unusual, why, and whether the name that it shares is a common one."""

    look: AccessEntry
    reason: UnusualReason
    common_name: bool = False

    @property
    def case_id(self) -> UUID:
        """The case; a look that names none is never unusual."""
        return cast(UUID, self.look.case_id)

    @property
    def user_id(self) -> int:
        """Who looked; the product itself never looks."""
        return cast(int, self.look.user_id)

    @property
    def key(self) -> tuple[UUID, int, str]:
        """What is gathered in one row while it waits: the case, the person, the reason."""
        return self.case_id, self.user_id, self.reason.value


def unusual_among(looks: Sequence[AccessEntry]) -> Iterator[Found]:
    """Which of some looks are unusual, in the order given; by the same four queries however many they are."""
    around = _Around(looks)
    for look in looks:
        case, user = around.cases.get(look.case_id), around.users.get(look.user_id)
        if case is None or user is None:
            continue
        if shared := unusual.shared_names(user.full_name, around.names.get(case.family_id, ())):
            yield Found(look, UnusualReason.OWN_NAME, unusual.is_common(shared))
        if user.home_key and user.home_key == home_key(case.family.address):
            yield Found(look, UnusualReason.SAME_ADDRESS)
        if unusual.is_after_hours(look.at) and not around.is_of_the_team(look, case):
            yield Found(look, UnusualReason.AFTER_HOURS)


class _Around:
    """What is to be known about the cases and the people of some looks."""

    def __init__(self, looks: Sequence[AccessEntry]) -> None:
        self.cases: Mapping[Any, Case] = (
            Case.objects.select_related("family").in_bulk({look.case_id for look in looks}) if looks else {}
        )
        self.users: Mapping[Any, User] = User.objects.in_bulk({look.user_id for look in looks}) if looks else {}
        self.names: dict[Any, set[str]] = {}
        families = {case.family_id for case in self.cases.values()}
        members = FamilyMember.objects.filter(family__in=families)
        for family_id, name in members.values_list("family_id", "person__family_name"):
            self.names.setdefault(family_id, set()).add(name)
        leading = {case.lead_agency_id for case in self.cases.values()}
        of_the_lead = accounts.memberships_in_force().filter(user__in=self.users, agency__in=leading)
        self._teams = set(of_the_lead.values_list("user_id", "agency_id", "team_id"))

    def is_of_the_team(self, look: AccessEntry, case: Case) -> bool:
        """Whether it was looked for the agency that leads, by the lead or somebody of the lead's team.

        Who works for the whole agency is of each of its teams, and so is everybody where the case has no team.
        """
        if look.agency_id != case.lead_agency_id:
            return False
        own = {team for user, agency, team in self._teams if (user, agency) == (look.user_id, look.agency_id)}
        return look.user_id == case.lead_id or bool(own and (case.team_id is None or own & {None, case.team_id}))
