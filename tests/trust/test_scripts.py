"""Scripts typed into every field, looked for in every page where they are shown: none is more than words (trust 17)."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from assessments import services as assessments
from assessments.enums import AssessmentState
from assessments.models import Assessment
from cases import services as families
from cases.enums import GrantLevel
from consent.models import Consent
from foundation.accounts import services as accounts
from foundation.accounts import tokens
from foundation.accounts.enums import Role
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.outbox.models import OutboxMessage
from intake import services as intake
from intake.models import Enquiry
from tests.factories import actor_of, make_member, make_team
from tests.intake.places import Place
from tests.trust.payloads import MARK, PAYLOADS
from tests.trust.stage import Stage, openings_in
from tests.walks import children_of, make_case, make_people

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]

ROUNDS = 2
FAMILY = {"family_name": 120, "address": 300, "phone": 40}


def test_scripts_in_every_field_stay_words(record_property: Any) -> None:
    """Trust 17: enquiry, consent, screening, case, assessment, comments, agencies, people, forms and wording."""
    stage = Stage()
    for number in range(ROUNDS):
        enquiry_pages(stage, everything_at_once=number == 0)
        case_pages(stage, number)
    shown = sum(page.count(MARK) for page in stage.pages.values())
    fields = stage.feeder.used
    record_property(
        "trust",
        f"scripts: {len(PAYLOADS)} payloads, {len(fields)} fields, {sum(map(len, fields.values())):,} pairs, "
        f"{len(stage.pages)} pages that show {shown:,} of them, 0 openings",
    )
    assert len(PAYLOADS) >= 100
    assert len(stage.pages) > 30
    assert shown > 3_000, "the words were not on the pages at all"
    for name in ("worries", "why", "said", "overall comment", "reason"):
        assert len(fields[name]) >= 100, name


def enquiry_pages(stage: Stage, *, everything_at_once: bool) -> None:
    """Written, looked at page by page, sent, taken, decided."""
    scene, note = stage.scene, lambda name: stage.feeder.text(name, 10_000, several_lines=True)
    line = stage.feeder.text
    with stage.scope():
        people = [
            {"given_name": line("given name", 80), "family_name": line("person's family name", 80), "part": "child",
             "born_kind": "unknown", "born_on": None, "nhs_number": ""}
            for _ in range(25 if everything_at_once else 4)
        ]  # fmt: skip
        place = Place(
            stage.partnership, hub=scene.early_help, school=scene.school, health=scene.health,
            members={"teacher": scene.teacher, "screener": scene.screener},
        )  # fmt: skip
        draft = place.draft(
            "teacher",
            people=people,
            work=[scene.school, stage.hostile_agency],
            family={
                "family_name": line("family name", 120),
                "address": line("address", 300),
                "phone": line("phone", 40),
            },
            story={name: note(name) for name in ("worries", "working_well", "tried", "wishes")},
            consent={"given_by": line("given by", 160), "how": "paper", "paper_kept_at": line("paper", 200)},
        )
    key = draft.pages["people"][0]["key"]
    names = ("family", "people", "person_add", "story", "consent", "check")
    for name in names if everything_at_once else ("check",):
        stage.look(scene.teacher, f"intake:draft_{name}", draft_id=draft.pk)
    if everything_at_once:
        stage.look(scene.teacher, "intake:draft_person", draft_id=draft.pk, key=key)
        refused = {
            name: line(f"refused {name}", 400) for name in ("family_name", "given_name", "nhs_number", "born_on_day")
        }
        stage.look(scene.teacher, "intake:draft_person_add", refused, draft_id=draft.pk)
        stage.look(scene.teacher, "intake:draft_story", {"working_well": note("refused story")}, draft_id=draft.pk)
    with stage.scope():
        sent: Enquiry = intake.send_enquiry(by=actor_of(scene.teacher), draft_id=draft.pk)
    stage.look(scene.screener, "intake:queue")
    with stage.scope():
        intake.take_enquiry(by=actor_of(scene.screener), enquiry_id=sent.pk)
    bad = {"decision": note("refused decision"), "level": "1", "reason": ""}
    stage.look(scene.screener, "intake:enquiry", bad, enquiry_id=sent.pk)
    with stage.scope():
        intake.decide_enquiry(
            by=actor_of(scene.screener),
            enquiry_id=sent.pk,
            decision="no_further_action",
            level="1",
            reason=note("reason"),
        )
    for member, name in ((scene.screener, "enquiry"), (scene.teacher, "sent"), (scene.teacher, "confirmation")):
        stage.look(member, f"intake:{name}", enquiry_id=sent.pk)
    for name in ("intake:mine", "home"):
        stage.look(scene.teacher, name)


def case_pages(stage: Stage, number: int) -> None:
    """A case whose names are hostile, its assessment written, returned and approved, its consent taken back."""
    scene, line = stage.scene, stage.feeder.text
    with stage.scope():
        people = [
            replace(person, given_name=line("given name", 80), family_name=line("person's family name", 80))
            for person in make_people()
        ]
        case = make_case(
            scene, **{name: line(name, limit) for name, limit in FAMILY.items()},
            people=people, given_by=line("given by", 160), witness=line("witness", 160),
            agencies={
                scene.early_help: GrantLevel.CONTRIBUTE, scene.school: GrantLevel.CONTRIBUTE,
                stage.hostile_agency: GrantLevel.SEE,
            },
        )  # fmt: skip
        assessment = Assessment.objects.get(case=case)
        given = Consent.objects.get(case=case)
        child = str(children_of(case)[0].pk)
        families.record_contact(
            by=actor_of(scene.lead), case_id=case.pk, at=clock.now(), how="phone", result="reached",
            note=stage.feeder.text("contact note", 5_000, several_lines=True),
        )  # fmt: skip
    for name, data in (("contact", {"note": line("refused note", 400), "at": line("time", 60)}), ("contacts", None)):
        stage.look(scene.lead, f"cases:{name}", data, case_id=case.pk)
    write_assessment(stage, assessment, child)
    for name in ("cases:list", "home", "assessments:waiting"):
        stage.look(scene.manager, name)
    for member in (scene.lead, scene.teacher):
        stage.look(member, "cases:detail", case_id=case.pk)
    stage.look(scene.lead, "consent:record", case_id=case.pk)
    stage.look(scene.lead, "consent:record", {"given_by": line("refused given by", 400)}, case_id=case.pk)
    told = {"whom": "all", "told_by": line("told by", 160)}
    stage.look(scene.lead, "consent:withdraw", consent_id=given.pk)
    stage.look(scene.lead, "consent:withdraw", told, consent_id=given.pk)
    stage.client(scene.lead).post(stage.url("consent:withdraw", consent_id=given.pk), {**told, "confirmed": "yes"})
    stage.look(scene.lead, "consent:withdraw", consent_id=given.pk)
    stage.look(scene.lead, "cases:detail", case_id=case.pk)
    assert stage.client(scene.teacher).get(stage.url("cases:detail", case_id=case.pk)).status_code == 403
    if number == 0:
        stage.look(scene.teacher, "cases:detail", case_id=case.pk)
        with stage.scope():
            admin = make_member(role=Role.ADMINISTRATOR, agency=stage.hostile_agency, name=line("person's name", 120))
        stage.look(admin, "home")
        office_pages(stage, admin)


def office_pages(stage: Stage, admin: Membership) -> None:
    """Agencies, teams and people with hostile names, somebody invited under one, and the link's own pages."""
    line, person, agency = stage.feeder.text, stage.colleague.user_id, stage.hostile_agency
    with stage.scope():
        team = agency.teams.get() if agency.teams.exists() else make_team(agency, line("team", 160))
        role = make_member(agency=agency, team=team, user=stage.colleague.user)
        invitation = accounts.invite(
            by=actor_of(admin), email="invited@scripts.example", full_name=line("invited", 120), agency=agency,
            role=Role.PRACTITIONER, team=team,
        )  # fmt: skip
        nonce = OutboxMessage.objects.filter(topic="invitation.send").get().payload["nonce"]
        secret = tokens.secret_behind(nonce, invitation.secret_digest)
    for name in ("agencies", "agency_add", "people", "invite", "invitations"):
        stage.look(admin, f"people:{name}")
    for name in ("agency", "agency_change", "agency_close", "team_add", "invite_to"):
        stage.look(admin, f"people:{name}", agency_id=agency.pk)
    for name in ("person", "person_deactivate", "role_agency"):
        stage.look(admin, f"people:{name}", user_id=person)
    stage.look(admin, "people:team_change", team_id=team.pk)
    stage.look(admin, "people:role_add", user_id=person, agency_id=agency.pk)
    stage.look(admin, "people:role_end", membership_id=role.pk)
    refused = {name: line(f"refused {name}", 400) for name in ("full_name", "email", "name")}
    stage.look(admin, "people:invite_to", refused, agency_id=agency.pk)
    stage.look(admin, "people:agency_change", refused, agency_id=agency.pk)
    link = tokens.write(tokens.Link(stage.partnership.pk, invitation.pk, secret))
    for page in (
        Client().get(f"/accounts/invitations/{link}/"),
        Client().post(f"/accounts/invitations/{link}/", {"full_name": line("refused full_name", 400)}),
        stage.client(admin).get(f"/accounts/invitations/{link}/"),
    ):
        stage.pages[f"account_invitation {page.status_code}"] = page.content.decode()
        assert list(openings_in(page.content.decode())) == []


