"""What assessments hang on the rooms below: the case page's panel, path and next step; the PDF's kind; a menu entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from assessments import queries
from assessments.disclosure import AssessmentView
from assessments.enums import WRITABLE, AssessmentState, AssessmentVerb, SectionState
from assessments.models import Assessment
from cases import panels
from cases import queries as case_queries
from cases.models import Case
from cases.panels import NextStep, PathStep
from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.deadlines import subjects
from foundation.documents import kinds
from foundation.documents import queries as documents
from foundation.documents.models import Document
from foundation.ui import navigation

TO_WRITE = {
    AssessmentState.DRAFT: "Begin the Early Help Assessment with the family.",
    AssessmentState.IN_PROGRESS: "Finish the Early Help Assessment with the family.",
    AssessmentState.RETURNED: "The assessment came back with comments. Work them in.",
}


def link(slug: str, name: str, assessment_id: Any) -> str:
    """An address of one assessment."""
    return reverse(f"assessments:{name}", kwargs={"partnership": slug, "assessment_id": assessment_id})


def case_panel(actor: Actor, case: Case, request: HttpRequest) -> dict[str, Any]:
    """The case page's piece: how the assessment stands, and its documents."""
    assessment = queries.latest_of_case(case)
    if assessment is None:
        return {"assessment": None}
    sections = list(assessment.sections.values_list("state", flat=True))
    return {
        "assessment": assessment,
        "url": link(cast(Any, request).partnership.slug, "detail", assessment.pk),
        "done": sections.count(SectionState.DONE),
        "total": len(sections),
        "documents": documents.visible_documents(actor, "assessment", assessment.pk),
    }


def next_steps(actor: Actor, cases: Sequence[Case]) -> Mapping[UUID, NextStep]:
    """The one thing that this reader can do next about each case's assessment (FAM-10).

    Says of many at once what the policies `check_can_write`, `check_is_author` and `check_can_decide` say of one.
    """
    latest = queries.latest_of_cases(cases)
    if not latest:
        return {}
    workable = case_queries.workable_among(actor, [case for case in cases if case.pk in latest])
    sent = [one.pk for one in latest.values() if one.state == AssessmentState.SUBMITTED]
    waiting = queries.waiting_for_approval(actor).filter(pk__in=sent).order_by() if sent else ()
    decidable = {one.pk for one in waiting}
    slug = cases[0].partnership.slug
    found: dict[UUID, NextStep] = {}
    for case in cases:
        if (one := latest.get(case.pk)) is None:
            continue
        state = AssessmentState(one.state)
        if state in WRITABLE and case.pk in workable:
            found[case.pk] = NextStep(TO_WRITE[state], "Write the assessment", link(slug, "detail", one.pk))
        elif state == AssessmentState.AGREED and case.pk in workable and _is_author(actor, case, one):
            found[case.pk] = NextStep(
                "The family agrees. Send it for approval.", "Send it", link(slug, "check", one.pk)
            )
        elif one.pk in decidable:
            found[case.pk] = NextStep(
                "The assessment waits for your decision.", "Decide", link(slug, "approve", one.pk)
            )
    return found


def _is_author(actor: Actor, case: Case, assessment: Assessment) -> bool:
    return assessment.author_id == actor.user_id and case.lead_agency_id == actor.agency_id


def path(cases: Sequence[Case]) -> Mapping[UUID, list[PathStep]]:
    """The assessment's stages on each family's path (FAM-10)."""
    latest = queries.latest_of_cases(cases)
    return {case.pk: _stages(latest.get(case.pk)) for case in cases}


def _stages(assessment: Assessment | None) -> list[PathStep]:
    approved = assessment is not None and assessment.state == AssessmentState.APPROVED
    sent = assessment is not None and assessment.state in {AssessmentState.SUBMITTED, AssessmentState.APPROVED}
    return [
        PathStep("Assessment with the family", _day(assessment.agreed_at) if sent and assessment else None),
        PathStep("Assessment approved", _day(assessment.decided_at) if approved and assessment else None),
    ]


def pdf_context(actor: Actor, document: Document) -> dict[str, Any]:
    """What the PDF shows this reader, from the version that was frozen (EHA-7, EHA-9)."""
    assessment = queries.assessment_for(actor, document.subject_id)
    reader = AssessmentView(actor, assessment)
    return {
        "assessment": assessment,
        "case": assessment.case,
        "people": reader.people,
        "sections": reader.read_all(),
        "left_out": reader.left_out,
        "frozen": assessment.frozen,
    }


def pdf_may_be_seen(actor: Actor, document: Document) -> bool:
    """While the reader may see the assessment, and no longer (CON-2)."""
    approved = queries.visible_to(actor).filter(pk=document.subject_id, state=AssessmentState.APPROVED)
    return bool(approved.exists())


def pdf_view_key(actor: Actor, document: Document) -> str:
    """Changes when consent lets the reader know about other people than when the PDF was made."""
    people = AssessmentView(actor, queries.assessment_for(actor, document.subject_id)).people
    return hashlib.sha256(" ".join(sorted(person.id for person in people)).encode()).hexdigest()


def _day(moment: Any) -> Any:
    return moment.astimezone(clock.LONDON).date() if moment else None


def decides(actor: Actor) -> bool:
    """Who sees the menu's entry."""
    return actor.has(Role.MANAGER)


clock_subject = subjects.Subject(
    visible_ids=case_queries.visible_ids,
    workable_ids=case_queries.workable_ids,
    ids_of="case_id",
    describe=case_queries.family_names,
    url=lambda slug, assessment_id: link(slug, "detail", assessment_id),
)
"""What the clocks of an assessment are about (CLK-2)."""


def hang() -> None:
    """Once, when the app is ready."""
    panels.add("assessments/case_panel.html", case_panel, order=20)
    panels.next_steps.add(next_steps, order=20)
    panels.path.add(path, order=20)
    panels.happenings.know(AssessmentVerb)
    panels.looked_at.know("assessments.assessment", page="The assessment")
    subjects.know("assessments.assessment", clock_subject)
    navigation.add("Waiting for approval", "assessments:waiting", decides, order=40)
    kinds.add(
        "eha",
        kinds.DocumentKind(
            template="assessments/pdf.html",
            title="Early Help Assessment",
            context=pdf_context,
            may_see=pdf_may_be_seen,
            view_key=pdf_view_key,
            subject_url=lambda slug, document: link(slug, "detail", document.subject_id),
        ),
    )
