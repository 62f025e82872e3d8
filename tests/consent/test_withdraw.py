"""Withdrawal: the doors shut in the same transaction, for all or for those whom the family names (CON-2)."""

import ast
import datetime as dt
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import queries as cases
from cases.disclosure import Disclosure
from consent import services
from consent.enums import ConsentState, ConsentVerb
from consent.models import Consent
from consent.signals import consent_withdrawn
from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Clash, EarlyHelpError, Invalid, NotAllowed
from foundation.tenancy.scope import tenant_scope
from tests.cases.making import SEE, WORK, a_case, a_consent, consent_said, make_scene, opened, worker_of
from tests.factories import make_agency, make_partnership

TOLD = "Ruth Adeyemi, on the telephone"
ROOT = Path(__file__).resolve().parents[2]


def test_withdrawal_closes_access_in_the_same_transaction(scene):
    """CON-2: list, count, detail and disclosure are shut before anything is committed."""
    school = make_agency()
    case, _, consent = opened(scene, {school: WORK})
    worker = worker_of(school)
    assert cases.visible_to(worker).count() == 1

    with transaction.atomic():
        services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD)
        assert not cases.visible_to(worker).exists()
        assert not cases.workable_by(worker).exists()
        assert not cases.newest_cases(worker).exists()
        assert cases.visible_to(worker).count() == 0
        assert Disclosure(worker, case).people() == []
        with pytest.raises(NotAllowed):
            cases.case_for(worker, case.pk)


def test_a_withdrawal_that_fails_shuts_nothing(scene):
    """CON-2: when a receiver fails, consent, grants and trail stay as they were."""
    school = make_agency()
    _, _, consent = opened(scene, {school: WORK})

    def fail(**kwargs):
        raise RuntimeError("the plan could not be told")

    consent_withdrawn.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD)
    finally:
        consent_withdrawn.disconnect(fail)

    consent.refresh_from_db()
    assert consent.state == ConsentState.IN_FORCE
    assert cases.visible_to(worker_of(school)).exists()
    assert not AuditEntry.objects.filter(verb=ConsentVerb.WITHDRAWN).exists()


def test_the_agency_that_leads_keeps_its_record(scene):
    """CON-2: somebody must be able to close the case and answer for what was recorded; sharing stops."""
    case, _, consent = opened(scene, {scene.lead_agency: WORK, make_agency(): SEE})
    services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD)

    assert cases.workable_by(scene.lead_actor).get() == case
    assert len(Disclosure(scene.lead_actor, case).people()) == 3
    assert cases.agencies_let_in(case) == [cases.LetIn(scene.lead_agency, None, True, None)]


def test_a_withdrawal_is_told_and_kept(scene):
    """CON-2: who told whom, when; the trail, and a signal to the rooms above with whom it shut out."""
    school, health = make_agency(), make_agency()
    case, _, consent = opened(scene, {school: SEE, health: WORK})
    heard = []

    def hear(*, by, consent, case, agency_ids, **kwargs):
        heard.append((by, consent, case, set(agency_ids)))

    consent_withdrawn.connect(hear)
    try:
        services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=f"  {TOLD} ")
    finally:
        consent_withdrawn.disconnect(hear)

    consent.refresh_from_db()
    assert (consent.state, consent.withdrawn_told_by) == (ConsentState.WITHDRAWN, TOLD)
    assert consent.withdrawn_by == scene.lead.user
    assert heard == [(scene.lead_actor, consent, case, {school.pk, health.pk})]
    entry = AuditEntry.objects.get(verb=ConsentVerb.WITHDRAWN)
    assert (entry.case_id, set(entry.detail["agencies"])) == (case.pk, {str(school.pk), str(health.pk)})


def test_one_agency_alone_is_shut_out(scene):
    """CON-2: the family may take back one agency; the others stay, and the last one taken back ends the consent."""
    school, health = make_agency(), make_agency()
    case, _, consent = opened(scene, {school: SEE, health: WORK})

    services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[school])
    consent.refresh_from_db()
    assert consent.state == ConsentState.IN_FORCE
    assert not cases.visible_to(worker_of(school)).exists()
    assert cases.workable_by(worker_of(health)).get() == case
    assert AuditEntry.objects.get(verb=ConsentVerb.AGENCIES_WITHDRAWN).detail == {"agencies": [str(school.pk)]}

    services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[health])
    consent.refresh_from_db()
    assert consent.state == ConsentState.WITHDRAWN


