"""What one reader sees of an assessment: nothing hidden leaks, nothing visible is lost (CON-2, EHA-7, EHA-9)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.disclosure import AssessmentView, without_hidden_people
from assessments.enums import AssessmentState
from assessments.models import Assessment
from cases.enums import BirthDateKind, Part
from cases.models import FamilyMember, Person
from consent import services as consent
from foundation.accounts.models import User
from foundation.common import clock
from foundation.formdefs import definitions
from foundation.formdefs.merging import put_back
from tests.assessments.stage import Gallery, Stage, a_case, approve, save
from tests.factories import make_partnership
from tests.walks import children_of, make_consent

State = AssessmentState
# A page with everything that names people: a person beside words, two groups, one of them with two people.
FORM = {
    "key": "any",
    "title": "Any",
    "pages": [
        {
            "key": "page",
            "title": "Page",
            "fields": [
                {"key": "words", "kind": "long_text", "label": "Words"},
                {"key": "who", "kind": "person", "label": "Who?"},
                {
                    "key": "voices", "kind": "group", "label": "Voices", "max_items": 12,
                    "fields": [
                        {"key": "child", "kind": "person", "label": "Child"},
                        {"key": "said", "kind": "text", "label": "Said"},
                    ],
                },
                {
                    "key": "pairs", "kind": "group", "label": "Pairs", "max_items": 12,
                    "fields": [
                        {"key": "one", "kind": "person", "label": "One"},
                        {"key": "other", "kind": "person", "label": "Other"},
                        {"key": "how", "kind": "text", "label": "How"},
                    ],
                },
            ],
        }
    ],
}  # fmt: skip
PAGE = definitions.parse(FORM).page("page")

PEOPLE = [f"person-{letter}" for letter in "abcdef"]
person = st.sampled_from(PEOPLE) | st.none() | st.just("")
word = st.text("xyz ", max_size=4)


def entry(*people: str, words: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(people, person), words: word})


answers = st.fixed_dictionaries(
    {},
    optional={
        "words": word,
        "who": person,
        "voices": st.lists(entry("child", words="said"), max_size=6),
        "pairs": st.lists(entry("one", "other", words="how"), max_size=6),
    },
)
visible_people = st.sets(st.sampled_from(PEOPLE))


def names(value: Any) -> set[str]:
    """Every person named anywhere."""
    if isinstance(value, dict):
        return set().union(*map(names, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(names, value)) if value else set()
    return {value} & set(PEOPLE)


@given(answers, visible_people)
def test_nobody_hidden_is_named(kept: dict[str, Any], visible: set[str]) -> None:
    """EHA-9: not in a field, not in an entry, not beside somebody whom the reader may know."""
    shown, left_out = without_hidden_people(PAGE, kept, visible)
    assert names(shown) <= visible
    assert left_out == bool(names(kept) - visible)


@given(answers, visible_people)
def test_nothing_visible_is_lost(kept: dict[str, Any], visible: set[str]) -> None:
    """EHA-9: words, and each entry that names only people whom the reader may know, stand as they were, in order."""
    shown, left_out = without_hidden_people(PAGE, kept, visible)
    assert shown.get("words") == kept.get("words")
    for group in ("voices", "pairs"):
        assert shown.get(group) == (
            [one for one in kept[group] if names(one) <= visible] if group in kept else None
        )  # fmt: skip
    if not left_out:
        assert shown == kept
    assert without_hidden_people(PAGE, shown, visible) == (shown, False)


@given(answers, visible_people, answers)
def test_what_a_writer_may_not_see_survives_whatever_they_write(
    kept: dict[str, Any], visible: set[str], wrote: dict[str, Any]
) -> None:
    """EHA-4, CON-2: every hidden entry is there afterwards, and all of the writer's own."""
    wrote, _ = without_hidden_people(PAGE, wrote, visible)  # a writer can name only people they know
    merged = put_back(PAGE, kept=kept, written=wrote, visible=visible)
    for group in ("voices", "pairs"):
        hidden = [one for one in kept.get(group, []) if not names(one) <= visible]
        assert merged.get(group, []) == [*wrote.get(group, []), *hidden]
    assert merged.get("words") == wrote.get("words")


