"""Families and cases for tests, made by the product's own services. For use inside a partnership's scope."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from cases.enums import BirthDateKind, GrantLevel, Part
from cases.models import Case, Person
from cases.services import NewPerson, open_case
from consent import services as consents
from consent.enums import ConsentHow, InformationKind
from consent.models import Consent
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership
from foundation.common import clock
from foundation.common.actors import Actor
from tests.factories import actor_of, make_agency, make_member

SEE, WORK = GrantLevel.SEE, GrantLevel.CONTRIBUTE
MOTHER = NewPerson("Ruth", "Adeyemi", Part.MOTHER)
AMY = NewPerson("Amy", "Adeyemi", Part.CHILD, dt.date(2018, 3, 9), BirthDateKind.EXACT)
TOM = NewPerson("Tom", "Adeyemi", Part.CHILD, dt.date(2021, 11, 30), BirthDateKind.ESTIMATED)
BABY = NewPerson("", "Adeyemi", Part.UNBORN, dt.date(2027, 2, 1), BirthDateKind.EXPECTED)


@dataclass
class Scene:
    """A hub with a screener and a manager, and an agency that leads."""

    hub: Agency
    screener: Actor
    hub_manager: Actor
    lead_agency: Agency
    lead: Membership
    people: dict[str, Membership] = field(default_factory=dict)

    @property
    def lead_actor(self) -> Actor:
        return actor_of(self.lead)


def make_scene() -> Scene:
    hub = make_agency(kind=AgencyKind.EARLY_HELP)
    lead_agency = make_agency()
    return Scene(
        hub=hub,
        screener=actor_of(make_member(role=Role.SCREENER, agency=hub, name="Ivo Marsh")),
        hub_manager=actor_of(make_member(role=Role.HUB_MANAGER, agency=hub, name="Gwen Pike")),
        lead_agency=lead_agency,
        lead=make_member(agency=lead_agency, name="Sol Benn"),
    )


def a_case(scene: Scene, *, people=(MOTHER, AMY, TOM), family_name="Adeyemi", **more) -> tuple[Case, list[Person]]:
    """A case that no consent has opened yet."""
    return open_case(
        by=scene.screener,
        **{
            "family_name": family_name,
            "address": "12 Larch Row",
            "phone": "01632 960 123",
            "people": people,
            "level": "2",
            "lead": scene.lead.user,
            "lead_agency": scene.lead_agency,
            "team": None,
            **more,
        },
    )


def consent_said(agencies, **more) -> dict:
    return {
        "given_by": "Ruth Adeyemi, mother",
        "how": ConsentHow.PAPER,
        "witness": "",
        "paper_kept_at": "Family file, Fernbank School office",
        "information": [InformationKind.FAMILY, InformationKind.EDUCATION],
        "agencies": agencies,
        "given_on": clock.today(),
        **more,
    }


def a_consent(scene: Scene, agencies, **more) -> Consent:
    return consents.record_consent(by=scene.lead_actor, **consent_said(agencies, **more))


def opened(scene: Scene, agencies, *, covering=None, people=(MOTHER, AMY, TOM), family_name="Adeyemi", **more):
    """A case that one consent has opened to `agencies`, about all of `people` or those at the places `covering`."""
    case, persons = a_case(scene, people=people, family_name=family_name)
    consent = a_consent(scene, agencies, **more)
    about = persons if covering is None else [persons[place] for place in covering]
    consents.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=about)
    return case, persons, consent


def worker_of(agency: Agency, role: Role = Role.PRACTITIONER) -> Actor:
    return actor_of(make_member(role=role, agency=agency))
