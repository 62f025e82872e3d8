"""Every way an assessment is written: started, saved, agreed, submitted, returned, approved (EHA-2 to EHA-5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django_fsm import can_proceed

from assessments import policies, queries
from assessments.enums import WRITABLE, AssessmentState, AssessmentVerb, SectionState
from assessments.models import Assessment, ReturnComment, Section
from cases.disclosure import Disclosure
from cases.models import Case, FamilyMember
from foundation.accounts.models import User
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.documents import services as documents
from foundation.documents.models import Document
from foundation.formdefs import definitions
from foundation.formdefs import queries as formdefs
from foundation.formdefs.merging import put_back

FORM = "eha"
LONGEST_COMMENT = 5_000


class SectionClash(Clash):
    """Somebody saved the section since this writer opened it; both versions are kept for them to look at (EHA-4)."""

    def __init__(self, section: Section, yours: Mapping[str, Any]) -> None:
        who = section.saved_by.full_name if section.saved_by else "Somebody"
        super().__init__(f"{who} saved this section while you were writing. Nothing is lost: both versions are below.")
        self.theirs = section
        self.yours = dict(yours)


@dataclass(frozen=True)
class Comment:
    """What a manager asks for: about one section, or about all of it ("")."""

    section_key: str
    text: str


@transaction.atomic
def start_assessment(*, by: Actor, case: Case, author: User) -> Assessment:
    """Make the first version, empty, on the form definition in use today, which it keeps (EHA-3)."""
    definition = formdefs.current(FORM)
    assessment = Assessment.objects.create(
        case=case, definition=definition, author=author, created_at=clock.now(), version=1
    )
    Section.objects.bulk_create(
        Section(assessment=assessment, key=page.key) for page in definitions.parse(definition.body).pages
    )
    audit.record(by=by, verb=AssessmentVerb.STARTED, subject=assessment, case_id=case.pk)
    return assessment


@transaction.atomic
def save_section(
    *, by: Actor, assessment_id: UUID, key: str, revision: int, answers: Mapping[str, Any], complete: bool
) -> Section:
    """Keep one section's answers. `revision` is the one the writer began from: an older one raises SectionClash.

    `complete` says that the answers passed every check; a draft saved while typing comes with False (EHA-4).
    Drafts stand in the row's history; a save that somebody meant stands in the trail as well.
    """
    assessment = _locked(by, assessment_id)
    policies.check_can_write(by=by, assessment=assessment)
    page = definitions.parse(assessment.definition.body).page(key)
    section = assessment.sections.select_for_update(of=("self",)).get(key=key)
    # Whoever may not see everybody in a section must not wipe out what it says of the others.
    seen = {str(member.person_id) for member in Disclosure(by, assessment.case).people()}
    merged = put_back(page, kept=section.answers, written=answers, visible=seen)
    if section.revision != revision and section.answers != merged:  # the same words sent twice are no clash
        raise SectionClash(section, answers)
    if can_proceed(assessment.begin):
        assessment.begin()
        assessment.save(update_fields=["state"])
        audit.record(by=by, verb=AssessmentVerb.BEGUN, subject=assessment, case_id=assessment.case_id)
    section.answers = merged
    section.state = SectionState.DONE if complete else SectionState.IN_PROGRESS
    section.revision += 1
    section.saved_at = clock.now()
    section.saved_by_id = by.person
    section.save(update_fields=["answers", "state", "revision", "saved_at", "saved_by"])
    if complete:
        audit.record(by=by, verb=AssessmentVerb.SECTION_SAVED, subject=section, case_id=assessment.case_id)
    return section


@transaction.atomic
def agree_with_family(*, by: Actor, assessment_id: UUID, agreed_by: str, family_views: str) -> Assessment:
    """Record that the family has read the finished assessment, who agreed, and their views of it (EHA-2, EHA-5)."""
    assessment = _locked(by, assessment_id)
    policies.check_is_author(by=by, assessment=assessment)
    if assessment.state in WRITABLE:
        _must_be_complete(assessment)
    _must_be_able(assessment.agree, assessment)
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
    if any(len(comment.text) > LONGEST_COMMENT for comment in said):
        raise Invalid(f"A comment must be {LONGEST_COMMENT:,} characters or fewer.")
    assessment.give_back(by_id=by.person)
    assessment.save(update_fields=["state", "decided_at", "decided_by"])
    ReturnComment.objects.bulk_create(
        ReturnComment(
            assessment=assessment, section_key=comment.section_key, text=comment.text.strip(),
            made_by_id=by.person, made_at=clock.now(),
        )
        for comment in said
    )  # fmt: skip
    audit.record(
        by=by, verb=AssessmentVerb.RETURNED, subject=assessment, case_id=assessment.case_id, comments=len(said)
    )
    return assessment


@transaction.atomic
def approve(*, by: Actor, assessment_id: UUID, comment: str) -> Assessment:
    """Approve it and freeze what stands, with the people as they stand. Never one's own (EHA-5, EHA-7)."""
    assessment = _locked(by, assessment_id)
    policies.check_can_decide(by=by, assessment=assessment)
    _must_be_able(assessment.approve, assessment)
    frozen = _as_it_stands(assessment)
    sha256 = hashlib.sha256(json.dumps(frozen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    assessment.approve(by_id=by.person, comment=comment, frozen=frozen, sha256=sha256)
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


def _as_it_stands(assessment: Assessment) -> dict[str, Any]:
    members = FamilyMember.objects.filter(family_id=assessment.case.family_id).select_related("person")
    return {
        "form": {"key": assessment.definition.key, "version": assessment.definition.version},
        "version": assessment.version,
        "author": assessment.author.full_name,
        "agreed_by": assessment.agreed_by,
        "family_views": assessment.family_views,
        "people": [
            {
                "id": str(member.person_id),
                "name": str(member.person),
                "part": member.part,
                "born_on": member.person.born_on.isoformat() if member.person.born_on else None,
                "born_kind": member.person.born_kind,
            }
            for member in members.order_by("position", "id")
        ],
        "answers": {section.key: section.answers for section in assessment.sections.order_by("key")},
    }


@transaction.atomic
def ask_for_pdf(*, by: Actor, assessment_id: UUID) -> Document:
    """Ask for the approved assessment as a PDF, with what this reader may see (EHA-9)."""
    assessment = queries.assessment_for(by, assessment_id)
    if assessment.state != AssessmentState.APPROVED:
        raise Clash("Only an approved assessment is made into a PDF.")
    return documents.ask_for(
        by=by, kind=FORM, subject_kind="assessment", subject_id=assessment.pk, case_id=assessment.case_id
    )
