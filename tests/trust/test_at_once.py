"""The same thing done by several people at the same moment, through the pages and in real transactions (trust 7).

One wins. The others are told, with 409 or by being led to what the first one made; nothing is half saved.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from assessments.enums import AssessmentState
from assessments.models import Assessment, ReturnComment
from cases.models import Case
from consent.models import Consent
from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.documents.models import Document
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake.models import Enquiry, EnquiryDraft
from tests.factories import actor_of, make_member, make_partnership, sign_in
from tests.intake.places import Place
from tests.walks import Scene, make_assessment, make_case, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Press = tuple[Client, str, dict[str, Any]]


@dataclass
class Site:
    """One partnership in which several hands reach for one thing."""

    partnership: Partnership
    scene: Scene

    def scope(self) -> Any:
        return tenant_scope(self.partnership.pk)

    def as_(self, who: str) -> Client:
        return sign_in(Client(raise_request_exception=False), self.scene.user(who))

    def url(self, name: str, **ids: Any) -> str:
        return reverse(name, kwargs={"partnership": self.partnership.slug, **ids})

    def verbs(self, verb: str) -> int:
        with self.scope():
            return AuditEntry.objects.filter(verb=verb).count()

    @property
    def place(self) -> Place:
        """The front door's own walks, with this scene's people."""
        scene = self.scene
        people = {who: getattr(scene, who) for who in ("teacher", "screener", "hub_manager")}
        return Place(self.partnership, hub=scene.early_help, school=scene.school, health=scene.health, members=people)


@pytest.fixture
def site() -> Site:
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        scene = make_scene()
    return Site(partnership, scene)


def together(*presses: Press) -> list[int]:
    """Every button pressed at the same moment; the statuses, lowest first."""
    start = threading.Barrier(len(presses))
    statuses: list[int] = []

    def press(client: Client, url: str, data: dict[str, Any]) -> None:
        try:
            start.wait(20)
            statuses.append(client.post(url, data).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=each) for each in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return sorted(statuses)


def test_of_several_screeners_one_takes_an_enquiry(site: Site) -> None:
    """Trust 7, INT-4: the others get 409 with who has it."""
    with site.scope():
        enquiry = site.place.enquiry("teacher")
        others = [make_member(role=Role.SCREENER, agency=site.scene.early_help, name=f"Screener {n}") for n in range(3)]
    clients = [site.as_("screener"), *(sign_in(Client(), other.user) for other in others)]
    url = site.url("intake:take", enquiry_id=enquiry.pk)
    assert together(*((client, url, {}) for client in clients)) == [302, 409, 409, 409]
    assert site.verbs("enquiry.taken") == 1
    refused = site.as_("hub_manager").post(url).content.decode()
    with site.scope():
        assert Enquiry.objects.get().taken_by.full_name in refused


def test_take_the_oldest_gives_each_screener_another(site: Site) -> None:
    """Trust 7, INT-4: two presses, two enquiries, nobody refused."""
    with site.scope():
        for _ in range(2):
            site.place.enquiry("teacher")
    url = site.url("intake:take_oldest")
    assert together((site.as_("screener"), url, {}), (site.as_("hub_manager"), url, {})) == [302, 302]
    with site.scope():
        assert Enquiry.objects.filter(state="taken").values("taken_by").distinct().count() == 2


def test_of_two_decisions_one_stands_whole(site: Site) -> None:
    """Trust 7, INT-7: the screener opens a case while the hub manager decides otherwise: one of the two, all of it."""
    with site.scope():
        enquiry = site.place.taken("screener", who="teacher")
        lead = str(site.scene.teacher.pk)
    url = site.url("intake:enquiry", enquiry_id=enquiry.pk)
    eha = {"decision": "eha_required", "level": "2", "reason": "Several needs.", "lead": lead}
    none = {"decision": "no_further_action", "level": "1", "reason": "Support is in place."}
    ends = together(
        (site.as_("screener"), url, eha), (site.as_("hub_manager"), url, none), (site.as_("screener"), url, eha)
    )
    assert ends == [302, 409, 409]
    with site.scope():
        decided = Enquiry.objects.get()
        opened = 1 if decided.decision == "eha_required" else 0
        assert Case.objects.count() == Assessment.objects.count() == opened
        assert Consent.objects.filter(case__isnull=False).count() == opened
    assert site.verbs("enquiry.decided") == 1


def test_of_two_managers_one_approves_or_returns(site: Site) -> None:
    """Trust 7, EHA-5: approved and frozen, or returned with its comment; never both, never half."""
    with site.scope():
        assessment = make_assessment(site.scene, at=AssessmentState.SUBMITTED)
        second = make_member(
            role=Role.MANAGER, agency=site.scene.early_help, team=site.scene.team, name="Second Manager"
        )
    url = site.url("assessments:approve", assessment_id=assessment.pk)
    approve, back = {"decision": "approve", "overall": "Clear."}, {"decision": "return", "overall": "Say more."}
    other = sign_in(Client(), second.user)
    assert together((site.as_("manager"), url, approve), (other, url, back)) == [302, 409]
    with site.scope():
        now = Assessment.objects.get()
        approved = now.state == AssessmentState.APPROVED
        assert approved == bool(now.frozen_sha256) == (ReturnComment.objects.count() == 0)
    assert site.verbs("eha.approved") + site.verbs("eha.returned") == 1


def test_a_consent_is_withdrawn_once(site: Site) -> None:
    """Trust 7, CON-2: pressed by the lead and by the hub's manager at once."""
    with site.scope():
        case = make_case(site.scene)
        given = Consent.objects.get(case=case)
    url = site.url("consent:withdraw", consent_id=given.pk)
    said = {"whom": "all", "told_by": "Joanna Abara, by telephone", "confirmed": "yes"}
    presses = [(site.as_(who), url, said) for who in ("lead", "hub_manager", "colleague")]
    assert together(*presses) == [302, 409, 409]
    assert site.verbs("consent.withdrawn") == 1
    assert site.as_("teacher").get(site.url("cases:detail", case_id=case.pk)).status_code == 403


