"""The assessment's way from draft to approval, through its services (EHA-2 to EHA-5, EHA-7)."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from assessments import services
from assessments.enums import AssessmentState, AssessmentVerb, SectionState
from assessments.models import Assessment, ReturnComment, Section
from cases.enums import GrantLevel
from consent import services as consent
from consent.models import Consent
from foundation.audit.models import AuditEntry
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from tests.walks import FORM, Scene, make_assessment, make_case, make_form, write_sections


def save(scene: Scene, assessment: Assessment, who: str = "lead", **changed: object) -> Section:
    said = {"key": "reason", "revision": 0, "answers": {"why": "Because"}, "complete": True, **changed}
    return services.save_section(by=scene.actor(who), assessment_id=assessment.pk, **said)


def test_a_case_that_opens_has_its_assessment_at_once(scene: Scene) -> None:
    """EHA-3: on the form definition in use, with a section for each page, led by the case's lead."""
    assessment = make_assessment(scene)
    assert assessment.state == AssessmentState.DRAFT
    assert assessment.author == scene.user("lead")
    assert {section.key for section in assessment.sections.all()} == {"reason", "children"}


def test_an_assessment_keeps_the_form_it_began_with(scene: Scene) -> None:
    """EHA-3: a new version of the form changes nothing for what has begun."""
    older = make_assessment(scene)
    make_form(
        {**FORM, "pages": [*FORM["pages"], {"key": "more", "title": "More", "fields": FORM["pages"][0]["fields"]}]}
    )
    newer = make_assessment(scene, case=make_case(scene, family_name="Bello family"))
    older.refresh_from_db()
    assert (older.definition.version, older.sections.count()) == (1, 2)
    assert (newer.definition.version, newer.sections.count()) == (2, 3)


def test_the_whole_way_to_approval(scene: Scene) -> None:
    """EHA-5: draft, in progress, agreed, submitted, returned, in progress again, agreed, submitted, approved."""
    assessment = make_assessment(scene, at=AssessmentState.RETURNED)
    write_sections(scene, assessment)
    lead = scene.actor("lead")
    services.agree_with_family(by=lead, assessment_id=assessment.pk, agreed_by="Joanna", family_views="Better now.")
    services.submit(by=lead, assessment_id=assessment.pk)
    services.approve(by=scene.actor("manager"), assessment_id=assessment.pk, comment="Thank you.")
    assessment = Assessment.objects.get(pk=assessment.pk)
    assert assessment.state == AssessmentState.APPROVED
    assert assessment.decided_by == scene.user("manager")
    verbs = list(AuditEntry.objects.filter(verb__startswith="eha.").order_by("at", "id").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb != AssessmentVerb.SECTION_SAVED] == [
        AssessmentVerb.STARTED, AssessmentVerb.BEGUN, AssessmentVerb.AGREED, AssessmentVerb.SUBMITTED,
        AssessmentVerb.RETURNED, AssessmentVerb.BEGUN, AssessmentVerb.AGREED, AssessmentVerb.SUBMITTED,
        AssessmentVerb.APPROVED,
    ]  # fmt: skip


def test_the_first_words_begin_it(scene: Scene) -> None:
    """EHA-5: somebody who writes has begun, and the section says who and when."""
    assessment = make_assessment(scene)
    section = save(scene, assessment, complete=False)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.IN_PROGRESS
    assert (section.state, section.revision, section.saved_by_id) == (
        SectionState.IN_PROGRESS, 1, scene.lead.user_id,
    )  # fmt: skip


def test_a_save_that_began_from_an_older_one_is_a_clash_and_loses_nothing(scene: Scene) -> None:
    """EHA-4: nobody's words are lost: what was saved stands, and the later writer gets both versions."""
    assessment = make_assessment(scene)
    save(scene, assessment, who="teacher", answers={"why": "The school's words"})
    with pytest.raises(services.SectionClash) as clash, transaction.atomic():
        save(scene, assessment, answers={"why": "The lead's words"})
    assert clash.value.theirs.answers == {"why": "The school's words"}
    assert clash.value.yours == {"why": "The lead's words"}
    assert "Tomasz Nowak" in clash.value.sentence
    assert assessment.sections.get(key="reason").answers == {"why": "The school's words"}


def test_two_sections_can_be_written_at_the_same_time(scene: Scene) -> None:
    """EHA-4: several agencies contribute to one open assessment, section by section."""
    assessment = make_assessment(scene)
    save(scene, assessment, who="teacher", key="reason")
    save(scene, assessment, who="colleague", key="children", answers={})
    assert set(assessment.sections.values_list("revision", flat=True)) == {1}


def test_every_version_of_a_section_stands_in_its_history(scene: Scene) -> None:
    """EHA-4: what was typed over can be read again."""
    assessment = make_assessment(scene)
    save(scene, assessment, answers={"why": "First words"}, complete=False)
    save(scene, assessment, answers={"why": "Second words"}, revision=1, complete=False)
    kept = [event.answers for event in assessment.sections.get(key="reason").history.order_by("pgh_id")]
    assert kept == [{}, {"why": "First words"}, {"why": "Second words"}]


