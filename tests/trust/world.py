"""Two partnerships full of families, each word of which is a canary; made by the services alone.

In the north one agency's people, one in each role, are the viewers. Families stand to their agency in every way:
led by it ("own"), opened to it for reading ("see") or for work ("work"), never opened ("never"), opened and taken
back ("revoked"). The south is another partnership, built alike, where the viewers have no place ("foreign").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from assessments import services as assessments
from assessments.models import Assessment
from cases import services as families
from cases.enums import BirthDateKind, GrantLevel, Part
from cases.models import Case, UnusualLook
from cases.services import NewPerson
from consent import services as consents
from consent.enums import InformationKind
from consent.models import Consent
from foundation.accounts import services as accounts
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership, User
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import system
from foundation.common.ids import new_id
from foundation.deadlines import services as deadlines
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.services.starting import Whose
from foundation.documents.making import render
from foundation.notifications import kinds
from foundation.notifications import services as notifications
from foundation.notifications.models import Message
from foundation.partnership import queries as pathway
from foundation.partnership import services as pathways
from foundation.partnership.enums import ClockKind, StartEvent
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake import services as intake
from intake.models import Enquiry
from tests.factories import actor_of, make_agency, make_member, make_partnership, make_team, make_user
from tests.intake import answers
from tests.trust.canaries import Canaries, Fact
from tests.walks import Scene, make_case, make_scene

WRITERS = ("practitioner", "manager", "coordinator", "safeguarding_lead")
SEERS = (*WRITERS, "screener", "hub_manager")
NIGHT = dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC)
CASES = ("own", "see", "work", "never", "revoked")
STAGES = ("writing", "agreed", "sent", "returned", "approved", "asked")


@dataclass
class Target:
    """One thing that addresses name: the ids for the address, and what a form about it needs."""

    ids: dict[str, Any]
    given: dict[str, Any] = field(default_factory=dict)


@dataclass
class Side:
    """One partnership: the viewers' agency, the agency that leads most, and what stands there."""

    name: str
    partnership: Partnership
    scene: Scene
    agency: Agency
    people: dict[str, Membership]
    cases: dict[tuple[str, str], Target] = field(default_factory=dict)
    enquiries: dict[str, Target] = field(default_factory=dict)
    drafts: dict[str, Target] = field(default_factory=dict)
    filters: dict[str, Target] = field(default_factory=dict)
    looks: dict[str, Target] = field(default_factory=dict)
    messages: dict[str, Target] = field(default_factory=dict)
    office: Target | None = None


@dataclass
class World:
    """Both, with every canary, and a person who is nobody anywhere."""

    north: Side
    south: Side
    nobody: User
    canaries: Canaries


def build_world(*, render_documents: bool = True, stages: tuple[str, ...] = STAGES) -> World:
    """Made with no scope open. Without rendering, documents stay asked for."""
    canaries = Canaries()
    sides = [_Builder(name, canaries, stages).build(render_documents=render_documents) for name in ("north", "south")]
    return World(*sides, nobody=make_user("Nell Nowhere"), canaries=canaries)


