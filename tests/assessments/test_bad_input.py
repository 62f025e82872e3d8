"""Bad input on every page of an assessment: a sentence, no 5xx, nothing half-saved (trust 5, 17, 22)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils.html import escape

from assessments.disclosure import AssessmentView
from assessments.enums import AssessmentState, SectionState
from assessments.models import Assessment
from foundation.common.clock import LONDON
from foundation.formdefs import forms
from tests.assessments.stage import Gallery, Stage, a_case, fill, library_form
from tests.factories import make_partnership
from tests.walks import make_form, make_scene

State = AssessmentState
HUGE = "x" * 2_000_000
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def draft(gallery: Gallery, db: None) -> Stage:
    return gallery.stage(State.DRAFT)


@pytest.fixture
def whole(gallery: Gallery, db: None) -> Stage:
    return gallery.stage(State.IN_PROGRESS)


@pytest.fixture
def sent(gallery: Gallery, db: None) -> Stage:
    return gallery.stage(State.SUBMITTED)


# What is posted to a section, the status, and what is kept of it.
SECTIONS: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = {
    "nothing at all": ({}, 400, {}),
    "empty answers": ({"revision": 0, "answer-why": "", "answer-wish": ""}, 400, {}),
    "only spaces": ({"revision": 0, "answer-why": " \t\n "}, 400, {}),
    "two megabytes": ({"revision": 0, "answer-why": HUGE}, 400, {}),
    "a line too long": ({"revision": 0, "answer-why": "A", "answer-wish": "y" * 201}, 400, None),
    "a NUL byte": ({"revision": 0, "answer-why": "Before\0after"}, 400, {"why": "Beforeafter"}),
    "half a character": ({"revision": 0, "answer-why": "A\ud800"}, None, None),
    "text that turns around": ({"revision": 0, "answer-why": "\u202eA"}, 400, None),
    "a field twice": ({"revision": 0, "answer-why": ["One", "Two"]}, 302, {"why": "Two"}),
    "a field of no form": ({"revision": 0, "answer-why": "A", "answer-state": "done"}, 302, {"why": "A"}),
    "names without their prefix": ({"revision": 0, "why": "A"}, 400, {}),
    "names of rows": ({"revision": 0, "answer-why": "A", "author": 1, "state": "approved"}, 302, {"why": "A"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
def test_what_a_section_does_with_it(draft: Stage, name: str) -> None:
    """Trust 5, 17: kept as typed where it can be, refused in words where not; never an error of ours."""
    post, status, kept = SECTIONS[name]
    if name == "half a character":
        post = {"revision": 0, "answer-why": b"A\xed\xa0\x80"}
    answer = draft.as_("lead").post(draft.url("section", key="reason"), post)
    assert answer.status_code in ({status} if status else {302, 400})
    section = draft.section("reason")
    if kept is not None:
        assert section.answers == kept
    assert (section.state == SectionState.DONE) == (answer.status_code == 302)
    if answer.status_code == 400:
        assert 'class="govuk-error-summary"' in answer.content.decode()
    assert draft.now().author_id == draft.scene.lead.user_id


GROUPS: dict[str, tuple[dict[str, Any], int]] = {
    "a count of letters": ({"answer-voices-count": "many"}, 302),
    "a count below nought": ({"answer-voices-count": "-4"}, 302),
    "a count of a million": ({"answer-voices-count": "1000000"}, 302),
    "more than the form has": ({"answer-voices-count": 9, **{f"answer-voices-{n}-said": "A" for n in range(9)}}, 400),
    "somebody who is nobody": ({"answer-voices-count": 1, "answer-voices-0-child": NOBODY}, 400),
    "somebody who is no key": ({"answer-voices-count": 1, "answer-voices-0-child": "'; DROP TABLE x; --"}, 400),
    "an entry far beyond the count": ({"answer-voices-count": 1, "answer-voices-99-said": "A"}, 302),
    "removing what is not there": ({"answer-voices-count": 1, "group-remove": "voices-77"}, 302),
    "adding to no group": ({"answer-voices-count": 1, "group-add": "nonsense"}, 302),
    "removing without a number": ({"answer-voices-count": 1, "group-remove": "voices"}, 302),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_what_a_repeated_group_does_with_it(draft: Stage, name: str) -> None:
    """Trust 5: nobody is named who is not in the family, and no more entries come than the form has."""
    post, status = GROUPS[name]
    answer = draft.as_("lead").post(draft.url("section", key="children"), {"revision": 0, **post})
    assert answer.status_code in ({status, 400} if name == "a count of a million" else {status})
    kept = draft.section("children").answers.get("voices", [])
    assert len(kept) <= 8
    assert not any(entry.get("child") for entry in kept)


def test_a_childs_name_cannot_stand_where_an_adults_is_asked(draft: Stage) -> None:
    """EHA-3: the form offers children; the mother's key is no answer that the page offered."""
    with draft.scope():
        mother = draft.case.family.members.get(part="mother").person_id
    post = {"revision": 0, "answer-voices-count": 1, "answer-voices-0-child": str(mother)}
    assert draft.as_("lead").post(draft.url("section", key="children"), post).status_code == 400
    assert draft.section("children").answers == {}