def test_a_meant_save_stands_in_the_trail_and_a_typed_one_does_not(scene: Scene) -> None:
    """Trust 14, decision 004: the trail holds what somebody meant."""
    assessment = make_assessment(scene)
    save(scene, assessment, complete=False)
    saved = AuditEntry.objects.filter(verb=AssessmentVerb.SECTION_SAVED)
    assert saved.count() == 0
    save(scene, assessment, revision=1)
    assert saved.count() == 1


@pytest.mark.parametrize("who", ["nurse", "screener", "hub_manager"])
def test_who_may_only_read_does_not_write(scene: Scene, who: str) -> None:
    """CON-2: consent names health for reading; the hub's hat screens and does not write assessments."""
    with pytest.raises(NotAllowed):
        save(scene, make_assessment(scene), who=who)


def test_an_agency_that_consent_does_not_name_finds_nothing(scene: Scene) -> None:
    """CON-2: for the school there is no such assessment."""
    case = make_case(scene, agencies={scene.early_help: GrantLevel.CONTRIBUTE})
    with pytest.raises(NotThere):
        save(scene, make_assessment(scene, case=case), who="teacher")


def test_withdrawal_stops_the_writing(scene: Scene) -> None:
    """CON-2: the school's next save finds nothing, and what it wrote stays."""
    assessment = make_assessment(scene)
    save(scene, assessment, who="teacher")
    given = Consent.objects.get(case=assessment.case)
    consent.withdraw(by=scene.actor("lead"), consent_id=given.pk, told_by="Joanna Abara")
    with pytest.raises(NotThere):
        save(scene, assessment, who="teacher", revision=1)
    assert assessment.sections.get(key="reason").answers == {"why": "Because"}


def test_a_section_that_the_form_does_not_have_is_missing(scene: Scene) -> None:
    """EHA-3: the form says which sections there are."""
    with pytest.raises(NotThere):
        save(scene, make_assessment(scene), key="nonsense")


def test_unfinished_sections_are_named_before_the_family_agrees(scene: Scene) -> None:
    """EHA-5: the sentence says which, in the form's own words and order."""
    assessment = make_assessment(scene)
    save(scene, assessment)
    with pytest.raises(Invalid, match="Each child's voice"):
        services.agree_with_family(
            by=scene.actor("lead"), assessment_id=assessment.pk, agreed_by="Joanna", family_views=""
        )


@pytest.mark.parametrize("who", ["colleague", "teacher", "manager"])
def test_only_its_author_brings_it_to_the_family_and_the_manager(scene: Scene, who: str) -> None:
    """EHA-5: every move names who; it is the lead's to make."""
    assessment = make_assessment(scene, at=AssessmentState.IN_PROGRESS)
    with pytest.raises(NotAllowed, match="Lena Ward"):
        services.agree_with_family(
            by=scene.actor(who), assessment_id=assessment.pk, agreed_by="Joanna", family_views=""
        )


def test_an_agreed_assessment_is_not_written_until_it_is_opened_again(scene: Scene) -> None:
    """EHA-5: what the family agreed is what goes to the manager; opened again, their agreement is asked again."""
    assessment = make_assessment(scene, at=AssessmentState.AGREED)
    with pytest.raises(NotAllowed, match="agreed"):
        save(scene, assessment, revision=1)
    services.reopen(by=scene.actor("lead"), assessment_id=assessment.pk)
    save(scene, assessment, revision=1)
    assessment = Assessment.objects.get(pk=assessment.pk)
    assert (assessment.state, assessment.agreed_by) == (AssessmentState.IN_PROGRESS, "")


def test_a_submitted_assessment_is_not_written(scene: Scene) -> None:
    """EHA-5: it cannot change under the manager's eyes."""
    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    with pytest.raises(NotAllowed, match="sent for approval"):
        save(scene, assessment, revision=1)


def test_a_return_needs_a_comment(scene: Scene) -> None:
    """EHA-5: its author must know what is wanted."""
    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    blank = [services.Comment("reason", "   ")]
    with pytest.raises(Invalid, match="at least one comment"):
        services.give_back(by=scene.actor("manager"), assessment_id=assessment.pk, comments=blank)
    assert ReturnComment.objects.count() == 0


def test_a_comment_has_a_length_and_says_so(scene: Scene) -> None:
    """Bad input: two megabytes of comment are refused with the number that fits."""
    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    huge = [services.Comment("reason", "x" * 2_000_000)]
    with pytest.raises(Invalid, match="5,000 characters or fewer"):
        services.give_back(by=scene.actor("manager"), assessment_id=assessment.pk, comments=huge)


