"""Agencies and people of the partnership whose scope is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Collate, Lower

from foundation.accounts import keys
from foundation.accounts.enums import InvitationState, Role
from foundation.accounts.models import Agency, Invitation, LastSignIn, Membership, Team, User
from foundation.common.errors import NotThere

# Whose work it is to lead a family's plan (practice model §2).
LEADING = (Role.PRACTITIONER,)

# The orders in which the administrator's lists page.
BY_NAME = ("name_key", "pk")
NEWEST_SENT = ("-sent_at", "-pk")


def agencies() -> QuerySet[Agency]:
    """The partnership's agencies, by name."""
    found: QuerySet[Agency] = Agency.objects.filter(active=True).order_by("name")
    return found


def agencies_to_choose() -> QuerySet[Agency]:
    """Every agency, closed ones too, by name: those that a list of people can be narrowed to."""
    found: QuerySet[Agency] = Agency.objects.order_by("name")
    return found


def teams(agency_ids: Iterable[UUID]) -> QuerySet[Team]:
    """The teams of agencies, by agency and name."""
    found: QuerySet[Team] = Team.objects.filter(agency_id__in=list(agency_ids)).select_related("agency")
    return found.order_by("agency__name", "name")


def memberships_in_force() -> QuerySet[Membership]:
    """Every membership of the partnership that has not ended, of people who may sign in."""
    found: QuerySet[Membership] = Membership.objects.filter(ended_at=None, user__is_active=True, agency__active=True)
    return found


def roles_in_force() -> set[str]:
    """The roles that somebody here can wear now."""
    return set(memberships_in_force().order_by().values_list("role", flat=True).distinct())


def administrators() -> QuerySet[Membership]:
    """The memberships of the partnership's administrators who can sign in and wear their hat."""
    return memberships_in_force().filter(role=Role.ADMINISTRATOR)


def members_who_can_lead(agency_ids: Iterable[UUID]) -> QuerySet[User]:
    """People who could be the lead professional for one of these agencies, by name."""
    leading = memberships_in_force().filter(agency_id__in=list(agency_ids), role__in=LEADING)
    return User.objects.filter(pk__in=leading.values("user_id")).order_by("full_name", "pk")


def can_lead(user_id: int, agency_id: UUID) -> bool:
    """Whether a person could be the lead professional for an agency."""
    return memberships_in_force().filter(user_id=user_id, agency_id=agency_id, role__in=LEADING).exists()


def user_names(user_ids: Iterable[int]) -> dict[int, str]:
    """The names of people who are, or have been, members of this partnership; anyone else is left out."""
    own = Membership.objects.filter(user_id__in=list(user_ids))
    return dict(own.values_list("user_id", "user__full_name").distinct())


def agencies_by_name(*, search: str = "", closed: bool = False) -> QuerySet[Agency]:
    """The open agencies, or the closed ones, with a word anywhere in their name; to be paged in the order `BY_NAME`.

    A partnership has hundreds of them at most, so that they are looked through one by one.
    """
    found: QuerySet[Agency] = Agency.objects.filter(active=not closed)
    if search:
        found = found.filter(name__icontains=search)
    return found.annotate(name_key=Collate(Lower(F("name")), "C"))


@dataclass(frozen=True, slots=True)
class AgencySize:
    """How many people have a role in an agency, and how many teams it has."""

    people: int = 0
    teams: int = 0


def sizes(agency_ids: Sequence[UUID]) -> dict[UUID, AgencySize]:
    """The sizes of some agencies; two queries."""
    working = Membership.objects.filter(agency_id__in=agency_ids, ended_at=None).order_by()
    people = dict(working.values_list("agency_id").annotate(Count("user_id", distinct=True)))
    of_agency = Team.objects.filter(agency_id__in=agency_ids).order_by()
    standing = dict(of_agency.values_list("agency_id").annotate(Count("pk")))
    return {key: AgencySize(people.get(key, 0), standing.get(key, 0)) for key in agency_ids}


def agency(agency_id: UUID) -> Agency:
    """One agency, open or closed; raises NotThere."""
    found: Agency | None = Agency.objects.filter(pk=agency_id).first()
    if found is None:
        raise NotThere
    return found


def team(team_id: UUID) -> Team:
    """One team with its agency; raises NotThere."""
    found: Team | None = Team.objects.select_related("agency").filter(pk=team_id).first()
    if found is None:
        raise NotThere
    return found


def people(*, search: str = "", agency_id: UUID | None = None, role: str = "", left: bool = False) -> QuerySet[User]:
    """Whoever has a role here, or (`left`) had one; to be paged in the order `BY_NAME` (ACC-3).

    `search` is the beginning of a name, of a last name or of an e-mail address. Someone who works elsewhere only, or
    is invited, is not among them.
    """
    held = Membership.objects.filter(user=OuterRef("pk"))
    wanted = held if left else held.filter(ended_at=None)
    if agency_id is not None:
        wanted = wanted.filter(agency_id=agency_id)
    if role:
        wanted = wanted.filter(role=role)
    found = User.objects.filter(Exists(wanted))
    if left:
        found = found.exclude(Exists(held.filter(ended_at=None)))
    found = found.annotate(name_key=keys.NAME)
    if word := search.strip().lower():
        found = found.alias(last_name_key=keys.LAST_NAME, email_key=keys.EMAIL).filter(
            keys.beginning_with("name_key", word)
            | keys.beginning_with("last_name_key", word)
            | keys.beginning_with("email_key", word)
        )
    return found


@dataclass(slots=True)
class Person:
    """Somebody as the administrator's pages show them. `roles` are in force, or for who left those held last."""

    user: User
    roles: list[Membership] = field(default_factory=list)
    last_sign_in: dt.datetime | None = None
    left_at: dt.datetime | None = None

    @property
    def works_here(self) -> bool:
        """Whether a role is in force."""
        return self.left_at is None


def persons(users: Sequence[User]) -> list[Person]:
    """What this partnership knows of some people, in their order; two queries."""
    found = {user.pk: Person(user) for user in users}
    held = Membership.objects.filter(user_id__in=found).select_related("agency", "team")
    by_user: dict[int, list[Membership]] = {}
    for membership in held.order_by("agency__name", "role", "team__name", "pk"):
        by_user.setdefault(membership.user_id, []).append(membership)
    for key, memberships in by_user.items():
        ends = [one.ended_at for one in memberships]
        last = None if None in ends else max(end for end in ends if end is not None)
        found[key].left_at = last
        found[key].roles = [one for one in memberships if one.ended_at == last]
    for user_id, at in LastSignIn.objects.filter(user_id__in=found).values_list("user_id", "at"):
        found[user_id].last_sign_in = at
    return list(found.values())


def person(user_id: int) -> Person:
    """Somebody who has, or had, a role here; raises NotThere for everybody else, wherever they work."""
    user = User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk"))), pk=user_id).first()
    if user is None:
        raise NotThere
    return persons([user])[0]


def membership(membership_id: UUID) -> Membership:
    """One role in force, with whose it is and where; raises NotThere."""
    held = Membership.objects.select_related("user", "agency", "team").filter(pk=membership_id, ended_at=None)
    found: Membership | None = held.first()
    if found is None:
        raise NotThere
    return found


def invitations_waiting() -> QuerySet[Invitation]:
    """Invitations that nobody has accepted or withdrawn, those whose link has ended too; in order `NEWEST_SENT`."""
    found: QuerySet[Invitation] = Invitation.objects.filter(state=InvitationState.WAITING)
    return found.select_related("agency", "team", "invited_by")
