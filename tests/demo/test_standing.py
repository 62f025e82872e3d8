"""What stands once the demonstration is made, looked at as the people who sign in see it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest
from django.test import Client

from assessments.enums import AssessmentState, SectionState
from assessments.models import Assessment
from assessments.queries import waiting_for_approval
from cases import queries as cases
from cases.disclosure import Disclosure
from cases.models import Case, FamilyMember, Person
from consent.models import Consent, ConsentAgency
from consent.queries import in_force
from earlyhelp.demo import build
from earlyhelp.demo.places import PASSWORD
from earlyhelp.demo.roles import EVERYONE, SLUGS, TWO_HATS_EMAIL
from earlyhelp.demo.stages import Stage
from foundation.accounts.hats import actor_for, hats_of
from foundation.accounts.models import Agency, Membership, User
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.documents.enums import DocumentState
from foundation.documents.models import Document
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake.enums import EnquiryState
from intake.models import Enquiry, EnquiryDraft
from tests.demo.conftest import FAMILIES, NOW, Demo
from tests.demo.test_families import DRAMA


@pytest.fixture(params=SLUGS)
def slug(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def inside(demo: Demo, slug: str):
    """One partnership's scope."""
    with tenant_scope(demo.partnerships[slug]):
        yield slug


def hat(key: str, slug: str) -> Actor:
    """The actor of a worker, by the key of their seat."""
    membership = Membership.objects.select_related("user", "agency").get(user__email=f"{key}@{slug}.example")
    return actor_for(membership.user, membership.agency)


def states() -> Counter[str]:
    return Counter(Assessment.objects.values_list("state", flat=True))


def test_one_family_is_at_each_stage(demo: Demo) -> None:
    """Demo: thirteen families are one of each stage, in each partnership."""
    assert demo.stages == {slug: Counter(Stage) for slug in SLUGS}
    assert len(Stage) == FAMILIES


def test_enquiries_stand_where_their_stage_says(inside: str) -> None:
    """INT-3, INT-4: one being written, one waiting, one with a screener, the others decided."""
    assert EnquiryDraft.objects.count() == 1
    found = Counter(Enquiry.objects.values_list("state", flat=True))
    assert found == {EnquiryState.WAITING: 1, EnquiryState.TAKEN: 1, EnquiryState.DECIDED: 10}
    assert Enquiry.objects.get(state=EnquiryState.TAKEN).taken_by.email == f"screener@{inside}.example"
    assert Enquiry.objects.get(state=EnquiryState.WAITING).risk_words
    assert Enquiry.objects.filter(state=EnquiryState.DECIDED, case=None).count() == 1


def test_assessments_stand_at_every_state(inside: str) -> None:
    """EHA-5: withdrawn, ended and not covered are in progress like the one that is simply being written."""
    assert states() == dict.fromkeys(AssessmentState, 1) | {AssessmentState.IN_PROGRESS: 4}
    assert Assessment.objects.get(state=AssessmentState.RETURNED).comments.count() >= 2


def test_several_agencies_write_one_assessment(inside: str) -> None:
    """EHA-4: and a section is left half written."""
    for assessment in Assessment.objects.filter(state=AssessmentState.IN_PROGRESS):
        sections = assessment.sections.exclude(saved_by=None)
        assert sections.values("saved_by").distinct().count() > 1
    assert Assessment.objects.filter(sections__state=SectionState.IN_PROGRESS).count() == 3


def test_the_approved_one_has_its_pdf_asked_for(inside: str) -> None:
    """EHA-9: the work waits for the worker; nobody approved their own (EHA-5)."""
    assessment = Assessment.objects.get(state=AssessmentState.APPROVED)
    assert assessment.decided_by_id not in {assessment.author_id, assessment.submitted_by_id}
    document = Document.objects.get(subject_id=assessment.pk)
    assert document.state == DocumentState.ASKED
    message = OutboxMessage.objects.get(done_at=None, topic="document.render")
    assert message.payload == {"document_id": str(document.pk)}
    assert message.due_at <= NOW


def test_consent_withdrawn_for_the_school_shuts_it_out_alone(inside: str) -> None:
    """CON-2: the lead goes on, the school's hat sees nothing of this case and still sees others."""
    entry = ConsentAgency.objects.select_related("consent__case").get(withdrawn_at__isnull=False)
    case = entry.consent.case
    assert entry.agency == Agency.objects.get(memberships__user__email=f"pastoral@{inside}.example")
    school = cases.visible_to(hat("pastoral", inside))
    assert case not in school
    assert school.exists()
    assert case in cases.workable_by(hat("practitioner", inside))


def test_a_consent_that_ended_leaves_the_record_with_its_lead(inside: str) -> None:
    """CON-2: every other agency is out by the date itself."""
    over = Consent.objects.exclude(in_force()).select_related("case").get()
    assert over.ends_on < clock.today()
    outside = [hat(key, inside) for key in ("pastoral", "healthvisitor", "headofyear", "charity")]
    assert not any(cases.visible_to(actor).filter(pk=over.case_id).exists() for actor in outside)
    assert cases.workable_by(hat("practitioner", inside)).filter(pk=over.case_id).exists()


