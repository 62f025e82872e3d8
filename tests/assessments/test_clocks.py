"""The clocks of an assessment: when they start, what meets them, what sets them going again (CLK-1, EHA-5)."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments import services
from assessments.enums import AssessmentState
from assessments.models import Assessment
from foundation.common import clock
from foundation.deadlines import queries, subjects
from foundation.deadlines.enums import DeadlineState
from foundation.deadlines.models import Deadline
from foundation.partnership.enums import ClockKind
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_partnership
from tests.limits import adopt
from tests.walks import make_assessment, make_case, make_scene, write_sections

STARTED, COMPLETED = ClockKind.ASSESSMENT_STARTED, ClockKind.ASSESSMENT_COMPLETED
MONDAY = dt.datetime(2026, 4, 20, 10, 30, tzinfo=clock.LONDON)
DAY = dt.timedelta(days=1)


@pytest.fixture
def scene(db):
    partnership = make_partnership()
    with tenant_scope(partnership.pk), clock.at(MONDAY):
        made = make_scene()
        adopt(made.actor("lead"))
        yield made


def clock_of(assessment: Assessment, kind: ClockKind) -> Deadline:
    return Deadline.objects.get(subject_id=assessment.pk, kind=kind)


def test_starting_is_due_from_the_case_and_completing_from_the_first_words(scene):
    """CLK-1: each by the event that the policy names, for the lead, in the case."""
    assessment = make_assessment(scene)
    one = clock_of(assessment, STARTED)
    case = assessment.case
    assert (one.state, one.started_at) == (DeadlineState.RUNNING, case.opened_at)
    assert (one.owner_id, one.agency_id, one.team_id) == (case.lead_id, case.lead_agency_id, case.team_id)
    assert (one.subject_kind, one.case_id) == ("assessments.assessment", case.pk)
    assert not Deadline.objects.filter(kind=COMPLETED).exists()
    with clock.at(MONDAY + DAY):
        services.save_section(
            by=scene.actor("teacher"), assessment_id=assessment.pk, key="reason", revision=0,
            answers={"why": "Mornings are hard."}, complete=False,
        )  # fmt: skip
    assert (clock_of(assessment, STARTED).state, clock_of(assessment, STARTED).met_at) == (
        DeadlineState.MET, MONDAY + DAY
    )  # fmt: skip
    completing = clock_of(assessment, COMPLETED)
    assert (completing.state, completing.started_at) == (DeadlineState.RUNNING, MONDAY + DAY)
    assert completing.due_at.astimezone(clock.LONDON) == dt.datetime(2026, 5, 6, 17, tzinfo=clock.LONDON)


def test_a_second_section_starts_nothing_again(scene):
    """CLK-2: a due time never changes silently."""
    assessment = make_assessment(scene, at=AssessmentState.IN_PROGRESS)
    due = clock_of(assessment, COMPLETED).due_at
    with clock.at(MONDAY + 3 * DAY):
        write_sections(scene, assessment)
    assert clock_of(assessment, COMPLETED).due_at == due
    assert Deadline.objects.filter(kind=COMPLETED).count() == 1


def test_completed_is_sent_for_approval_and_not_agreed(scene):
    """Decision 027: agreement alone completes nothing; approval leaves the moment at which it was sent."""
    assessment = make_assessment(scene, at=AssessmentState.AGREED)
    assert clock_of(assessment, COMPLETED).state == DeadlineState.RUNNING
    with clock.at(MONDAY + DAY):
        services.submit(by=scene.actor("lead"), assessment_id=assessment.pk)
    with clock.at(MONDAY + 40 * DAY):
        services.approve(by=scene.actor("manager"), assessment_id=assessment.pk, comment="")
    one = clock_of(assessment, COMPLETED)
    assert (one.state, one.met_at, one.is_late) == (DeadlineState.MET, MONDAY + DAY, False)


def test_what_comes_back_was_not_completed(scene):
    """EHA-5, decision 027: returned, it runs on, due when it was due; sent again late, it was met late."""
    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    due = clock_of(assessment, COMPLETED).due_at
    said = [services.Comment("reason", "Say more about mornings.")]
    with clock.at(MONDAY + 20 * DAY):
        services.give_back(by=scene.actor("manager"), assessment_id=assessment.pk, comments=said)
        one = clock_of(assessment, COMPLETED)
        assert (one.state, one.due_at, one.met_at, one.is_late) == (DeadlineState.RUNNING, due, None, True)
        write_sections(scene, assessment)
        lead = scene.actor("lead")
        services.agree_with_family(by=lead, assessment_id=assessment.pk, agreed_by="Mum", family_views="Fair.")
        services.submit(by=lead, assessment_id=assessment.pk)
    one = clock_of(assessment, COMPLETED)
    assert (one.state, one.due_at, one.met_at) == (DeadlineState.MET, due, MONDAY + 20 * DAY)
    assert Deadline.objects.filter(kind=COMPLETED).count() == 1


@pytest.mark.parametrize(
    ("who", "sees", "works"),
    [("lead", True, True), ("teacher", True, True), ("nurse", True, False), ("screener", True, False)],
)
def test_who_sees_and_works_on_its_clocks(scene, who, sees, works):
    """CLK-2, CON-2: the same agencies as the assessment itself; hub staff of the lead's agency read."""
    assessment, actor = make_assessment(scene), scene.actor(who)
    one = Deadline.objects.filter(subject_id=assessment.pk).first()
    assert queries.visible_to(actor).filter(pk=one.pk).exists() is sees
    assert Deadline.objects.filter(subjects.worked_on_by(actor), pk=one.pk).exists() is works
    assert subjects.names_of(actor, [one]) == ({one.pk: "Abara family"} if sees else {})


def test_another_agency_learns_nothing_of_a_clock(scene):
    """CON-2: neither that it runs, nor whose family it is about."""
    case = make_case(scene, agencies={scene.early_help: "contribute_case"})
    stranger, lead = scene.actor("teacher"), scene.actor("lead")
    assert not queries.visible_to(stranger).exists()
    assert queries.visible_to(lead).filter(case_id=case.pk).count() == 3
    about = list(Deadline.objects.all())
    assert subjects.names_of(stranger, about) == {}
    assert set(subjects.names_of(lead, about).values()) == {"Abara family"}


def test_without_a_policy_an_assessment_goes_its_way(db):
    """CLK-1: a partnership that has not chosen its pathway has no clocks."""
    with tenant_scope(make_partnership().pk):
        assert make_assessment(make_scene(), at=AssessmentState.RETURNED).state == AssessmentState.RETURNED
        assert not Deadline.objects.exists()
