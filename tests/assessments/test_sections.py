"""Writing a section: what a save changes and what it leaves, alone and with others (EHA-4, EHA-5, CON-2)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from assessments import services
from assessments.comparing import same_entries, same_words, without_blank_entries
from assessments.enums import AssessmentState, AssessmentVerb, SectionState
from assessments.models import Assessment, Section
from foundation.audit.models import AuditEntry
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.formdefs import definitions
from tests.assessments.stage import Gallery, Stage, save
from tests.factories import make_partnership
from tests.walks import FORM, children_of

State = AssessmentState
DONE = {"why": "Ella has missed a lot of school.", "wish": "Calmer mornings"}  # as the walk completes it
PAGE = definitions.parse(FORM).page("children")


@pytest.fixture
def written(db: None) -> Stage:
    """Both sections completed."""
    return Stage(make_partnership(), State.IN_PROGRESS)


@pytest.fixture
def shared(db: None) -> Stage:
    """The school may know of the mother and Ella, and not of Kofi."""
    return Stage(make_partnership(), State.DRAFT, covered=[0, 1])


def voices(*said: tuple[Any, str]) -> dict[str, Any]:
    return {"voices": [{"child": str(child.pk), "said": words} for child, words in said]}


def typed_voices(revision: int, *said: tuple[Any, str]) -> dict[str, Any]:
    """The same as a browser sends it."""
    post: dict[str, Any] = {"revision": revision, "answer-voices-count": len(said)}
    for number, (child, words) in enumerate(said):
        post |= {f"answer-voices-{number}-child": str(child.pk), f"answer-voices-{number}-said": words}
    return post


# A completed section that is touched again


@pytest.mark.parametrize("name", ["draft", "section"])
def test_looking_at_a_completed_section_and_saving_it_as_it_is_changes_nothing(written: Stage, name: str) -> None:
    """EHA-4: "Save and come back later", or a last save as the page is left: still completed, no new revision."""
    before = written.section("reason")
    said = {"revision": before.revision, "answer-why": DONE["why"], "answer-wish": f"{DONE['wish']} ", "later": "1"}
    assert written.as_("colleague").post(written.url(name, key="reason"), said).status_code in {200, 302}
    after = written.section("reason")
    assert (after.state, after.revision, after.saved_by_id, after.saved_at) == (
        SectionState.DONE, before.revision, before.saved_by_id, before.saved_at,
    )  # fmt: skip


def test_the_blank_entry_that_a_page_always_shows_is_no_change(written: Stage) -> None:
    """EHA-4: a page with a repeated group sends one blank entry more than was written."""
    lead = written.as_("lead")
    revision = written.save(key="children", answers={"voices": []}).revision
    answer = lead.post(written.url("draft", key="children"), {"revision": revision, "answer-voices-count": 1})
    assert json.loads(answer.content)["revision"] == revision
    assert written.section("children").state == SectionState.DONE


def test_words_typed_into_a_completed_section_are_kept_and_seen_to_be_unchecked(written: Stage) -> None:
    """EHA-4: it counts as completed no longer; the list, the page and the check before sending say so in words."""
    lead = written.as_("lead")
    lead.post(written.url("draft", key="reason"), {"revision": 1, "answer-why": "Half a sen"})
    section = written.section("reason")
    assert (section.state, section.answers) == (SectionState.CHANGED, {"why": "Half a sen"})
    overview = lead.get(written.url("detail")).content.decode()
    assert "Changed since completed" in overview
    assert "1 of 2 sections completed" in overview
    page = lead.get(written.url("section", key="reason")).content.decode()
    assert "has changed since it was completed" in page
    assert "1 section still to complete" in lead.get(written.url("check")).content.decode()
    with written.scope(), pytest.raises(Invalid, match="Reason for the assessment"):
        services.agree_with_family(
            by=written.scene.actor("lead"), assessment_id=written.assessment.pk, agreed_by="Joanna", family_views=""
        )


def test_saying_again_that_it_is_complete_completes_it(written: Stage) -> None:
    """EHA-4: one press, and no words about a change any more."""
    lead = written.as_("lead")
    lead.post(written.url("draft", key="reason"), {"revision": 1, "answer-why": "Half a sen"})
    lead.post(written.url("draft", key="reason"), {"revision": 2, "answer-why": "Half a sentence"})
    assert written.section("reason").state == SectionState.CHANGED
    lead.post(written.url("section", key="reason"), {"revision": 3, "answer-why": "Half a sentence"})
    assert written.section("reason").state == SectionState.DONE
    assert "has changed since" not in lead.get(written.url("section", key="reason")).content.decode()


def test_nothing_typed_begins_nothing(db: None) -> None:
    """EHA-5: a section that was opened and left is not in progress, nor is its assessment."""
    stage = Stage(make_partnership(), State.DRAFT)
    stage.as_("lead").post(stage.url("section", key="reason"), {"revision": 0, "answer-why": " ", "later": "1"})
    assert stage.now().state == State.DRAFT
    assert stage.section("reason").state == SectionState.NOT_STARTED


def test_a_blank_entry_that_was_asked_for_stands(written: Stage) -> None:
    """EHA-3: Add another on a completed page shows one more, and does not undo what was completed."""
    with written.scope():
        child = children_of(written.case)[0]
    lead = written.as_("lead")
    said = typed_voices(1, (child, "I like the breakfast club."))
    lead.post(written.url("section", key="children"), {**said, "group-add": "voices"})
    assert 'name="answer-voices-1-said"' in lead.get(written.url("section", key="children")).content.decode()
    assert written.section("children").state == SectionState.DONE


# Two who write at once


def test_a_clash_is_told_while_typing_with_what_to_do(written: Stage) -> None:
    """EHA-4: who, and which button shows both; the words stay in their box until then."""
    written.save("teacher", answers={"why": "The school's words"})
    answer = written.as_("lead").post(written.url("draft", key="reason"), {"revision": 1, "answer-why": "Mine"})
    told = json.loads(answer.content)
    assert answer.status_code == 409
    assert told["sentence"].startswith("Tomasz Nowak saved this section while you were writing.")
    assert "Save and continue" in told["sentence"]


def test_a_page_from_nowhere_clashes_without_a_name(db: None) -> None:
    """Hostile input: nobody saved anything yet; the page says so and names no "None"."""
    stage = Stage(make_partnership(), State.DRAFT)
    answer = stage.as_("lead").post(stage.url("section", key="reason"), {"revision": "x", "answer-why": "Mine"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "None" not in page
    assert "What is kept now" in page


def test_a_clash_shows_no_entry_about_somebody_hidden(shared: Stage) -> None:
    """CON-2, EHA-4: the school and the lead wrote at once; the school's page of both versions is silent on Kofi."""
    with shared.scope():
        ella, kofi = children_of(shared.case)
    shared.save(key="children", answers=voices((ella, "Ella's words"), (kofi, "Kofi's words")))
    url = shared.url("section", key="children")
    answer = shared.as_("teacher").post(url, typed_voices(0, (ella, "As the school heard it")))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ella&#x27;s words" in page
    assert "As the school heard it" in page
    assert "Kofi" not in page
    assert str(kofi.pk) not in page
    shared.as_("teacher").post(url, typed_voices(1, (ella, "As the school heard it")))
    assert [entry["said"] for entry in shared.section("children").answers["voices"]] == [
        "As the school heard it", "Kofi's words",
    ]  # fmt: skip


