"""One family along the path, by the services alone. Each walk yields the moment of its next step, then takes it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from assessments import services as assessments
from assessments.models import Assessment
from cases import services as cases
from cases.enums import ContactHow, ContactResult, Part
from cases.models import FamilyMember
from consent import services as consent
from earlyhelp.demo import timing
from earlyhelp.demo.diary import Diary
from earlyhelp.demo.places import Hand, Town
from earlyhelp.demo.stages import Contact, Plan, Stage
from earlyhelp.demo.stories import Tale
from foundation.common import clock
from foundation.formdefs import definitions
from intake import services as intake
from intake.enums import Decision
from intake.models import Enquiry

# The sections that each visit to the family lets the lead write; the last visit is not made yet while it goes on.
VISITS = (
    ("safeguarding", "people", "reason"),
    ("children", "adults", "strengths"),
    ("development", "parenting", "environment", "agencies", "baseline"),
    ("balance", "characteristics", "analysis", "impact", "gaps", "next_steps"),
)
# Working days after the enquiry.
DECIDED, VISITED, AGREED, SUBMITTED, JUDGED, TAKEN_BACK = 1, (3, 5, 8, 10), 11, 12, 14, 15
CONTACTED = (DECIDED, 2)
# Minutes after nine, the earliest and the latest.
CALLED, CALLED_AGAIN = (250, 400), (30, 230)
TRIED_NOTE = "No answer. I left a message with my name and number."
REACHED_NOTE = "They are glad that we rang. We agreed when I visit."
HALF_WRITTEN = "balance"
ENDS_BEFORE = 6
"""A consent that has ended did so this many working days before day 0."""
UNFINISHED = frozenset({Stage.IN_PROGRESS, Stage.NOT_COVERED, Stage.ENDED})


@dataclass
class Walk:
    """What one family's walk needs."""

    town: Town
    diary: Diary
    plan: Plan
    tale: Tale
    random: Random

    def steps(self) -> Iterator[datetime]:
        """The whole walk."""
        yield self._sent_at()
        sender = self._sender()
        draft_id = self._write(sender)
        if self.plan.stage is Stage.DRAFT:
            return
        enquiry = intake.send_enquiry(by=sender.actor, draft_id=draft_id)
        if self.plan.stage is Stage.WAITING:
            return
        case_id = yield from self._screened(enquiry)
        if case_id is None:
            return
        yield from self._contacted(case_id)
        if self.plan.stage is not Stage.OPEN:
            yield from self._assessed(case_id, enquiry.consent_id)
        yield from timing.steps(self, case_id)

    def _sent_at(self) -> datetime:
        if self.plan.days is None:
            return self.diary.just_now(self.random.randint(15, 50))
        return self._at(0, 20, 280)

    def _at(self, days_later: int, earliest: int, latest: int) -> datetime:
        """Some time of a day so many working days after the enquiry; minutes after nine o'clock."""
        return self.diary.at(max((self.plan.days or 0) - days_later, 0), self.random.randint(earliest, latest))

    def _sender(self) -> Hand:
        return self.town.hands[self.tale.story.data["sender"]]

    def _write(self, sender: Hand) -> Any:
        """The pages of an enquiry; a draft stops before the consent."""
        by, home = sender.actor, self.tale.household
        draft_id = intake.start_draft(by=by).pk
        page = {"family_name": home.family_name, "address": home.address, "phone": home.phone}
        intake.save_page(by=by, draft_id=draft_id, page="family", answers=page)
        for member in home.members:
            answers = {
                "given_name": member.given_name, "family_name": member.family_name, "part": member.part,
                "born_on": member.born_on, "born_kind": member.born_kind, "nhs_number": member.nhs_number,
            }  # fmt: skip
            draft = intake.save_person(by=by, draft_id=draft_id, key="", answers=answers)
        draft = intake.save_page(by=by, draft_id=draft_id, page="story", answers=self.tale.enquiry())
        if self.plan.stage is not Stage.DRAFT:
            keys = {member.key: saved["key"] for member, saved in zip(home.members, draft.pages["people"], strict=True)}
            intake.save_page(by=by, draft_id=draft_id, page="consent", answers=self._consent(sender, keys))
        return draft_id

    def _consent(self, sender: Hand, keys: dict[str, str]) -> dict[str, Any]:
        said = self.tale.story.data["consent"]
        apart = said.get("apart") if self.plan.stage is Stage.NOT_COVERED else None
        giver = self.tale.household.member(said["giver"])
        ended = self.plan.stage is Stage.ENDED
        return {
            "given": "yes",
            "given_by": f"{giver.name}, {Part(giver.part).label.lower()}",
            "how": "paper" if "paper" in said else "spoken",
            "witness": "" if "paper" in said else f"{sender.name}, {sender.job}",
            "paper_kept_at": said.get("paper", ""),
            "privacy_notice": True,
            "given_on": clock.today(),
            "ends_on": self.diary.at(ENDS_BEFORE, 0).date() if ended else None,
            "see": [str(self.town.agencies[key].pk) for key in said["see"]],
            "work": [str(self.town.agencies[key].pk) for key in said["work"]],
            "information": said["information"],
            "covers": [own for key, own in keys.items() if key != apart],
        }

    def _screened(self, enquiry: Enquiry) -> Generator[datetime, None, UUID | None]:
        """One screener takes it and, unless it is to stay on their desk, decides it; the case's key if one opens."""
        taken = self.plan.stage is Stage.TAKEN
        screener = self.town.hands["screener" if taken else self.random.choice(["screener", "screener2"])]
        yield self._at(DECIDED, 30, 150)
        intake.take_enquiry(by=screener.actor, enquiry_id=enquiry.pk)
        if taken:
            return None
        yield self._at(DECIDED, 160, 240)
        said: dict[str, Any] = {"by": screener.actor, "enquiry_id": enquiry.pk, "reason": self.tale.text("reason")}
        if self.plan.stage is Stage.NO_FURTHER_ACTION:
            intake.decide_enquiry(**said, decision=Decision.NO_FURTHER_ACTION, level="1")
            return None
        lead = self.lead()
        decided = intake.decide_enquiry(
            **said,
            decision=Decision.EHA_REQUIRED,
            level=self.tale.story.data["level"],
            lead_id=lead.user.pk,
            agency_id=lead.agency.pk,
            team_id=lead.team.pk if lead.team else None,
        )
        return decided.case_id

    def _contacted(self, case_id: UUID) -> Iterator[datetime]:
        """The lead rings on the day of the decision, and a day later reaches the family, or does not."""
        tried = {Contact.NONE: (), Contact.TRIED: (False, False), Contact.REACHED: (False, True)}[self.plan.contact]
        for days_later, reached in zip(CONTACTED, tried, strict=False):
            yield self._at(days_later, *(CALLED if days_later == DECIDED else CALLED_AGAIN))
            cases.record_contact(
                by=self.lead().actor,
                case_id=case_id,
                at=clock.now(),
                how=ContactHow.PHONE,
                result=ContactResult.REACHED if reached else ContactResult.ATTEMPTED,
                note=REACHED_NOTE if reached else TRIED_NOTE,
            )

    def lead(self) -> Hand:
        """Who leads, or will if a case opens."""
        return self.town.hands[self.plan.lead]

    def _assessed(self, case_id: UUID, consent_id: UUID) -> Iterator[datetime]:
        """Written visit by visit, and as far on as the stage says."""
        writing = Writing(self, Assessment.objects.select_related("definition", "case").get(case=case_id))
        unfinished = self.plan.stage in UNFINISHED
        for days_later, sections in list(zip(VISITED, VISITS, strict=True))[: -1 if unfinished else None]:
            yield from writing.visit(days_later, sections)
        if unfinished:
            writing.begin(HALF_WRITTEN)
        elif self.plan.stage is Stage.WITHDRAWN:
            yield self._at(TAKEN_BACK, 60, 300)
            told_by = f"{self.tale.household.member(self.tale.story.data['consent']['giver']).name}, by telephone"
            school = self.town.agencies["primary"]
            consent.withdraw(by=self.lead().actor, consent_id=consent_id, told_by=told_by, agencies=[school])
        else:
            yield from self._judged(writing.assessment)

    def _judged(self, assessment: Assessment) -> Iterator[datetime]:
        """Agreed, sent, and returned or approved."""
        stage, lead, manager = self.plan.stage, self.lead().actor, self.town.hands["manager"].actor
        by_lead: dict[str, Any] = {"by": lead, "assessment_id": assessment.pk}
        yield self._at(AGREED, 60, 400)
        giver = self.tale.household.member(self.tale.story.data["consent"]["giver"])
        assessments.agree_with_family(**by_lead, agreed_by=giver.name, family_views=self.tale.text("family_views"))
        if stage is Stage.AGREED:
            return
        yield self._at(SUBMITTED, 30, 400)
        assessments.submit(**by_lead)
        if stage is Stage.SUBMITTED:
            return
        yield self._at(JUDGED, 60, 400)
        if stage is Stage.RETURNED:
            comments = [
                assessments.Comment("" if key == "whole" else key, self.tale.tell(text))
                for key, text in self.tale.story.data["returned"].items()
            ]
            assessments.give_back(by=manager, assessment_id=assessment.pk, comments=comments)
            return
        assessments.approve(by=manager, assessment_id=assessment.pk, comment=self.tale.text("approved"))
        yield self._at(JUDGED + 1, 30, 200)
        assessments.ask_for_pdf(**by_lead)


