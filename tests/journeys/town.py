"""The place of the journeys: one partnership, its agencies, and somebody of each role who can sign in."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership, User
from foundation.common.actors import system
from foundation.formdefs import services as formdefs
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake import services as intake
from intake.models import Enquiry
from tests import factories
from tests.intake import answers
from tests.limits import adopt
from tests.walks import Scene

AGENCIES = {
    "hub": ("Fernshire Early Help Hub", AgencyKind.EARLY_HELP),
    "early_help": ("Fernshire Family Support", AgencyKind.EARLY_HELP),
    "school": ("Fernbank Primary", AgencyKind.SCHOOL),
    "health": ("Fernshire Health Visiting", AgencyKind.HEALTH),
    "social_care": ("Fernshire Children’s Social Care", AgencyKind.SOCIAL_CARE),
}
PEOPLE = {
    "pastoral": ("Idris Pemberton", Role.PRACTITIONER, "school"),
    "screener": ("Sorrel Nightingale", Role.SCREENER, "hub"),
    "hub_manager": ("Dilys Marchetti", Role.HUB_MANAGER, "hub"),
    "lead": ("Lena Ward", Role.PRACTITIONER, "early_help"),
    "colleague": ("Colin Marsh", Role.PRACTITIONER, "early_help"),
    "manager": ("Mariam Oyelaran", Role.MANAGER, "early_help"),
    "nurse": ("Perpetua Vance", Role.PRACTITIONER, "health"),
    "safeguarding_lead": ("Una Castellan", Role.SAFEGUARDING_LEAD, "school"),
    "coordinator": ("Cora Whitlock", Role.COORDINATOR, "early_help"),
    "business_support": ("Barnaby Frost", Role.BUSINESS_SUPPORT, "early_help"),
    "social_worker": ("Soraya Lindqvist", Role.SOCIAL_WORKER, "social_care"),
    "auditor": ("Ottoline Reed", Role.AUDITOR, "hub"),
    "analyst": ("Cosmo Thistlewood", Role.ANALYST, "hub"),
    "administrator": ("Wilhelmina Stroud", Role.ADMINISTRATOR, "hub"),
}


@dataclass
class Town:
    """The partnership with its people, by what they are."""

    partnership: Partnership
    agencies: dict[str, Agency] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)

    def user(self, who: str) -> User:
        return self.members[who].user

    def scope(self):
        return tenant_scope(self.partnership.pk)

    @property
    def scene(self) -> Scene:
        """The same people as `tests.walks` knows them, to have a family at a later stage at once."""
        members, agencies = self.members, self.agencies
        return Scene(
            early_help=agencies["early_help"],
            school=agencies["school"],
            health=agencies["health"],
            team=members["lead"].team,
            lead=members["lead"],
            colleague=members["colleague"],
            manager=members["manager"],
            other_manager=members["manager"],
            teacher=members["pastoral"],
            nurse=members["nurse"],
            screener=members["screener"],
            hub_manager=members["hub_manager"],
        )

    def enquiry(self) -> Enquiry:
        """An enquiry of the school that waits in the queue."""
        by = factories.actor_of(self.members["pastoral"])
        draft = intake.start_draft(by=by)
        intake.save_page(by=by, draft_id=draft.pk, page="family", answers=answers.family())
        draft = intake.save_person(by=by, draft_id=draft.pk, key="", answers=answers.child())
        intake.save_page(by=by, draft_id=draft.pk, page="story", answers=answers.story())
        people = [person["key"] for person in draft.pages["people"]]
        said = answers.consent(people=people, work=[self.agencies["early_help"].pk])
        intake.save_page(by=by, draft_id=draft.pk, page="consent", answers=said)
        return intake.send_enquiry(by=by, draft_id=draft.pk)

    def url(self, path: str = "") -> str:
        """An address in the partnership, such as "/fernshire/cases/" for "cases/"."""
        return f"/{self.partnership.slug}/{path}"


def make_town() -> Town:
    """Everybody in place, the assessment's form of the library in use, and a pathway with limits."""
    town = Town(factories.make_partnership("fernshire", name="Fernshire", out_of_hours_phone="01632 960 999"))
    with tenant_scope(town.partnership.pk):
        town.agencies = {key: factories.make_agency(name, kind=kind) for key, (name, kind) in AGENCIES.items()}
        north = factories.make_team(town.agencies["early_help"], "North locality")
        for who, (name, role, agency) in PEOPLE.items():
            team = north if agency == "early_help" else None
            town.members[who] = factories.make_member(name=name, role=role, agency=town.agencies[agency], team=team)
        formdefs.publish_library(by=system(town.partnership.pk))
        adopt(system(town.partnership.pk))
    return town
