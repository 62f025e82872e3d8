"""More time: asked for with a reason, answered by a manager, flagged where late (CLK-3)."""

from __future__ import annotations

import datetime as dt

import pytest

from foundation.accounts import services as accounts
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.deadlines import queries, services
from foundation.deadlines.enums import DeadlineVerb
from foundation.deadlines.models import Extension
from foundation.deadlines.services.starting import Whose
from foundation.notifications.models import Message
from tests.deadlines.making import COMPLETED, CONTACT, Place, adopt, again, due, later, london, reminders, shown
from tests.factories import actor_of


def told_of(kind: str) -> set[int]:
    return set(Message.objects.filter(kind=kind).values_list("user_id", flat=True))


def grant(
    place: Place, extension: Extension, by: str = "manager", at: str = "2026-04-02 09:00", answer: str = ""
) -> Extension:
    with later(at):
        return services.grant_more_time(by=place.actor(by), extension_id=extension.pk, answer=answer)


def refuse(place: Place, extension: Extension, by: str = "manager", answer: str = "Do it without Dad.") -> Extension:
    with later("2026-04-02 09:00"):
        return services.refuse_more_time(by=place.actor(by), extension_id=extension.pk, answer=answer)


class TestAsking:
    def test_the_due_time_stays_until_somebody_answers(self, inside: Place) -> None:
        """CLK-3: what is asked, why and when it was due are kept; the clock itself is as it was."""
        one = inside.start()
        asked = inside.ask(one)
        assert (asked.state, asked.late, asked.reason) == ("asked", False, "Dad is away at sea.")
        assert (shown(asked.until), asked.due_before) == ("2026-04-21 17:00", again(one).due_at)
        assert due(one) == "2026-04-14 17:00"
        entry = AuditEntry.objects.get(verb=DeadlineVerb.EXTENSION_ASKED)
        assert entry.detail == {"until": "2026-04-21", "late": False}

    def test_managers_of_the_team_are_told_and_nobody_else(self, inside: Place) -> None:
        """CLK-3: the team's manager and one of the whole agency; not another team's, nor whoever asks."""
        inside.ask(inside.start())
        assert told_of("deadlines.asked") == {inside.user_id("manager"), inside.user_id("second")}

    def test_a_manager_who_asks_has_another_answer(self, inside: Place) -> None:
        """CLK-3: nobody is told what they asked themselves."""
        inside.ask(inside.start(), by="manager")
        assert told_of("deadlines.asked") == {inside.user_id("second")}

    def test_where_nobody_could_answer_asking_says_so(self, inside: Place) -> None:
        """CLK-3: no request lies where nobody looks: not even where the only manager asks, or does the work."""
        for who in ("second", "south"):
            accounts.end_membership(by=system(inside.partnership.pk), membership_id=inside.people[who].pk)
        one = inside.start()
        with pytest.raises(Invalid, match="name one more"):
            inside.ask(one, by="manager")
        mine = Whose(inside.user_id("manager"), inside.agency.pk, inside.team.pk)
        own = inside.start(subject=next(inside.more_pieces(1)), whose=mine)
        with pytest.raises(Invalid, match="name one more"):
            inside.ask(own)
        assert not Extension.objects.exists()
        assert inside.ask(one).state == "asked", "the worker's manager answers"

    def test_asked_after_it_was_due_it_is_flagged(self, inside: Place) -> None:
        """CLK-3: allowed, and late for good."""
        asked = inside.ask(inside.start(), at="2026-04-15 09:00", until="2026-04-21")
        assert asked.late
        assert AuditEntry.objects.get(verb=DeadlineVerb.EXTENSION_ASKED).detail["late"]

    def test_where_it_must_be_granted_before_asking_late_is_refused(self, inside: Place) -> None:
        """CLK-3: the policy's `approval_first` [ROT]."""
        adopt(inside, **{COMPLETED.value: {
            "length": 10, "unit": "working_days", "from": "panel_held", "approval_first": True,
        }})  # fmt: skip
        one = inside.start()
        with pytest.raises(Invalid, match="must be granted before a clock is due"):
            inside.ask(one, at="2026-04-15 09:00")
        assert inside.ask(one, at="2026-04-14 16:59").state == "asked"

    @pytest.mark.parametrize(
        ("until", "sentence"),
        [
            ("2026-04-01", "after today"),
            ("2026-03-31", "after today"),
            ("2026-04-14", "after Tue 14 April 2026, when it is due"),
            ("2026-04-13", "after Tue 14 April 2026"),
            ("2028-04-04", "within the next two years"),
            ("2031-04-04", "within the next two years"),
            ("2026-04-18", "Sat 18 April 2026 is not one: Saturday"),
            ("2026-05-04", "is not one: Early May bank holiday"),
        ],
    )
    def test_a_day_that_cannot_be_is_refused_beside_its_box(self, inside: Place, until: str, sentence: str) -> None:
        """CLK-3: past, not later than it is due, too far, and a day on which nobody works."""
        one = inside.start()
        with pytest.raises(Invalid, match=sentence) as refusal:
            inside.ask(one, until=until)
        assert set(refusal.value.fields) == {"until"}
        assert not Extension.objects.exists()

    @pytest.mark.parametrize("reason", ["", "  \n ", "a\u202eb"])
    def test_a_reason_is_wanted(self, inside: Place, reason: str) -> None:
        """CLK-3: words that can be read."""
        one = inside.start()
        with later("2026-04-01 10:00"), pytest.raises(Invalid) as refusal:
            services.ask_for_more_time(
                by=inside.actor("worker"), deadline_id=one.pk, until=dt.date(2026, 4, 21), reason=reason
            )
        assert set(refusal.value.fields) == {"reason"}

    def test_one_request_at_a_time(self, inside: Place) -> None:
        """CLK-3: the first has to be answered; after that there may be another."""
        one = inside.start()
        first = inside.ask(one)
        with pytest.raises(Clash, match="asked for already"):
            inside.ask(one, by="colleague")
        refuse(inside, first)
        assert inside.ask(one, at="2026-04-02 10:00").state == "asked"

    @pytest.mark.parametrize("who", ["colleague", "manager", "second"])
    def test_whoever_works_on_it_and_its_managers_may_ask(self, inside: Place, who: str) -> None:
        """CLK-3: not the owner alone, who may be ill."""
        assert inside.ask(inside.start(), by=who).asked_by_id == inside.user_id(who)

    @pytest.mark.parametrize("who", ["south", "auditor", "hub", "admin"])
    def test_whoever_only_sees_it_may_not(self, inside: Place, who: str) -> None:
        """CLK-3: nor another team's manager."""
        one = inside.start()
        with pytest.raises(NotAllowed, match="works on this"):
            inside.ask(one, by=who)

    def test_for_another_agency_it_is_not_there(self, inside: Place) -> None:
        """ACC-6: not even a refusal."""
        one = inside.start()
        with pytest.raises(NotThere):
            inside.ask(one, by="stranger")

    def test_what_has_ended_needs_no_more_time(self, inside: Place) -> None:
        """CLK-3: met, paused or stopped."""
        one = inside.start()
        services.meet_clock(by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk)
        with pytest.raises(Clash, match="“met”"):
            inside.ask(one)