def test_a_change_that_the_writer_may_not_see_is_no_clash_to_them(shared: Stage) -> None:
    """CON-2: only Kofi's entry changed; what the school sees is as it was, so there is nothing to show it."""
    with shared.scope():
        ella, kofi = children_of(shared.case)
    shared.save(key="children", answers=voices((kofi, "Babbles"), (ella, "I like maths")))
    shared.save(key="children", answers=voices((kofi, "Babbles a lot"), (ella, "I like maths")))
    answer = shared.as_("teacher").post(shared.url("section", key="children"), typed_voices(1, (ella, "I like maths")))
    assert answer.status_code == 302
    kept = shared.section("children")
    assert [entry["said"] for entry in kept.answers["voices"]] == ["Babbles a lot", "I like maths"]
    assert kept.revision == 2


def test_entries_out_of_sight_count_towards_what_the_form_allows(shared: Stage) -> None:
    """EHA-4: else the lead would find more entries than the page can ever save again."""
    with shared.scope():
        ella, kofi = children_of(shared.case)
    shared.save(key="children", answers=voices((kofi, "Babbles")))
    said = [(ella, f"Said {number}") for number in range(8)]
    shared.save("teacher", key="children", answers=voices(*said[:7]))
    with pytest.raises(Invalid, match="8 entries at most"):
        shared.save("teacher", key="children", answers=voices(*said))
    assert len(shared.section("children").answers["voices"]) == 8


# It was agreed, or sent, while somebody was writing