def test_somebody_is_not_covered_by_the_consent(inside: str) -> None:
    """CON-2, EHA-9: another agency that works on the case is told that somebody is left out, not who."""
    workers = [hat(worker.key, inside) for worker in EVERYONE if worker.agency not in {"early_help", "social_care"}]
    partly = {
        case.pk
        for actor in workers
        for case in cases.visible_to(actor)
        if Disclosure(actor, case).left_out and Disclosure(actor, case).people()
    }
    assert len(partly) == 1
    lead = hat("practitioner", inside)
    assert not Disclosure(lead, Case.objects.get(pk=partly.pop())).left_out


def test_managers_have_something_to_approve(inside: str) -> None:
    """EHA-5: the manager of the lead's team, and not the other team's."""
    assert waiting_for_approval(hat("manager", inside)).count() == 1
    assert waiting_for_approval(hat("manager2", inside)).count() == 0


def test_roles_without_cases_see_none(inside: str) -> None:
    """ACC-6: administrators, analysts, auditors and social workers are shown no family by their role."""
    for key in ("admin", "analyst", "auditor", "socialworker"):
        assert not cases.visible_to(hat(key, inside)).exists()


def test_all_happened_in_office_hours_before_now(inside: str) -> None:
    """Demo: over the past weeks, and the trail's own order is the order of time."""
    moments = list(AuditEntry.objects.exclude(user=None).order_by("id").values_list("at", flat=True))
    assert all(earlier <= later for earlier, later in pairwise(moments))
    assert moments[-1] <= NOW
    local = [moment.astimezone(clock.LONDON) for moment in moments]
    assert all(moment.weekday() < 5 and 9 <= moment.hour < 18 for moment in local)
    assert (local[-1].date() - local[0].date()).days > 28


def test_each_step_was_taken_by_somebody_who_may(inside: str) -> None:
    """ACC-2: every entry of the trail bears the hat of a person and agency with roles there."""
    known = {(one.user_id, one.agency_id) for one in Membership.objects.all()}
    done = AuditEntry.objects.exclude(user=None)
    assert done.exists()
    assert {(entry.user_id, entry.agency_id) for entry in done} <= known
    assert all(entry.roles for entry in done)
    assert Case.objects.count() == AuditEntry.objects.filter(verb="case.opened").count()
    assert Enquiry.objects.count() == AuditEntry.objects.filter(verb="enquiry.sent").count()


def test_no_number_could_be_anybodys(inside: str) -> None:
    """Demo: NHS numbers from 999, telephones from the drama ranges, in every table that holds any."""
    numbers = [one for one in Person.objects.values_list("nhs_number", flat=True) if one]
    assert numbers
    assert all(one.startswith("999") for one in numbers)
    assert all(DRAMA.fullmatch(one) for one in Enquiry.objects.values_list("phone", flat=True))
    told = " ".join(str(row) for row in Enquiry.objects.values_list("worries", "tried", "wishes", "reason"))
    told += " ".join(str(row) for row in Assessment.objects.values_list("sections__answers", flat=True))
    assert not re.findall(r"\b0\d{9,10}\b|\b0\d{3,4} \d{3} ?\d{3,4}\b", told)
    assert "{" not in " ".join(Enquiry.objects.values_list("worries", flat=True))


def test_addresses_are_of_the_example_domain(demo: Demo) -> None:
    """Demo: a message can reach nobody."""
    emails = set(User.objects.values_list("email", flat=True))
    assert emails == set(build.addresses())
    assert all(email.endswith(".example") for email in emails)


def test_names_are_each_ones_own(inside: str) -> None:
    """Demo: never two of the same full name in a partnership."""
    workers = list(User.objects.filter(memberships__isnull=False).distinct().values_list("full_name", flat=True))
    members = FamilyMember.objects.select_related("person")
    people = [str(member.person) for member in members if member.person.given_name]
    assert len(set(workers + people)) == len(workers) + len(people)


@pytest.mark.parametrize("key", [worker.key for worker in EVERYONE])
def test_everyone_signs_in_and_comes_to_their_work(demo: Demo, slug: str, key: str) -> None:
    """ACC-1, ACC-2: with the printed password, past no second factor, straight to the partnership's first page."""
    browser = Client()
    sent = browser.post("/accounts/login/", {"login": f"{key}@{slug}.example", "password": PASSWORD})
    assert sent["Location"] == "/hats/"
    assert browser.get("/hats/")["Location"] == f"/{slug}/"
    page = browser.get(f"/{slug}/")
    assert page.status_code == 200
    assert Partnership.objects.get(slug=slug).name in page.content.decode()
    other = next(one for one in SLUGS if one != slug)
    assert browser.get(f"/{other}/").status_code == 404


def test_one_person_chooses_between_three_hats(demo: Demo) -> None:
    """ACC-2: at the school and the charity in one partnership, at a charity in each other."""
    user = User.objects.get(email=TWO_HATS_EMAIL)
    assert Counter(each.partnership.slug for each in hats_of(user)) == Counter(dict.fromkeys(SLUGS, 1)) + Counter(
        ["rotherham"]
    )
    browser = Client()
    browser.post("/accounts/login/", {"login": TWO_HATS_EMAIL, "password": PASSWORD})
    page = browser.get("/hats/")
    assert page.status_code == 200
    assert all(each.agency.name in page.content.decode() for each in hats_of(user))