TYPED = {
    "two megabytes": ({"revision": 0, "answer-why": HUGE}, 400),
    "nothing": ({}, 200),
    "no revision": ({"answer-why": "A"}, 409),
    "a NUL byte": ({"revision": 0, "answer-why": "A\0"}, 200),
    "a revision of letters": ({"revision": "abc", "answer-why": "A"}, 409),
}


@pytest.mark.parametrize("name", TYPED)
def test_saving_as_they_type_answers_in_its_own_words(draft: Stage, name: str) -> None:
    """EHA-4: the script hears JSON whatever it sent: what was saved, or a sentence."""
    post, status = TYPED[name]
    answer = draft.as_("lead").post(draft.url("draft", key="reason"), post)
    heard = json.loads(answer.content)
    assert answer.status_code == status
    assert ("revision" in heard) if status == 200 else heard["sentence"]


AGREEMENTS = {
    "nothing": ({}, "Enter who in the family agrees"),
    "spaces": ({"agreed_by": "   ", "family_views": "\n"}, "Enter who in the family agrees"),
    "a name too long": ({"agreed_by": "n" * 161, "family_views": "Yes"}, "160 characters or fewer"),
    "two megabytes": ({"agreed_by": "Joanna", "family_views": HUGE}, "5,000 characters or fewer"),
    "a NUL byte": ({"agreed_by": "Jo\0anna", "family_views": "Yes"}, "hidden character"),
    "a name of two lines": ({"agreed_by": "Joanna\nAbara", "family_views": "Yes"}, "line break"),
    "another edition": ({"agreed_by": "Joanna", "family_views": "Yes", "read_at": "<script>"}, "A section was saved"),
}


@pytest.mark.parametrize("name", AGREEMENTS)
def test_an_agreement_that_is_none(whole: Stage, name: str) -> None:
    """EHA-5: beside its field, the words kept, nothing recorded."""
    post, words = AGREEMENTS[name]
    answer = whole.as_("lead").post(whole.url("check"), post)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert (whole.now().state, whole.now().agreed_by) == (State.IN_PROGRESS, "")


DECISIONS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Choose whether to approve"),
    "both": ({"decision": ["approve", "nonsense"]}, "Choose whether to approve"),
    "a return of spaces": ({"decision": "return", "overall": " \n "}, "at least one comment"),
    "two megabytes": ({"decision": "return", "overall": HUGE}, "5,000 characters or fewer"),
    "two megabytes on a section": ({"decision": "return", "section-reason": HUGE}, "5,000 characters or fewer"),
    "a NUL byte": ({"decision": "approve", "overall": "A\0"}, "hidden character"),
    "a comment on no section": ({"decision": "return", "section-nonsense": "Hm"}, "at least one comment"),
    "rows of ours": ({"decision": "", "decided_by": 1, "frozen": "{}", "state": "approved"}, "Choose whether"),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_that_is_none(sent: Stage, name: str) -> None:
    """EHA-5: the manager's words stay on the page, and the assessment waits as before."""
    post, words = DECISIONS[name]
    answer = sent.as_("manager").post(sent.url("approve"), post)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert (sent.now().state, sent.now().decided_by_id, sent.now().frozen) == (State.SUBMITTED, None, None)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% now %}"])
def test_hostile_words_come_back_as_words_on_every_page(gallery: Gallery, db: None, words: str) -> None:
    """Trust 17: in answers, in what the family says, in what the manager asks."""
    stage = gallery.stage(State.IN_PROGRESS)
    lead, manager = stage.as_("lead"), stage.as_("manager")
    stage.save(answers={"why": words})
    lead.post(stage.url("check"), {"agreed_by": words, "family_views": words})
    lead.post(stage.url("submit"))
    decide = manager.get(stage.url("approve")).content.decode()
    manager.post(stage.url("approve"), {"decision": "return", "overall": words, "section-reason": words})
    pages = [decide, *(lead.get(stage.url(name)).content.decode() for name in ("detail", "read", "check"))]
    pages.append(lead.get(stage.url("section", key="reason")).content.decode())
    for page in pages:
        assert escape(words) in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# Addresses, methods, tokens