@pytest.mark.parametrize("at", [State.AGREED, State.SUBMITTED, State.APPROVED])
def test_words_typed_while_it_was_sent_stay_on_the_screen(db: None, at: State) -> None:
    """EHA-4: 403 says why, and the box still holds what was written, to be copied."""
    stage = Stage(make_partnership(), at)
    colleague = stage.as_("colleague")
    answer = colleague.post(stage.url("section", key="reason"), {"revision": 1, "answer-why": "An hour's writing"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "An hour&#x27;s writing" in page
    assert ("The family has agreed" if at == State.AGREED else "sent for approval") in page
    typed = colleague.post(stage.url("draft", key="reason"), {"revision": 1, "answer-why": "An hour's writing"})
    assert typed.status_code == 400
    assert "assessment" in json.loads(typed.content)["sentence"]
    assert stage.section("reason").answers == DONE


def test_readers_are_refused_without_a_form(db: None) -> None:
    """CON-2: who may only read has typed on no page of ours."""
    stage = Stage(make_partnership(), State.SUBMITTED)
    nurse = stage.as_("nurse")
    for name in ("section", "draft"):
        answer = nurse.post(stage.url(name, key="reason"), {"revision": 1, "answer-why": "X"})
        assert answer.status_code == 403
        assert b"<textarea" not in answer.content


# Agreement, return, and agreement again


def test_an_agreement_ends_when_its_words_are_written_anew(stood: Gallery) -> None:
    """EHA-5: after a return the family is asked again; what they agreed to no longer stands anywhere as agreed."""
    assessment = stood.at(State.RETURNED)
    assert assessment.agreed_by == "Joanna Abara"
    save(stood.scene, assessment, answers={"why": "More on mornings"})
    assessment = stood.at(State.RETURNED)
    assert (assessment.state, assessment.agreed_by, assessment.agreed_at) == (State.IN_PROGRESS, "", None)
    assert assessment.family_views == "It is fair."


def test_a_returned_assessment_is_worked_on_before_it_is_agreed_again(gallery: Gallery, db: None) -> None:
    """EHA-5: the check page says what to do and offers no form; a forged post gets the same sentence."""
    stage = gallery.stage(State.RETURNED)
    lead = stage.as_("lead")
    page = lead.get(stage.url("check")).content.decode()
    assert "Work them in" in page
    assert 'name="agreed_by"' not in page
    answer = lead.post(stage.url("check"), {"agreed_by": "Joanna", "family_views": "Yes"})
    assert answer.status_code == 400
    assert "Work them in" in answer.content.decode()


def test_a_comment_may_be_answered_with_the_same_words(stood: Gallery) -> None:
    """EHA-5: the author looked and found nothing to change: Save and continue says so; the words keep their date."""
    assessment = stood.at(State.RETURNED)
    before = assessment.sections.get(key="reason")
    section = save(stood.scene, assessment, answers=DONE)
    assert (section.revision, section.saved_at) == (before.revision, before.saved_at)
    assert stood.at(State.RETURNED).state == State.IN_PROGRESS


def test_only_the_last_round_of_comments_asks_for_something(stood: Gallery) -> None:
    """EHA-5: what was worked in before is not asked again on the pages of writing; the manager sees all rounds."""
    scene, assessment = stood.scene, stood.at(State.RETURNED)
    save(scene, assessment, answers={"why": "More on mornings"})
    said = {"by": scene.actor("lead"), "assessment_id": assessment.pk}
    services.agree_with_family(**said, agreed_by="Joanna", family_views="Yes")
    services.submit(**said)
    second = [services.Comment("reason", "Whose words are these?"), services.Comment("", "Nearly there.")]
    services.give_back(by=scene.actor("manager"), assessment_id=assessment.pk, comments=second)
    asked = list(assessment.comments.order_by("made_at", "id").values_list("text", flat=True))
    assert asked == ["Say more about mornings.", "Whose words are these?", "Nearly there."]
    assert assessment.comments.filter(made_at=stood.at(State.RETURNED).decided_at).count() == 2


def test_what_the_family_agreed_is_what_was_on_the_page(written: Stage) -> None:
    """EHA-5: a colleague saved a section between; the page says so, and the agreement is asked on what stands now."""
    lead = written.as_("lead")
    page = lead.get(written.url("check")).content.decode()
    shown = page.partition('name="read_at" value="')[2].partition('"')[0]
    written.save("colleague", answers={"why": "Other words"})
    said = {"agreed_by": "Joanna", "family_views": "Yes", "read_at": shown}
    answer = lead.post(written.url("check"), said)
    assert answer.status_code == 400
    assert "A section was saved since" in answer.content.decode()
    fresh = answer.content.decode().partition('name="read_at" value="')[2].partition('"')[0]
    assert lead.post(written.url("check"), {**said, "read_at": fresh}).status_code == 302
    assert written.now().state == State.AGREED


def test_the_familys_views_are_there_to_be_said_again(written: Stage) -> None:
    """EHA-2: opened again, the family's words stand in their box; who agrees is asked anew."""
    lead = written.as_("lead")
    lead.post(written.url("check"), {"agreed_by": "Joanna Abara", "family_views": "We feel heard."})
    lead.post(written.url("reopen"))
    page = lead.get(written.url("check")).content.decode()
    assert "We feel heard." in page
    assert 'value="Joanna Abara"' not in page


# What services refuse, whoever calls them


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"agreed_by": "  "}, "Enter who in the family agrees"),
        ({"agreed_by": "x" * 161}, "160 characters or fewer"),
        ({"family_views": "x" * 5_001}, "5,000 characters or fewer"),
        ({"read_at": "1-0"}, "A section was saved since"),
    ],
)
def test_an_agreement_that_says_too_little_or_too_much(stood: Gallery, said: dict[str, str], words: str) -> None:
    """Bad input: refused by the service with its sentence, before the database must."""
    assessment = stood.at(State.IN_PROGRESS)
    given = {"agreed_by": "Joanna", "family_views": "Yes", **said}
    with pytest.raises(Invalid, match=words):
        services.agree_with_family(by=stood.scene.actor("lead"), assessment_id=assessment.pk, **given)
    assert stood.at(State.IN_PROGRESS).state == State.IN_PROGRESS


