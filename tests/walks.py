"""Families at a stage of the path, walked there through the services, never by raw saves.

    with tenant_scope(make_partnership().pk):
        scene = make_scene()
        case = make_case(scene)
        assessment = make_assessment(scene, at=AssessmentState.SUBMITTED)

A scene is one partnership's people: who may do what is in their names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments import services as assessments
from assessments.enums import AssessmentState
from assessments.models import Assessment
from cases import services as cases
from cases.enums import BirthDateKind, GrantLevel, Part
from cases.models import Case, Person
from cases.services import NewPerson
from cases.signals import case_opened
from consent import services as consent
from consent.enums import ConsentHow, InformationKind
from consent.models import Consent
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership, Team, User
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.formdefs import services as formdefs
from foundation.formdefs.models import FormDefinition
from foundation.partnership.enums import StartEvent
from foundation.tenancy.scope import current_partnership_id
from tests.factories import actor_of, make_agency, make_member, make_team

# Short, with each kind of thing that the rules look at: required, optional, a person, a repeated group.
FORM: dict[str, Any] = {
    "key": "eha",
    "title": "Early Help Assessment",
    "pages": [
        {
            "key": "reason",
            "title": "Reason for the assessment",
            "fields": [
                {"key": "why", "kind": "long_text", "label": "Why now?", "required": True},
                {"key": "wish", "kind": "text", "label": "What does the family wish for?"},
            ],
        },
        {
            "key": "children",
            "title": "Each child's voice",
            "fields": [
                {
                    "key": "voices",
                    "kind": "group",
                    "label": "A child's voice",
                    "entry": "Child",
                    "max_items": 8,
                    "fields": [
                        {"key": "child", "kind": "person", "label": "Which child?", "who": "child"},
                        {"key": "said", "kind": "long_text", "label": "What did the child say?"},
                    ],
                }
            ],
        },
    ],
}


@dataclass(frozen=True)
class Scene:
    """One partnership's people."""

    early_help: Agency
    school: Agency
    health: Agency
    team: Team
    lead: Membership
    colleague: Membership
    manager: Membership
    other_manager: Membership
    teacher: Membership
    nurse: Membership
    screener: Membership
    hub_manager: Membership

    def actor(self, who: str) -> Actor:
        """The hat of one of them, such as `scene.actor("lead")`."""
        return actor_of(getattr(self, who))

    def user(self, who: str) -> User:
        return getattr(self, who).user


def make_scene(*, form: Mapping[str, Any] | None = FORM) -> Scene:
    """Early help with a lead, a manager and the hub; a school and a health trust beside it; and the form in use."""
    early_help = make_agency("Fernshire Early Help", kind=AgencyKind.EARLY_HELP)
    school = make_agency("Fernbank Primary School", kind=AgencyKind.SCHOOL)
    health = make_agency("Fernshire Health Visiting", kind=AgencyKind.HEALTH)
    team = make_team(early_help, "North locality")
    scene = Scene(
        early_help=early_help,
        school=school,
        health=health,
        team=team,
        lead=make_member(agency=early_help, team=team, name="Lena Ward"),
        colleague=make_member(agency=early_help, team=team, name="Colin Marsh"),
        manager=make_member(role=Role.MANAGER, agency=early_help, team=team, name="Mariam Oyelaran"),
        other_manager=make_member(
            role=Role.MANAGER, agency=early_help, team=make_team(early_help, "South locality"), name="Otis Grant"
        ),
        teacher=make_member(agency=school, name="Tomasz Nowak"),
        nurse=make_member(agency=health, name="Nadia Rahman"),
        screener=make_member(role=Role.SCREENER, agency=early_help, name="Sian Pugh"),
        hub_manager=make_member(role=Role.HUB_MANAGER, agency=early_help, name="Hugh Bell"),
    )
    if form is not None:
        make_form(form)
    return scene


def make_form(body: Mapping[str, Any] = FORM) -> FormDefinition:
    """Publish a form as the system; the next version if there is one."""
    return formdefs.publish(by=system(current_partnership_id()), key=body["key"], title=body["title"], body=body)


