"""All rows of one case, or of an enquiry that opened none. Straight code: it runs a million and a half times.

What stands in proportion, of each case: a family of two to six people with one consent that covers them; the grants
that this consent opens (two for the agency that leads, and one on average for others); the enquiry it came from; an
assessment for nearly all, in the state that fits its age, its sections only while it is unfinished; the clocks of all
three; two entries of the trail and one look, each with its link. One family in twenty has its whole row history.
Besides, an enquiry that opened no case for every seven cases, and in each partnership a queue. Written answers are
left out: they are in no index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from assessments.enums import AssessmentState, SectionState
from cases.enums import CaseState, CaseVerb, GrantLevel
from consent.enums import ConsentHow, ConsentState, ConsentVerb, InformationKind
from earlyhelp.populate import tables
from earlyhelp.populate.clocks import About, Clocks
from earlyhelp.populate.country import LED, NAMED, House, Town
from earlyhelp.populate.households import Born, Household, Households
from earlyhelp.populate.ids import reference
from earlyhelp.populate.moments import CLOSES, DAYS, OPENS, Moments
from earlyhelp.populate.tables import HISTORY, NULL, Table
from earlyhelp.populate.trail import Rows, Trail
from foundation.accounts.enums import Role
from foundation.partnership.enums import ClockKind
from intake.enums import Decision, EnquiryState, Need

CONTRIBUTES = 0.2
"""Of the agencies that a consent names beside the one that leads: how many may work on the case."""

COUNCIL_NAMED = 0.8
OTHER_NAMED = 0.5
NO_CASE_OPENED = 0.15
HISTORY_ONE_IN = 20
ENDS = 0.08
ENQUIRY_PEOPLE_DAYS = DAYS // 10
"""How far back the people are kept as the enquiry told of them."""

QUEUE = 25
REVIEW, FIRST_CONTACT = 42, 3
"""Days of two clocks."""

OPEN, CLOSED = CaseState.OPEN.value, CaseState.CLOSED.value
NEEDS = list(Need.values)
LEVELS = ("2", "2", "2", "2", "1+", "1+", "3")
KINDS = "{" + ",".join(InformationKind.values) + "}"
WORRIES = "Mornings are hard and school is missed."
UNFINISHED = (
    AssessmentState.DRAFT, AssessmentState.IN_PROGRESS, AssessmentState.IN_PROGRESS, AssessmentState.AGREED,
    AssessmentState.SUBMITTED, AssessmentState.RETURNED,
)  # fmt: skip
HALF_WRITTEN = 9
# What an approved assessment froze, without people and answers, written as `assessments.freezing.sha256_of` hashes it.
FROZEN = '{"answers": {}, "form": {"key": "eha", "version": 1}, "people": [], "version": 1}'
FROZEN_SHA256 = hashlib.sha256(FROZEN.encode()).hexdigest()


@dataclass(frozen=True)
class Permissions:
    """The keys of guardian's two permissions on a case."""

    see: int
    contribute: int


@dataclass(frozen=True)
class Told:
    """What reached the door: whose family, under which consent, sent by which worker of which agency, and when."""

    home: Household
    consent: str
    sender: tuple[int, str]
    day: int
    at: str
    ends: str