def test_a_decision_with_too_long_a_comment_or_about_no_section(stood: Gallery) -> None:
    """Bad input: nothing decided, nothing half-saved."""
    by, assessment = stood.scene.actor("manager"), stood.at(State.SUBMITTED)
    with pytest.raises(Invalid, match="5,000 characters or fewer"):
        services.approve(by=by, assessment_id=assessment.pk, comment="x" * 5_001)
    with pytest.raises(NotThere):
        services.give_back(by=by, assessment_id=assessment.pk, comments=[services.Comment("nonsense" * 20, "Hm")])
    assert stood.at(State.SUBMITTED).state == State.SUBMITTED
    assert assessment.comments.count() == 0


@pytest.mark.parametrize("at", [State.DRAFT, State.AGREED, State.SUBMITTED, State.RETURNED])
def test_only_an_approved_assessment_becomes_a_pdf(stood: Gallery, at: State) -> None:
    """EHA-9: nothing leaves before a manager has looked."""
    with pytest.raises(Clash, match="Only an approved"):
        services.ask_for_pdf(by=stood.scene.actor("lead"), assessment_id=stood.ids[at])


def test_completing_twice_stands_in_the_trail_once(stood: Gallery) -> None:
    """Trust 14: the second press of the button did nothing, and the trail says nothing."""
    assessment = stood.at(State.DRAFT)
    told = AuditEntry.objects.filter(verb=AssessmentVerb.SECTION_SAVED, case_id=assessment.case_id)
    for _ in range(2):
        save(stood.scene, assessment, revision=0)
    assert told.count() == 1
    assert AuditEntry.objects.filter(verb=AssessmentVerb.BEGUN, case_id=assessment.case_id).count() == 1


# The comparing itself


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {"why": "", "voices": [{}], "aspects": []}, True),
        ({"why": "A"}, {"why": " A\n"}, True),
        ({"why": "A"}, {"why": "a"}, False),
        ({"score": 0}, {}, False),
        ({"score": 0}, {"score": 0}, True),
        ({"since": {"day": "3", "month": "", "year": ""}}, {"since": {"day": "3"}}, True),
        ({"voices": [{"said": "A"}, {"said": "B"}]}, {"voices": [{"said": "B"}, {"said": "A"}]}, False),
        ({"voices": [{"said": "A"}, {}]}, {"voices": [{"said": "A"}]}, True),
    ],
)
def test_what_counts_as_the_same_words(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    """EHA-4: spaces and blanks are no words; nought is an answer; the order of entries is what somebody chose."""
    assert same_words(one, other) is same
    assert same_words(other, one) is same


def test_blank_entries_are_counted_and_left_out() -> None:
    """EHA-3: Add another is seen; a page that was merely looked at is not."""
    one = {"voices": [{"said": "A"}, {}, {"said": " "}]}
    assert without_blank_entries(PAGE, one) == {"voices": [{"said": "A"}]}
    assert not same_entries(PAGE, one, {"voices": [{"said": "A"}]})
    assert same_entries(PAGE, {}, {"voices": []})


def test_a_section_cannot_be_added_to_what_is_approved(stood: Gallery) -> None:
    """EHA-7: the database refuses new sections as it refuses changed ones, and sections moved there."""
    approved = stood.at(State.APPROVED)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Section.objects.create(assessment=approved, key="late")
    other = Assessment.objects.get(pk=stood.ids[State.DRAFT]).sections.first()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Section.objects.filter(pk=other.pk).update(assessment=approved, key="late")
