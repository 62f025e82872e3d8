"""Contact with a family: recorded once, by whom it may be, meeting the clocks that waited for it (CLK-1, CON-2)."""

from __future__ import annotations

import datetime as dt

import pytest

from cases import clocks, panels, queries, services
from cases.enums import ContactHow, ContactResult, ContactVerb
from cases.models import Contact
from cases.words import contacts_in_words
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.common.ids import new_id
from foundation.deadlines.enums import DeadlineState
from foundation.deadlines.models import Deadline
from foundation.partnership.enums import ClockKind
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_partnership
from tests.limits import adopt
from tests.walks import Scene, make_case, make_scene

MONDAY = dt.datetime(2026, 4, 20, 10, 30, 40, tzinfo=clock.LONDON)
TRIED, REACHED = ContactResult.ATTEMPTED, ContactResult.REACHED


@pytest.fixture
def scene(db):
    """A partnership whose policy wants contact in 72 hours and the family engaged in three working days."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk), clock.at(MONDAY):
        made = make_scene()
        adopt(made.actor("hub_manager"))
        yield made


def after(**time: int) -> dt.datetime:
    return MONDAY + dt.timedelta(**time)


def record(scene: Scene, case, result=TRIED, *, who: str = "lead", at: dt.datetime = MONDAY, **said) -> Contact:
    how = said.pop("how", ContactHow.PHONE)
    return services.record_contact(by=scene.actor(who), case_id=case.pk, at=at, how=how, result=result, **said)


def clock_of(case, kind: ClockKind) -> Deadline:
    return Deadline.objects.get(subject_id=case.pk, kind=kind)


def test_two_clocks_start_with_the_case(scene):
    """CLK-1: from the enquiry, for the lead, about the case."""
    case = make_case(scene)
    for kind in (ClockKind.FIRST_CONTACT, ClockKind.FAMILY_ENGAGED):
        one = clock_of(case, kind)
        assert (one.state, one.owner_id, one.agency_id, one.team_id) == (
            DeadlineState.RUNNING, case.lead_id, case.lead_agency_id, case.team_id
        )  # fmt: skip
        assert (one.subject_kind, one.case_id, one.reference) == ("cases.case", case.pk, case.reference)
    assert clock_of(case, ClockKind.FIRST_CONTACT).due_at == after(hours=72)
    assert case.enquired_at == MONDAY


@pytest.mark.parametrize(("result", "engaged"), [(TRIED, DeadlineState.RUNNING), (REACHED, DeadlineState.MET)])
def test_contact_is_sought_by_trying_and_the_family_engaged_by_reaching_it(scene, result, engaged):
    """CLK-1: a call that nobody answers is contact sought, and no more."""
    case = make_case(scene)
    with clock.at(after(hours=3)):
        record(scene, case, result, at=after(hours=2))
    first = clock_of(case, ClockKind.FIRST_CONTACT)
    assert (first.state, first.met_at) == (DeadlineState.MET, after(hours=2))
    assert clock_of(case, ClockKind.FAMILY_ENGAGED).state == engaged


def test_an_earlier_contact_that_is_recorded_later_is_when_the_clock_was_met(scene):
    """CLK-2: the figures say when contact was sought, not who wrote it down first."""
    case = make_case(scene)
    with clock.at(after(days=5)):
        record(scene, case, at=after(days=4))
        assert clock_of(case, ClockKind.FIRST_CONTACT).is_late
        record(scene, case, at=after(days=1))
        record(scene, case, at=after(days=2))
    one = clock_of(case, ClockKind.FIRST_CONTACT)
    assert (one.met_at, one.is_late) == (after(days=1), False)


def test_a_form_sent_twice_is_recorded_once(scene):
    """Contract of forms: a double click is one contact, one line of the trail."""
    case, key = make_case(scene), new_id()
    first = record(scene, case, form_key=key)
    assert record(scene, case, form_key=key).pk == first.pk
    assert Contact.objects.count() == 1
    assert AuditEntry.objects.filter(verb=ContactVerb.TRIED).count() == 1
    with pytest.raises(Clash, match="recorded already"):
        record(scene, case, REACHED, form_key=key)
    record(scene, case)
    record(scene, case)
    assert Contact.objects.count() == 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"at": after(minutes=1)}, "at"),
        ({"at": after(minutes=-1)}, "at"),
        ({"how": "pigeon"}, "how"),
        ({"result": "perhaps"}, "result"),
        ({"note": "a\x00b"}, "note"),
        ({"note": "x" * 5_001}, "note"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(scene, said, field):
    """Bad input: a sentence beside the field; a contact is neither to come nor older than the enquiry."""
    case = make_case(scene)
    with pytest.raises(Invalid) as refused:
        record(scene, case, **said)
    assert set(refused.value.fields) == {field}
    assert not Contact.objects.exists()


def test_the_minute_of_the_enquiry_counts(scene):
    """A form knows minutes: whoever rings in the same minute is not too early."""
    record(scene, make_case(scene), at=MONDAY.replace(second=0))


@pytest.mark.parametrize("who", ["lead", "colleague", "teacher", "manager"])
def test_who_works_on_the_case_records_contact(scene, who):
    """CON-2: agencies that consent lets work on it."""
    assert record(scene, make_case(scene), who=who).agency_id == scene.actor(who).agency_id


@pytest.mark.parametrize("who", ["nurse", "screener", "hub_manager"])
def test_who_only_sees_it_does_not(scene, who):
    """CON-2: consent for reading is not for work."""
    case = make_case(scene)
    with pytest.raises(NotAllowed):
        record(scene, case, who=who)
    assert not Contact.objects.exists()


def test_a_case_that_is_not_open_to_one_is_not_there(scene):
    """ACC-6: nothing is said of it."""
    case = make_case(scene, agencies={scene.early_help: "contribute_case"})
    with pytest.raises(NotThere):
        record(scene, case, who="teacher")


def test_notes_are_for_those_who_work_on_the_case(scene, rf):
    """CON-2: whoever only sees the case learns that contact was made, not what was noted."""
    case = make_case(scene)
    record(scene, case, REACHED, note="Mum asked for mornings.")

    def seen(who: str) -> list[tuple[str, str]]:
        shown = panels.contacts_panel(scene.actor(who), case, rf.get("/"))
        return [(one.title, one.text) for one in shown["contacts"]]

    assert seen("teacher") == seen("lead") == [("Phone call: reached them", "Mum asked for mornings.")]
    assert seen("nurse") == [("Phone call: reached them", "")]


def test_contacts_of_an_agency_that_left_are_the_leads_to_read(scene):
    """CON-2: another agency does not learn of one that is let in no more."""
    case = make_case(scene)
    record(scene, case, who="teacher")
    record(scene, case)
    from consent import services as consents
    from consent.models import Consent

    given = Consent.objects.get(case=case)
    consents.withdraw(by=scene.actor("lead"), consent_id=given.pk, told_by="Mum", agencies=[scene.school])
    assert queries.contacts_of(scene.actor("lead"), case).count() == 2
    assert [one.agency for one in queries.contacts_of(scene.actor("nurse"), case)] == [scene.early_help]


def test_the_next_step_is_contact_until_it_was_sought(scene):
    """FAM-10: before the assessment, for the lead's agency alone, and only while its clock is open."""
    case = make_case(scene)
    step = panels.next_steps.first(scene.actor("lead"), fresh(case))
    assert step is not None
    assert (step.button, str(case.pk) in step.url) == ("Record contact", True)
    assert panels.next_steps.first(scene.actor("teacher"), fresh(case)).button == "Write the assessment"
    assert panels.next_steps.first(scene.actor("nurse"), fresh(case)) is None
    record(scene, case)
    assert panels.next_steps.first(scene.actor("lead"), fresh(case)).button == "Write the assessment"