@given(answers, visible_people)
def test_reading_and_saving_again_comes_back_to_the_same(kept: dict[str, Any], visible: set[str]) -> None:
    """EHA-4: what is shown, sent back unchanged, changes what is shown to nobody."""
    shown, _ = without_hidden_people(PAGE, kept, visible)
    merged = put_back(PAGE, kept=kept, written=shown, visible=visible)
    assert without_hidden_people(PAGE, merged, visible)[0] == shown
    assert names(merged) == names(kept)


@pytest.mark.parametrize("ids", [{"a"}, ["a"], ("a",), iter(["a"])])
def test_the_visible_may_come_in_any_shape(ids: Any) -> None:
    """The ids are read once."""
    assert without_hidden_people(PAGE, {"who": "person-a"}, ids) == ({}, True)


# Through the service and its page


@pytest.fixture(scope="module")
def shared(gallery: Gallery) -> Stage:
    """In the gallery's partnership: the school may know of the mother and Ella, and not of Kofi."""
    stage = gallery.stage(State.DRAFT)
    with gallery.scope():
        stage.case, stage.assessment = a_case(gallery.scene, family_name="Shared", covered=[0, 1])
    return stage


said = st.lists(st.tuples(st.booleans(), st.sampled_from(["One", "Two", "Three", ""])), max_size=4)


# Each example undoes what it did.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by_lead=said, by_school=said)
def test_two_agencies_in_turn_lose_nothing_of_each_other(
    shared: Stage, stood: Gallery, by_lead: list[tuple[bool, str]], by_school: list[tuple[bool, str]]
) -> None:
    """EHA-4, CON-2: the school writes over what it sees; Kofi's entries are word for word as the lead left them."""
    ella, kofi = (str(child.pk) for child in children_of(shared.case))
    first = [{"child": ella if seen else kofi, "said": words} for seen, words in by_lead]
    second = [{"child": ella, "said": words} for _, words in by_school]
    with transaction.atomic():
        save(shared.scene, shared.assessment, key="children", answers={"voices": first})
        save(shared.scene, shared.assessment, "teacher", key="children", answers={"voices": second}, complete=False)
        kept = shared.assessment.sections.get(key="children").answers["voices"]
        seen = AssessmentView(shared.scene.actor("teacher"), fresh(shared.assessment)).answers("children")["voices"]
        transaction.set_rollback(True)
    spoken = lambda entries: [one for one in entries if one["said"]]  # noqa: E731
    assert [one for one in kept if one["child"] == kofi] == [one for one in first if one["child"] == kofi]
    assert spoken(one for one in kept if one["child"] == ella) == spoken(second)
    assert [one for one in seen if one["child"] != ella] == []


def fresh(assessment: Assessment) -> Assessment:
    return Assessment.objects.select_related("case", "author", "definition").get(pk=assessment.pk)


def view(stage: Stage, who: str) -> AssessmentView:
    return AssessmentView(stage.scene.actor(who), fresh(stage.assessment))


def test_each_agency_sees_its_people_and_is_told_of_a_gap(shared: Stage, stood: Gallery) -> None:
    """CON-2, EHA-9: the lead's agency sees everybody; the school those covered, and that something is left out."""
    ella, kofi = children_of(shared.case)
    voices = [{"child": str(kofi.pk), "said": "Babbles"}, {"child": str(ella.pk), "said": "Maths"}]
    save(shared.scene, shared.assessment, key="children", answers={"voices": voices})
    lead, teacher = view(shared, "lead"), view(shared, "teacher")
    assert [one.name for one in lead.people] == ["Joanna Abara", "Ella Abara", "Kofi Abara"]
    assert [(one.name, one.who) for one in teacher.people] == [("Joanna Abara", "adult"), ("Ella Abara", "child")]
    assert (lead.left_out, teacher.left_out) == (False, True)
    assert len(lead.answers("children")["voices"]) == 2
    assert [entry["said"] for entry in teacher.answers("children")["voices"]] == ["Maths"]
    read = json.dumps([[shown.text for shown in one.answers] for one in teacher.read_all()])
    assert "Babbles" not in read


