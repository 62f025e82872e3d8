"""A case is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db import IntegrityError, transaction

from cases import policies
from cases.enums import WORKING_ROLES, BirthDateKind, CaseVerb, Part
from cases.models import Case, Family, FamilyMember, Person
from foundation.accounts.models import Agency, Membership, Team, User
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Invalid
from foundation.common.ids import new_reference
from foundation.common.text import clean_line, clean_name, nhs_number
from foundation.tenancy.models import Partnership

_TRIES = 5


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Someone who is not known yet, as they are to be written down (FAM-1)."""

    given_name: str
    family_name: str
    part: str
    born_on: dt.date | None = None
    born_kind: str = BirthDateKind.UNKNOWN
    nhs_number: str = ""


@transaction.atomic
def open_case(
    *,
    by: Actor,
    family_name: str,
    address: str,
    phone: str,
    people: Sequence[NewPerson],
    level: str,
    lead: User,
    lead_agency: Agency,
    team: Team | None = None,
) -> tuple[Case, list[Person]]:
    """Write down a family and its people, and open its case; the people come back in the order given (INT-7, FAM-1).

    The case is open to nobody until `consent.services.open_doors` has opened it. Raises Invalid with a sentence for
    each field that breaks a rule, and NotAllowed for whoever may not open a case.
    """
    policies.check_can_open(by=by)
    _check_lead(lead, lead_agency, team)
    _check_level(by, level)
    if not people:
        raise Invalid({"people": "Add at least one person of the family."})
    family = Family.objects.create(
        name=_required(family_name, "The family's name", "family_name", 120),
        address=clean_line(address, what="The address", limit=300),
        phone=clean_line(phone, what="The phone number", limit=40),
        created_at=clock.now(),
    )
    persons = [_new_person(family, position, person) for position, person in enumerate(people)]
    case = _with_a_free_reference(
        Case(
            family=family, level=level, lead=lead, lead_agency=lead_agency, team=team,
            opened_at=clock.now(), opened_by_id=cast(int, by.user_id),
        )
    )  # fmt: skip
    audit.record(by=by, verb=CaseVerb.OPENED, subject=case, case_id=case.pk, level=level)
    return case, persons


def _check_lead(lead: User, agency: Agency, team: Team | None) -> None:
    """The lead's role is held until the case stands, so that it cannot be ended at the same moment (FAM-9)."""
    memberships = Membership.objects.filter(user=lead, agency=agency, ended_at__isnull=True, role__in=WORKING_ROLES)
    held = list(memberships.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if not lead.is_active or not held or not Agency.objects.filter(pk=agency.pk, active=True).exists():
        raise Invalid({"lead": f"Choose somebody who works with families at {agency.name}."})
    if team is not None and team.agency_id != agency.pk:
        raise Invalid({"team": f"Choose a team of {agency.name}."})


def _check_level(by: Actor, level: str) -> None:
    levels = Partnership.objects.only("levels").get(pk=by.partnership_id).levels
    if level not in {known["code"] for known in levels}:
        raise Invalid({"level": "Choose a level of need."})


def _new_person(family: Family, position: int, new: NewPerson) -> Person:
    if new.part not in Part.values:
        raise Invalid({"people": "Choose what each person is in the family."})
    _check_birth_date(new)
    person = Person.objects.create(
        given_name=clean_name(new.given_name, what="The first name"),
        family_name=_required(new.family_name, "The last name", "people", 80),
        born_on=new.born_on,
        born_kind=new.born_kind,
        nhs_number=nhs_number(new.nhs_number),
        created_at=clock.now(),
    )
    FamilyMember.objects.create(family=family, person=person, part=new.part, position=position)
    return person


def _check_birth_date(new: NewPerson) -> None:
    if (new.born_kind == BirthDateKind.UNKNOWN) != (new.born_on is None):
        raise Invalid({"people": "Say whether a date of birth is exact, estimated or expected, or leave it out."})
    if new.born_on and new.born_kind != BirthDateKind.EXPECTED and new.born_on > clock.today():
        raise Invalid({"people": "A date of birth must be today or in the past, unless the baby is not born yet."})


def _required(value: str, what: str, field: str, limit: int) -> str:
    line = clean_line(value, what=what, limit=limit)
    if not line:
        raise Invalid({field: f"{what} is missing. Enter it as the family says it."})
    return line


def _with_a_free_reference(case: Case) -> Case:
    """Save the case under a reference that no other has; one try is nearly always enough."""
    for left in reversed(range(_TRIES)):
        case.reference = new_reference("EH")
        try:
            with transaction.atomic():
                case.save(force_insert=True)
        except IntegrityError as error:
            if not left or "case_reference_once" not in str(error):
                raise
        else:
            break
    return case