POSTS = ["section", "draft", "check", "reopen", "submit", "pdf", "approve"]


@pytest.mark.parametrize("name", POSTS)
def test_a_post_without_its_token_does_nothing(gallery: Gallery, db: None, name: str) -> None:
    """OWASP: a page of somebody else's making cannot act in a signed-in person's name."""
    stage = gallery.stage(State.AGREED)
    more = {"key": "reason"} if name in {"section", "draft"} else {}
    answer = stage.as_("lead", enforce_csrf_checks=True).post(stage.url(name, **more), {"revision": 1})
    assert answer.status_code == 403
    assert stage.now().state == State.AGREED


@pytest.mark.parametrize("name", [*POSTS, "detail", "read"])
def test_who_has_not_signed_in_is_asked_to(gallery: Gallery, db: None, client: Any, name: str) -> None:
    """ACC-5: every address, for reading and for writing."""
    stage = gallery.stage(State.AGREED)
    more = {"key": "reason"} if name in {"section", "draft"} else {}
    for ask in (client.get, client.post):
        answer = ask(stage.url(name, **more))
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("name", ["draft", "reopen", "submit", "pdf"])
def test_what_only_acts_is_not_read(gallery: Gallery, db: None, name: str) -> None:
    """HTTP: a link that is followed, or fetched beforehand, changes nothing."""
    stage = gallery.stage(State.AGREED)
    more = {"key": "reason"} if name == "draft" else {}
    assert stage.as_("lead").get(stage.url(name, **more)).status_code == 405
    assert stage.now().state == State.AGREED


@pytest.mark.parametrize("after", ["x", "'", "0" * 5_000, "gAAAAAB" + "x" * 90, "\0"])
def test_a_place_in_the_list_that_is_none_gives_the_first_page(sent: Stage, after: str) -> None:
    """Hostile input: a forged place in the list is no error."""
    answer = sent.as_("manager").get(sent.url("waiting"), {"after": after})
    assert answer.status_code == 200
    assert "1 waiting" in " ".join(answer.content.decode().split())


def test_the_real_form_is_shown_and_sent_back_without_a_change(db: None) -> None:
    """EHA-3, EHA-4: each of the seventeen pages completed, opened, and saved as it stands: it is completed still, and
    nothing new is in its history. Every kind of question comes back from its box as it was kept.
    """
    stage = Stage.__new__(Stage)
    stage.partnership = make_partnership()
    with stage.scope():
        stage.scene = make_scene(form=None)
        make_form(library_form())
        stage.case, stage.assessment = a_case(stage.scene)
        fill(stage.scene.actor("lead"), stage.assessment)
        one = Assessment.objects.select_related("case", "definition").get(pk=stage.assessment.pk)
        reader = AssessmentView(stage.scene.actor("lead"), one)
        shown = {page.key: shown_again(reader, page.key) for page in reader.definition}
    lead = stage.as_("lead")
    for key, form in shown.items():
        answer = lead.post(stage.url("draft", key=key), {"revision": 1, **sent_back(form)})
        assert json.loads(answer.content) == {"revision": 1, "saved": f"{saved_at(reader, key):%H:%M}"}, key
    overview = lead.get(stage.url("detail")).content.decode()
    assert "17 of 17 sections completed" in overview


def shown_again(reader: AssessmentView, key: str) -> forms.PageForm:
    initial = forms.initial_from(reader.definition, key, reader.answers(key), people=reader.people)
    return forms.page_form(reader.definition, key, people=reader.people)(initial=initial)


def saved_at(reader: AssessmentView, key: str) -> dt.datetime:
    return reader.sections[key].saved_at.astimezone(LONDON)


def sent_back(form: forms.PageForm) -> dict[str, Any]:
    """What a browser sends of a page that nobody touched."""
    post: dict[str, Any] = {form.add_prefix(f"{key}-count"): count for key, count in form.counts.items()}
    for bound in form:
        value = bound.value()
        if hasattr(bound.field.widget, "boxes_of"):
            boxes = zip(("day", "month", "year"), bound.field.widget.boxes_of(value), strict=True)
            post |= {f"{bound.html_name}_{part}": box for part, box in boxes}
        elif value not in (None, "", []):
            post[bound.html_name] = value
    return post
