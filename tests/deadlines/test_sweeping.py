"""The sweep: whoever is to be reminded is told once, whatever crashes or runs twice (CLK-5, CLK-7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts import services as accounts
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency, User
from foundation.common import clock
from foundation.common.actors import system
from foundation.deadlines import queries, services, sweeping, tasks
from foundation.deadlines.models import Reminder
from foundation.deadlines.services.starting import Whose
from foundation.notifications import services as notifications
from foundation.notifications.models import Mailing, Message
from foundation.outbox import services as outbox
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.scope import tenant_scope
from tests.deadlines.making import COMPLETED, LIMITS, Place, adopt, later, london, make_place, told
from tests.deadlines.sweeps import DUE, only, sweep
from tests.factories import make_member


def start(place: Place, *steps: dict[str, Any], whose: Whose | None = None) -> None:
    """One clock with these steps."""
    with place.scope():
        if steps:
            adopt(place, **{COMPLETED.value: only(*steps)})
        place.start(whose=whose)


def end(place: Place, *people: str) -> None:
    with place.scope():
        for who in people:
            accounts.end_membership(by=system(place.partnership.pk), membership_id=place.people[who].pk)


def at(to: str) -> dict[str, str]:
    return {"when": "at", "to": to}


class TestWhoIsTold:
    def test_each_step_at_its_own_moment(self, place: Place) -> None:
        """CLK-5: before, at and after: the worker, the worker, the manager."""
        start(place)
        assert sweep(place, "2026-04-13 08:59") == 0
        assert sweep(place, "2026-04-13 09:00") == 1
        assert told(place) == [("worker", "before")]
        assert sweep(place) == 1
        assert told(place) == [("worker", "at"), ("worker", "before")]
        assert sweep(place, "2026-04-15 09:00") == 1
        assert ("manager", "after") in told(place)

    def test_the_message_says_which_clock_and_no_name(self, place: Place) -> None:
        """CLK-5, INT-9: kind, due time, reference and a link: nothing of the family."""
        start(place, at("worker"))
        sweep(place)
        with place.scope():
            message = Message.objects.get()
            one = queries.Deadline.objects.get()
        assert message.params == {
            "clock": "assessment_completed", "when": "at", "deadline": str(one.pk), "due": "2026-04-14T16:00:00+00:00",
        }  # fmt: skip
        assert (message.agency_id, message.reference) == (place.agency.pk, "EH-7KQ2-M9XD")
        assert (message.subject_kind, message.subject_id) == ("accounts.team", place.team.pk)

    def test_the_manager_is_the_teams_and_one_of_the_whole_agency(self, place: Place) -> None:
        """CLK-5: not another team's, nor another agency's."""
        start(place, at("manager"))
        sweep(place)
        assert told(place) == [("manager", "at"), ("second", "at")]

    def test_without_a_team_every_manager_of_the_agency(self, place: Place) -> None:
        """CLK-5: nobody knows whose it is."""
        start(place, at("manager"), whose=Whose(place.user_id("worker"), place.agency.pk))
        sweep(place)
        assert [who for who, _ in told(place)] == ["manager", "second", "south"]

    def test_without_a_manager_the_hubs_managers(self, place: Place) -> None:
        """CLK-5: nothing is told to nobody."""
        start(place, at("manager"))
        end(place, "manager", "second")
        sweep(place)
        assert told(place) == [("hub", "at")]

    def test_the_hub_where_the_policy_says_so(self, place: Place) -> None:
        """CLK-5: hub managers, not screeners."""
        start(place, at("hub"))
        sweep(place)
        assert told(place) == [("hub", "at")]

    def test_hub_work_that_nobody_took_is_the_screeners(self, place: Place) -> None:
        """CLK-5: an enquiry in the queue has no owner and no agency."""
        start(place, at("worker"), whose=Whose())
        sweep(place)
        assert told(place) == [("screener", "at")]

    def test_of_a_hub_without_screeners_the_manager(self, place: Place) -> None:
        """CLK-5: nothing is told to nobody."""
        start(place, at("worker"), whose=Whose())
        end(place, "screener")
        sweep(place)
        assert told(place) == [("hub", "at")]

    def test_hub_work_that_was_taken_is_its_screeners(self, place: Place) -> None:
        """CLK-5: and their manager is the hub's."""
        start(place, at("worker"), at("manager"), whose=Whose(place.user_id("screener")))
        sweep(place)
        assert told(place) == [("hub", "at"), ("screener", "at")]

    def test_work_of_a_team_that_nobody_has_is_its_managers(self, place: Place) -> None:
        """CLK-5: the worker who is missing is the manager's to find."""
        start(place, at("worker"), whose=Whose(None, place.agency.pk, place.team.pk))
        sweep(place)
        assert told(place) == [("manager", "at"), ("second", "at")]

    @pytest.mark.parametrize("gone", ["ended", "inactive", "elsewhere"])
    def test_an_owner_who_has_gone_is_nobody_and_the_manager_is_told(self, place: Place, gone: str) -> None:
        """ACC-3, CLK-5: ended, signed out for good, or working for another agency by now."""
        start(place, at("worker"))
        if gone == "inactive":
            User.objects.filter(pk=place.user_id("worker")).update(is_active=False)
        else:
            end(place, "worker")
        if gone == "elsewhere":
            with place.scope():
                make_member(user=place.people["worker"].user, agency=place.people["stranger"].agency)
        sweep(place)
        assert told(place) == [("manager", "at"), ("second", "at")]

    @pytest.mark.parametrize("gone", ["ended", "inactive"])
    def test_a_manager_who_has_gone_is_not_told(self, place: Place, gone: str) -> None:
        """ACC-3: of two managers, the one who is there."""
        start(place, at("manager"))
        if gone == "ended":
            end(place, "manager")
        else:
            User.objects.filter(pk=place.user_id("manager")).update(is_active=False)
        sweep(place)
        assert told(place) == [("second", "at")]

    def test_nobody_of_a_closed_agency_is_told(self, place: Place) -> None:
        """ACC-3: whoever is left at the hub is: nothing is told to nobody."""
        start(place, at("manager"))
        with place.scope():
            other = Agency.objects.get(pk=place.people["stranger"].agency_id)
            place.people["keeper"] = make_member(role=Role.HUB_MANAGER, agency=other, name="Kit Olsen")
            Agency.objects.filter(pk=place.agency.pk).update(active=False)
        sweep(place)
        assert told(place) == [("keeper", "at")]

    def test_whoever_holds_two_roles_is_told_once(self, place: Place) -> None:
        """CLK-5: a manager of two teams who manages the hub as well has one message."""
        with place.scope():
            for role in (Role.HUB_MANAGER, Role.MANAGER):
                make_member(role=role, user=place.people["manager"].user, agency=place.agency)
        start(place, at("manager"))
        sweep(place)
        assert told(place) == [("manager", "at"), ("second", "at")]


