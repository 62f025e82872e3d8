"""The write paths of agencies, teams and memberships, inside the partnership's scope."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from foundation.accounts import policies
from foundation.accounts.enums import AccountVerb, AgencyKind, Role
from foundation.accounts.models import Agency, Membership, Team, User
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.common.ids import new_id


@transaction.atomic
def create_agency(*, by: Actor, name: str, kind: AgencyKind | str) -> Agency:
    """A new agency with the group that grants name. Raises Clash when the partnership has one of this name."""
    policies.check_can_administer(by=by)
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "Enter the agency's name."})
    if Agency.objects.filter(name__iexact=name).exists():
        raise Clash("This partnership already has an agency of that name.")
    key = new_id()
    agency = Agency.objects.create(pk=key, name=name, kind=kind, group=Group.objects.create(name=f"agency:{key}"))
    audit.record(by=by, verb=AccountVerb.AGENCY_CREATED, subject=agency)
    return agency


@transaction.atomic
def create_team(*, by: Actor, agency: Agency, name: str) -> Team:
    """A new team inside an agency. Raises Clash when the agency has one of this name."""
    policies.check_can_administer(by=by)
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "Enter the team's name."})
    if Team.objects.filter(agency=agency, name__iexact=name).exists():
        raise Clash("This agency already has a team of that name.")
    team = Team.objects.create(agency=agency, name=name)
    audit.record(by=by, verb=AccountVerb.TEAM_CREATED, subject=team, agency=agency.pk)
    return team


@transaction.atomic
def add_membership(*, by: Actor, user: User, agency: Agency, role: Role | str, team: Team | None = None) -> Membership:
    """One role for a person in an agency, for one team or all of it. Raises Clash when they have it already."""
    policies.check_can_administer(by=by)
    if role not in Role.values:
        raise Invalid({"role": "Choose a role."})
    if team is not None and team.agency_id != agency.pk:
        raise Invalid({"team": "Choose a team of this agency."})
    if Membership.objects.filter(user=user, agency=agency, role=role, team=team, ended_at=None).exists():
        raise Clash("This person already has that role there.")
    membership = Membership.objects.create(user=user, agency=agency, role=role, team=team)
    audit.record(
        by=by, verb=AccountVerb.MEMBERSHIP_ADDED, subject=membership, agency=agency.pk, user=user.pk, role=str(role)
    )
    return membership


@transaction.atomic
def end_membership(*, by: Actor, membership_id: UUID) -> Membership:
    """End one role of a person; it takes effect on their next request (ACC-3). Ending it twice changes nothing."""
    policies.check_can_administer(by=by)
    try:
        membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    except Membership.DoesNotExist:
        raise NotThere from None
    if membership.ended_at is None:
        membership.ended_at = clock.now()
        membership.save(update_fields=["ended_at"])
        audit.record(by=by, verb=AccountVerb.MEMBERSHIP_ENDED, subject=membership, user=membership.user_id)
    return membership