def test_a_further_consent_lets_them_see_the_rest(shared: Stage, stood: Gallery) -> None:
    """CON-2: at once, with nothing copied: what the lead wrote long ago is there."""
    _, kofi = children_of(shared.case)
    save(shared.scene, shared.assessment, key="children", answers={"voices": [{"child": str(kofi.pk), "said": "Ba"}]})
    assert view(shared, "teacher").left_out
    given = make_consent(shared.scene)
    consent.open_doors(by=shared.scene.actor("screener"), consent_id=given.pk, case=shared.case, people=[kofi])
    teacher = view(shared, "teacher")
    assert not teacher.left_out
    assert teacher.answers("children")["voices"] == [{"child": str(kofi.pk), "said": "Ba"}]


# Approved: as it stood


@pytest.fixture
def approved(db: None) -> Stage:
    """Approved, and afterwards everybody has another name."""
    stage = Stage(make_partnership(), State.APPROVED, covered=[0, 1])
    with stage.scope():
        Person.objects.filter(family_name="Abara").update(given_name="Renamed", family_name="Laterborn")
        stage.case.family.name = "Laterborn"
        stage.case.family.save()
        for who in ("lead", "manager"):
            User.objects.filter(pk=stage.scene.user(who).pk).update(full_name="Married Name")
    return stage


def test_an_approved_assessment_reads_as_it_stood(approved: Stage) -> None:
    """EHA-7: names on the page are those of the day of approval, however people are called since."""
    page = approved.as_("lead").get(approved.url("read")).content.decode()
    body = page.partition("Each child&#x27;s voice")[2]
    assert "Ella Abara" in body
    assert "Renamed" not in body
    frozen = approved.now().frozen
    assert (frozen["family"], frozen["author"], frozen["approved_by"]) == (
        "Abara family", "Lena Ward", "Mariam Oyelaran",
    )  # fmt: skip


def test_a_draft_reads_as_people_are_called_today(shared: Stage, stood: Gallery) -> None:
    """EHA-7: frozen is only what was approved."""
    Person.objects.filter(pk=children_of(shared.case)[0].pk).update(given_name="Isabella")
    assert "Isabella Abara" in [one.name for one in view(shared, "lead").people]


def test_somebody_who_came_into_the_family_later_is_not_missing_from_it(shared: Stage, stood: Gallery) -> None:
    """EHA-7, EHA-9: "left out" is said of what is in the assessment, not of who was born since."""
    case, assessment = a_case(shared.scene, family_name="Growing")
    save(shared.scene, assessment)
    save(shared.scene, assessment, key="children", answers={})
    approve(shared.scene, assessment)
    baby = Person.objects.create(
        given_name="Bibi", family_name="Abara", born_kind=BirthDateKind.UNKNOWN, created_at=clock.now()
    )
    FamilyMember.objects.create(family=case.family, person=baby, part=Part.CHILD, position=9)
    teacher = AssessmentView(shared.scene.actor("teacher"), fresh(assessment))
    assert not teacher.left_out
    assert "Bibi Abara" not in [one.name for one in teacher.people]


def test_whom_consent_hides_stays_hidden_in_what_is_frozen(approved: Stage) -> None:
    """CON-2, EHA-9: the snapshot holds everybody; a reader sees of it what consent lets them know today."""
    assert len(approved.now().frozen["people"]) == 3
    with approved.scope():
        teacher = view(approved, "teacher")
        assert [one.name for one in teacher.people] == ["Joanna Abara", "Ella Abara"]
        assert teacher.left_out


def test_reading_the_whole_takes_a_literal_number_of_queries(stood: Gallery) -> None:
    """Pages: whoever reads, however many sections there are: people, consents, sections."""
    for state in (State.IN_PROGRESS, State.APPROVED):
        assessment, by = stood.at(state), stood.scene.actor("teacher")
        assert assessment.case.lead_agency_id
        with CaptureQueriesContext(connection) as asked:
            reader = AssessmentView(by, assessment)
            assert len(reader.read_all()) == 2
            assert reader.left_out is False
        assert len(asked) == 3, "\n".join(query["sql"] for query in asked)


def test_the_snapshot_is_read_and_not_the_rows(stood: Gallery) -> None:
    """EHA-7: what was frozen is what is shown, whatever the sections' rows should ever hold."""
    assessment = stood.at(State.APPROVED)
    assessment.frozen["answers"]["reason"]["why"] = "As it was frozen"
    reader = AssessmentView(stood.scene.actor("lead"), assessment)
    assert reader.answers("reason")["why"] == "As it was frozen"
    assert "As it was frozen" in [one.text for one in reader.read("reason").answers]
