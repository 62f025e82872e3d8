"""Every way an assessment is written: started, saved, agreed, submitted, returned, approved (EHA-2 to EHA-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django_fsm import can_proceed

from assessments import policies, queries, timing
from assessments.comparing import same_entries, same_words
from assessments.disclosure import without_hidden_people
from assessments.enums import WRITABLE, AssessmentState, AssessmentVerb, SectionState
from assessments.freezing import as_it_stands, sha256_of
from assessments.models import Assessment, ReturnComment, Section
from cases.disclosure import Disclosure
from cases.models import Case
from foundation.accounts.models import User
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.documents import services as documents
from foundation.documents.models import Document
from foundation.formdefs import definitions
from foundation.formdefs import queries as formdefs
from foundation.formdefs.definitions import Page
from foundation.formdefs.enums import Kind
from foundation.formdefs.merging import put_back
from foundation.partnership.enums import StartEvent

FORM = "eha"
# In characters.
LONGEST_COMMENT = LONGEST_VIEWS = 5_000
LONGEST_AGREED_BY = 160


class SectionClash(Clash):
    """Somebody saved the section since this writer opened it; both versions are kept for them to look at (EHA-4)."""

    def __init__(self, section: Section, yours: Mapping[str, Any]) -> None:
        who = section.saved_by.full_name if section.saved_by else "Somebody"
        super().__init__(f"{who} saved this section while you were writing.")
        self.theirs = section
        self.yours = dict(yours)


@dataclass(frozen=True)
class Comment:
    """What a manager asks for: about one section, or about all of it ("")."""

    section_key: str
    text: str


@transaction.atomic
def start_assessment(
    *, by: Actor, case: Case, author: User, events: Mapping[StartEvent, dt.datetime] | None = None
) -> Assessment:
    """Make the first version, empty, on the form definition in use today, which it keeps (EHA-3).

    Those of its clocks start whose policy names one of the `events` (CLK-1).
    """
    definition = formdefs.current(FORM)
    assessment = Assessment.objects.create(
        case=case, definition=definition, author=author, created_at=clock.now(), version=1
    )
    Section.objects.bulk_create(
        Section(assessment=assessment, key=page.key) for page in definitions.parse(definition.body).pages
    )
    audit.record(by=by, verb=AssessmentVerb.STARTED, subject=assessment, case_id=case.pk)
    timing.opened(by, assessment, events or {})
    return assessment


@transaction.atomic
def save_section(
    *, by: Actor, assessment_id: UUID, key: str, revision: int, answers: Mapping[str, Any], complete: bool
) -> Section:
    """Keep one section's answers. `revision` is the one the writer began from: an older one raises SectionClash.

    `complete` says that the answers passed every check; a draft saved while typing comes with False (EHA-4).
    Drafts stand in the row's history; a save that somebody meant stands in the trail as well. The same words once
    more change nothing: no clash, no new revision, and a completed section stays completed. Other words in a
    completed section make it "changed" until somebody completes it again.
    """
    assessment = _locked(by, assessment_id)
    policies.check_can_write(by=by, assessment=assessment)
    page = definitions.parse(assessment.definition.body).page(key)
    section = assessment.sections.select_for_update(of=("self",)).get(key=key)
    # Whoever may not see everybody in a section must not wipe out what it says of the others.
    visible = {str(member.person_id) for member in Disclosure(by, assessment.case).people()}
    before, _ = without_hidden_people(page, section.answers, visible)
    same = same_words(before, answers)
    if section.revision != revision and not same:
        raise SectionClash(section, answers)
    state = _state_after(section, same=same, complete=complete)
    if complete or not same:
        _begin(by, assessment)
    if same and same_entries(page, before, answers) and state == section.state:
        return section
    section.answers = put_back(page, kept=section.answers, written=answers, visible=visible)
    _must_fit(page, section.answers)
    section.state = state
    section.revision += 1
    section.saved_at = clock.now()
    section.saved_by_id = by.person
    section.save(update_fields=["answers", "state", "revision", "saved_at", "saved_by"])
    if complete:
        audit.record(by=by, verb=AssessmentVerb.SECTION_SAVED, subject=section, case_id=assessment.case_id)
    return section


@transaction.atomic
def agree_with_family(
    *, by: Actor, assessment_id: UUID, agreed_by: str, family_views: str, read_at: str = ""
) -> Assessment:
    """Record that the family has read the finished assessment, who agreed, and their views of it (EHA-2, EHA-5).

    `read_at` is the `queries.edition` that they read: raises Invalid if a section was saved since. Without it nobody
    asks.
    """
    assessment = _locked(by, assessment_id)
    policies.check_is_author(by=by, assessment=assessment)
    if assessment.state in WRITABLE:
        _must_be_complete(assessment)
    if assessment.state == AssessmentState.RETURNED:
        raise Invalid("Your manager returned it with comments. Work them in before the family agrees to it again.")
    _must_be_able(assessment.agree, assessment)
    if read_at and read_at != queries.edition(assessment):
        raise Invalid("A section was saved since you opened this page. Go through what it says now with the family.")
    agreed_by, family_views = agreed_by.strip(), family_views.strip()
    if not agreed_by:
        raise Invalid({"agreed_by": "Enter who in the family agrees."})
    _must_be_short("Who agrees", agreed_by, LONGEST_AGREED_BY, "agreed_by")
    _must_be_short("The family’s views", family_views, LONGEST_VIEWS, "family_views")
    assessment.agree(family_views=family_views, agreed_by=agreed_by)
    assessment.save(update_fields=["state", "agreed_at", "agreed_by", "family_views"])
    audit.record(by=by, verb=AssessmentVerb.AGREED, subject=assessment, case_id=assessment.case_id)
    return assessment


@transaction.atomic
def reopen(*, by: Actor, assessment_id: UUID) -> Assessment:
    """Open an agreed assessment for more writing; the family's agreement is then asked again."""
    assessment = _locked(by, assessment_id)
    policies.check_is_author(by=by, assessment=assessment)
    _must_be_able(assessment.reopen, assessment)
    assessment.reopen()
    assessment.save(update_fields=["state", "agreed_at", "agreed_by"])
    audit.record(by=by, verb=AssessmentVerb.REOPENED, subject=assessment, case_id=assessment.case_id)
    return assessment


