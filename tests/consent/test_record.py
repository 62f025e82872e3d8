"""Recording a consent: who may, what it says, and each broken rule's sentence (CON-1)."""

import datetime as dt

import pytest

from cases.enums import GrantLevel
from consent.enums import ConsentHow, ConsentState, ConsentVerb, InformationKind
from consent.models import Consent
from consent.services import record_consent
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Invalid, NotAllowed
from foundation.tenancy.scope import tenant_scope
from tests.cases.making import SEE, WORK, a_consent, consent_said, make_scene, worker_of
from tests.factories import make_agency, make_partnership


def test_a_consent_says_all_that_was_agreed(scene, partnership):
    """CON-1: who, how, where the paper is, which notice, which agencies, which information, from when to when."""
    school, health = make_agency(), make_agency()
    last_day = clock.today() + dt.timedelta(days=90)
    consent = a_consent(
        scene,
        {school: SEE, health: WORK},
        information=[InformationKind.HOUSING, InformationKind.EDUCATION],
        ends_on=last_day,
    )

    consent.refresh_from_db()
    assert consent.state == ConsentState.IN_FORCE
    assert consent.given_by == "Ruth Adeyemi, mother"
    assert consent.privacy_notice == partnership.privacy_notice
    assert consent.information == [InformationKind.EDUCATION, InformationKind.HOUSING]
    assert (consent.given_on, consent.ends_on) == (clock.today(), last_day)
    assert (consent.recorded_by, consent.recorded_for) == (scene.lead.user, scene.lead_agency)
    assert {(entry.agency, entry.level) for entry in consent.agencies.all()} == {(school, SEE), (health, WORK)}
    assert AuditEntry.objects.get(verb=ConsentVerb.RECORDED).subject_id == consent.pk


YESTERDAY = clock.today() - dt.timedelta(days=1)
TOMORROW = clock.today() + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"given_by": " "}, "given_by", "Enter who gave consent."),
        ({"given_by": "x" * 161}, "given_by", "must be 160 characters or fewer"),
        ({"how": "by pigeon"}, "how", "Choose how consent was given."),
        ({"paper_kept_at": ""}, "paper_kept_at", "Enter where the signed form is kept."),
        ({"how": ConsentHow.SPOKEN, "witness": ""}, "witness", "Enter who heard the family give consent."),
        ({"information": []}, "information", "Choose at least one kind of information"),
        ({"information": ["secrets"]}, "information", "Choose kinds of information from the list."),
        ({"agencies": {}}, "agencies", "Choose at least one agency that the family lets in."),
        ({"given_on": TOMORROW}, "given_on", "must be today or in the past"),
        (
            {"given_on": clock.today(), "ends_on": YESTERDAY},
            "ends_on",
            "must not be before the day it was given",
        ),
        (
            {"given_on": YESTERDAY - dt.timedelta(days=5), "ends_on": YESTERDAY},
            "ends_on",
            "must be today or later",
        ),
    ],
)
def test_each_broken_rule_has_its_sentence(scene, more, field, sentence):
    """CON-1, bad input: the field that breaks a rule is named with what to do, and nothing is kept."""
    with pytest.raises(Invalid) as refused:
        a_consent(scene, more.pop("agencies", {make_agency(): SEE}), **more)
    assert set(refused.value.fields) == {field}
    assert sentence in refused.value.fields[field]
    assert not Consent.objects.exists()


def test_all_broken_rules_are_told_at_once(scene):
    """Bad input: nobody finds out about one mistake after another."""
    with pytest.raises(Invalid) as refused:
        a_consent(scene, {}, given_by="", how="", information=[], given_on=TOMORROW)
    assert set(refused.value.fields) == {"given_by", "how", "information", "agencies", "given_on"}


def test_spoken_consent_needs_no_paper(scene):
    """CON-1: spoken before a witness is a way of its own."""
    consent = a_consent(
        scene, {make_agency(): SEE}, how=ConsentHow.SPOKEN, witness="Ana Petrescu, teacher", paper_kept_at=""
    )
    assert consent.witness == "Ana Petrescu, teacher"


def test_an_agency_that_has_closed_cannot_be_named(scene):
    """CON-1: a consent names agencies that work in the partnership today."""
    closed = make_agency()
    Agency.objects.filter(pk=closed.pk).update(active=False)
    with pytest.raises(Invalid, match="agencies that work in this partnership"):
        a_consent(scene, {closed: SEE})


def test_an_agency_of_another_partnership_cannot_be_named(db):
    """The wall: another partnership's agency is refused as one that does not exist."""
    here, there = make_partnership(), make_partnership()
    with tenant_scope(there.pk):
        foreign = make_agency()
    with tenant_scope(here.pk):
        scene = make_scene()
        with pytest.raises(Invalid, match="agencies that work in this partnership"):
            a_consent(scene, {foreign: SEE})


def test_a_level_that_is_not_one_is_refused(scene):
    """CON-1: an agency may see, or work as well; nothing else."""
    with pytest.raises(Invalid, match="may see the case or work on it"):
        a_consent(scene, {make_agency(): "own_case"})


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR, Role.SOCIAL_WORKER])
def test_those_who_do_not_work_with_families_record_none(scene, role):
    """CON-1: a consent is written down by somebody who works with families."""
    with pytest.raises(NotAllowed, match="works with families"):
        record_consent(by=worker_of(scene.hub, role), **consent_said({make_agency(): GrantLevel.SEE}))


@pytest.mark.parametrize("name", ["Ніна 🌻, мати", "أم سلمى", "Zoë O’Neill"])
def test_names_of_every_script_are_kept(scene, name):
    """Emoji and right-to-left names are kept as they are written."""
    consent = a_consent(scene, {make_agency(): SEE}, given_by=name)
    consent.refresh_from_db()
    assert consent.given_by == name
