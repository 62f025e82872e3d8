"""What assessments hang on the case page: the next step for each role and state, the path, the panel; and the menu."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import panels
from assessments.enums import AssessmentState, AssessmentVerb
from assessments.models import Assessment
from cases.models import Case
from cases.registries import NextStep, PathStep, happenings
from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.tenancy.scope import tenant_scope
from tests.assessments.stage import Gallery, save
from tests.factories import make_agency, make_member, sign_in

State = AssessmentState
WRITERS = {"lead", "colleague", "manager", "other_manager", "teacher"}
PEOPLE = [*WRITERS, "nurse", "screener", "hub_manager"]
# The button, and who finds it, at each state.
NEXT = {
    State.DRAFT: ("Write the assessment", "detail", WRITERS),
    State.IN_PROGRESS: ("Write the assessment", "detail", WRITERS),
    State.RETURNED: ("Write the assessment", "detail", WRITERS),
    State.AGREED: ("Send it", "check", {"lead"}),
    State.SUBMITTED: ("Decide", "approve", {"manager"}),
    State.APPROVED: ("", "", set()),
}


def case_at(gallery: Gallery, state: State) -> Case:
    return Case.objects.get(assessments=gallery.ids[state])


def next_step(actor: Actor, case: Case) -> NextStep | None:
    return panels.next_steps(actor, [case]).get(case.pk)


def path(case: Case) -> list[PathStep]:
    return panels.path([case])[case.pk]


@pytest.mark.parametrize("state", list(State))
def test_the_next_step_of_each_role(stood: Gallery, state: State) -> None:
    """FAM-10: one button for those who can act now, leading there; nothing for those who cannot."""
    button, name, who_may = NEXT[state]
    steps = {who: next_step(stood.scene.actor(who), case_at(stood, state)) for who in PEOPLE}
    assert {who for who, step in steps.items() if step} == who_may
    url = panels.link(stood.partnership.slug, name, stood.ids[state]) if name else ""
    assert {(step.button, step.url) for step in steps.values() if step} == ({(button, url)} if button else set())


def test_each_state_of_writing_has_its_own_words(stood: Gallery) -> None:
    """FAM-10: to begin, to go on, to work in what the manager asked."""
    words = [
        next_step(stood.scene.actor("lead"), case_at(stood, state)).words
        for state in (State.DRAFT, State.IN_PROGRESS, State.RETURNED)
    ]
    assert [said.split()[0] for said in words] == ["Begin", "Finish", "The"]
    assert "came back with comments" in words[2]


def test_no_assessment_no_step_no_panel_and_a_path_still_to_come(stood: Gallery) -> None:
    """FAM-10: a case whose assessment has not begun shows its stages all the same."""
    case, by = case_at(stood, State.DRAFT), stood.scene.actor("lead")
    Assessment.objects.filter(case=case).delete()
    assert next_step(by, case) is None
    assert panels.case_panel(by, case, RequestFactory().get("/")) == {"assessment": None}
    assert [step.done_on for step in path(case)] == [None, None]


@pytest.mark.parametrize(
    ("state", "done"),
    [(State.DRAFT, 0), (State.IN_PROGRESS, 0), (State.AGREED, 0), (State.RETURNED, 0), (State.SUBMITTED, 1),
     (State.APPROVED, 2)],
)  # fmt: skip
def test_the_path_says_what_is_done(stood: Gallery, state: State, done: int) -> None:
    """FAM-10: the day is that of London; what came back is not done."""
    steps = path(case_at(stood, state))
    assert [step.words for step in steps] == ["Assessment with the family", "Assessment approved"]
    assert [step.done_on for step in steps] == [clock.today()] * done + [None] * (2 - done)


def page(gallery: Gallery, who: Any, state: State) -> str:
    with tenant_scope(gallery.partnership.pk):
        case = case_at(gallery, state)
    url = reverse("cases:detail", args=[gallery.partnership.slug, case.pk])
    answer = sign_in(Client(), gallery.scene.user(who) if isinstance(who, str) else who).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.DRAFT, ["not started, written by Lena Ward: 0 of 2 sections completed", "Begin the Early Help"]),
        (State.IN_PROGRESS, ["in progress, written by Lena Ward: 2 of 2 sections completed", "Write the assessment"]),
        (State.AGREED, ["agreed with the family", "Send it"]),
        (State.APPROVED, ["approved, written by Lena Ward.", "There is nothing for you to do"]),
    ],
)
def test_the_case_page_shows_how_it_stands(gallery: Gallery, db: None, state: State, words: list[str]) -> None:
    """FAM-10: the panel with its link, and the next step, as the lead finds them."""
    shown = page(gallery, "lead", state)
    assert f'href="{panels.link(gallery.partnership.slug, "detail", gallery.ids[state])}"' in shown
    for one in words:
        assert one in " ".join(shown.split())


def test_a_section_that_changed_counts_as_not_completed(stood: Gallery) -> None:
    """EHA-4: nobody takes for finished what was typed over since."""
    assessment, by = stood.at(State.IN_PROGRESS), stood.scene.actor("lead")
    save(stood.scene, assessment, complete=False)
    request = RequestFactory().get("/")
    request.partnership = stood.partnership  # type: ignore[attr-defined]
    shown = panels.case_panel(by, case_at(stood, State.IN_PROGRESS), request)
    assert (shown["done"], shown["total"]) == (1, 2)


def test_the_trails_verbs_are_told_in_words(stood: Gallery) -> None:
    """FAM-10: what happened to the assessment stands among the case's latest."""
    assert set(AssessmentVerb.values) <= set(happenings.verbs())


def test_a_piece_of_the_page_asks_for_its_assessment_once(stood: Gallery) -> None:
    """Pages: the three pieces share one look, and the partnership's name is not asked for again and again."""
    case, by = case_at(stood, State.DRAFT), stood.scene.actor("nurse")
    request = RequestFactory().get("/")
    request.partnership = stood.partnership  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as asked:
        path(case)
        next_step(by, case)
        panels.case_panel(by, case, request)
    about = [query["sql"] for query in asked if 'FROM "assessments_assessment"' in query["sql"]]
    assert len(about) == 1, about
    assert len(asked) == 5, "\n".join(query["sql"] for query in asked)


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.MANAGER, True), (Role.PRACTITIONER, False), (Role.HUB_MANAGER, False)]
)
def test_the_menu_leads_managers_to_what_waits(gallery: Gallery, db: None, role: Role, shown: bool) -> None:
    """EHA-5: an entry for those who decide, and for nobody else."""
    with gallery.scope():
        member = make_member(role=role, agency=gallery.scene.early_help)
    answer = sign_in(Client(), member.user).get(f"/{gallery.partnership.slug}/")
    url = reverse("assessments:waiting", args=[gallery.partnership.slug])
    assert (f'href="{url}"' in answer.content.decode()) is shown


def test_a_strangers_case_page_says_nothing_of_the_assessment(gallery: Gallery, db: None) -> None:
    """ACC-6: refused before any panel is asked."""
    with gallery.scope():
        stranger = make_member(agency=make_agency()).user
        case = case_at(gallery, State.APPROVED)
    answer = sign_in(Client(), stranger).get(reverse("cases:detail", args=[gallery.partnership.slug, case.pk]))
    assert answer.status_code == 403
    assert "Assessment" not in answer.content.decode().partition("<main")[2]
