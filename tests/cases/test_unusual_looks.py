"""Unusual looks: what the sweep finds, once and in order, and what a manager does about it (FAM-8)."""

from __future__ import annotations

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from cases import looked, services, tasks
from cases.enums import LookVerb, UnusualLookState, UnusualReason
from cases.models import LooksRead, UnusualLook
from cases.registries import happenings
from cases.services import looks as sweeping
from consent import services as consents
from foundation.accounts.enums import Role
from foundation.accounts.homes import home_key
from foundation.audit import services as audit
from foundation.audit.models import AccessEntry, AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.tenancy.scope import current_partnership_id, tenant_scope
from tests.cases.asking import statements
from tests.cases.making import SEE, a_case, a_consent, make_scene, worker_of
from tests.factories import actor_of, make_agency, make_member, make_partnership, make_team, make_user

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)  # a Monday
NIGHT = dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)
NAME, HOME, HOURS = UnusualReason.OWN_NAME, UnusualReason.SAME_ADDRESS, UnusualReason.AFTER_HOURS
ADDRESS = "12 Larch Row, Fernbank LS99 1AB"


def led_case(scene, agencies, team=None, address=ADDRESS):
    case, people = a_case(scene, team=team, address=address)
    consent = a_consent(scene, agencies)
    consents.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)
    return case


@pytest.fixture
def place(inside):
    """A case of a team, open to a school; a manager of the team, one of another, and one of the whole agency."""
    with clock.at(NOON):
        scene = make_scene()
        school = make_agency("Fernbank Academy")
        north, south = (make_team(scene.lead_agency, name) for name in ("North", "South"))
        case = led_case(scene, {school: SEE}, team=north)
        return SimpleNamespace(
            scene=scene, school=school, north=north, south=south, case=case,
            manager=actor_of(make_member(role=Role.MANAGER, team=north, name="Mariam Oyelaran")),
            other_manager=actor_of(make_member(role=Role.MANAGER, team=south, name="Otis Grant")),
            head=actor_of(make_member(role=Role.MANAGER, agency=scene.lead_agency, name="Hetty Vance")),
            teacher=worker_of(school),
        )  # fmt: skip


def look(case, by, at=NOON, how="page"):
    with clock.at(at):
        return audit.viewed(by=by, subject=case, case_id=case.pk, how=how)


def sweep(**more) -> int:
    """What was written so far gets its place in the chain, as at the end of a request; then one reading."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return services.find_unusual_looks(by=system(current_partnership_id()), **more)


def found() -> list[tuple[int, str, int]]:
    return sorted(UnusualLook.objects.values_list("user_id", "reason", "times"))


def named(name, agency, **more):
    return actor_of(make_member(agency=agency, name=name, **more))


class TestWhatIsFound:
    def test_an_ordinary_look_is_not(self, place):
        """FAM-8: daily work leaves nothing for a manager to ask about."""
        for by in (place.teacher, place.scene.lead_actor, place.manager):
            look(place.case, by)
        assert sweep() > 0
        assert found() == []

    def test_one_s_own_name_always_is(self, place):
        """FAM-8: in the lead's team or outside it, by day too; an uncommon name is not called common."""
        ours = named("Femi ADEYEMI", place.scene.lead_agency, team=place.north)
        theirs = named("Kit Ward-Adéyemi", place.school)
        entry = look(place.case, ours)
        look(place.case, theirs)
        sweep()
        assert found() == sorted([(ours.user_id, NAME, 1), (theirs.user_id, NAME, 1)])
        row = UnusualLook.objects.get(user_id=ours.user_id)
        assert (row.entry_id, row.at, row.last_at, row.common_name) == (entry.pk, NOON, NOON, False)
        assert (row.agency_id, row.case_id) == (place.scene.lead_agency.pk, place.case.pk)

    def test_one_s_own_address_always_is(self, place):
        """FAM-8: compared as digests; nobody's home is kept, and no home is nobody's."""
        neighbour = place.teacher
        user = make_user("Nia Holt")
        user.home_key = home_key("12 larch row, LS99 1AB")
        user.save()
        same = actor_of(make_member(agency=place.school, user=user))
        look(place.case, neighbour)
        look(place.case, same)
        sweep()
        assert found() == [(same.user_id, HOME, 1)]

    def test_a_family_without_an_address_lives_with_nobody(self, place):
        """FAM-8: two empty keys are not the same home."""
        nowhere = led_case(place.scene, {place.school: SEE}, address="")
        look(nowhere, place.teacher)
        sweep()
        assert found() == []

    def test_after_hours_only_from_outside_the_lead_s_team(self, place):
        """FAM-8: the lead and the team work late; others are asked. Another team of the agency is outside too."""
        agency = place.scene.lead_agency
        inside = [place.scene.lead_actor, place.manager, place.head, named("Una Reid", agency, team=place.north)]
        outside = [place.teacher, place.scene.screener, named("Olu Bright", agency, team=place.south)]
        for by in (*inside, *outside):
            look(place.case, by, at=NIGHT)
        sweep()
        assert found() == sorted((by.user_id, HOURS, 1) for by in outside)

    def test_a_colleague_under_another_hat_is_outside(self, place):
        """FAM-8, ACC-2: who works in the team but looks for another agency looks as that agency."""
        member = make_member(agency=place.scene.lead_agency, team=place.north, name="Una Reid")
        other_hat = actor_of(make_member(agency=place.school, user=member.user))
        look(place.case, other_hat, at=NIGHT)
        sweep()
        assert found() == [(member.user_id, HOURS, 1)]

    def test_without_a_team_the_whole_agency_is_inside(self, place):
        """FAM-8: a case that was given to no team is everybody's of the agency that leads."""
        case = led_case(place.scene, {place.school: SEE})
        colleague = named("Olu Bright", place.scene.lead_agency, team=place.south)
        look(case, colleague, at=NIGHT)
        look(case, place.teacher, at=NIGHT)
        sweep()
        assert found() == [(place.teacher.user_id, HOURS, 1)]

    def test_what_is_of_no_case_or_by_nobody_is_passed_over(self, place):
        """FAM-8: a look at an agency, or the product's own, is no look at a family."""
        with clock.at(NIGHT):
            audit.viewed(by=place.teacher, subject=place.school)
            audit.viewed(by=system(current_partnership_id()), subject=place.case, case_id=place.case.pk)
        assert sweep() > 0
        assert found() == []