class _Builder:
    """Fills one partnership."""

    def __init__(self, name: str, canaries: Canaries, stages: tuple[str, ...]) -> None:
        self.canaries = canaries
        self.stages = stages
        self.lent: Target | None = None
        self.partnership = make_partnership(f"{name}-wall")
        with tenant_scope(self.partnership.pk):
            scene = make_scene()
            agency = make_agency("Fernbank Family Centre", kind=AgencyKind.CHARITY)
            people = {role.value: make_member(role=role, agency=agency, name=f"Viewer {role.label}") for role in Role}
            people["colleague"] = make_member(agency=agency, name="Viewer Colleague")
            people["former"] = make_member(agency=agency, name="Viewer Former")
            accounts.end_membership(by=system(self.partnership.pk), membership_id=people["former"].pk)
            self.led_here = replace(
                scene, early_help=agency, team=make_team(agency), lead=people["practitioner"], manager=people["manager"]
            )
        self.side = Side(name, self.partnership, scene, agency, people)

    def build(self, *, render_documents: bool) -> Side:
        side = self.side
        with tenant_scope(self.partnership.pk):
            for ownership in CASES if side.name == "north" else ("own", "never"):
                for stage in self.stages:
                    side.cases[ownership, stage] = self.family(ownership, stage)
            for stage in ("approved", "asked") if self.lent else ():
                side.cases["lent", stage] = self.lent
            self.enquiries()
            self.filters()
            self.looks()
            self.messages()
            side.office = self.office()
            self.clocks()
            documents = [self.side.cases[ownership, "approved"].ids["document_id"] for ownership in self.made()]
        for document_id in documents if render_documents else ():
            render(partnership_id=self.partnership.pk, document_id=document_id)
        with tenant_scope(self.partnership.pk):
            for (ownership, _stage), target in side.cases.items():
                if ownership == "revoked" and side.name == "north":
                    consents.withdraw(
                        by=self.side.scene.actor("lead"),
                        consent_id=target.ids["consent_id"],
                        told_by=self.word("case", ownership, "consent"),
                        agencies=[side.agency],
                    )
        return side

    def made(self) -> list[str]:
        """Whose documents are rendered: where somebody is, or was, let in. The others are refused before that."""
        return [
            key
            for key in ("own", "see", "work", "revoked")
            if (key, "approved") in self.side.cases and self.side.name == "north"
        ]

    def word(self, about: str, ownership: str, part: str, sender: str = "") -> str:
        return self.canaries.word(Fact(self.side.name, about, ownership, part, sender))

    def mark(self, value: Any, about: str, ownership: str, part: str, sender: str = "") -> Any:
        return self.canaries.mark(value, Fact(self.side.name, about, ownership, part, sender))

    # What a person keeps for themself, and what a manager asks about

    def filters(self) -> None:
        """A filter of everybody who has a list of cases, and a colleague's."""
        for sender in (*SEERS, "colleague"):
            ownership = "other" if sender == "colleague" else "own"
            made = families.save_filter(
                by=actor_of(self.side.people[sender]), name=self.word("filter", ownership, "name", sender), query={}
            )
            self.mark(made.pk, "filter", ownership, "name", sender)
            self.side.filters["other" if ownership == "other" else f"own {sender}"] = Target({"filter_id": made.pk})

    def looks(self) -> None:
        """A teacher looks in the night: at a family that the viewers' agency leads, and at one of another's."""
        for ownership, known in (("own", "own"), ("never", "other")):
            case_id = self.side.cases[ownership, self.stages[0]].ids["case_id"]
            with clock.at(NIGHT):
                by = self.side.scene.actor("teacher")
                audit.viewed(by=by, subject=Case.objects.get(pk=case_id), case_id=case_id)
            with connection.cursor() as cursor:  # the trail's order is made when a request ends
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            while families.find_unusual_looks(by=system(self.partnership.pk)):
                pass
            made = UnusualLook.objects.get(case_id=case_id)
            self.mark(made.pk, "look", known, "look", "manager")
            self.side.looks["own manager" if known == "own" else known] = Target({"look_id": made.pk})

    def clocks(self) -> None:
        """Three of each family, about its case: one runs, for one more time is asked, one stands still."""
        for (ownership, stage), target in self.side.cases.items():
            if stage == self.stages[0] and ownership in CASES:
                scene = self.led_here if ownership == "own" else self.side.scene
                self.clocks_of(Case.objects.get(pk=target.ids["case_id"]), scene, ownership, target)

    def clocks_of(self, case: Case, scene: Scene, ownership: str, target: Target) -> None:
        by, now = scene.actor("lead"), clock.now()
        started = deadlines.start_clocks(
            by=by, kinds=[ClockKind.REVIEW, ClockKind.JOINT_VISIT, ClockKind.ASSESSMENT_STARTED], subject=case,
            events=dict.fromkeys(StartEvent, now), reference=case.reference, case_id=case.pk,
            whose=Whose(case.lead_id, case.lead_agency_id, case.team_id),
        )  # fmt: skip
        runs, asked_for, stands_still = started
        asked = deadlines.ask_for_more_time(
            by=by, deadline_id=asked_for.pk, until=far_working_day(),
            reason=self.word("case", ownership, "words"),
        )  # fmt: skip
        deadlines.pause_clock(
            by=by, deadline_id=stands_still.pk, reason=pathway.current_policy().pause_reasons[0],
            note=self.word("case", ownership, "words"),
        )  # fmt: skip
        for row in (*started, asked):
            self.mark(row.pk, "case", ownership, "family")
        target.ids |= {"deadline_id": runs.pk, "extension_id": asked.pk}
        contact = families.record_contact(
            by=by, case_id=case.pk, at=now, how="phone", result="attempted",
            note=self.word("case", ownership, "where"),
        )  # fmt: skip
        self.mark(contact.pk, "case", ownership, "family")
        target.given |= {"turned_to": now}

    def messages(self) -> None:
        """Each viewer is told something, and a colleague too."""
        kinds.add("trust.told", words=lambda message: "Something is due")
        for sender in (*(role.value for role in Role), "colleague"):
            ownership = "other" if sender == "colleague" else "own"
            member = self.side.people[sender]
            notifications.tell(
                to=[(member.user_id, member.agency_id)], kind="trust.told", key=f"trust:{sender}",
                subject_kind="trust.thing", subject_id=new_id(),
            )  # fmt: skip
            told = Message.objects.get(user_id=member.user_id, kind="trust.told")
            self.mark(told.pk, "message", ownership, "message", sender)
            self.side.messages["other" if ownership == "other" else f"own {sender}"] = Target({"message_id": told.pk})

    # What only the administrator has to do with

    def office(self) -> Target:
        """An agency with a team, somebody who works there, and somebody who is invited: none of them with a case."""
        by = actor_of(self.side.people["administrator"])
        member = make_member(team=make_team(make_agency("Quiet Agency")), name="Somebody Quiet")
        with clock.at(clock.now() - dt.timedelta(hours=1)):
            invitation = accounts.invite(
                by=by, email="invited@new.example", full_name=self.word("office", "own", "invited"),
                agency=member.agency, role=Role.PRACTITIONER,
            )  # fmt: skip
        self.mark(invitation.pk, "office", "own", "invited")
        ids = {
            "agency_id": member.agency_id, "team_id": member.team_id, "user_id": member.user_id,
            "membership_id": member.pk, "invitation_id": invitation.pk, "version": self.pathway(),
        }  # fmt: skip
        return Target(ids, {"agency": str(member.agency_id)})

    def pathway(self) -> int:
        """The number of the pathway policy's version: the first in the north, a second in the south."""
        by = actor_of(self.side.people["administrator"])
        row = pathways.start_from_preset(by=by, preset="rotherham", version=0)
        return (pathways.confirm_default(by=by, version=1) if self.side.name == "south" else row).version

    # Families, cases, assessments, documents

    def family(self, ownership: str, stage: str) -> Target:
        """A case with its consent, assessment and, once approved, its documents."""
        scene = self.led_here if ownership == "own" else self.side.scene
        case, consent = self.case(scene, ownership)
        people = [member.person for member in case.family.members.select_related("person").order_by("position")]
        self.mark(case.pk, "case", ownership, "family")
        self.mark(case.reference, "case", ownership, "reference")
        self.mark(consent.pk, "case", ownership, "consent")
        for person, part in zip(people, ("family", "family", "uncovered"), strict=True):
            self.mark(person.pk, "case", ownership, part)
        assessment = self.assessment(scene, case, ownership, stage, [str(person.pk) for person in people])
        self.mark(assessment.pk, "case", ownership, "family")
        ids = {"case_id": case.pk, "consent_id": consent.pk, "assessment_id": assessment.pk, "key": "reason"}
        if stage in {"approved", "asked"}:
            ids["document_id"] = self.document(scene, assessment, ownership)
        section = assessment.sections.get(key="reason")
        given = {"revision": section.revision, "people": [str(person.pk) for person in people[:2]], "state": stage}
        return Target(ids, given)

    def case(self, scene: Scene, ownership: str) -> tuple[Case, Consent]:
        """The third of the people is covered by no consent; where it is for reading only, nor is the address."""
        levels = {"see": GrantLevel.SEE, "work": GrantLevel.CONTRIBUTE, "revoked": GrantLevel.CONTRIBUTE}
        agencies = {scene.early_help: GrantLevel.CONTRIBUTE}
        if ownership in levels:
            agencies[self.side.agency] = levels[ownership]
        today = clock.today()
        born = [today.replace(year=today.year - years, day=1) for years in (36, 9, 2)]
        parts = (Part.MOTHER, Part.CHILD, Part.CHILD)
        known = ("family", "family", "uncovered")
        words = [[self.word("case", ownership, what) for _name in range(2)] for what in known]
        people = [
            NewPerson(*names, part, day, BirthDateKind.EXACT)
            for names, part, day in zip(words, parts, born, strict=True)
        ]
        kinds = [InformationKind.EDUCATION, *([] if ownership == "see" else [InformationKind.FAMILY])]
        case = make_case(
            scene,
            family_name=self.word("case", ownership, "family"),
            address=f"4 {self.word('case', ownership, 'where')} Lane",
            phone=f"01632 {self.word('case', ownership, 'where')}",
            agencies=agencies,
            covered=[0, 1],
            people=people,
            given_by=self.word("case", ownership, "consent"),
            witness=self.word("case", ownership, "consent"),
            information=kinds,
        )
        return case, Consent.objects.get(case=case)

    def assessment(self, scene: Scene, case: Case, ownership: str, stage: str, people: list[str]) -> Assessment:
        found = Assessment.objects.get(case=case)
        by, manager = scene.actor("lead"), scene.actor("manager")
        words = lambda part="words": self.word("case", ownership, part)  # noqa: E731
        written: Mapping[str, Any] = {
            "reason": {"why": words(), "wish": words()},
            "children": {
                "voices": [{"child": people[1], "said": words()}, {"child": people[2], "said": words("uncovered")}]
            },
        }
        for section in found.sections.order_by("key"):
            assessments.save_section(
                by=by, assessment_id=found.pk, key=section.key, revision=0, answers=written[section.key], complete=True
            )
        if stage == "writing":
            return found
        assessments.agree_with_family(by=by, assessment_id=found.pk, agreed_by=words(), family_views=words())
        if stage != "agreed":
            assessments.submit(by=by, assessment_id=found.pk)
        if stage == "returned":
            said = [assessments.Comment("reason", words()), assessments.Comment("", words())]
            assessments.give_back(by=manager, assessment_id=found.pk, comments=said)
        if stage in {"approved", "asked"}:
            assessments.approve(by=manager, assessment_id=found.pk, comment=words())
        return found

    def document(self, scene: Scene, assessment: Assessment, ownership: str) -> Any:
        """The viewers' practitioner asks where they may; the lead where not. Where both may, the lead too."""
        viewer, lead = actor_of(self.side.people["practitioner"]), scene.actor("lead")
        asked = assessments.ask_for_pdf(by=lead if ownership == "never" else viewer, assessment_id=assessment.pk)
        self.mark(asked.pk, "case", ownership, "document")
        self.mark(asked.reference, "case", ownership, "document")
        if ownership in {"see", "work"} and self.lent is None:
            other = assessments.ask_for_pdf(by=lead, assessment_id=assessment.pk)
            self.mark(other.pk, "case", "lent", "document")
            self.mark(other.reference, "case", "lent", "document")
            self.lent = Target({"document_id": other.pk})
        return asked.pk

    # Enquiries and drafts

    def enquiries(self) -> None:
        """One of each for every role that writes, a colleague's, and another agency's: waiting, taken and decided."""
        side, scene = self.side, self.side.scene
        for role in WRITERS:
            side.enquiries[f"own {role}"] = self.enquiry("own", role, side.people[role])
            side.drafts[f"own {role}"] = self.draft("own", role, side.people[role])
        side.enquiries["agency"] = self.enquiry("agency", "colleague", side.people["colleague"])
        side.drafts["agency"] = self.draft("agency", "colleague", side.people["colleague"])
        side.enquiries["other"] = self.enquiry("other", "teacher", scene.teacher)
        side.drafts["other"] = self.draft("other", "teacher", scene.teacher)
        side.enquiries["taken"] = self.enquiry("other", "teacher", scene.teacher)
        intake.take_enquiry(by=actor_of(side.people["screener"]), enquiry_id=side.enquiries["taken"].ids["enquiry_id"])
        decided = self.enquiry("agency", "colleague", side.people["colleague"])
        intake.take_enquiry(by=scene.actor("screener"), enquiry_id=decided.ids["enquiry_id"])
        intake.decide_enquiry(
            by=scene.actor("screener"), enquiry_id=decided.ids["enquiry_id"], decision="no_further_action", level="1",
            reason=self.word("enquiry", "agency", "told", "colleague"),
        )  # fmt: skip
        side.enquiries["decided"] = decided

    def draft(self, ownership: str, sender: str, member: Membership, about: str = "draft") -> Target:
        """Every page written, each word of it a canary."""
        words = lambda: self.word(about, ownership, "told", sender)  # noqa: E731
        by = actor_of(member)
        made = intake.start_draft(by=by)
        family = answers.family(family_name=words(), address=words(), phone=words())
        intake.save_page(by=by, draft_id=made.pk, page="family", answers=family)
        for person in (answers.child(nhs_number=""), answers.mother()):
            named = {**person, "given_name": words(), "family_name": words()}
            made = intake.save_person(by=by, draft_id=made.pk, key="", answers=named)
        keys = [person["key"] for person in made.pages["people"]]
        story = answers.story(worries=words(), working_well=words(), tried=words(), wishes=words())
        intake.save_page(by=by, draft_id=made.pk, page="story", answers=story)
        said = answers.consent(people=keys, work=[member.agency_id], given_by=words(), witness=words())
        intake.save_page(by=by, draft_id=made.pk, page="consent", answers=said)
        if about == "draft":
            self.mark(made.pk, about, ownership, "told", sender)
        given = {"family": family, "story": story, "consent": said, "person": answers.mother()}
        return Target({"draft_id": made.pk, "key": keys[0]}, given)

    def enquiry(self, ownership: str, sender: str, member: Membership) -> Target:
        draft = self.draft(ownership, sender, member, "enquiry")
        made: Enquiry = intake.send_enquiry(by=actor_of(member), draft_id=draft.ids["draft_id"])
        self.mark(made.pk, "enquiry", ownership, "told", sender)
        self.mark(made.reference, "enquiry", ownership, "told", sender)
        return Target({"enquiry_id": made.pk}, {"draft_id": draft.ids["draft_id"]})


def far_working_day() -> dt.date:
    """A day on which people work, ten weeks ahead."""
    return Calendar().working_day(1, clock.today() + dt.timedelta(weeks=10))


def missing() -> Target:
    """Ids that are nobody's."""
    names = (
        "case_id", "consent_id", "assessment_id", "document_id", "enquiry_id", "draft_id",
        "agency_id", "team_id", "membership_id", "invitation_id", "filter_id", "look_id",
        "message_id", "deadline_id", "extension_id",
    )  # fmt: skip
    ids: dict[str, Any] = {name: new_id() for name in names}
    numbers = {"user_id": 999_999_999, "version": 999_999_999}
    return Target({**ids, **numbers, "key": "reason"}, {"revision": 0, "people": [], "agency": ""})
