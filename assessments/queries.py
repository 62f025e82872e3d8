"""Which assessments somebody may see, and the lists that people work from."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, When, prefetch_related_objects

from assessments.enums import WRITABLE, AssessmentState
from assessments.models import Assessment, Section
from cases import queries as cases
from cases.models import Case
from foundation.accounts.enums import Role
from foundation.common.actors import Actor
from foundation.common.errors import NotThere


def visible_to(actor: Actor) -> QuerySet[Assessment]:
    """Assessments of the cases that the actor may see; nothing else decides (CON-2)."""
    return Assessment.objects.filter(case__in=cases.visible_to(actor))


def assessment_for(actor: Actor, assessment_id: UUID) -> Assessment:
    """One assessment with its case, author and definition, if the actor may see it.

    Otherwise as for its case: NotThere for what is missing or another partnership's, NotAllowed, saying whom to ask,
    for one of this partnership (ACC-6).
    """
    found = (
        visible_to(actor)
        .select_related("case__family", "case__lead", "case__lead_agency", "author", "definition", "decided_by")
        .filter(pk=assessment_id)
        .first()
    )
    if found is None:
        other = Assessment.objects.filter(pk=assessment_id).values_list("case_id", flat=True).first()
        if other is not None:
            cases.case_for(actor, other)
        raise NotThere
    return found


def waiting_for_approval(actor: Actor) -> QuerySet[Assessment]:
    """Submitted assessments that this manager may decide, oldest first: their agency's, of their teams, and not in
    part their own work (EHA-5). `policies.check_can_decide` says the same of one.
    """
    if not actor.has(Role.MANAGER):
        return Assessment.objects.none()
    waiting = (
        visible_to(actor)
        .filter(state=AssessmentState.SUBMITTED, case__lead_agency_id=actor.agency_id)
        .exclude(Q(author_id=actor.user_id) | Q(submitted_by_id=actor.user_id))
        .exclude(Exists(Section.objects.filter(assessment=OuterRef("pk"), history__saved_by_id=actor.user_id)))
    )
    if actor.team_ids:
        waiting = waiting.filter(Q(case__team__isnull=True) | Q(case__team__in=actor.team_ids))
    return waiting.select_related("case__family", "author").order_by("submitted_at", "id")


def latest_of_case(case: Case) -> Assessment | None:
    """The newest version of a case's assessment, if it has any."""
    return latest_of_cases([case]).get(case.pk)


def latest_of_cases(cases: Sequence[Case]) -> dict[UUID, Assessment]:
    """The newest version of each case's assessment, by the case's key; a case that has none is left out.

    Looked up once for these `case` objects, however many pieces of a page ask.
    """
    newest_first = Assessment.objects.select_related("author").order_by("-version")
    prefetch_related_objects(list(cases), Prefetch("assessments", newest_first, to_attr="versions_of_assessment"))
    versions = {case.pk: getattr(case, "versions_of_assessment", []) for case in cases}
    return {case_id: found[0] for case_id, found in versions.items() if found}


def edition(assessment: Assessment) -> str:
    """Which words stand in it: other after each save of a section, and the same again only if nobody saved."""
    revisions = assessment.sections.order_by("key").values_list("revision", flat=True)
    return "-".join(map(str, revisions))


def to_write(actor: Actor) -> QuerySet[Assessment]:
    """The actor's own assessments that are not with a manager or approved: what came back first, then by age."""
    unfinished = [*WRITABLE, AssessmentState.AGREED]
    mine = visible_to(actor).filter(author_id=actor.user_id, case__lead_agency_id=actor.agency_id, state__in=unfinished)
    returned_first = Choose(
        When(state=AssessmentState.RETURNED, then=0), When(state=AssessmentState.AGREED, then=1), default=2
    )
    return mine.select_related("case__family").order_by(returned_first, "created_at", "id")
