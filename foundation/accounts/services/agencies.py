"""Agencies and their teams."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from foundation.accounts import leaving, policies
from foundation.accounts.enums import AccountVerb, AgencyKind
from foundation.accounts.models import Agency, Team
from foundation.accounts.services import standing
from foundation.audit import services as audit
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.common.ids import new_id
from foundation.common.text import clean_name

NAME_LIMIT = 160
AGENCY_TAKEN = "This partnership already has an agency of that name."
TEAM_TAKEN = "This agency already has a team of that name."


@transaction.atomic
def create_agency(*, by: Actor, name: str, kind: AgencyKind | str) -> Agency:
    """A new agency with the group that grants name. Raises Clash when the partnership has one of this name."""
    policies.check_can_administer(by=by)
    name, kind = _agency_name(name), _kind(kind)
    if Agency.objects.filter(name__iexact=name).exists():
        raise Clash(AGENCY_TAKEN)
    key = new_id()
    agency = Agency.objects.create(pk=key, name=name, kind=kind, group=Group.objects.create(name=f"agency:{key}"))
    audit.record(by=by, verb=AccountVerb.AGENCY_CREATED, subject=agency)
    return agency


@transaction.atomic
def change_agency(*, by: Actor, agency_id: UUID, name: str, kind: AgencyKind | str) -> Agency:
    """Another name or kind; what stands already is not written again. Raises Clash when the name is another's."""
    policies.check_can_administer(by=by)
    agency = _locked_agency(agency_id)
    name, kind = _agency_name(name), _kind(kind)
    if Agency.objects.filter(name__iexact=name).exclude(pk=agency.pk).exists():
        raise Clash(AGENCY_TAKEN)
    changed = [field for field, value in (("name", name), ("kind", kind)) if getattr(agency, field) != value]
    if changed:
        agency.name, agency.kind = name, kind
        agency.save(update_fields=changed)
        audit.record(by=by, verb=AccountVerb.AGENCY_CHANGED, subject=agency, changed=changed, kind=kind)
    return agency


@transaction.atomic
def close_agency(*, by: Actor, agency_id: UUID) -> Agency:
    """Nobody wears its hat any more, from their next request on; memberships and the past stay (ACC-3).

    Raises Clash while it leads open cases (FAM-9), and when no administrator would be left. Twice changes nothing.
    """
    policies.check_can_administer(by=by)
    standing.hold_administration(by=by)
    agency = _locked_agency(agency_id)
    if not agency.active:
        return agency
    list(agency.memberships.select_for_update().filter(ended_at=None).order_by("pk").values_list("pk"))
    if held := leaving.held_by(agency_id=agency.pk):
        raise Clash(" ".join(held))
    standing.check_administrator_left(without_agency=agency.pk)
    agency.active = False
    agency.save(update_fields=["active"])
    audit.record(by=by, verb=AccountVerb.AGENCY_CLOSED, subject=agency)
    return agency


@transaction.atomic
def reopen_agency(*, by: Actor, agency_id: UUID) -> Agency:
    """Its people wear its hat again. Twice changes nothing."""
    policies.check_can_administer(by=by)
    agency = _locked_agency(agency_id)
    if not agency.active:
        agency.active = True
        agency.save(update_fields=["active"])
        audit.record(by=by, verb=AccountVerb.AGENCY_REOPENED, subject=agency)
    return agency


@transaction.atomic
def create_team(*, by: Actor, agency: Agency, name: str) -> Team:
    """A new team inside an agency. Raises Clash when the agency has one of this name."""
    policies.check_can_administer(by=by)
    name = _team_name(name)
    if Team.objects.filter(agency=agency, name__iexact=name).exists():
        raise Clash(TEAM_TAKEN)
    team: Team = Team.objects.create(agency=agency, name=name)
    audit.record(by=by, verb=AccountVerb.TEAM_CREATED, subject=team, agency=agency.pk)
    return team


@transaction.atomic
def rename_team(*, by: Actor, team_id: UUID, name: str) -> Team:
    """Another name for a team; its people and cases stay with it. Raises Clash when the agency has one of it."""
    policies.check_can_administer(by=by)
    try:
        team: Team = Team.objects.select_for_update(of=("self",)).get(pk=team_id)
    except Team.DoesNotExist:
        raise NotThere from None
    name = _team_name(name)
    if Team.objects.filter(agency_id=team.agency_id, name__iexact=name).exclude(pk=team.pk).exists():
        raise Clash(TEAM_TAKEN)
    if team.name != name:
        team.name = name
        team.save(update_fields=["name"])
        audit.record(by=by, verb=AccountVerb.TEAM_RENAMED, subject=team, agency=team.agency_id)
    return team


def _locked_agency(agency_id: UUID) -> Agency:
    try:
        agency: Agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency_id)
    except Agency.DoesNotExist:
        raise NotThere from None
    return agency


def _agency_name(name: str) -> str:
    return _named(name, what="The agency's name", empty="Enter the agency's name.")


def _team_name(name: str) -> str:
    return _named(name, what="The team's name", empty="Enter the team's name.")


def _named(name: str, *, what: str, empty: str) -> str:
    try:
        clean = clean_name(name, what=what, limit=NAME_LIMIT)
    except Invalid as refusal:
        raise Invalid({"name": refusal.sentence}) from None
    if not clean:
        raise Invalid({"name": empty})
    return clean


def _kind(kind: AgencyKind | str) -> str:
    if kind not in AgencyKind.values:
        raise Invalid({"kind": "Choose what kind of agency it is."})
    return str(kind)