class Maker:
    """Makes the rows of one partnership's cases, oldest first, into `rows` (table name → rows)."""

    def __init__(
        self, town: Town, rows: Rows, moments: Moments, permissions: Permissions, sections: list[str], cases: int
    ) -> None:
        self._town, self._rows, self._moments = town, rows, moments
        self._permissions, self._sections = permissions, sections
        self._trail = Trail(str(town.id), rows)
        self._clocks = Clocks(town, rows, moments, self._put)
        self._households = Households(town, cases)
        self._random, self._key = town.random, town.keys.next
        self._id = str(town.id)
        self._offset = town.random.randrange(30**8)
        self._enquiries = self._cases = 0
        self._epoch = 0
        self._at = ""
        self._kept = False
        self._level = LEVELS[0]

    def case(self, day: int) -> None:
        """A case that was opened on this day, with all that belongs to it, and now and then one that was not."""
        self._kept = self._cases % HISTORY_ONE_IN == 0
        self._level = LEVELS[self._cases % len(LEVELS)]
        self._cases += 1
        lead, worker, told = self._told(max(day - 1, 0))
        self._family(told.home)
        self._go_to(day)
        case, is_open = self._key(), self._is_open(day)
        about = About("cases.case", case, case, reference("EH", self._cases, self._offset), worker, lead)
        self._put(
            tables.CASE, case,
            f"{case}\t{self._id}\t{about.reference}\t{told.home.key}\t"
            f"{OPEN if is_open else CLOSED}\t{self._level}\t{worker}\t{lead.id}\t{lead.team_of(worker)}\t"
            f"{self._at}\t{self._screener()}",
        )  # fmt: skip
        self._consent(told, case, told.home.people)
        self._doors(told, case, lead, is_open)
        self._enquiry(told, case)
        self._trail.did(
            self._key(), self._at, self._epoch, (self._screener(), self._town.council.id), Role.SCREENER.value,
            CaseVerb.OPENED.value, ("cases.case", case), case, f'{{"level": "{self._level}"}}',
        )  # fmt: skip
        self._assessment(about, lead, day, is_open)
        self._reviews(about, day, is_open)
        self._trail.saw(self._key(), self._at, self._epoch, (worker, lead.id), ("cases.case", case), case)
        if self._random.random() < NO_CASE_OPENED:
            self.no_case(day)

    def no_case(self, day: int, state: EnquiryState = EnquiryState.DECIDED) -> None:
        """An enquiry that has opened no case: decided so, or still in the queue."""
        self._kept = False
        _, _, told = self._told(day)
        self._consent(told, NULL, [])
        self._enquiry(told, NULL, state)

    # Moments.

    def _go_to(self, day: int) -> None:
        second = OPENS + int(self._random.random() * (CLOSES - OPENS))
        self._at, self._epoch = self._moments.text(day, second), self._moments.second(day, second)
        self._town.keys.go_to(self._epoch * 1000)

    def _is_open(self, day: int) -> bool:
        """A quarter of all cases are: nearly all of the newest, none that are older than two years or so."""
        return DAYS - day < 120 + 680 * self._random.random()

    # Who it is about, and who wrote.

    def _told(self, day: int) -> tuple[House, int, Told]:
        """The agency that comes to lead, its worker, and what they told on this day."""
        self._go_to(day)
        lead = self._random.choices(self._town.houses, cum_weights=LED)[0]
        worker = lead.practitioners[int(self._random.random() * len(lead.practitioners))]
        home = self._households.next(int(self._at[:4]))
        ends = self._moments.days[min(day + 365, DAYS)] if self._random.random() < ENDS else NULL
        return lead, worker, Told(home, self._key(), (worker, lead.id), day, self._at, ends)

    def _screener(self) -> int:
        screeners = self._town.council.screeners
        return screeners[self._cases % len(screeners)]

    def _put(self, table: Table, key: str, row: str) -> None:
        """A row, and its first version in the history if that is kept."""
        self._rows[table.name].append(row)
        if self._kept:
            self._rows[HISTORY[table.name].name].append(f"{row}\t{self._at}\tinsert\t{NULL}\t{key}")

    def _family(self, home: Household) -> None:
        self._put(tables.FAMILY, home.key, f"{home.key}\t{self._id}\t{home.words}\t{self._at}")
        for place, born in enumerate(home.people):
            self._put(tables.PERSON, born.key, f"{born.key}\t{self._id}\t{born.words}\t{self._at}")
            key = self._key()
            self._put(tables.MEMBER, key, f"{key}\t{self._id}\t{home.key}\t{born.key}\t{born.part}\t{place}")

    # Consent and the doors that it opens.

    def _consent(self, told: Told, case: str, people: list[Born]) -> None:
        key, (user, agency) = told.consent, told.sender
        self._put(
            tables.CONSENT, key,
            f"{key}\t{self._id}\t{case}\t{ConsentState.IN_FORCE.value}\tTheir mother\t{ConsentHow.SPOKEN.value}\t"
            f"A colleague who was there\t\t1\t{KINDS}\t{self._moments.days[told.day]}\t{told.ends}\t{user}\t"
            f"{agency}\t{told.at}\t{NULL}\t{NULL}\t",
        )  # fmt: skip
        for born in people:
            row = self._key()
            self._put(tables.CONSENT_PERSON, row, f"{row}\t{self._id}\t{key}\t{born.key}")
        self._trail.did(
            self._key(), self._at, self._epoch, told.sender, Role.PRACTITIONER.value, ConsentVerb.RECORDED.value,
            ("consent.consent", key), "" if case == NULL else case, "{}",
        )  # fmt: skip

    def _doors(self, told: Told, case: str, lead: House, is_open: bool) -> None:
        """What `consent.services.reckon_grants` would leave: the lead's two rows, one or two for each agency named."""
        self._named(told.consent, lead, GrantLevel.CONTRIBUTE)
        self._grants(case, lead, GrantLevel.CONTRIBUTE, NULL if is_open else told.ends)
        for house in self._others(lead):
            works = house.sort.leads and self._random.random() < CONTRIBUTES
            level = GrantLevel.CONTRIBUTE if works else GrantLevel.SEE
            self._named(told.consent, house, level)
            self._grants(case, house, level, told.ends)

    def _others(self, lead: House) -> Iterator[House]:
        council = self._town.council
        if lead is not council and self._random.random() < COUNCIL_NAMED:
            yield council
        if self._random.random() < OTHER_NAMED:
            other = self._random.choices(self._town.houses, cum_weights=NAMED)[0]
            if other is not lead:
                yield other

    def _named(self, consent: str, house: House, level: GrantLevel) -> None:
        key = self._key()
        row = f"{key}\t{self._id}\t{consent}\t{house.id}\t{level.value}\t{NULL}\t{NULL}\t"
        self._put(tables.CONSENT_AGENCY, key, row)

    def _grants(self, case: str, house: House, level: GrantLevel, until: str) -> None:
        rows, start = self._rows[tables.GRANT.name], f"{self._id}\t{case}\t{house.group_id}\t"
        rows.append(f"{start}{self._permissions.see}\t{until}\t{self._at}")
        if level is GrantLevel.CONTRIBUTE:
            rows.append(f"{start}{self._permissions.contribute}\t{until}\t{self._at}")

    # What it came from, and what was written.

    def _enquiry(self, told: Told, case: str, state: EnquiryState = EnquiryState.DECIDED) -> None:
        self._enquiries += 1
        key, screener, need = self._key(), self._screener(), self._enquiries % len(NEEDS)
        name = reference("EN", self._enquiries, self._offset)
        taken = f"{NULL}\t{NULL}" if state is EnquiryState.WAITING else f"{screener}\t{self._at}"
        decided = f"\t\t\t{NULL}\t{NULL}"
        if state is EnquiryState.DECIDED:
            decision = Decision.NO_FURTHER_ACTION if case == NULL else Decision.EHA_REQUIRED
            decided = f"{decision.value}\t{self._level}\tTalked through\t{screener}\t{self._at}"
        self._put(
            tables.ENQUIRY, key,
            f"{key}\t{self._id}\t{name}\t{self._key()}\t{state.value}\t"
            f"{told.at}\t{told.sender[0]}\t{told.sender[1]}\t{told.consent}\t{told.home.words}\t{WORRIES}\t\t\t\t"
            f"{{{NEEDS[need]},{NEEDS[(need * 5 + 3) % len(NEEDS)]}}}\t{{}}\t{taken}\t{decided}\t{case}",
        )  # fmt: skip
        if told.day >= DAYS - ENQUIRY_PEOPLE_DAYS:
            self._enquiry_people(key, told.home.people, known=case != NULL)
        owner = NULL if state is EnquiryState.WAITING else screener
        about = About("intake.enquiry", key, case, name, owner)
        if state is EnquiryState.DECIDED:
            self._clocks.met(ClockKind.SCREENING_DECISION, about, told.at, told.day + 1, self._at)
        else:
            self._clocks.screening(about, told.at)

    def _reviews(self, about: About, day: int, is_open: bool) -> None:
        """The next one of an open case, the last of a closed one; a family that is new is first to be met."""
        if not is_open:
            self._clocks.met(ClockKind.REVIEW, about, self._at, min(day + REVIEW, DAYS), day + REVIEW - day % 9)
            return
        self._clocks.runs(ClockKind.REVIEW, about, day, REVIEW)
        if DAYS - day <= FIRST_CONTACT:
            self._clocks.runs(ClockKind.FIRST_CONTACT, about, day, FIRST_CONTACT)

    def _enquiry_people(self, enquiry: str, people: list[Born], *, known: bool) -> None:
        rows = self._rows[tables.ENQUIRY_PERSON.name]
        for place, born in enumerate(people):
            given, surname, more = born.words.split("\t", 2)
            rows.append(
                f"{self._key()}\t{self._id}\t{enquiry}\t{place}\t{given}\t{surname}\t{born.part}\t{more}\tt\t"
                f"{born.key if known else NULL}"
            )

    def _assessment(self, case: About, lead: House, day: int, is_open: bool) -> None:
        """None for one case in ten; written by the lead, decided by the agency's manager a fortnight later."""
        if self._random.random() < 0.1:
            return
        finished = not is_open or self._random.random() < min(0.97, (DAYS - day) / 100)
        state = AssessmentState.APPROVED if finished else self._random.choice(UNFINISHED)
        judged = state in (AssessmentState.APPROVED, AssessmentState.RETURNED)
        sent = judged or state is AssessmentState.SUBMITTED
        author, later = int(case.owner), self._moments.text(min(day + 14, DAYS), OPENS)
        agreed = f"{later}\tTheir mother" if sent or state is AssessmentState.AGREED else f"{NULL}\t"
        submitted = f"{later}\t{author}" if sent else f"{NULL}\t{NULL}"
        decided = f"{later}\t{lead.managers[0]}" if judged else f"{NULL}\t{NULL}"
        frozen = f"{FROZEN}\t{FROZEN_SHA256}" if finished else f"{NULL}\t"
        key = self._key()
        self._put(
            tables.ASSESSMENT, key,
            f"{key}\t{self._id}\t{case.key}\t1\t{self._town.definition_id}\t{state.value}\t{author}\t{self._at}\t{agreed}\t\t"
            f"{submitted}\t{decided}\t\t{frozen}",
        )  # fmt: skip
        about = About("assessments.assessment", key, case.key, case.reference, author, lead)
        if finished:
            due = day + (10 if self._cases % 10 == 0 else 14)
            self._clocks.met(ClockKind.ASSESSMENT_COMPLETED, about, self._at, due, day + 14)
        else:
            self._clocks.runs(ClockKind.ASSESSMENT_COMPLETED, about, day, 14)
            self._sections_of(key, state, author)

    def _sections_of(self, assessment: str, state: AssessmentState, author: int) -> None:
        """None written in a draft, half of them in one that is being written, all in what has gone further."""
        done = {AssessmentState.DRAFT: 0, AssessmentState.IN_PROGRESS: HALF_WRITTEN}.get(state, len(self._sections))
        saved = f"{SectionState.DONE.value}\t1\t{self._at}\t{author}"
        blank = f"{SectionState.NOT_STARTED.value}\t0\t{NULL}\t{NULL}"
        self._rows[tables.SECTION.name] += [
            f"{self._key()}\t{self._id}\t{assessment}\t{name}\t{{}}\t{saved if place < done else blank}"
            for place, name in enumerate(self._sections)
        ]