def make_consent(scene: Scene, agencies: Mapping[Agency, GrantLevel] | None = None, **said: Any) -> Consent:
    """A consent that names early help and the school for work, and health for reading, unless told otherwise."""
    agencies = agencies or {
        scene.early_help: GrantLevel.CONTRIBUTE,
        scene.school: GrantLevel.CONTRIBUTE,
        scene.health: GrantLevel.SEE,
    }
    given: dict[str, Any] = {
        "by": scene.actor("teacher"),
        "given_by": "Joanna Abara, mother",
        "how": ConsentHow.SPOKEN,
        "witness": "Tomasz Nowak",
        "paper_kept_at": "",
        "information": [InformationKind.FAMILY, InformationKind.EDUCATION],
        "agencies": agencies,
        "given_on": clock.today(),
    }
    return consent.record_consent(**{**given, **said})


def make_people() -> list[NewPerson]:
    """A mother, a girl of nine and a boy of two."""
    today = clock.today()
    return [
        NewPerson("Joanna", "Abara", Part.MOTHER, dt.date(1990, 5, 3), BirthDateKind.EXACT),
        NewPerson("Ella", "Abara", Part.CHILD, today.replace(year=today.year - 9, day=1), BirthDateKind.EXACT),
        NewPerson("Kofi", "Abara", Part.CHILD, today.replace(year=today.year - 2, day=1), BirthDateKind.EXACT),
    ]


def make_case(
    scene: Scene,
    *,
    family_name: str = "Abara family",
    agencies: Mapping[Agency, GrantLevel] | None = None,
    covered: Sequence[int] | None = None,
    people: Sequence[NewPerson] | None = None,
    address: str = "4 Mill Lane, Fernshire",
    phone: str = "01632 960123",
    **said: Any,
) -> Case:
    """An open case led by the lead, its doors open by one consent. `covered` picks people by position (None: all).

    `said` is what the consent says otherwise than `make_consent` has it.
    """
    given = make_consent(scene, agencies, **said)
    by = scene.actor("screener")
    case, persons = cases.open_case(
        by=by,
        family_name=family_name,
        address=address,
        phone=phone,
        people=people or make_people(),
        level="2",
        lead=scene.user("lead"),
        lead_agency=scene.early_help,
        team=scene.team,
    )
    about = persons if covered is None else [persons[position] for position in covered]
    consent.open_doors(by=by, consent_id=given.pk, case=case, people=about)
    now = clock.now()
    events = dict.fromkeys((StartEvent.ENQUIRY_RECEIVED, StartEvent.ENQUIRY_DECIDED, StartEvent.CONSENT_GIVEN), now)
    case_opened.send(sender=Case, by=by, case=case, events={**events, StartEvent.CASE_OPENED: case.opened_at})
    return case


def children_of(case: Case) -> list[Person]:
    """The children of a case's family, in the family's order."""
    members = case.family.members.filter(part=Part.CHILD).select_related("person").order_by("position")
    return [member.person for member in members]


def write_sections(scene: Scene, assessment: Assessment, *, who: str = "lead") -> None:
    """Complete every section that stands open."""
    first = children_of(assessment.case)[0]
    answers = {
        "reason": {"why": "Ella has missed a lot of school.", "wish": "Calmer mornings"},
        "children": {"voices": [{"child": str(first.pk), "said": "I like the breakfast club."}]},
    }
    for section in assessment.sections.order_by("key"):
        assessments.save_section(
            by=scene.actor(who),
            assessment_id=assessment.pk,
            key=section.key,
            revision=section.revision,
            answers=answers.get(section.key, {}),
            complete=True,
        )


def make_assessment(
    scene: Scene, *, at: AssessmentState = AssessmentState.DRAFT, case: Case | None = None
) -> Assessment:
    """The first assessment of a case, walked as far as `at`."""
    assessment = Assessment.objects.get(case=case or make_case(scene))
    lead, manager = scene.actor("lead"), scene.actor("manager")
    if at == AssessmentState.DRAFT:
        return assessment
    write_sections(scene, assessment)
    if at != AssessmentState.IN_PROGRESS:
        assessments.agree_with_family(
            by=lead, assessment_id=assessment.pk, agreed_by="Joanna Abara", family_views="It is fair."
        )
    if at in {AssessmentState.SUBMITTED, AssessmentState.RETURNED, AssessmentState.APPROVED}:
        assessments.submit(by=lead, assessment_id=assessment.pk)
    if at == AssessmentState.RETURNED:
        said = [assessments.Comment("reason", "Say more about mornings.")]
        assessments.give_back(by=manager, assessment_id=assessment.pk, comments=said)
    if at == AssessmentState.APPROVED:
        assessments.approve(by=manager, assessment_id=assessment.pk, comment="Clear and kind.")
    return Assessment.objects.get(pk=assessment.pk)