class TestAnswering:
    def test_granted_it_is_due_then_and_the_original_stays(self, inside: Place) -> None:
        """CLK-3: and whoever asked is told; reminders are those of the new time."""
        one = inside.start()
        granted = grant(inside, inside.ask(one), answer="Good that you asked.")
        assert (granted.state, granted.decided_by_id, granted.answer) == (
            "granted", inside.user_id("manager"), "Good that you asked.",
        )  # fmt: skip
        assert due(one) == "2026-04-21 17:00"
        assert shown(again(one).original_due_at) == "2026-04-14 17:00"
        assert reminders(one) == [
            ("before", "worker", "2026-04-20 09:00"),
            ("at", "worker", "2026-04-21 17:00"),
            ("after", "manager", "2026-04-22 09:00"),
        ]
        assert told_of("deadlines.answered") == {inside.user_id("worker")}

    def test_refused_with_why_it_stays_due(self, inside: Place) -> None:
        """CLK-3: a refusal says why, and changes nothing else."""
        one = inside.start()
        before = reminders(one)
        asked = inside.ask(one, by="colleague")
        with pytest.raises(Invalid, match="Say why") as refusal:
            refuse(inside, asked, answer=" ")
        assert set(refusal.value.fields) == {"answer"}
        assert refuse(inside, asked).state == "refused"
        assert (due(one), reminders(one)) == ("2026-04-14 17:00", before)
        assert told_of("deadlines.answered") == {inside.user_id("worker"), inside.user_id("colleague")}

    @pytest.mark.parametrize("by", ["worker", "colleague", "south", "hub"])
    def test_only_a_manager_of_the_team_answers(self, inside: Place, by: str) -> None:
        """CLK-3: approved by a manager."""
        asked = inside.ask(inside.start())
        for act in (grant, refuse):
            with pytest.raises(NotAllowed, match="manager of the team"):
                act(inside, asked, by)

    def test_nobody_answers_themselves(self, inside: Place) -> None:
        """CLK-3: a manager's own request is another manager's."""
        asked = inside.ask(inside.start(), by="manager")
        with pytest.raises(NotAllowed, match="your own request"):
            grant(inside, asked)
        assert grant(inside, asked, by="second").state == "granted"

    def test_nobody_answers_for_their_own_work(self, inside: Place) -> None:
        """CLK-3: where a manager does the work, what a colleague asks for it is another manager's to answer."""
        mine = Whose(inside.user_id("manager"), inside.agency.pk, inside.team.pk)
        asked = inside.ask(inside.start(whose=mine), by="colleague")
        assert told_of("deadlines.asked") == {inside.user_id("second")}
        assert list(queries.extensions_to_answer(inside.actor("manager"))) == []
        assert list(queries.extensions_to_answer(inside.actor("second"))) == [asked]
        with pytest.raises(NotAllowed, match="your own work"):
            grant(inside, asked)
        assert grant(inside, asked, by="second").state == "granted"

    def test_the_hubs_clocks_are_the_hub_managers(self, inside: Place) -> None:
        """CLK-3: a clock of no agency is asked for and answered at the hub."""
        one = inside.start(whose=Whose(inside.user_id("screener")))
        asked = inside.ask(one, by="screener")
        assert told_of("deadlines.asked") == {inside.user_id("hub")}
        with pytest.raises(NotAllowed, match="a hub manager"):
            grant(inside, asked)
        assert grant(inside, asked, by="hub").state == "granted"

    def test_the_second_answer_reads_who_was_first(self, inside: Place) -> None:
        """CLK-3: and nothing changes again."""
        one = inside.start()
        asked = inside.ask(one)
        grant(inside, asked)
        with pytest.raises(Clash, match="Mariam Oyelaran has answered this request already, and given the time"):
            refuse(inside, asked, by="second")
        with pytest.raises(Clash, match="You have answered this request already"):
            refuse(inside, asked)
        assert due(one) == "2026-04-21 17:00"

    def test_met_meanwhile_it_is_no_longer_needed(self, inside: Place) -> None:
        """CLK-3: the request goes with the clock, and the manager reads so."""
        one = inside.start()
        asked = inside.ask(one)
        with later("2026-04-01 11:00"):
            services.meet_clock(by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk)
        assert Extension.objects.get().state == "withdrawn"
        with pytest.raises(Clash, match="no longer needed"):
            grant(inside, asked)
        assert due(one) == "2026-04-14 17:00"

    def test_a_day_that_has_passed_meanwhile_cannot_be_given(self, inside: Place) -> None:
        """CLK-3: it would be late as it is granted."""
        asked = inside.ask(inside.start())
        with pytest.raises(Invalid, match="has passed"):
            grant(inside, asked, at="2026-04-21 17:00")

    def test_where_it_must_be_granted_before_a_late_grant_is_refused(self, inside: Place) -> None:
        """CLK-3: asked in time, answered too late."""
        adopt(inside, **{COMPLETED.value: {
            "length": 10, "unit": "working_days", "from": "panel_held", "approval_first": True,
        }})  # fmt: skip
        asked = inside.ask(inside.start())
        with pytest.raises(Invalid, match="must be granted before"):
            grant(inside, asked, at="2026-04-14 17:01")
        assert grant(inside, asked, at="2026-04-14 17:00").state == "granted"

    def test_a_clock_of_hours_ends_at_the_close_of_the_day_given(self, inside: Place) -> None:
        """CLK-3: whatever it counts in."""
        one = inside.start(CONTACT)
        grant(inside, inside.ask(one, until="2026-04-02", at="2026-03-30 09:00"), at="2026-03-30 10:00")
        assert due(one) == "2026-04-02 17:00"

    def test_it_may_be_extended_again(self, inside: Place) -> None:
        """CLK-3: the original due time is still the first."""
        one = inside.start()
        grant(inside, inside.ask(one))
        grant(inside, inside.ask(one, until="2026-04-28", at="2026-04-15 09:00"), at="2026-04-15 10:00")
        assert due(one) == "2026-04-28 17:00"
        assert shown(again(one).original_due_at) == "2026-04-14 17:00"


