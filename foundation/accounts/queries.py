"""Agencies and people of the partnership whose scope is open."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from foundation.accounts.enums import Role
from foundation.accounts.models import Agency, Membership, Team, User

# Whose work it is to lead a family's plan (practice model §2).
LEADING = (Role.PRACTITIONER,)


def agencies() -> QuerySet[Agency]:
    """The partnership's agencies, by name."""
    found: QuerySet[Agency] = Agency.objects.filter(active=True).order_by("name")
    return found


def teams(agency_ids: Iterable[UUID]) -> QuerySet[Team]:
    """The teams of agencies, by agency and name."""
    found: QuerySet[Team] = Team.objects.filter(agency_id__in=list(agency_ids)).select_related("agency")
    return found.order_by("agency__name", "name")


def memberships_in_force() -> QuerySet[Membership]:
    """Every membership of the partnership that has not ended, of people who may sign in."""
    found: QuerySet[Membership] = Membership.objects.filter(ended_at=None, user__is_active=True, agency__active=True)
    return found


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
