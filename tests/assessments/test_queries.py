"""The lists that people work from: who finds what, in which order, in how many queries (EHA-5, CON-2)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import policies, queries, services
from assessments.enums import AssessmentState
from assessments.models import Assessment
from cases.enums import GrantLevel
from consent import services as consent
from consent.models import Consent
from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.common.errors import NotAllowed, NotThere
from foundation.common.ids import new_id
from foundation.tenancy.scope import tenant_scope
from tests.assessments.stage import Gallery, a_case, save
from tests.factories import actor_of, make_agency, make_member, make_partnership
from tests.walks import Scene, make_assessment, make_case, make_scene, write_sections

State = AssessmentState


def found(assessments: object) -> set[object]:
    return set(assessments.values_list("pk", flat=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["lead", "colleague", "manager", "other_manager", "teacher", "nurse", "screener"])
def test_every_agency_that_consent_names_sees_every_state(stood: Gallery, who: str) -> None:
    """CON-2: the case decides, not how far its assessment is."""
    assert found(queries.visible_to(stood.scene.actor(who))) == set(stood.ids.values())


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR, Role.BUSINESS_SUPPORT])
def test_no_content_comes_with_a_role_that_sees_no_cases(stood: Gallery, role: Role) -> None:
    """Practice model §2: no case content by virtue of the administrator's role, nor of the analyst's."""
    by = actor_of(make_member(role=role, agency=stood.scene.early_help))
    assert found(queries.visible_to(by)) == set()
    with pytest.raises(NotAllowed):
        queries.assessment_for(by, stood.ids[State.DRAFT])


def test_strangers_see_nothing_and_are_told_whom_to_ask(stood: Gallery) -> None:
    """ACC-6: 403 for what is there, 404 for what is not."""
    stranger = actor_of(make_member(agency=make_agency()))
    assert found(queries.visible_to(stranger)) == set()
    with pytest.raises(NotAllowed, match="Early Help Hub"):
        queries.assessment_for(stranger, stood.ids[State.DRAFT])
    with pytest.raises(NotThere):
        queries.assessment_for(stranger, new_id())


def test_another_partnerships_assessment_is_missing(gallery: Gallery, db: None) -> None:
    """Trust 1: across the wall there is nothing, whoever asks."""
    with tenant_scope(make_partnership().pk):
        there = make_scene()
        with pytest.raises(NotThere):
            queries.assessment_for(there.actor("lead"), gallery.ids[State.DRAFT])
        assert found(queries.visible_to(there.actor("lead"))) == set()


def test_withdrawal_takes_one_agency_out_and_leaves_the_others(stood: Gallery) -> None:
    """CON-2: at once, and of this case alone."""
    scene, gone = stood.scene, stood.at(State.IN_PROGRESS)
    given = Consent.objects.get(case=gone.case)
    consent.withdraw(by=scene.actor("lead"), consent_id=given.pk, told_by="Joanna", agencies=[scene.school])
    assert found(queries.visible_to(scene.actor("teacher"))) == set(stood.ids.values()) - {gone.pk}
    for who in ("lead", "nurse"):
        assert gone.pk in found(queries.visible_to(scene.actor(who)))


def test_an_assessment_comes_with_what_every_page_shows(stood: Gallery) -> None:
    """One query, and none behind it."""
    by = stood.scene.actor("lead")
    with CaptureQueriesContext(connection) as asked:
        one = queries.assessment_for(by, stood.ids[State.APPROVED])
        assert one.case.family.name
        assert one.case.lead.full_name
        assert one.case.lead_agency.name
        assert one.author.full_name
        assert one.decided_by.full_name
        assert one.definition.body
    assert len(asked) == 1


def sent(scene: Scene, name: str, at: dt.datetime) -> Assessment:
    with clock.at(at):
        return make_assessment(scene, at=State.SUBMITTED, case=make_case(scene, family_name=name))


def test_what_was_sent_first_waits_at_the_top(scene: Scene) -> None:
    """EHA-5: the oldest first, by the moment of sending, not of beginning."""
    now = clock.now()
    middle, newest, oldest = (
        sent(scene, name, now - dt.timedelta(hours=hours)) for name, hours in [("B", 5), ("C", 1), ("A", 9)]
    )
    assert list(queries.waiting_for_approval(scene.actor("manager"))) == [oldest, middle, newest]


def test_each_manager_finds_what_they_may_decide(stood: Gallery) -> None:
    """EHA-5: the list and the policy say the same of every manager there could be."""
    scene, waits = stood.scene, stood.ids[State.SUBMITTED]
    managers = {
        "their team's": (scene.actor("manager"), {waits}),
        "another team's": (scene.actor("other_manager"), set()),
        "all teams'": (actor_of(make_member(role=Role.MANAGER, agency=scene.early_help)), {waits}),
        "the school's": (actor_of(make_member(role=Role.MANAGER, agency=scene.school)), set()),
        "no manager": (scene.actor("colleague"), set()),
    }
    for by, expected in managers.values():
        assert found(queries.waiting_for_approval(by)) == expected
        assert policies.check_can_decide.allows(by=by, assessment=stood.at(State.SUBMITTED)) == bool(expected)


@pytest.mark.parametrize("wrote", ["all of it", "words that were saved over"])
def test_ones_own_work_is_not_on_ones_list(stood: Gallery, wrote: str) -> None:
    """EHA-5: nobody opens the list to find a page that refuses them."""
    scene, assessment = stood.scene, stood.at(State.DRAFT)
    save(scene, assessment, "manager")
    write_sections(scene, assessment, who="manager" if wrote == "all of it" else "lead")
    said = {"by": scene.actor("lead"), "assessment_id": assessment.pk}
    services.agree_with_family(**said, agreed_by="Joanna", family_views="")
    services.submit(**said)
    other = actor_of(make_member(role=Role.MANAGER, agency=scene.early_help, team=scene.team))
    assert assessment.pk not in found(queries.waiting_for_approval(scene.actor("manager")))
    assert assessment.pk in found(queries.waiting_for_approval(other))


def test_a_lead_who_is_a_manager_too_does_not_find_their_own(stood: Gallery) -> None:
    """EHA-5: never one's own, with whatever hat."""
    scene = stood.scene
    make_member(role=Role.MANAGER, agency=scene.early_help, user=scene.user("lead"))
    assert found(queries.waiting_for_approval(actor_of(scene.user("lead"), scene.early_help))) == set()


