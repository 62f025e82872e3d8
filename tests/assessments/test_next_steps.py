"""The next step and the path of many cases at once: the same as of each alone, by as many statements (FAM-10)."""

from __future__ import annotations

import pytest

from assessments import panels, policies, queries
from assessments.enums import WRITABLE, AssessmentState
from assessments.models import Assessment
from cases.models import Case
from cases.registries import next_steps, path
from cases.words import where_on_path
from foundation.accounts.enums import Role
from foundation.tenancy.scope import tenant_scope
from tests.cases.asking import statements
from tests.factories import actor_of, make_member, make_partnership
from tests.walks import make_assessment, make_case, make_scene

PEOPLE = ("lead", "colleague", "manager", "other_manager", "teacher", "nurse", "screener", "hub_manager")
BUTTONS = {
    AssessmentState.DRAFT: "Write the assessment",
    AssessmentState.IN_PROGRESS: "Write the assessment",
    AssessmentState.RETURNED: "Write the assessment",
    AssessmentState.AGREED: "Send it",
    AssessmentState.SUBMITTED: "Decide",
}


@pytest.fixture
def inside(db):
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        yield partnership


def allowed(actor, assessment: Assessment) -> bool:
    """What the policies of one assessment say."""
    if assessment.state in WRITABLE:
        return policies.check_can_write.allows(by=actor, assessment=assessment)
    if assessment.state == AssessmentState.AGREED:
        return policies.check_is_author.allows(by=actor, assessment=assessment)
    return assessment.state == AssessmentState.SUBMITTED and policies.check_can_decide.allows(
        by=actor, assessment=assessment
    )


def test_many_at_once_are_told_as_the_policies_say_of_each(inside):
    """FAM-10, EHA-4, EHA-5: for everybody in the scene, in every state, a step where its policy lets them, no other."""
    scene = make_scene()
    cases = [make_assessment(scene, at=state).case for state in AssessmentState]
    actors = [scene.actor(who) for who in PEOPLE]
    actors += [actor_of(make_member(role=role, agency=scene.early_help)) for role in Role]
    for actor in actors:
        fresh = list(Case.objects.filter(pk__in=[case.pk for case in cases]))
        steps = next_steps.of_many(actor, fresh)
        for case in fresh:
            latest = queries.latest_of_case(Case.objects.get(pk=case.pk))
            step = steps.get(case.pk)
            assert (step is not None) == allowed(actor, latest), (sorted(actor.roles), latest.state)
            if step is not None:
                assert step.button == BUTTONS[AssessmentState(latest.state)]
                assert str(latest.pk) in step.url
            assert next_steps.first(actor, Case.objects.get(pk=case.pk)) == step


@pytest.mark.parametrize("rows", [1, 3])
def test_three_cases_take_as_many_statements_as_one(inside, rows):
    """FAM-10: lists show a step beside each case; the fourth asks for the clocks, unless the list brought them."""
    scene = make_scene()
    keys = [make_case(scene, family_name=f"Family {number}").pk for number in range(rows)]
    cases = list(Case.objects.filter(pk__in=keys))
    actor = scene.actor("lead")
    asked = statements(lambda: (path.of_many(cases), next_steps.of_many(actor, cases)))
    assert len(asked) == 4, "\n".join(asked)


def test_a_case_without_an_assessment_has_its_stages_still_to_come(inside):
    """FAM-10: nothing to do about what is not there; the path shows it as to come."""
    scene = make_scene()
    case = make_case(scene)
    Assessment.objects.filter(case=case).update(version=0)
    empty = Case.objects.get(pk=case.pk)
    empty.versions_of_assessment = []
    assert panels.next_steps(scene.actor("lead"), [empty]) == {}
    assert [stage.done_on for stage in panels.path([empty])[empty.pk]] == [None, None]
    assert path.of_many([]) == {}
    assert next_steps.of_many(scene.actor("lead"), []) == {}


def test_where_a_family_is_in_words(inside):
    """Screens, My work: the step on the path; at its end, that it is done."""
    scene = make_scene()
    told = {
        state: where_on_path(path.of(make_assessment(scene, at=state).case))
        for state in (AssessmentState.DRAFT, AssessmentState.SUBMITTED, AssessmentState.APPROVED)
    }
    assert list(told.values()) == [
        "Assessment with the family", "Assessment approved", "Assessment approved, done",
    ]  # fmt: skip
    assert where_on_path([]) == ""
