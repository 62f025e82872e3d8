"""Who may do what with an assessment: role × relation × state, written from the requirements (EHA-4, EHA-5, CON-2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assessments import policies, services
from assessments.enums import AssessmentState
from assessments.models import Assessment
from foundation.accounts import services as accounts
from foundation.accounts.enums import Role
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.common.errors import Clash, NotAllowed, NotThere
from tests.assessments.stage import Gallery, save
from tests.factories import actor_of, make_agency, make_member, make_team
from tests.walks import Scene, make_assessment, write_sections

State = AssessmentState
OPEN = {State.DRAFT, State.IN_PROGRESS, State.RETURNED}

# The scene's people, and beside them one of each role that it has not.
PEOPLE = ["lead", "colleague", "manager", "other_manager", "teacher", "nurse", "screener", "hub_manager"]
OTHERS: dict[str, Callable[[Scene], Actor]] = {
    "coordinator": lambda s: actor_of(make_member(role=Role.COORDINATOR, agency=s.early_help)),
    "safeguarding lead of the school": lambda s: actor_of(make_member(role=Role.SAFEGUARDING_LEAD, agency=s.school)),
    "manager of the school": lambda s: actor_of(make_member(role=Role.MANAGER, agency=s.school)),
    "manager of the nurses": lambda s: actor_of(make_member(role=Role.MANAGER, agency=s.health)),
    "manager of all teams": lambda s: actor_of(make_member(role=Role.MANAGER, agency=s.early_help)),
    "manager of two teams": lambda s: replace(
        actor_of(make_member(role=Role.MANAGER, agency=s.early_help, team=s.team)),
        team_ids=frozenset({s.team.pk, make_team(s.early_help).pk}),
    ),
    "stranger": lambda s: actor_of(make_member(agency=make_agency())),
    "manager of strangers": lambda s: actor_of(make_member(role=Role.MANAGER, agency=make_agency())),
    "business support": lambda s: actor_of(make_member(role=Role.BUSINESS_SUPPORT, agency=s.early_help)),
    "social worker": lambda s: actor_of(make_member(role=Role.SOCIAL_WORKER, agency=s.early_help)),
    "auditor": lambda s: actor_of(make_member(role=Role.AUDITOR, agency=s.early_help)),
    "analyst": lambda s: actor_of(make_member(role=Role.ANALYST, agency=s.early_help)),
    "administrator": lambda s: actor_of(make_member(role=Role.ADMINISTRATOR, agency=s.early_help)),
    "lead with the hat of the school": lambda s: actor_of(make_member(agency=s.school, user=s.user("lead"))),
    "lead who became an analyst": lambda s: replace(s.actor("lead"), roles=frozenset({Role.ANALYST})),
    "lead who screens": lambda s: replace(s.actor("lead"), roles=frozenset({Role.SCREENER})),
    "the product itself": lambda s: system(s.actor("lead").partnership_id),
}
WORKERS = {
    "lead", "colleague", "manager", "other_manager", "teacher", "coordinator", "safeguarding lead of the school",
    "manager of the school", "manager of all teams", "manager of two teams", "lead with the hat of the school",
}  # fmt: skip
DECIDERS = {"manager", "manager of all teams", "manager of two teams"}
MANAGERS = DECIDERS | {"other_manager", "manager of the school", "manager of the nurses", "manager of strangers"}


def everybody(scene: Scene) -> dict[str, Actor]:
    return {who: scene.actor(who) for who in PEOPLE} | {who: make(scene) for who, make in OTHERS.items()}


def allowed(rule: Any, scene: Scene, assessment: Assessment) -> set[str]:
    return {who for who, by in everybody(scene).items() if rule.allows(by=by, assessment=assessment)}


@pytest.mark.parametrize("state", list(State))
def test_who_writes(stood: Gallery, state: State) -> None:
    """EHA-4, CON-2: whoever works for an agency that consent lets work on the case, while it stands open."""
    assert allowed(policies.check_can_write, stood.scene, stood.at(state)) == (WORKERS if state in OPEN else set())


def test_who_contributes_is_no_matter_of_state(stood: Gallery) -> None:
    """CON-2: only of consent and of the role."""
    people = everybody(stood.scene)
    for assessment in map(stood.at, State):
        may = {who for who, by in people.items() if policies.check_can_contribute.allows(by=by, assessment=assessment)}
        assert may == WORKERS


@pytest.mark.parametrize("state", list(State))
def test_who_brings_it_to_the_family_and_the_manager(stood: Gallery, state: State) -> None:
    """EHA-5: its author alone, with the hat of the agency that leads, in a role that does such work."""
    assert allowed(policies.check_is_author, stood.scene, stood.at(state)) == {"lead"}


@pytest.mark.parametrize("state", list(State))
def test_who_decides(stood: Gallery, state: State) -> None:
    """EHA-5, practice model §2: a manager of the leading agency whose teams hold the case. Whether it is time to
    decide is the workflow's.
    """
    assert allowed(policies.check_can_decide, stood.scene, stood.at(state)) == DECIDERS


def test_a_case_of_no_team_is_decided_by_any_manager_of_the_agency(stood: Gallery) -> None:
    """EHA-5: otherwise nobody would decide on it."""
    assessment = stood.at(State.SUBMITTED)
    assessment.case.team_id = None
    assert allowed(policies.check_can_decide, stood.scene, assessment) == DECIDERS | {"other_manager"}


def test_who_has_a_list_of_what_waits(stood: Gallery) -> None:
    """Practice model §2: managers, of whatever agency."""
    assert {
        who for who, by in everybody(stood.scene).items() if policies.check_decides_at_all.allows(by=by)
    } == MANAGERS


@pytest.mark.parametrize(
    ("rule", "who", "state", "words"),
    [
        (policies.check_can_write, "nurse", State.DRAFT, "consent names it for reading only"),
        (policies.check_can_write, "screener", State.DRAFT, "Your role reads assessments"),
        (policies.check_can_write, "lead", State.AGREED, "Open it for more writing"),
        (policies.check_can_write, "lead", State.SUBMITTED, "has been sent for approval"),
        (policies.check_is_author, "colleague", State.DRAFT, "Only Lena Ward"),
        (policies.check_can_decide, "lead", State.SUBMITTED, "Only a team manager"),
        (policies.check_can_decide, "other_manager", State.SUBMITTED, "Another team’s manager"),
        (policies.check_can_decide, "manager of the school", State.SUBMITTED, "lead professional's agency"),
    ],
)
def test_a_refusal_says_why_and_who_may(stood: Gallery, rule: Any, who: str, state: State, words: str) -> None:
    """Errors say what to do: the sentence fits the reason."""
    with pytest.raises(NotAllowed) as refusal:
        rule(by=everybody(stood.scene)[who], assessment=stood.at(state))
    assert words.replace("’", "'") in refusal.value.sentence.replace("’", "'")


def test_words_that_somebody_else_saved_over_are_still_ones_own_work(stood: Gallery) -> None:
    """EHA-5: a manager wrote a section, the lead saved it last: the manager's words may stand in it, so another
    decides.
    """
    scene, assessment = stood.scene, stood.at(State.DRAFT)
    save(scene, assessment, "manager", answers={"why": "The manager's words."})
    save(scene, assessment, "lead", answers={"why": "The manager's words. And the lead's."})
    assert not assessment.sections.filter(saved_by=scene.user("manager")).exists()
    write_sections(scene, assessment)
    said = {"by": scene.actor("lead"), "assessment_id": assessment.pk}
    services.agree_with_family(**said, agreed_by="Joanna", family_views="")
    services.submit(**said)
    with pytest.raises(NotAllowed, match="your own work"):
        services.approve(by=scene.actor("manager"), assessment_id=assessment.pk, comment="")
    other = make_member(role=Role.MANAGER, agency=scene.early_help, team=scene.team)
    services.approve(by=actor_of(other), assessment_id=assessment.pk, comment="")


def test_a_lead_whose_membership_ends_has_no_more_say(stood: Gallery) -> None:
    """ACC-2: effect with the next click; colleagues still write, and a manager decides on what was sent."""
    scene = stood.scene
    begun, sent = stood.at(State.IN_PROGRESS), stood.at(State.SUBMITTED)
    by = scene.actor("manager")
    with pytest.raises(Clash, match="leads"):  # FAM-9: the service asks for a handover first
        accounts.end_membership(by=system(by.partnership_id), membership_id=scene.lead.pk)
    Membership.objects.filter(pk=scene.lead.pk).update(ended_at=clock.now())  # however it may have come about
    gone = scene.actor("lead")
    assert not gone.roles
    for act in (services.submit, services.reopen):
        with pytest.raises((NotAllowed, NotThere)):
            act(by=gone, assessment_id=begun.pk)
    save(scene, begun, "colleague", answers={"why": "Taken up by a colleague"})
    services.give_back(by=by, assessment_id=sent.pk, comments=[services.Comment("", "Somebody must take this over.")])


def test_the_whole_gallery_was_walked_to(stood: Gallery) -> None:
    """The ground of the tables above: each state is there, by services alone."""
    assert {state: stood.at(state).state for state in State} == {state: state for state in State}
    assert make_assessment(stood.scene, case=stood.at(State.DRAFT).case).state == State.DRAFT
