"""Hats: one agency of one partnership, with all roles that a person holds there (ACC-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from foundation.accounts import beside
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency, Membership, User
from foundation.common.actors import Actor
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import current_partnership_id, own_memberships_scope, tenant_scope

# The role whose teams bound what it may decide; where a person holds it, its teams are the hat's teams.
TEAM_BOUND = frozenset({Role.MANAGER.value})


@dataclass(frozen=True, slots=True)
class Hat:
    """A person acting for one agency. `team_ids` is empty for the whole agency; `beside` is what rooms above asked."""

    partnership: Partnership
    agency: Agency
    user: User
    roles: frozenset[str]
    team_ids: frozenset[UUID]
    beside: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def label(self) -> str:
        """What the page's shell shows, such as "Fernbank School: Practitioner, Team manager"."""
        return f"{self.agency.name}: {self.role_words}"

    @property
    def role_words(self) -> str:
        """The roles in words, such as "Practitioner, Team manager"."""
        return ", ".join(role.label for role in Role if role.value in self.roles)

    @property
    def actor(self) -> Actor:
        """The same as plain ids, for services, policies and queries."""
        return Actor(
            partnership_id=self.partnership.pk,
            user_id=self.user.pk,
            agency_id=self.agency.pk,
            roles=self.roles,
            team_ids=self.team_ids,
        )


def own_memberships(user: User) -> list[Membership]:
    """The memberships in force of one person in every partnership, each with its partnership: one query.

    For use before a scope is open; raises ScopeError inside one.
    """
    with own_memberships_scope(user.pk):
        return list(
            Membership.objects.filter(user=user, ended_at=None)
            .select_related("partnership")
            .order_by("partnership__name")
        )


def memberships_once(request: HttpRequest, user: User) -> list[Membership]:
    """The same, read once for each request; before a scope is open."""
    asked: Any = request
    if getattr(asked, "own_memberships_of", None) != user.pk:
        asked.own_memberships_of, asked.own_memberships = user.pk, own_memberships(user)
    found: list[Membership] = asked.own_memberships
    return found


def hats_within(user: User, memberships: Iterable[Membership], *, for_page: bool = False) -> list[Hat]:
    """The hats that memberships of one partnership give, by agency name; for use inside its scope.

    With `for_page` each brings what rooms above show round every page.
    """
    by_agency: dict[UUID, list[Membership]] = {}
    for membership in memberships:
        by_agency.setdefault(membership.agency_id, []).append(membership)
    agencies = Agency.objects.filter(pk__in=by_agency, active=True).order_by("name")
    if for_page:
        agencies = agencies.annotate(**beside.expressions(user.pk))
    return [_hat(user, agency, by_agency[agency.pk]) for agency in agencies]


def hats_of(user: User, memberships: Iterable[Membership] | None = None) -> list[Hat]:
    """Every hat of a person, partnership by partnership; each scope is opened after the last has closed."""
    by_partnership: dict[UUID, list[Membership]] = {}
    for membership in own_memberships(user) if memberships is None else memberships:
        by_partnership.setdefault(membership.partnership.pk, []).append(membership)
    hats: list[Hat] = []
    for partnership_id, own in by_partnership.items():
        with tenant_scope(partnership_id):
            hats += hats_within(user, own)
    return hats


def actor_for(user: User, agency: Agency) -> Actor:
    """A person acting for an agency by their memberships in force, without any role if there are none.

    For use inside the partnership's scope (tasks, tests, commands); a request has its own in `request.actor`.
    """
    own = Membership.objects.filter(user=user, agency=agency, ended_at=None).select_related("partnership")
    found = hats_within(user, own)
    return found[0].actor if found else Actor(current_partnership_id(), user.pk, agency.pk)


def _hat(user: User, agency: Agency, memberships: list[Membership]) -> Hat:
    deciding = [membership for membership in memberships if membership.role in TEAM_BOUND] or memberships
    teams = {membership.team_id for membership in deciding}
    return Hat(
        partnership=memberships[0].partnership,
        agency=agency,
        user=user,
        roles=frozenset(membership.role for membership in memberships),
        team_ids=frozenset() if None in teams else frozenset(team for team in teams if team),
        beside=beside.values(agency),
    )