def test_another_consent_keeps_the_door_open(scene):
    """CON-2: an agency goes only when no consent in force names it."""
    school = make_agency()
    case, people, first = opened(scene, {school: WORK})
    second = a_consent(scene, {school: SEE})
    services.open_doors(by=scene.lead_actor, consent_id=second.pk, case=case, people=people[:1])

    services.withdraw(by=scene.lead_actor, consent_id=first.pk, told_by=TOLD)

    worker = worker_of(school)
    assert cases.visible_to(worker).get() == case
    assert not cases.workable_by(worker).exists()
    assert [member.person for member in Disclosure(worker, case).people()] == people[:1]


def test_a_new_consent_opens_the_case_again(scene):
    """CON-2: after a withdrawal the family may be asked again."""
    school = make_agency()
    case, people, first = opened(scene, {school: SEE})
    services.withdraw(by=scene.lead_actor, consent_id=first.pk, told_by=TOLD)

    services.record_for_case(by=scene.lead_actor, case_id=case.pk, people=people, **consent_said({school: WORK}))

    assert cases.workable_by(worker_of(school)).get() == case


def test_a_second_withdrawal_clashes(scene):
    """Bad input, the same form sent twice: the second is told that it was done, and changes nothing."""
    _, _, consent = opened(scene, {make_agency(): SEE})
    services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD)
    with pytest.raises(Clash, match="has withdrawn this consent already"):
        services.withdraw(by=scene.hub_manager, consent_id=consent.pk, told_by="Somebody else")
    consent.refresh_from_db()
    assert consent.withdrawn_told_by == TOLD


def test_an_agency_taken_back_twice_clashes(scene):
    """Bad input: so does the second withdrawal for one agency."""
    school = make_agency()
    _, _, consent = opened(scene, {school: SEE, make_agency(): SEE})
    services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[school])
    with pytest.raises(Clash, match="for one of these agencies already"):
        services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=[school])


@pytest.mark.parametrize("told_by", ["", "   ", "\u200b", "x" * 161])
def test_who_told_is_said(scene, told_by):
    """Bad input: a withdrawal without who said so is refused, and so is one too long."""
    _, _, consent = opened(scene, {make_agency(): SEE})
    with pytest.raises(Invalid) as refused:
        services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=told_by)
    assert set(refused.value.fields) == {"told_by"}


def test_agencies_that_the_consent_does_not_name_are_refused(scene):
    """Bad input: nothing is shut when one of the agencies is not the consent's."""
    school = make_agency()
    _, _, consent = opened(scene, {school: SEE})
    for agencies in ([], [school, make_agency()]):
        with pytest.raises(Invalid) as refused:
            services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=agencies)
        assert set(refused.value.fields) == {"agencies"}
    assert cases.visible_to(worker_of(school)).exists()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_record_a_withdrawal(scene, role):
    """CON-2: those who work with families at the agency that leads, and a manager of the hub; nobody else."""
    school = make_agency()
    _, _, consent = opened(scene, {school: WORK})
    leads = {Role.PRACTITIONER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.HUB_MANAGER}
    for agency, allowed in ((scene.lead_agency, leads), (school, {Role.HUB_MANAGER})):
        with transaction.atomic():
            if role in allowed:
                services.withdraw(by=worker_of(agency, role), consent_id=consent.pk, told_by=TOLD)
            else:
                with pytest.raises(NotAllowed, match="by a manager of the hub"):
                    services.withdraw(by=worker_of(agency, role), consent_id=consent.pk, told_by=TOLD)
            transaction.set_rollback(True)


def test_before_a_case_the_recording_agency_takes_it_back(scene):
    """CON-2: a consent recorded with an enquiry can be withdrawn before anything is decided."""
    consent = a_consent(scene, {make_agency(): SEE})
    with pytest.raises(NotAllowed):
        services.withdraw(by=worker_of(make_agency()), consent_id=consent.pk, told_by=TOLD)
    services.withdraw(by=worker_of(scene.lead_agency), consent_id=consent.pk, told_by=TOLD)
    assert Consent.objects.get().state == ConsentState.WITHDRAWN