class TestTakingBack:
    def test_whoever_asked_needs_it_no_more(self, inside: Place) -> None:
        """CLK-3: recorded, and the managers' lists are free of it."""
        asked = inside.ask(inside.start())
        assert list(queries.extensions_to_answer(inside.actor("manager"))) == [asked]
        services.take_back_request(by=inside.actor("worker"), extension_id=asked.pk)
        assert not queries.extensions_to_answer(inside.actor("manager")).exists()
        assert AuditEntry.objects.filter(verb=DeadlineVerb.EXTENSION_WITHDRAWN).exists()

    def test_nobody_takes_back_anothers(self, inside: Place) -> None:
        """CLK-3: it is not there for them."""
        asked = inside.ask(inside.start())
        with pytest.raises(NotThere):
            services.take_back_request(by=inside.actor("colleague"), extension_id=asked.pk)

    def test_an_answer_stands(self, inside: Place) -> None:
        """CLK-3: it is not taken back after it."""
        asked = inside.ask(inside.start())
        grant(inside, asked)
        with pytest.raises(Clash, match="given the time"):
            services.take_back_request(by=inside.actor("worker"), extension_id=asked.pk)


class TestWhoAnswers:
    def test_a_managers_list_has_their_teams_and_never_their_own(self, inside: Place) -> None:
        """CLK-3, REP-4: longest waiting first."""
        first, second = (inside.start(subject=piece) for piece in inside.more_pieces(2))
        late = inside.ask(second, at="2026-04-02 10:00")
        early = inside.ask(first)
        assert list(queries.extensions_to_answer(inside.actor("second"))) == [early, late]
        assert not queries.extensions_to_answer(inside.actor("south")).exists()
        assert not queries.extensions_to_answer(inside.actor("worker")).exists()
        own = inside.ask(inside.start(), by="manager")
        assert own not in queries.extensions_to_answer(inside.actor("manager"))
        assert own in queries.extensions_to_answer(inside.actor("second"))

    def test_somebody_who_has_left_is_told_nothing(self, inside: Place) -> None:
        """ACC-3: an ended role is no manager."""
        accounts.end_membership(by=system(inside.partnership.pk), membership_id=inside.people["manager"].pk)
        inside.ask(inside.start())
        assert told_of("deadlines.asked") == {inside.user_id("second")}

    def test_the_owner_under_another_hat_is_nobody_special(self, inside: Place) -> None:
        """ACC-2: somebody acts for one agency at a time."""
        hat = actor_of(inside.people["worker"].user, inside.people["stranger"].agency)
        one = inside.start()
        with clock.at(london("2026-04-01 10:00")), pytest.raises(NotThere):
            services.ask_for_more_time(by=hat, deadline_id=one.pk, until=dt.date(2026, 4, 21), reason="Away.")