@transaction.atomic
def submit(*, by: Actor, assessment_id: UUID) -> Assessment:
    """Ask the manager for approval."""
    assessment = _locked(by, assessment_id)
    policies.check_is_author(by=by, assessment=assessment)
    _must_be_able(assessment.submit, assessment)
    assessment.submit(by_id=by.person)
    assessment.save(update_fields=["state", "submitted_at", "submitted_by"])
    audit.record(by=by, verb=AssessmentVerb.SUBMITTED, subject=assessment, case_id=assessment.case_id)
    timing.completed(by, assessment)
    return assessment


@transaction.atomic
def give_back(*, by: Actor, assessment_id: UUID, comments: Sequence[Comment]) -> Assessment:
    """Return it with at least one comment, so that its author knows what is wanted (EHA-5)."""
    assessment = _locked(by, assessment_id)
    policies.check_can_decide(by=by, assessment=assessment)
    _must_be_able(assessment.give_back, assessment)
    said = [comment for comment in comments if comment.text.strip()]
    if not said:
        raise Invalid("Enter at least one comment, so that the author knows what to change.")
    definition = definitions.parse(assessment.definition.body)
    for comment in said:
        _must_be_short("A comment", comment.text, LONGEST_COMMENT)
        if comment.section_key:
            definition.page(comment.section_key)  # raises NotThere
    assessment.give_back(by_id=by.person)
    at = assessment.decided_at or clock.now()
    assessment.save(update_fields=["state", "decided_at", "decided_by"])
    ReturnComment.objects.bulk_create(
        ReturnComment(
            assessment=assessment, section_key=comment.section_key, text=comment.text.strip(),
            made_by_id=by.person, made_at=at,
        )
        for comment in said
    )  # fmt: skip
    audit.record(
        by=by, verb=AssessmentVerb.RETURNED, subject=assessment, case_id=assessment.case_id, comments=len(said)
    )
    timing.not_completed(by, assessment)
    return assessment


