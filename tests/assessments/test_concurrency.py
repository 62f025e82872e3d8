"""Two at once, in real transactions: one wins, the other is told, no word is lost (EHA-4, EHA-5, trust 7)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from assessments import services
from assessments.enums import AssessmentState, AssessmentVerb, SectionState
from assessments.services import Comment, SectionClash
from foundation.audit.models import AuditEntry
from foundation.common.errors import Clash, EarlyHelpError, Invalid, NotAllowed
from tests.assessments.stage import Stage, save
from tests.factories import make_partnership

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
State = AssessmentState


def at_once(stage: Stage, *acts: Callable[[], Any]) -> list[Any]:
    """What each act gives, or the refusal it meets; all begin at the same moment, each with its own connection."""
    ready = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=10)
            with stage.scope():
                return act()
        except EarlyHelpError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def test_two_saves_of_one_section_are_one_save_and_one_clash() -> None:
    """EHA-4: whoever came second holds both versions; the first's words stand."""
    stage = Stage(make_partnership(), State.IN_PROGRESS)
    words = {"lead": "The lead's words", "teacher": "The school's words", "colleague": "A colleague's words"}
    results = at_once(
        stage,
        *(
            lambda who=who: save(stage.scene, stage.assessment, who, revision=1, answers={"why": words[who]})
            for who in words
        ),
    )
    clashes = [result for result in results if isinstance(result, SectionClash)]
    (won,) = [result for result in results if not isinstance(result, Exception)]
    assert len(clashes) == 2
    kept = stage.section("reason")
    assert (kept.answers, kept.revision) == (won.answers, 2)
    assert {kept.answers["why"], *(clash.yours["why"] for clash in clashes)} == set(words.values())
    assert {clash.theirs.answers["why"] for clash in clashes} == {kept.answers["why"]}


def test_two_sections_saved_at_once_both_stand() -> None:
    """EHA-4: several agencies at the same time; it begins once."""
    stage = Stage(make_partnership(), State.DRAFT)
    results = at_once(
        stage,
        lambda: save(stage.scene, stage.assessment, "teacher", revision=0, answers={"why": "The school's"}),
        lambda: save(stage.scene, stage.assessment, "lead", key="children", revision=0, answers={"voices": []}),
    )
    assert [result.state for result in results] == [SectionState.DONE] * 2
    with stage.scope():
        assert AuditEntry.objects.filter(verb=AssessmentVerb.BEGUN, case_id=stage.case.pk).count() == 1


def test_approved_and_returned_at_once_is_decided_once() -> None:
    """EHA-5, trust 7: the second decision is told how it stands; no comment is left behind by a return that was not."""
    stage = Stage(make_partnership(), State.SUBMITTED)
    said: dict[str, Any] = {"assessment_id": stage.assessment.pk}
    with stage.scope():
        by = stage.scene.actor("manager")
    results = at_once(
        stage,
        *[lambda: services.approve(by=by, **said, comment="Yes")] * 3,
        *[lambda: services.give_back(by=by, **said, comments=[Comment("reason", "No")])] * 3,
    )
    assert sum(isinstance(result, Clash) for result in results) == 5
    (won,) = [result for result in results if not isinstance(result, Exception)]
    now = stage.now()
    assert now.state == won.state
    with stage.scope():
        assert now.comments.count() == (now.state == State.RETURNED)


@pytest.mark.parametrize("act", ["agree", "submit"])
def test_what_is_agreed_or_sent_while_somebody_saves_is_whole(act: str) -> None:
    """EHA-5: either the words came first, or they are refused and the writer still has them; never in between."""
    stage = Stage(make_partnership(), State.IN_PROGRESS if act == "agree" else State.AGREED)
    with stage.scope():
        by = stage.scene.actor("lead")
    said: dict[str, Any] = {"by": by, "assessment_id": stage.assessment.pk}
    moves = {
        "agree": lambda: services.agree_with_family(**said, agreed_by="Joanna", family_views="Yes"),
        "submit": lambda: services.submit(**said),
    }
    typing = {"revision": 1, "answers": {"why": "Half a sen"}, "complete": False}
    moved, saved = at_once(stage, moves[act], lambda: save(stage.scene, stage.assessment, "teacher", **typing))
    now, section = stage.now(), stage.section("reason")
    if isinstance(saved, NotAllowed):
        assert now.state == (State.AGREED if act == "agree" else State.SUBMITTED)
        assert section.state == SectionState.DONE
        assert section.answers["why"] == "Ella has missed a lot of school."
    else:
        assert act == "agree"
        assert isinstance(moved, Invalid)
        assert (now.state, section.answers) == (State.IN_PROGRESS, {"why": "Half a sen"})