class Writing:
    """The sections of one assessment, each by whoever the story says wrote it."""

    def __init__(self, walk: Walk, assessment: Assessment) -> None:
        self.assessment = assessment
        self._walk = walk
        self._form = definitions.parse(assessment.definition.body)
        order = FamilyMember.objects.filter(family=assessment.case.family_id).order_by("position")
        members = zip(walk.tale.household.members, order, strict=True)
        self._ids = {member.key: str(row.person_id) for member, row in members}
        self._others = {key: who for who, keys in walk.tale.story.data["wrote"].items() for key in keys}

    def visit(self, days_later: int, sections: tuple[str, ...]) -> Iterator[datetime]:
        """The sections that follow from one visit: the lead's after it, a quarter of an hour each; others' between."""
        begun = self._walk.random.randint(240, 390)
        for number, key in enumerate(sections):
            yield self._walk.diary.at(max((self._walk.plan.days or 0) - days_later, 0), begun + 14 * number)
            self._save(key, self._walk.tale.answers(self._form, key, self._ids), complete=True)

    def begin(self, key: str) -> None:
        """A first answer, and no more yet."""
        answers = self._walk.tale.answers(self._form, key, self._ids)
        first = next(iter(answers))
        self._save(key, {first: answers[first]}, complete=False)

    def _save(self, key: str, answers: dict[str, Any], *, complete: bool) -> None:
        writer = self._walk.town.hands[self._others.get(key, self._walk.plan.lead)]
        assessments.save_section(
            by=writer.actor, assessment_id=self.assessment.pk, key=key, revision=0, answers=answers, complete=complete
        )