@transaction.atomic
def approve(*, by: Actor, assessment_id: UUID, comment: str) -> Assessment:
    """Approve it and freeze what stands, with the people as they stand. Never one's own (EHA-5, EHA-7)."""
    assessment = _locked(by, assessment_id)
    policies.check_can_decide(by=by, assessment=assessment)
    _must_be_able(assessment.approve, assessment)
    _must_be_short("Your comment", comment, LONGEST_COMMENT)
    frozen = as_it_stands(assessment, approved_by=User.objects.get(pk=by.person))
    sha256 = sha256_of(frozen)
    assessment.approve(by_id=by.person, comment=comment.strip(), frozen=frozen, sha256=sha256)
    assessment.save(update_fields=["state", "decided_at", "decided_by", "approval_comment", "frozen", "frozen_sha256"])
    audit.record(by=by, verb=AssessmentVerb.APPROVED, subject=assessment, case_id=assessment.case_id, sha256=sha256)
    return assessment


def _locked(by: Actor, assessment_id: UUID) -> Assessment:
    """The assessment, locked, if the actor may see it. Its case is locked by nobody: reading goes on."""
    found = (
        queries.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("case", "author", "definition")
        .filter(pk=assessment_id)
        .first()
    )
    if found is None:
        raise NotThere
    return found


def _state_after(section: Section, *, same: bool, complete: bool) -> SectionState:
    stands = SectionState(section.state)
    if complete:
        return SectionState.DONE
    if same:
        return stands
    return SectionState.CHANGED if stands in {SectionState.DONE, SectionState.CHANGED} else SectionState.IN_PROGRESS


def _begin(by: Actor, assessment: Assessment) -> None:
    if can_proceed(assessment.begin):
        first = assessment.state == AssessmentState.DRAFT
        assessment.begin()
        assessment.save(update_fields=["state", "agreed_at", "agreed_by"])
        audit.record(by=by, verb=AssessmentVerb.BEGUN, subject=assessment, case_id=assessment.case_id)
        if first:
            timing.started(by, assessment)


def _must_fit(page: Page, answers: Mapping[str, Any]) -> None:
    """Entries out of the writer's sight count too: with more than the form allows, nobody could save the page again."""
    for field in page:
        if field.kind == Kind.GROUP and len(answers.get(field.key) or ()) > field.max_items:
            raise Invalid(
                f"“{field.label}” can have {field.max_items} entries at most, with those that are not shown to you."
            )


def _must_be_short(what: str, text: str, limit: int, field: str = "") -> None:
    if len(text) > limit:
        raise Invalid({field: f"{what} must be {limit:,} characters or fewer."})


def _must_be_able(move: Any, assessment: Assessment) -> None:
    if not can_proceed(move):
        stands = AssessmentState(assessment.state).label.lower()
        raise Clash(f"This cannot be done now: the assessment is “{stands}”. Somebody may have moved it on already.")


def _must_be_complete(assessment: Assessment) -> None:
    unfinished = set(assessment.sections.exclude(state=SectionState.DONE).values_list("key", flat=True))
    if unfinished:
        pages = definitions.parse(assessment.definition.body).pages
        titles = ", ".join(page.title for page in pages if page.key in unfinished)
        raise Invalid(f"These sections are not completed yet: {titles}.")


@transaction.atomic
def ask_for_pdf(*, by: Actor, assessment_id: UUID) -> Document:
    """Ask for the approved assessment as a PDF, with what this reader may see (EHA-9)."""
    assessment = queries.assessment_for(by, assessment_id)
    if assessment.state != AssessmentState.APPROVED:
        raise Clash("Only an approved assessment is made into a PDF.")
    return documents.ask_for(
        by=by, kind=FORM, subject_kind="assessment", subject_id=assessment.pk, case_id=assessment.case_id
    )