def test_what_came_back_is_written_first_then_what_only_needs_sending_then_by_age(stood: Gallery) -> None:
    """Screens, My work: what needs me now."""
    states = [one.state for one in queries.to_write(stood.scene.actor("lead"))]
    assert states[:2] == [State.RETURNED, State.AGREED]
    assert set(states[2:]) == {State.DRAFT, State.IN_PROGRESS}
    rest = list(queries.to_write(stood.scene.actor("lead")))[2:]
    assert rest == sorted(rest, key=lambda one: one.created_at)


@pytest.mark.parametrize("who", ["colleague", "manager", "teacher", "nurse"])
def test_what_somebody_else_leads_is_not_on_ones_list(stood: Gallery, who: str) -> None:
    """Screens, My work: contributing is not leading."""
    assert found(queries.to_write(stood.scene.actor(who))) == set()


def test_ones_work_stays_with_the_hat_that_leads(stood: Gallery) -> None:
    """ACC-2: the same person, acting for the school, does not find early help's work."""
    by = actor_of(make_member(agency=stood.scene.school, user=stood.scene.user("lead")))
    assert found(queries.visible_to(by))
    assert found(queries.to_write(by)) == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_one_query_each_however_long(scene: Scene, rows: int) -> None:
    """Lists: a literal number of queries, with what a row shows."""
    for number in range(rows):
        make_assessment(scene, at=State.SUBMITTED, case=make_case(scene, family_name=f"Family {number}"))
        make_case(scene, family_name=f"Begun {number}")
    lead, manager = scene.actor("lead"), scene.actor("manager")
    with CaptureQueriesContext(connection) as asked:
        waiting = [(one.case.family.name, one.author.full_name) for one in queries.waiting_for_approval(manager)]
        mine = [one.case.family.name for one in queries.to_write(lead)]
    assert (len(waiting), len(mine)) == (rows, rows)
    assert len(asked) == 2


def test_the_newest_version_is_looked_up_once_for_all_pieces_of_a_page(scene: Scene) -> None:
    """FAM-10: panel, path and next step ask for the same; a case without an assessment has none."""
    case, assessment = a_case(scene)
    with CaptureQueriesContext(connection) as asked:
        assert [queries.latest_of_case(case) for _ in range(3)] == [assessment] * 3
    assert len(asked) == 1
    case = make_case(scene, agencies={scene.early_help: GrantLevel.CONTRIBUTE})
    Assessment.objects.filter(case=case).delete()
    assert queries.latest_of_case(case) is None


def test_an_edition_changes_with_each_save(stood: Gallery) -> None:
    """EHA-4: what stands on a page can be told from what stands now."""
    assessment = stood.at(State.IN_PROGRESS)
    before = queries.edition(assessment)
    save(stood.scene, assessment, answers={"why": "Ella has missed a lot of school.", "wish": "Calmer mornings"})
    assert queries.edition(assessment) == before, "the same words"
    save(stood.scene, assessment, answers={"why": "Other words"}, complete=False)
    assert queries.edition(assessment) != before