def write_assessment(stage: Stage, assessment: Assessment, child: str) -> None:
    """Every section, a mistake, a clash, the family's words, a return, an approval; each page looked at."""
    scene, line = stage.scene, stage.feeder.text
    note = lambda name, limit=9_000: stage.feeder.text(name, limit, several_lines=True)  # noqa: E731
    ids = {"assessment_id": assessment.pk}
    stage.look(scene.lead, "assessments:section", {"revision": 0, "answer-why": note("why")}, key="reason", **ids)
    answers = {
        "reason": {"why": note("why"), "wish": line("wish", 150), "pick": "a"},
        "children": {"voices": [{"child": child, "said": note("said")}]},
    }
    with stage.scope():
        lead, manager = scene.actor("lead"), scene.actor("manager")
        for section in assessment.sections.order_by("key"):
            assessments.save_section(
                by=lead, assessment_id=assessment.pk, key=section.key, revision=section.revision,
                answers=answers[section.key], complete=True,
            )  # fmt: skip
    clash = {"revision": 0, "answer-why": note("why"), "answer-wish": line("wish", 150)}
    stage.look(scene.teacher, "assessments:section", clash, key="reason", **ids)
    for key in answers:
        stage.look(scene.lead, "assessments:section", key=key, **ids)
    stage.look(scene.lead, "assessments:check", {"agreed_by": line("agreed by", 400), "family_views": ""}, **ids)
    said = {"agreed_by": line("agreed by", 160), "family_views": note("views", 5_000)}
    comments = [
        assessments.Comment("reason", note("comment", 5_000)),
        assessments.Comment("", note("overall comment", 5_000)),
    ]
    for last in (False, True):
        with stage.scope():
            assessments.agree_with_family(by=lead, assessment_id=assessment.pk, **said)
        stage.look(scene.lead, "assessments:check", **ids)
        with stage.scope():
            assessments.submit(by=lead, assessment_id=assessment.pk)
        stage.look(scene.manager, "assessments:approve", **ids)
        stage.look(
            scene.manager, "assessments:approve", {"decision": "x", "overall": note("overall comment", 5_000)}, **ids
        )
        with stage.scope():
            if last:
                assessments.approve(by=manager, assessment_id=assessment.pk, comment=note("overall comment", 5_000))
                continue
            assessments.give_back(by=manager, assessment_id=assessment.pk, comments=comments)
            section = assessment.sections.get(key="reason")
            assessments.save_section(
                by=lead, assessment_id=assessment.pk, key="reason", revision=section.revision,
                answers={**answers["reason"], "wish": line("wish", 150)}, complete=True,
            )  # fmt: skip
        for name in ("detail", "read"):
            stage.look(scene.lead, f"assessments:{name}", **ids)
    for member in (scene.lead, scene.teacher):
        for name in ("detail", "read"):
            stage.look(member, f"assessments:{name}", **ids)
    with stage.scope():
        assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.APPROVED
        document = assessments.ask_for_pdf(by=lead, assessment_id=assessment.pk)
    for name in ("detail", "progress"):
        stage.client(scene.lead).get(stage.url(f"documents:{name}", document_id=document.pk))
    stage.look(scene.lead, "documents:detail", document_id=document.pk)


@pytest.mark.parametrize("page", [payload for payload in PAYLOADS if re.match("<(?!td|noscript)[a-z]", payload)][::3])
def test_the_eye_that_looks_for_openings_sees_them(page: str) -> None:
    """A check that never fails proves nothing: the same payloads, put into a page without escaping, are found."""
    assert list(openings_in(page))


def test_a_nonce_is_never_taken_for_an_opening() -> None:
    """Trust 17: the mark cannot stand in what is drawn by chance, or every so many thousand pages one would fail."""
    assert list(openings_in("<style nonce='2ayfCkfSZ5afGNzxq7yFSA=='></style>")) == []
    assert set(MARK) - set(string.ascii_letters + string.digits + "+/=-_"), "a nonce's and a token's own letters"