def test_a_draft_sent_twice_is_one_enquiry(site: Site) -> None:
    """Trust 7, INT-1: both presses lead to the confirmation of the same enquiry."""
    with site.scope():
        draft = site.place.draft("teacher")
    url = site.url("intake:draft_check", draft_id=draft.pk)
    assert together(*((site.as_("teacher"), url, {}) for _ in range(4))) == [302] * 4
    with site.scope():
        assert (Enquiry.objects.count(), Consent.objects.count(), EnquiryDraft.objects.count()) == (1, 1, 0)
    assert site.verbs("enquiry.sent") == 1


def test_one_section_saved_by_two_is_a_clash_that_loses_nothing(site: Site) -> None:
    """Trust 7, EHA-4: two agencies save the same section from the same revision."""
    with site.scope():
        assessment = make_assessment(site.scene)
    url = site.url("assessments:section", assessment_id=assessment.pk, key="reason")
    presses = [(site.as_(who), url, {"revision": 0, "answer-why": f"As {who} sees it"}) for who in ("lead", "teacher")]
    assert together(*presses) == [302, 409]
    with site.scope():
        section = assessment.sections.get(key="reason")
        assert section.revision == 1
        assert (
            section.answers["why"]
            == f"As {'lead' if section.saved_by_id == site.scene.user('lead').pk else 'teacher'} sees it"
        )


def test_a_document_asked_for_by_many_presses_is_made_once(site: Site) -> None:
    """Trust 7, EHA-9: while it is under way, asking again gives the same."""
    with site.scope():
        assessment = make_assessment(site.scene, at=AssessmentState.APPROVED)
    url = site.url("assessments:pdf", assessment_id=assessment.pk)
    assert together(*((site.as_("lead"), url, {}) for _ in range(3))) == [302] * 3
    with site.scope():
        assert Document.objects.filter(asked_by_id=actor_of(site.scene.lead).user_id).count() == 1