class TestOnce:
    def test_a_second_sweep_finds_nothing(self, place: Place) -> None:
        """CLK-5: each goes once, whatever runs twice."""
        start(place)
        assert (sweep(place), sweep(place)) == (2, 0)
        assert told(place) == [("worker", "at"), ("worker", "before")]

    def test_nothing_is_told_of_what_was_met(self, place: Place) -> None:
        """CLK-5: its reminders have gone with it."""
        start(place)
        with place.scope(), later("2026-04-01 09:00"):
            services.meet_clock(by=place.actor("worker"), kind=COMPLETED, subject_id=place.team.pk)
        assert sweep(place, "2026-05-01 09:00") == 0
        assert told(place) == []

    @pytest.mark.parametrize("moved", ["met", "paused", "extended"])
    def test_nothing_is_told_when_it_moved_after_the_claim(self, place: Place, moved: str) -> None:
        """CLK-5: a reminder that a sweep holds already is marked, and tells nothing of a clock that has moved on."""
        start(place, at("worker"))
        with place.scope(), clock.at(london(DUE)):
            one = queries.Deadline.objects.get()
            real = notifications.tell_selected

            def moves_first(**given: Any) -> int:
                queries.Deadline.objects.filter(pk=one.pk).update(**{
                    "met": {"state": "met", "met_at": clock.now()},
                    "paused": {"state": "paused", "paused_at": clock.now()},
                    "extended": {"due_at": london("2026-04-21 17:00")},
                }[moved])  # fmt: skip
                return real(**given)

            notifications.tell_selected = moves_first
            try:
                assert sweeping.tell_due(place.partnership.pk, most=10) == 1
            finally:
                notifications.tell_selected = real
            assert not Reminder.objects.filter(done_at=None).exists()
        assert told(place) == []

    def test_a_worker_killed_after_the_claim_leaves_it_to_the_next(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """CLK-5: claimed, told and marked are one transaction."""
        start(place)

        class Killed(BaseException):
            """What nothing catches."""

        def dies(**given: Any) -> int:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(notifications, "tell_selected", dies)
            with pytest.raises(Killed):
                sweep(place)
        assert told(place) == []
        assert sweep(place) == 2
        assert told(place) == [("worker", "at"), ("worker", "before")]

    def test_batches_go_in_the_order_in_which_they_were_due(self, place: Place) -> None:
        """CLK-7: after a long night, the oldest first, and none left."""
        with place.scope():
            for piece in place.more_pieces(3):
                place.start(subject=piece)
        with place.scope(), clock.at(london("2026-05-01 09:00")):
            assert sweeping.tell_due(place.partnership.pk, most=4) == 4
            rows = Reminder.objects.order_by("due_at", "id")
            assert [row.done_at is not None for row in rows] == [True] * 4 + [False] * 5
        assert sweep(place, "2026-05-01 09:00", batch=2) == 5
        with place.scope():
            assert Message.objects.filter(user_id=place.user_id("worker")).count() == 6

    def test_another_partnership_is_not_touched(self, place: Place) -> None:
        """Architecture §4: a sweep is one partnership's."""
        other = make_place()
        for each in (place, other):
            start(each)
        sweep(place)
        assert told(other) == []
        with other.scope():
            assert not Reminder.objects.exclude(done_at=None).exists()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_as_many_statements_for_three_as_for_one(self, place: Place, rows: int) -> None:
        """Architecture §6: set-based: claim, who is told, who is mailed, what carries it."""
        with place.scope():
            for piece in place.more_pieces(rows):
                place.start(subject=piece)
        late = clock.at(london("2026-05-01 09:00"))
        with tenant_scope(place.partnership.pk), late, CaptureQueriesContext(connection) as captured:
            assert sweeping.tell_due(place.partnership.pk, most=100) == rows * 3
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(asked) == 4, "\n".join(asked)


class TestCatchingUp:
    def test_after_a_day_everything_is_told_in_one_go_and_mailed_once(self, place: Place) -> None:
        """CLK-7: the first sweep after a day says all that was missed; each person has one e-mail about it."""
        with place.scope():
            for piece in place.more_pieces(4):
                place.start(*LIMITS, subject=piece)
        assert sweep(place, "2026-05-20 09:00") == 4 * 14
        with place.scope():
            assert Message.objects.filter(user_id=place.user_id("worker")).count() == 4 * 9
            people = set(Message.objects.values_list("user_id", flat=True))
            assert {one.user_id for one in Mailing.objects.all()} == people
            assert Mailing.objects.count() == len(people)
            assert OutboxMessage.objects.filter(topic="notifications.mail").count() == len(people)

    def test_in_the_first_minute_all_is_on_the_lists_and_each_person_has_one_digest(
        self, place: Place, mailoutbox: list[EmailMessage]
    ) -> None:
        """CLK-7: workers stood still for a day; the sweep and the outbox then run for the first time."""
        with place.scope():
            for piece in place.more_pieces(4):
                place.start(*LIMITS, subject=piece)
        moment = london("2026-05-20 09:00")
        with later("2026-05-20 09:00"), tenant_scope(place.partnership.pk):
            clocks = queries.managed_by(place.actor("manager"))
            is_late = clocks.filter(due_at__lt=moment).count()
            assert queries.late(clocks, moment).count() == is_late > 0, "the list needs no worker"
        with clock.at(moment):
            sweeping.sweep_partnership(place.partnership.pk, batch=7)
            outbox.deliver_due(partnership_id=place.partnership.pk, at_most=500)
        with tenant_scope(place.partnership.pk):
            told_of = set(Message.objects.values_list("user__email", flat=True))
        assert sorted(address for mail in mailoutbox for address in mail.to) == sorted(told_of)
        assert all("EH-" in mail.body or "PI-" in mail.body for mail in mailoutbox), "references, and no name"

    def test_mail_waits_while_the_sweep_is_behind(self, place: Place) -> None:
        """CLK-7: so that a flood is one e-mail."""
        start(place)
        with place.scope(), clock.at(london(DUE)):
            assert sweeping.is_behind()
        sweep(place)
        with place.scope(), clock.at(london(DUE)):
            assert not sweeping.is_behind()

    def test_beat_finds_the_partnerships_with_something_to_tell(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Architecture §6: one task for each that has something due, none for the others."""
        make_place()
        start(place)
        asked: list[str] = []
        monkeypatch.setattr(tasks.sweep_in, "delay", asked.append)
        with clock.at(london("2026-04-01 09:00")):
            tasks.sweep()
        assert asked == []
        with clock.at(london(DUE)):
            tasks.sweep()
            assert asked == [str(place.partnership.pk)]
            tasks.sweep_in(asked[0])
        assert told(place) == [("worker", "at"), ("worker", "before")]
