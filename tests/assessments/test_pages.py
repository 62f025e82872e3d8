"""The assessment's pages through the browser's protocol, script or none (EHA-2 to EHA-5, trust 22)."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import services
from assessments.enums import AssessmentState, SectionState
from assessments.models import ReturnComment
from cases.enums import GrantLevel
from consent import services as consent
from consent.models import Consent
from foundation.tenancy.models import Partnership
from tests.assessments.stage import Stage
from tests.walks import make_assessment, make_case


@pytest.fixture
def draft(partnership: Partnership) -> Stage:
    return Stage(partnership, AssessmentState.DRAFT)


@pytest.fixture
def sent(partnership: Partnership) -> Stage:
    return Stage(partnership, AssessmentState.SUBMITTED)


def test_the_task_list_says_what_is_there_and_what_is_missing(draft: Stage) -> None:
    """EHA-2: each section with its state; who saved it and when once somebody has."""
    lead = draft.as_("lead")
    page = lead.get(draft.url("detail")).content.decode()
    assert "0 of 2 sections completed" in page
    lead.post(draft.url("section", key="reason"), {"revision": 0, "answer-why": "Mornings"})
    page = lead.get(draft.url("detail")).content.decode()
    assert "1 of 2 sections completed" in page
    assert "by Lena Ward" in page


def test_a_section_is_saved_and_the_next_one_follows(draft: Stage) -> None:
    """EHA-4: per page without script."""
    answer = draft.as_("lead").post(
        draft.url("section", key="reason"), {"revision": 0, "answer-why": "Mornings are hard", "answer-wish": "Calm"}
    )
    assert answer.status_code == 302
    assert answer["Location"] == draft.url("section", key="children")
    section = draft.section("reason")
    assert section.answers == {"why": "Mornings are hard", "wish": "Calm"}
    assert section.state == SectionState.DONE


def test_a_section_with_a_mistake_keeps_its_words_on_the_page_and_as_a_draft(draft: Stage) -> None:
    """Bad input: the sentence stands beside its field, and nothing typed is lost, not even by closing the page."""
    answer = draft.as_("lead").post(draft.url("section", key="reason"), {"revision": 0, "answer-wish": "Calm"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.startswith("<!doctype html>")
    assert "<title>Error: " in page
    assert 'href="#id_answer-why"' in page
    assert 'value="Calm"' in page
    section = draft.section("reason")
    assert (section.answers, section.state, section.revision) == ({"wish": "Calm"}, SectionState.IN_PROGRESS, 1)
    assert 'name="revision" value="1"' in page


def test_two_megabytes_are_refused_with_their_number(draft: Stage) -> None:
    """Bad input: a 2 MB note: a sentence, no 5xx, and what stood before still stands."""
    answer = draft.as_("lead").post(draft.url("section", key="reason"), {"revision": 0, "answer-why": "x" * 2_000_000})
    assert answer.status_code == 400
    assert b"characters or fewer" in answer.content
    assert draft.section("reason").answers == {}


@pytest.mark.parametrize(
    "words", ["مرحبا بالعالم", "👩‍👧 Zoë", "<script>alert(1)</script>", "'; DROP TABLE x; --", "{{ 7*7 }}"]
)
def test_any_words_come_back_as_they_were_typed(draft: Stage, words: str) -> None:
    """Bad input: emoji, right-to-left and hostile text are text."""
    lead = draft.as_("lead")
    lead.post(draft.url("section", key="reason"), {"revision": 0, "answer-why": words})
    assert draft.section("reason").answers["why"] == words
    page = lead.get(draft.url("read")).content.decode()
    assert "<script>alert" not in page
    assert "UNDEFINED" not in page


def test_save_and_come_back_later_asks_for_nothing(draft: Stage) -> None:
    """EHA-4: an unfinished section is kept as it is."""
    answer = draft.as_("lead").post(
        draft.url("section", key="reason"), {"revision": 0, "answer-wish": "Calm", "later": "1"}
    )
    assert answer["Location"] == draft.url("detail")
    assert draft.section("reason").state == SectionState.IN_PROGRESS


def test_typing_is_saved_on_the_server(draft: Stage) -> None:
    """EHA-4: the contract of the page's script: revision and time."""
    answer = draft.as_("lead").post(draft.url("draft", key="reason"), {"revision": 0, "answer-why": "Morn"})
    kept = json.loads(answer.content)
    assert (answer.status_code, kept["revision"]) == (200, 1)
    assert draft.section("reason").answers == {"why": "Morn"}


