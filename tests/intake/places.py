"""A partnership with a hub and two agencies, and enquiries walked to where a test needs them, through the services."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership
from foundation.common.actors import Actor, system
from foundation.formdefs import services as formdefs
from foundation.partnership import presets
from foundation.partnership import services as pathways
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake import services
from intake.models import Enquiry, EnquiryDraft
from tests import factories
from tests.intake import answers


@dataclass
class Place:
    """Everyone whom a journey through the front door meets."""

    partnership: Partnership
    hub: Agency
    school: Agency
    health: Agency
    members: dict[str, Membership] = field(default_factory=dict)

    def scope(self):
        return tenant_scope(self.partnership.pk)

    def actor(self, who: str) -> Actor:
        return factories.actor_of(self.members[who])

    def user(self, who: str):
        return self.members[who].user

    def limits(self, version: int = 0, preset: str = "rotherham", **clocks) -> None:
        """A pathway policy with these clocks, each (length, unit, start event) or None; the preset's for the rest.

        By default a working day for the decision, and a working day from it for telling the sender.
        """
        body = presets.load(preset).body
        standing = {
            "screening_decision": (1, "working_days", "enquiry_received"),
            "referrer_told": (1, "working_days", "enquiry_decided"),
        }
        for kind, limit in (standing | clocks).items():
            value = dict(zip(("length", "unit", "from"), limit, strict=True)) if limit else None
            body["settings"][kind] = {"value": value, "standing": "own"}
        pathways.adopt_policy(by=self.actor("admin"), preset=preset, body=body, version=version)
        self.partnership.refresh_from_db()

    def draft(self, who: str = "teacher", *, see=(), work=None, people=None, **pages) -> EnquiryDraft:
        """A draft whose pages are all right, unless the test gives others."""
        by = self.actor(who)
        draft = services.start_draft(by=by)
        services.save_page(by=by, draft_id=draft.pk, page="family", answers=answers.family(**pages.get("family", {})))
        for person in people or [answers.child(), answers.mother()]:
            draft = services.save_person(by=by, draft_id=draft.pk, key="", answers=person)
        keys = [person["key"] for person in draft.pages["people"]]
        services.save_page(by=by, draft_id=draft.pk, page="story", answers=answers.story(**pages.get("story", {})))
        named = [each.pk for each in ([self.school] if work is None else work)]
        said = answers.consent(people=keys, work=named, see=[str(each.pk) for each in see])
        services.save_page(by=by, draft_id=draft.pk, page="consent", answers=said | pages.get("consent", {}))
        draft.refresh_from_db()
        return draft

    def enquiry(self, who: str = "teacher", **pages) -> Enquiry:
        """An enquiry that waits in the queue."""
        return services.send_enquiry(by=self.actor(who), draft_id=self.draft(who, **pages).pk)

    def taken(self, by: str = "screener", **pages) -> Enquiry:
        """An enquiry that somebody screens."""
        return services.take_enquiry(by=self.actor(by), enquiry_id=self.enquiry(**pages).pk)

    def decide(self, enquiry: Enquiry, by: str = "screener", **changes) -> Enquiry:
        """Decide on an EHA with the teacher as lead, unless the test says otherwise."""
        decision = {
            "decision": "eha_required",
            "level": "2",
            "reason": "Needs of several kinds, and a family that wants help.",
            "lead_id": self.user("teacher").pk,
            "agency_id": self.school.pk,
        }
        return services.decide_enquiry(by=self.actor(by), enquiry_id=enquiry.pk, **(decision | changes))


def make_place(slug: str | None = None) -> Place:
    """Made with no scope open; work on it inside `place.scope()`."""
    partnership = factories.make_partnership(slug)
    with tenant_scope(partnership.pk):
        place = Place(
            partnership,
            hub=factories.make_agency("Early Help Hub", kind=AgencyKind.EARLY_HELP),
            school=factories.make_agency("Fernbank Primary", kind=AgencyKind.SCHOOL),
            health=factories.make_agency("Fernshire Health Visiting", kind=AgencyKind.HEALTH),
        )
        for who, name, role, agency in (
            ("teacher", "Idris Pemberton", Role.PRACTITIONER, place.school),
            ("colleague", "Marlo Finch", Role.PRACTITIONER, place.school),
            ("head", "Una Castellan", Role.SAFEGUARDING_LEAD, place.school),
            ("visitor", "Perpetua Vance", Role.PRACTITIONER, place.health),
            ("screener", "Sorrel Nightingale", Role.SCREENER, place.hub),
            ("screener2", "Bram Oyelaran", Role.SCREENER, place.hub),
            ("hubmanager", "Dilys Marchetti", Role.HUB_MANAGER, place.hub),
            ("analyst", "Cosmo Thistlewood", Role.ANALYST, place.hub),
            ("admin", "Wilhelmina Stroud", Role.ADMINISTRATOR, place.hub),
        ):
            place.members[who] = factories.make_member(role=role, agency=agency, name=name)
        formdefs.publish_library(by=system(partnership.pk))
    return place