class TestGathering:
    def test_looks_for_one_reason_are_one_row_while_it_waits(self, place):
        """FAM-8: a manager is asked once about an evening's clicks, and told how many and until when."""
        for minutes in range(5):
            look(place.case, place.teacher, at=NIGHT + dt.timedelta(minutes=minutes))
            if minutes == 2:
                sweep()
        sweep()
        row = UnusualLook.objects.get()
        assert (row.times, row.at, row.last_at) == (5, NIGHT, NIGHT + dt.timedelta(minutes=4))

    def test_after_it_was_looked_into_the_next_is_new(self, place):
        """FAM-8: an answer covers what was asked about, not what comes later."""
        look(place.case, place.teacher, at=NIGHT)
        sweep()
        services.look_into(by=place.manager, look_id=UnusualLook.objects.get().pk, note="A call-out.")
        look(place.case, place.teacher, at=NIGHT + dt.timedelta(days=1))
        sweep()
        states = UnusualLook.objects.order_by("at").values_list("state", "times")
        assert list(states) == [(UnusualLookState.LOOKED_INTO, 1), (UnusualLookState.FOUND, 1)]

    @pytest.mark.parametrize("at_once", [1, 2, 3, 500])
    def test_however_it_is_cut_the_same_is_found(self, place, at_once):
        """FAM-8: readings of any length end with the same rows."""
        adeyemi = named("Femi Adeyemi", place.school)
        for minutes in range(4):
            look(place.case, adeyemi, at=NIGHT + dt.timedelta(minutes=minutes))
        look(place.case, place.teacher, at=NIGHT)
        while sweep(at_most=at_once):
            pass
        assert found() == sorted(
            [(adeyemi.user_id, NAME, 4), (adeyemi.user_id, HOURS, 4), (place.teacher.user_id, HOURS, 1)]
        )

    def test_reading_again_finds_nothing_more(self, place):
        """FAM-8: not by the mark, and not even where the mark was lost."""
        look(place.case, place.teacher, at=NIGHT)
        assert sweep() > 0
        services.look_into(by=place.manager, look_id=UnusualLook.objects.get().pk, note="A call-out.")
        assert sweep() <= 1  # what looking into it left in the trail
        assert sweep() == 0
        LooksRead.objects.update(seq=0)
        assert sweep() > 0
        assert UnusualLook.objects.count() == 1

    def test_a_reading_that_fails_leaves_its_mark_where_it_was(self, place, monkeypatch):
        """FAM-8: what was found and how far was read are one; the next reading finds all of it."""
        look(place.case, place.teacher, at=NIGHT)
        sweep(at_most=1)
        before = LooksRead.objects.get().seq
        monkeypatch.setattr(sweeping, "_gather", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            sweep()
        assert LooksRead.objects.get().seq == before
        monkeypatch.undo()
        sweep()
        assert found() == [(place.teacher.user_id, HOURS, 1)]

    def test_a_reading_asks_as_often_for_many_as_for_one(self, place):
        """Performance: statements do not grow with the looks."""
        counts = []
        for times in (1, 6):
            for _ in range(times):
                look(place.case, worker_of(place.school), at=NIGHT)
            sweep(at_most=0)
            counts.append(len(statements(lambda: services.find_unusual_looks(by=system(current_partnership_id())))))
        assert counts == [12, 12]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_sweeps_at_once_write_once(self):
        """FAM-8: two beats are harmless: one reads, the other finds nothing to do; afterwards nothing is left."""
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            scene = make_scene()
            school = make_agency()
            case = led_case(scene, {school: SEE}, team=make_team(scene.lead_agency))
            for _ in range(30):
                look(case, worker_of(school), at=NIGHT)
        wrong = []

        def run() -> None:
            try:
                tasks.find_unusual_looks_in(str(partnership.pk))
            except BaseException as error:
                wrong.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert wrong == []
        with tenant_scope(partnership.pk):
            assert [times for _, _, times in found()] == [1] * 30

    def test_the_sweep_begins_one_in_each_partnership(self, monkeypatch):
        """Architecture §6: beat starts one task; each partnership is gone through in a task and a scope of its own."""
        begun = []
        monkeypatch.setattr(tasks.find_unusual_looks_in, "delay", begun.append)
        made = [make_partnership(), make_partnership()]
        tasks.find_unusual_looks()
        assert {str(one.pk) for one in made} <= set(begun)
        for key in begun:
            tasks.find_unusual_looks_in(key)


@pytest.fixture
def waiting(place):
    look(place.case, place.teacher, at=NIGHT)
    sweep()
    place.look = UnusualLook.objects.get()
    return place


class TestLookingInto:
    def test_the_manager_of_the_team_and_of_the_agency_are_asked(self, waiting):
        """FAM-8: their teams' cases; not another team's manager, nor another agency's, nor who is no manager."""
        others = [
            waiting.other_manager,
            waiting.scene.lead_actor,
            waiting.teacher,
            worker_of(waiting.school, Role.MANAGER),
        ]
        for by in (waiting.manager, waiting.head):
            assert list(looked.waiting_looks(by)) == [waiting.look]
        for by in others:
            assert list(looked.unusual_looks(by)) == []
            with pytest.raises(NotThere):
                looked.unusual_look(by, waiting.look.pk)

    def test_it_is_recorded_who_when_and_what(self, waiting):
        """FAM-8: the note stands with the row; the trail holds no word of it, and the case's timeline nothing."""
        with clock.at(NOON + dt.timedelta(days=2)):
            services.look_into(by=waiting.manager, look_id=waiting.look.pk, note="  On call that night.\r\n")
        row = UnusualLook.objects.get()
        assert (row.state, row.note) == (UnusualLookState.LOOKED_INTO, "On call that night.")
        assert (row.looked_into_by_id, row.looked_into_at) == (waiting.manager.user_id, NOON + dt.timedelta(days=2))
        entry = AuditEntry.objects.get(verb=LookVerb.LOOKED_INTO)
        assert (entry.subject_id, entry.case_id, entry.detail) == (row.pk, waiting.case.pk, {"reason": "after_hours"})
        assert happenings.words(LookVerb.LOOKED_INTO) is None

    @pytest.mark.parametrize("note", ["", "   ", "x" * 2001, "two\x00words", "turned \u202e around"])
    def test_it_needs_a_note_that_can_be_kept(self, waiting, note):
        """FAM-8: no ticking off without a word; 2,000 characters are enough."""
        with pytest.raises(Invalid):
            services.look_into(by=waiting.manager, look_id=waiting.look.pk, note=note)
        assert UnusualLook.objects.get().state == UnusualLookState.FOUND

    def test_a_note_of_two_thousand_characters_fits(self, waiting):
        services.look_into(by=waiting.manager, look_id=waiting.look.pk, note="é" * 2000)
        assert len(UnusualLook.objects.get().note) == 2000

    def test_nobody_looks_into_their_own(self, place):
        """Practice model §2: never their own work; a colleague can."""
        own = named("Mo Adeyemi", place.scene.lead_agency, role=Role.MANAGER)
        look(place.case, own)
        sweep()
        row = UnusualLook.objects.get()
        assert list(looked.waiting_looks(own)) == []
        assert list(looked.waiting_looks(place.manager)) == [row]
        with pytest.raises(NotAllowed, match="your own"):
            services.look_into(by=own, look_id=row.pk, note="It was me.")
        services.look_into(by=place.manager, look_id=row.pk, note="No relation.")

    def test_whoever_is_slower_is_told(self, waiting):
        """Bad input: two managers answer at once; the first note stands."""
        services.look_into(by=waiting.manager, look_id=waiting.look.pk, note="First.")
        with pytest.raises(Clash):
            services.look_into(by=waiting.head, look_id=waiting.look.pk, note="Second.")
        assert UnusualLook.objects.get().note == "First."

    def test_only_a_manager_of_the_case_can(self, waiting):
        """FAM-8, ACC-6: others learn nothing of it."""
        with pytest.raises(NotThere):
            services.look_into(by=waiting.other_manager, look_id=waiting.look.pk, note="x")
        with pytest.raises(NotAllowed):
            services.look_into(by=waiting.teacher, look_id=waiting.look.pk, note="x")

    def test_the_database_refuses_an_answer_without_who_when_and_what(self, waiting):
        """Style 10: the row itself cannot say that it was looked into by nobody."""
        with pytest.raises(IntegrityError), transaction.atomic():
            UnusualLook.objects.update(state=UnusualLookState.LOOKED_INTO)

    def test_another_partnership_s_looks_are_not_there(self, waiting):
        """Architecture §4: the sweep of one partnership reads nothing of another's."""
        assert AccessEntry.objects.count() == 1
        assert LooksRead.objects.count() == 1