def test_its_author_never_approves_it_even_as_a_manager(scene: Scene) -> None:
    """EHA-5: another role in the same agency does not change whose work it is."""
    from foundation.accounts.enums import Role
    from tests.factories import actor_of, make_member

    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    make_member(role=Role.MANAGER, agency=scene.early_help, user=scene.user("lead"))
    both = actor_of(scene.user("lead"), scene.early_help)
    assert both.has(Role.MANAGER)
    with pytest.raises(NotAllowed, match="your own work"):
        services.approve(by=both, assessment_id=assessment.pk, comment="")
    with pytest.raises(NotAllowed, match="your own work"):
        services.give_back(by=both, assessment_id=assessment.pk, comments=[services.Comment("", "Hm")])


def test_a_manager_who_wrote_part_of_it_does_not_approve_it(scene: Scene) -> None:
    """EHA-5: a section is work too."""
    assessment = make_assessment(scene)
    write_sections(scene, assessment, who="manager")
    lead = scene.actor("lead")
    services.agree_with_family(by=lead, assessment_id=assessment.pk, agreed_by="Joanna", family_views="")
    services.submit(by=lead, assessment_id=assessment.pk)
    with pytest.raises(NotAllowed, match="your own work"):
        services.approve(by=scene.actor("manager"), assessment_id=assessment.pk, comment="")


@pytest.mark.parametrize("who", ["lead", "colleague", "other_manager", "teacher", "hub_manager"])
def test_nobody_else_decides(scene: Scene, who: str) -> None:
    """EHA-5, practice model §2: a manager of the lead's agency and team, nobody else."""
    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    with pytest.raises(NotAllowed):
        services.approve(by=scene.actor(who), assessment_id=assessment.pk, comment="")
    with pytest.raises(NotAllowed):
        services.give_back(by=scene.actor(who), assessment_id=assessment.pk, comments=[services.Comment("", "No")])


def test_the_database_too_refuses_an_approval_of_ones_own(scene: Scene) -> None:
    """EHA-5: should a slip in the code ever let it by."""
    assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)
    assessment.approve(by_id=scene.lead.user_id, comment="", frozen={"a": 1}, sha256="f" * 64)
    with pytest.raises(IntegrityError, match="nobody_approves_their_own"), transaction.atomic():
        assessment.save()


def test_an_approved_assessment_is_frozen_with_the_people_as_they_stood(scene: Scene) -> None:
    """EHA-7: with its form's version, everybody's details, the answers, and a hash of all that."""
    assessment = make_assessment(scene, at=AssessmentState.APPROVED)
    frozen = assessment.frozen
    assert frozen["form"] == {"key": "eha", "version": 1}
    assert [person["name"] for person in frozen["people"]] == ["Joanna Abara", "Ella Abara", "Kofi Abara"]
    assert frozen["answers"]["reason"]["wish"] == "Calmer mornings"
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False).encode()
    assert assessment.frozen_sha256 == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        lambda a: Assessment.objects.filter(pk=a.pk).update(approval_comment="Changed later"),
        lambda a: Assessment.objects.filter(pk=a.pk).update(state="in_progress"),
        lambda a: Assessment.objects.filter(pk=a.pk).delete(),
        lambda a: Section.objects.filter(assessment=a).update(answers={}),
        lambda a: Section.objects.filter(assessment=a).delete(),
    ],
    ids=["comment", "state", "delete", "answers", "section"],
)
def test_nothing_changes_an_approved_assessment(scene: Scene, change: object) -> None:
    """EHA-7: not even `update()`, which passes a protected state by."""
    assessment = make_assessment(scene, at=AssessmentState.APPROVED)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(assessment)  # type: ignore[operator]
    assert Assessment.objects.get(pk=assessment.pk).approval_comment == "Clear and kind."


@pytest.mark.parametrize(
    ("at", "move"),
    [
        (AssessmentState.DRAFT, lambda s, a: services.submit(by=s.actor("lead"), assessment_id=a.pk)),
        (AssessmentState.IN_PROGRESS, lambda s, a: services.submit(by=s.actor("lead"), assessment_id=a.pk)),
        (AssessmentState.IN_PROGRESS, lambda s, a: services.reopen(by=s.actor("lead"), assessment_id=a.pk)),
        (AssessmentState.AGREED, lambda s, a: services.approve(by=s.actor("manager"), assessment_id=a.pk, comment="")),
        (AssessmentState.SUBMITTED, lambda s, a: services.submit(by=s.actor("lead"), assessment_id=a.pk)),
        (
            AssessmentState.APPROVED,
            lambda s, a: services.approve(by=s.actor("manager"), assessment_id=a.pk, comment=""),
        ),
        (AssessmentState.APPROVED, lambda s, a: services.reopen(by=s.actor("lead"), assessment_id=a.pk)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_move_that_the_state_does_not_allow_says_how_it_stands(
    scene: Scene, at: AssessmentState, move: object
) -> None:
    """EHA-5: the back button, the second click: a sentence, and nothing changed."""
    assessment = make_assessment(scene, at=at)
    with pytest.raises(Clash, match=AssessmentState(at).label.lower()):
        move(scene, assessment)  # type: ignore[operator]
    assert Assessment.objects.get(pk=assessment.pk).state == at