def test_a_clash_while_typing_is_said_with_a_link(draft: Stage) -> None:
    """EHA-4: 409 with a sentence and where to look; what was saved first stands."""
    draft.as_("teacher").post(draft.url("draft", key="reason"), {"revision": 0, "answer-why": "School's"})
    answer = draft.as_("lead").post(draft.url("draft", key="reason"), {"revision": 0, "answer-why": "Lead's"})
    assert answer.status_code == 409
    assert "Tomasz Nowak" in json.loads(answer.content)["sentence"]
    assert draft.section("reason").answers == {"why": "School's"}


def test_a_clash_shows_both_versions_and_either_can_be_kept(draft: Stage) -> None:
    """EHA-4: nobody's words are lost; choosing one's own sends them again under the newer revision."""
    draft.as_("teacher").post(draft.url("section", key="reason"), {"revision": 0, "answer-why": "School's words"})
    lead = draft.as_("lead")
    answer = lead.post(draft.url("section", key="reason"), {"revision": 0, "answer-why": "Lead's words"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "School&#x27;s words" in page
    assert "Lead&#x27;s words" in page
    assert draft.section("reason").answers == {"why": "School's words"}
    lead.post(draft.url("section", key="reason"), {"revision": 1, "answer-why": "Lead's words"})
    assert draft.section("reason").answers == {"why": "Lead's words"}


def test_the_same_page_sent_twice_is_no_clash(draft: Stage) -> None:
    """Double submit: the second press of the same button finds its own words."""
    lead = draft.as_("lead")
    said = {"revision": 0, "answer-why": "Mornings"}
    first = lead.post(draft.url("section", key="reason"), said)
    second = lead.post(draft.url("section", key="reason"), said)
    assert (first.status_code, second.status_code) == (302, 302)


@pytest.mark.parametrize("revision", ["", "-1", "abc", "9" * 400, "1.5", "٣"])
def test_a_nonsense_revision_is_a_clash_and_no_error(draft: Stage, revision: str) -> None:
    """Hostile input: never a 5xx, never a silent overwrite."""
    answer = draft.as_("lead").post(draft.url("section", key="reason"), {"revision": revision, "answer-why": "X"})
    assert answer.status_code == 409


def test_entries_are_added_and_removed_without_script(draft: Stage) -> None:
    """EHA-3: the buttons post the page, keep what was typed, and come back to it."""
    lead = draft.as_("lead")
    url = draft.url("section", key="children")
    answer = lead.post(
        url, {"revision": 0, "answer-voices-count": 1, "answer-voices-0-said": "I like maths", "group-add": "voices"}
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith(url)
    page = lead.get(url).content.decode()
    assert "I like maths" in page
    assert 'name="answer-voices-1-said"' in page


def test_a_section_that_is_not_in_the_form_is_missing(draft: Stage) -> None:
    """Hostile input: an invented section is a 404, for reading and for saving."""
    lead = draft.as_("lead")
    for name in ("section", "draft"):
        assert lead.post(draft.url(name, key="nonsense"), {"revision": 0}).status_code == 404
    assert lead.get(draft.url("section", key="nonsense")).status_code == 404


def test_who_may_only_read_reads(draft: Stage) -> None:
    """CON-2: health is named for reading: the page of a section leads to the reading view, its save is refused."""
    nurse = draft.as_("nurse")
    assert nurse.get(draft.url("section", key="reason"))["Location"].startswith(draft.url("read"))
    assert nurse.post(draft.url("section", key="reason"), {"revision": 0, "answer-why": "X"}).status_code == 403
    assert nurse.get(draft.url("read")).status_code == 200


def test_people_whom_consent_does_not_cover_stay_out(partnership: Partnership) -> None:
    """CON-2, EHA-9: the school may know of Ella only; what is said of Kofi is neither shown to it nor lost by it."""
    stage = Stage(partnership, AssessmentState.DRAFT, covered=[0, 1])
    with stage.scope():
        ella, kofi = [m.person for m in stage.case.family.members.order_by("position")][1:]
    lead, teacher = stage.as_("lead"), stage.as_("teacher")
    url = stage.url("section", key="children")
    both = {
        "revision": 0, "answer-voices-count": 2,
        "answer-voices-0-child": str(ella.pk), "answer-voices-0-said": "Ella speaks",
        "answer-voices-1-child": str(kofi.pk), "answer-voices-1-said": "Kofi babbles",
    }  # fmt: skip
    assert lead.post(url, both).status_code == 302
    page = teacher.get(url).content.decode()
    assert "Ella speaks" in page
    assert "Kofi" not in page
    reading = teacher.get(stage.url("read")).content.decode()
    assert "Something is left out" in reading
    assert "Kofi" not in reading
    changed = {
        "revision": 1, "answer-voices-count": 1,
        "answer-voices-0-child": str(ella.pk), "answer-voices-0-said": "Ella speaks more",
    }  # fmt: skip
    assert teacher.post(url, changed).status_code == 302
    said = [entry["said"] for entry in stage.section("children").answers["voices"]]
    assert said == ["Ella speaks more", "Kofi babbles"]


def test_the_family_agrees_and_it_is_sent(partnership: Partnership) -> None:
    """EHA-2, EHA-5: their views are recorded on the page that shows every answer; then one button sends it."""
    stage = Stage(partnership, AssessmentState.IN_PROGRESS)
    lead = stage.as_("lead")
    empty = lead.post(stage.url("check"), {})
    assert empty.status_code == 400
    assert "Enter who in the family agrees" in empty.content.decode()
    lead.post(stage.url("check"), {"agreed_by": "Joanna Abara", "family_views": "We feel heard."})
    assert stage.now().state == AssessmentState.AGREED
    lead.post(stage.url("submit"))
    assert stage.now().state == AssessmentState.SUBMITTED


def test_unfinished_sections_stop_the_agreement(draft: Stage) -> None:
    """EHA-5: the page lists them with links, and a forged post gets the same sentence."""
    lead = draft.as_("lead")
    assert "2 sections still to complete" in lead.get(draft.url("check")).content.decode()
    answer = lead.post(draft.url("check"), {"agreed_by": "Joanna", "family_views": "Yes"})
    assert answer.status_code == 400
    assert "not completed yet" in answer.content.decode()


def test_the_manager_returns_it_with_comments_and_the_author_sees_them(sent: Stage) -> None:
    """EHA-5: under the section that each is about."""
    manager = sent.as_("manager")
    answer = manager.post(sent.url("approve"), {"decision": "return", "section-reason": "Say more about mornings."})
    assert answer["Location"] == sent.url("waiting")
    assert sent.now().state == AssessmentState.RETURNED
    lead = sent.as_("lead")
    assert "Say more about mornings." in lead.get(sent.url("detail")).content.decode()
    assert "Say more about mornings." in lead.get(sent.url("section", key="reason")).content.decode()
    assert "Say more about mornings." not in lead.get(sent.url("section", key="children")).content.decode()


def test_a_return_without_a_comment_is_refused_beside_the_form(sent: Stage) -> None:
    """EHA-5: and the assessment still waits."""
    answer = sent.as_("manager").post(sent.url("approve"), {"decision": "return"})
    assert answer.status_code == 400
    assert "at least one comment" in answer.content.decode()
    assert sent.now().state == AssessmentState.SUBMITTED


def test_the_manager_sees_what_changed_since_it_was_returned(sent: Stage) -> None:
    """Screens, Approval: what changed since last time."""
    manager, lead = sent.as_("manager"), sent.as_("lead")
    manager.post(sent.url("approve"), {"decision": "return", "section-reason": "More, please."})
    lead.post(sent.url("section", key="reason"), {"revision": 1, "answer-why": "More words"})
    lead.post(sent.url("check"), {"agreed_by": "Joanna", "family_views": "Yes"})
    lead.post(sent.url("submit"))
    page = manager.get(sent.url("approve")).content.decode()
    assert page.count("Changed since it was returned") == 1
    assert "More, please." in page


def test_the_manager_approves_it(sent: Stage) -> None:
    """EHA-5, EHA-7: frozen, with the comment; the list is empty then."""
    manager = sent.as_("manager")
    assert "Abara" in manager.get(sent.url("waiting")).content.decode()
    manager.post(sent.url("approve"), {"decision": "approve", "overall": "Clear and kind."})
    assert sent.now().state == AssessmentState.APPROVED
    assert "Nothing waits for you" in manager.get(sent.url("waiting")).content.decode()
    page = sent.as_("lead").get(sent.url("detail")).content.decode()
    assert "Clear and kind." in page
    assert "Make a PDF" in page


def test_comments_are_not_lost_by_pressing_approve(sent: Stage) -> None:
    """Screens, Approval: what was written on a section goes back to its author, or is cleared by hand."""
    answer = sent.as_("manager").post(sent.url("approve"), {"decision": "approve", "section-reason": "Hm."})
    assert answer.status_code == 400
    assert "Return the assessment with them" in answer.content.decode()
    assert sent.now().state == AssessmentState.SUBMITTED


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_a_decision_must_be_one(sent: Stage, decision: str) -> None:
    """Hostile input: a sentence, and nothing decided."""
    answer = sent.as_("manager").post(sent.url("approve"), {"decision": decision, "overall": "x"})
    assert answer.status_code == 400
    assert sent.now().state == AssessmentState.SUBMITTED


def test_a_second_decision_finds_who_decided(sent: Stage) -> None:
    """Trust 7, double submit: 409, and by whom."""
    manager = sent.as_("manager")
    manager.post(sent.url("approve"), {"decision": "approve"})
    again = manager.post(sent.url("approve"), {"decision": "approve"})
    assert again.status_code == 409
    assert "Mariam Oyelaran" in again.content.decode()


@pytest.mark.parametrize("who", ["lead", "colleague", "teacher", "nurse", "other_manager"])
def test_nobody_else_opens_the_decision(sent: Stage, who: str) -> None:
    """EHA-5: the page is refused with who may; never one's own."""
    client = sent.as_(who)
    assert client.get(sent.url("approve")).status_code == 403
    assert client.post(sent.url("approve"), {"decision": "approve"}).status_code == 403
    assert sent.now().state == AssessmentState.SUBMITTED


def test_withdrawal_closes_every_page_with_the_next_click(sent: Stage) -> None:
    """CON-2: the school read it a moment ago; now each page says whom to ask, and none shows a word of it."""
    teacher = sent.as_("teacher")
    assert "Calmer mornings" in teacher.get(sent.url("read")).content.decode()
    with sent.scope():
        given = Consent.objects.get(case=sent.case)
        consent.withdraw(by=sent.scene.actor("lead"), consent_id=given.pk, told_by="Joanna Abara")
    for name, more in [("detail", {}), ("read", {}), ("check", {}), ("section", {"key": "reason"})]:
        answer = teacher.get(sent.url(name, **more))
        assert answer.status_code == 403
        assert b"Abara" not in answer.content
        assert b"mornings" not in answer.content


def test_an_agency_never_let_in_is_told_whom_to_ask(partnership: Partnership) -> None:
    """ACC-6: inside one partnership; a made-up id is simply missing."""
    stage = Stage(partnership, AssessmentState.DRAFT)
    with stage.scope():
        only = make_case(
            stage.scene, family_name="Bello family", agencies={stage.scene.early_help: GrantLevel.CONTRIBUTE}
        )
        stage.assessment = make_assessment(stage.scene, case=only)
    teacher = stage.as_("teacher")
    refused = teacher.get(stage.url("detail"))
    assert refused.status_code == 403
    assert "Early Help Hub" in refused.content.decode()
    stage.assessment.pk = stage.scene.school.pk
    assert teacher.get(stage.url("detail")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_managers_list_takes_the_same_queries_for_one_and_three(partnership: Partnership, rows: int) -> None:
    """Lists: a literal number of queries, whatever is on the page."""
    stage = Stage(partnership, AssessmentState.SUBMITTED)
    with stage.scope():
        for number in range(rows - 1):
            case = make_case(stage.scene, family_name=f"Family {number}")
            make_assessment(stage.scene, at=AssessmentState.SUBMITTED, case=case)
    manager = stage.as_("manager")
    manager.get(stage.url("waiting"))
    with CaptureQueriesContext(connection) as queries:
        page = manager.get(stage.url("waiting"))
    assert page.content.decode().count('scope="row"') == rows
    asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"] and "set_config" not in q["sql"]]
    assert len(asked) == 6, "\n".join(asked)


def test_comments_of_one_case_stay_with_it(sent: Stage) -> None:
    """EHA-5: a comment stands with the assessment that it is about."""
    sent.as_("manager").post(sent.url("approve"), {"decision": "return", "overall": "Nearly there."})
    with sent.scope():
        other = make_assessment(
            sent.scene, at=AssessmentState.SUBMITTED, case=make_case(sent.scene, family_name="Bello")
        )
        assert ReturnComment.objects.filter(assessment=other).count() == 0
    sent.assessment = other
    assert "Nearly there." not in sent.as_("lead").get(sent.url("detail")).content.decode()


def test_an_older_revision_service_side_is_the_same_clash(draft: Stage) -> None:
    """EHA-4: the page's rule is the service's."""
    with draft.scope():
        services.save_section(
            by=draft.scene.actor("lead"), assessment_id=draft.assessment.pk, key="reason", revision=0,
            answers={"why": "One"}, complete=False,
        )  # fmt: skip
    answer = draft.as_("colleague").post(draft.url("section", key="reason"), {"revision": 0, "answer-why": "Two"})
    assert answer.status_code == 409