AGENCIES, PEOPLE = 4, 3
a_day = st.none() | st.integers(0, 20)
naming = st.dictionaries(st.integers(0, AGENCIES - 1), st.sampled_from([SEE, WORK]), min_size=1)
consents_given = st.lists(st.tuples(naming, st.sets(st.integers(0, PEOPLE - 1), min_size=1), a_day), max_size=4)
withdrawals = st.lists(st.tuples(st.integers(0, 3), st.none() | st.sets(st.integers(0, AGENCIES - 1))), max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_consents=consents_given, taken_back=withdrawals, later=st.integers(0, 22))
def test_doors_are_what_the_consents_say(scene, given_consents, taken_back, later):
    """CON-2: after any consents and withdrawals, on any day, access is what a plain reckoning says it is."""
    with transaction.atomic():
        agencies = [make_agency() for _ in range(AGENCIES)]
        workers = [worker_of(agency) for agency in agencies]
        case, people = a_case(scene)
        services.reckon_grants(case)
        plain = []
        for levels, about, days in given_consents:
            ends_on = None if days is None else clock.today() + dt.timedelta(days=days)
            consent = a_consent(scene, {agencies[place]: level for place, level in levels.items()}, ends_on=ends_on)
            services.open_doors(
                by=scene.screener, consent_id=consent.pk, case=case, people=[people[place] for place in about]
            )
            plain.append((consent, dict(levels), about, days))
        for which, whom in taken_back:
            if which < len(plain):
                _take_back(scene, plain[which], whom, agencies)
        with clock.at(clock.now() + dt.timedelta(days=later)):
            for place, worker in enumerate(workers):
                expected = [
                    (levels[place], about)
                    for _, levels, about, days in plain
                    if place in levels and (days is None or days >= later)
                ]
                assert cases.visible_to(worker).exists() == bool(expected)
                assert cases.workable_by(worker).exists() == (WORK in [level for level, _ in expected])
                known = {member.person for member in Disclosure(worker, case).people()}
                assert known == {people[person] for _, about in expected for person in about}
            assert cases.workable_by(scene.lead_actor).filter(pk=case.pk).exists()
        transaction.set_rollback(True)


def _take_back(scene, given_consent, whom, agencies) -> None:
    """Withdraw through the service, and in the plain reckoning what the service did not refuse."""
    consent, levels, _, _ = given_consent
    chosen = None if whom is None else [agencies[place] for place in whom]
    allowed = bool(levels) and (whom is None or (bool(whom) and whom <= set(levels)))
    try:
        with transaction.atomic():
            services.withdraw(by=scene.lead_actor, consent_id=consent.pk, told_by=TOLD, agencies=chosen)
    except EarlyHelpError:
        assert not allowed
    else:
        assert allowed
        for place in set(levels) if whom is None else whom:
            del levels[place]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_of_many_withdrawals_at_once_one_wins():
    """Trust 7: four at once; one is recorded, the others are told, and nobody waits for ever."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        scene = make_scene()
        _, _, consent = opened(scene, {make_agency(): SEE})
        actor = scene.lead_actor
    start, ends = Barrier(4), []

    def withdraw() -> None:
        try:
            start.wait(10)
            with tenant_scope(partnership.pk):
                services.withdraw(by=actor, consent_id=consent.pk, told_by=TOLD)
            ends.append("done")
        except Clash:
            ends.append("clash")
        finally:
            connection.close()

    _together([withdraw] * 4)
    assert sorted(ends) == ["clash", "clash", "clash", "done"]
    with tenant_scope(partnership.pk):
        assert AuditEntry.objects.filter(verb=ConsentVerb.WITHDRAWN).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_opening_and_shutting_at_once_leaves_what_the_consents_say():
    """Trust 7: a new consent and a withdrawal on one case at the same moment neither deadlock nor lose a door."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        scene = make_scene()
        school, health = make_agency(), make_agency()
        case, people, first = opened(scene, {school: SEE})
        actor, said = scene.lead_actor, consent_said({health: WORK})
        at_school, at_health = worker_of(school), worker_of(health)
    start, failed = Barrier(2), []

    def carry_out(work) -> None:
        try:
            start.wait(10)
            with tenant_scope(partnership.pk):
                work()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    _together(
        [
            lambda: carry_out(lambda: services.withdraw(by=actor, consent_id=first.pk, told_by=TOLD)),
            lambda: carry_out(lambda: services.record_for_case(by=actor, case_id=case.pk, people=people, **said)),
        ]
    )
    assert failed == []
    with tenant_scope(partnership.pk):
        assert not cases.visible_to(at_school).exists()
        assert cases.workable_by(at_health).get() == case


def _together(work) -> None:
    threads = [Thread(target=part) for part in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


WRITES = {"assign_perm", "remove_perm", "bulk_assign_perm", "assign_perm_to_many", "remove_perm_from_many"}
ROW_WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "delete"}


def test_only_consent_s_services_write_grants():
    """Architecture §4: no other module of the product touches the rows that let an agency in."""
    writers = set()
    for room in ("cases", "consent", "intake", "assessments", "foundation", "earlyhelp"):
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" not in path.parts and _writes_grants(ast.parse(path.read_text())):
                writers.add(path.relative_to(ROOT).as_posix())
    assert writers == {"consent/services.py"}


def _writes_grants(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            source = ast.unparse(node.func)
            if name in WRITES or source == "CaseGrant":
                return True
            if name in ROW_WRITES and ("CaseGrant" in source or ".grants." in source):
                return True
    return False