def test_without_a_policy_nothing_waits_for_contact(db):
    """CLK-1: a partnership that has not chosen its pathway has no clocks, and contact is recorded all the same."""
    with tenant_scope(make_partnership().pk):
        scene = make_scene()
        case = make_case(scene)
        assert panels.next_steps.first(scene.actor("lead"), fresh(case)).button == "Write the assessment"
        record(scene, case, REACHED, at=clock.now())
        assert Contact.objects.count() == 1
        assert not clocks.all_of(case, case.partnership)


def test_how_it_went_in_a_sentence():
    """Screens, Case: one line tells whether the family is reached."""

    def on(day: int, result: str) -> Contact:
        return Contact(at=dt.datetime(2026, 4, day, 12, tzinfo=dt.UTC), result=result)

    assert contacts_in_words([]) == ""
    assert contacts_in_words([on(14, TRIED)]) == "Tried 1 time, not reached yet."
    assert contacts_in_words([on(15, TRIED), on(14, TRIED)]) == "Tried 2 times, not reached yet."
    assert contacts_in_words([on(14, REACHED), on(13, TRIED)]) == "Reached last on Tue 14 April 2026."
    assert contacts_in_words([on(16, TRIED), on(14, REACHED)]) == (
        "Reached last on Tue 14 April 2026. Tried 1 time since then."
    )


def fresh(case):
    """The case as another request finds it: what is known of its clocks is forgotten."""
    return type(case).objects.select_related("partnership").get(pk=case.pk)


def test_the_system_records_no_contact(scene):
    """Only a person turns to a family."""
    case = make_case(scene)
    with pytest.raises((NotAllowed, NotThere)):
        services.record_contact(
            by=Actor(partnership_id=case.partnership_id), case_id=case.pk, at=MONDAY, how="phone", result=TRIED
        )
