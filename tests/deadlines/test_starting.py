"""Clocks start with their event, end with what they waited for, and are given to others (CLK-1, CLK-2)."""

from __future__ import annotations

import datetime as dt

import pytest

from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Invalid
from foundation.deadlines import calendar, queries, services
from foundation.deadlines.enums import CancelReason, DeadlineState, DeadlineVerb
from foundation.deadlines.models import Deadline, Reminder
from foundation.deadlines.services.starting import Whose
from foundation.notifications.models import Message
from foundation.partnership.enums import StartEvent
from foundation.tenancy.scope import tenant_scope
from tests.deadlines.making import (
    ALLOCATION,
    COMPLETED,
    CONTACT,
    EASTER,
    ENGAGED,
    OPENED,
    PANEL,
    RECEIVED,
    REFERENCE,
    REVIEW,
    SCREENING,
    Place,
    adopt,
    again,
    due,
    later,
    london,
    reminders,
)
from tests.factories import make_member, make_partnership, make_team

KNOWN, WEEKDAYS = calendar.bank_holidays(), calendar._weekdays.__wrapped__


def verbs(one: Deadline) -> list[str]:
    return list(AuditEntry.objects.filter(subject_id=one.pk).order_by("at", "id").values_list("verb", flat=True))


def start(place: Place, events: dict[StartEvent, dt.datetime], *kinds: str) -> list[Deadline]:
    with clock.at(max(events.values())):
        return services.start_clocks(
            by=place.actor("worker"), kinds=kinds, subject=place.team, reference=REFERENCE, events=events,
            whose=place.whose,
        )  # fmt: skip


def test_a_clock_starts_with_the_event_that_its_policy_names(inside: Place) -> None:
    """CLK-1: ten working days from the panel, over Easter; what is kept says all of it for good."""
    one = again(inside.start(COMPLETED))
    assert (one.state, one.kind, one.start_event, one.count, one.unit) == (
        "running", COMPLETED, PANEL, 10, "working_days",
    )  # fmt: skip
    assert due(one) == "2026-04-14 17:00"
    assert one.original_due_at == one.due_at
    assert one.started_at == EASTER
    assert one.left_out == [["2026-04-03", "Good Friday"], ["2026-04-06", "Easter Monday"]]
    assert (one.owner_id, one.agency_id, one.team_id) == (
        inside.user_id("worker"), inside.agency.pk, inside.team.pk,
    )  # fmt: skip
    assert (one.subject_kind, one.subject_id, one.reference) == ("accounts.team", inside.team.pk, REFERENCE)
    assert one.policy_version == 1
    assert verbs(one) == [DeadlineVerb.STARTED]


def test_only_clocks_of_events_that_happened_start(inside: Place) -> None:
    """CLK-1: an enquiry that was received starts what counts from that, and nothing else."""
    made = start(inside, {RECEIVED: EASTER}, COMPLETED, CONTACT, SCREENING)
    assert {one.kind for one in made} == {CONTACT, SCREENING}


def test_each_event_has_its_own_moment(inside: Place) -> None:
    """CLK-1: of two events in one act, each clock counts from its own."""
    made = start(inside, {RECEIVED: EASTER - dt.timedelta(days=1), PANEL: EASTER}, CONTACT, ALLOCATION)
    assert {one.kind: one.started_at for one in made} == {CONTACT: EASTER - dt.timedelta(days=1), ALLOCATION: EASTER}


def test_a_kind_without_a_limit_has_no_clock(inside: Place) -> None:
    """CLK-1: all limits are the partnership's; one that it does not set does not run."""
    adopt(inside, **{CONTACT.value: None})
    assert start(inside, {RECEIVED: EASTER}, CONTACT) == []


def test_a_partnership_without_a_policy_has_no_clocks_and_its_work_goes_on(db: None) -> None:
    """CLK-1: nothing is held up where nobody has chosen the pathway yet."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        team = make_team()
        place = Place(partnership, team.agency, team, {"worker": make_member(team=team)})
        assert start(place, {RECEIVED: EASTER}, CONTACT) == []


def test_a_clock_is_not_started_twice(inside: Place) -> None:
    """CLK-2: neither while it runs nor after it was met."""
    one = inside.start(CONTACT)
    assert start(inside, {RECEIVED: EASTER}, CONTACT) == []
    with later("2026-03-28 09:00"):
        services.meet_clock(by=inside.actor("worker"), kind=CONTACT, subject_id=inside.team.pk)
        assert start(inside, {RECEIVED: EASTER}, CONTACT, SCREENING)[0].kind == SCREENING
    assert again(one).state == "met"


def test_nothing_starts_in_the_future(inside: Place) -> None:
    """CLK-1: a moment to come is refused with a sentence."""
    with clock.at(EASTER), pytest.raises(Invalid, match="cannot start in the future"):
        services.start_clocks(
            by=inside.actor("worker"), kinds=[CONTACT], subject=inside.team, reference=REFERENCE,
            events={RECEIVED: EASTER + dt.timedelta(seconds=1)}, whose=inside.whose,
        )  # fmt: skip


def test_a_clock_keeps_its_policys_version(inside: Place) -> None:
    """CLK-2: a new version changes nothing that has begun."""
    one = inside.start(COMPLETED)
    adopt(inside, **{COMPLETED.value: {"length": 45, "unit": "calendar_days", "from": "panel_held"}})
    other = inside.start(COMPLETED, subject=next(inside.more_pieces(1)))
    assert (again(one).policy_version, due(one)) == (1, "2026-04-14 17:00")
    assert (again(other).policy_version, due(other)) == (2, "2026-05-11 17:00")


def test_office_hours_and_closure_days_are_the_partnerships(inside: Place) -> None:
    """CLK-1: its own closed days are left out by name, and a day ends when its office closes."""
    adopt(
        inside,
        office_hours={"opens": "08:30", "closes": "16:30"},
        closure_days=[{"date": "2026-04-02", "name": "Training day"}],
    )
    one = inside.start(COMPLETED)
    assert due(one) == "2026-04-15 16:30"
    assert [name for _, name in again(one).left_out] == ["Training day", "Good Friday", "Easter Monday"]
    assert reminders(one)[0] == ("before", "worker", "2026-04-14 08:30")


def test_one_for_the_figures_reminds_nobody(inside: Place) -> None:
    """CLK-5: it is counted, and stands in no list of what is due."""
    one = inside.start(ENGAGED)
    assert again(one).for_figures
    assert not Reminder.objects.exists()
    assert not queries.own(inside.actor("worker")).exists()
    assert not queries.of_subjects([inside.team.pk]).exists()


class TestUnknownYears:
    """CLK-1: where the bank holidays of a year are not known, nothing is guessed and no work is held up."""

    @pytest.fixture(autouse=True)
    def known_until(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The list of bank holidays ends with 2026, as it will one day."""
        self.patch = monkeypatch
        self.know(2026)

    def know(self, last: int) -> None:
        shorter = {day: name for day, name in KNOWN.items() if day.year <= last}
        self.patch.setattr(calendar, "bank_holidays", lambda: shorter)
        self.patch.setattr(calendar, "known_years", lambda: (min(shorter).year, last))
        self.patch.setattr(calendar, "_weekdays", WEEKDAYS)

    def test_the_clock_waits_and_administrators_are_told_once_a_day(self, inside: Place) -> None:
        """CLK-1: two clocks on one day are one message to each administrator."""
        at = london("2026-12-24 12:00")
        first, second = (inside.start(COMPLETED, at=at, subject=piece) for piece in inside.more_pieces(2))
        assert (again(first).state, again(first).due_at, again(first).original_due_at) == ("unknown", None, None)
        assert verbs(first) == verbs(second) == [DeadlineVerb.WAITS]
        message = Message.objects.get()
        assert (message.user_id, message.kind) == (inside.user_id("admin"), "deadlines.not_worked_out")
        with later("2026-12-28 12:00"):
            inside.start(COMPLETED, at=london("2026-12-28 12:00"), subject=next(inside.more_pieces(1)))
        assert Message.objects.count() == 2

    def test_it_is_worked_out_as_soon_as_the_year_is_known(self, inside: Place) -> None:
        """CLK-1: with its reminders, from its own start, by the product itself."""
        one = inside.start(COMPLETED, at=london("2026-12-24 12:00"))
        assert services.work_out_waiting() == 0
        self.know(2027)
        with later("2026-12-29 09:00"):
            assert services.work_out_waiting() == 1
            assert services.work_out_waiting() == 0
        assert again(one).state == "running"
        assert due(one) == "2027-01-12 17:00"
        assert [name for _, name in again(one).left_out] == ["Christmas Day", "Boxing Day", "New Year’s Day"]
        assert [when for when, _, _ in reminders(one)] == ["before", "at", "after"]
        assert AuditEntry.objects.get(verb=DeadlineVerb.WORKED_OUT).user_id is None

    def test_it_is_met_and_taken_back_like_any_other(self, inside: Place) -> None:
        """CLK-2: met without a due time it is not late; taken back it waits again, and is not lost."""
        one = inside.start(COMPLETED, at=london("2026-12-24 12:00"))
        about = {"by": inside.actor("worker"), "kind": COMPLETED, "subject_id": inside.team.pk}
        with later("2026-12-28 09:00"):
            services.meet_clock(**about)
        assert (again(one).state, again(one).is_late) == ("met", False)
        with later("2026-12-28 10:00"):
            services.set_going_again(**about)
        assert again(one).state == "unknown"
        assert verbs(one)[-1] == DeadlineVerb.WAITS_AGAIN


class TestMeeting:
    """A clock is met, early or late, and what met it may be taken back (CLK-2)."""

    @pytest.mark.parametrize(("at", "is_late"), [("2026-04-14 17:00", False), ("2026-04-14 17:01", True)])
    def test_late_follows_from_the_moment(self, inside: Place, at: str, is_late: bool) -> None:
        """CLK-2: to the second in time is in time; a minute later is late, for good."""
        one = inside.start(COMPLETED)
        with later(at):
            services.meet_clock(by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk)
        assert again(one).is_late is is_late
        entry = AuditEntry.objects.get(subject_id=one.pk, verb=DeadlineVerb.MET)
        assert entry.detail["late"] is is_late
        assert reminders(one) == []

    def test_what_happened_before_now_counts_from_then(self, inside: Place) -> None:
        """CLK-2: written down on Wednesday, done on Tuesday: in time."""
        one = inside.start(COMPLETED)
        with later("2026-04-15 09:00"):
            services.meet_clock(
                by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk, at=london("2026-04-14 16:00")
            )
            assert not again(one).is_late

    def test_it_cannot_have_happened_in_the_future(self, inside: Place) -> None:
        """CLK-2: refused with a sentence."""
        inside.start(COMPLETED)
        with later("2026-04-01 09:00"), pytest.raises(Invalid, match="in the future"):
            services.meet_clock(
                by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk, at=london("2026-04-01 09:01")
            )

    def test_meeting_what_is_not_there_is_nothing(self, inside: Place) -> None:
        """CLK-1: a partnership without that limit is not held up."""
        met = services.meet_clock(by=inside.actor("worker"), kind=REVIEW, subject_id=inside.team.pk)
        assert met is None
        assert not AuditEntry.objects.filter(verb=DeadlineVerb.MET).exists()

    def test_taken_back_it_runs_on_as_it_did(self, inside: Place) -> None:
        """CLK-2: due when it was due; only what nobody was told yet is told."""
        one = inside.start(COMPLETED)
        about = {"by": inside.actor("worker"), "kind": COMPLETED, "subject_id": inside.team.pk}
        Reminder.objects.filter(deadline=one, when="before").update(done_at=EASTER)
        with later("2026-04-13 10:00"):
            services.meet_clock(**about)
            assert services.set_going_again(**about) == one
        assert (again(one).state, due(one)) == ("running", "2026-04-14 17:00")
        assert [when for when, _, _ in reminders(one, done_at=None)] == ["at", "after"]
        assert verbs(one) == [DeadlineVerb.STARTED, DeadlineVerb.MET, DeadlineVerb.WENT_ON]

    def test_nothing_is_set_going_again_that_was_not_met(self, inside: Place) -> None:
        """CLK-2: nor beside one that runs."""
        inside.start(COMPLETED)
        about = {"by": inside.actor("worker"), "kind": COMPLETED, "subject_id": inside.team.pk}
        assert services.set_going_again(**about) is None


class TestStopping:
    """Clocks are cancelled with a reason, and handed over (CLK-2)."""

    def test_the_open_clocks_of_a_thing_are_stopped(self, inside: Place) -> None:
        """CLK-2: all of them, with why; one that was met stays met."""
        first = inside.start(COMPLETED, CONTACT, REVIEW)
        with later("2026-03-28 09:00"):
            services.meet_clock(by=inside.actor("worker"), kind=CONTACT, subject_id=inside.team.pk)
            stopped = services.cancel_clocks(
                by=inside.actor("worker"), subject_id=inside.team.pk, reason=CancelReason.CLOSED
            )
        assert {one.kind for one in stopped} == {COMPLETED, REVIEW}
        assert (again(first).state, again(first).cancel_reason) == ("cancelled", "closed")
        assert not Reminder.objects.exists()
        assert Deadline.objects.get(kind=CONTACT).state == "met"
        assert AuditEntry.objects.filter(verb=DeadlineVerb.CANCELLED).count() == 2

    def test_those_of_some_kinds_alone(self, inside: Place) -> None:
        """CLK-2: the others run on."""
        inside.start(COMPLETED, REVIEW)
        services.cancel_clocks(
            by=inside.actor("worker"), subject_id=inside.team.pk, reason=CancelReason.MISTAKE, kinds=[REVIEW]
        )
        assert Deadline.objects.get(kind=COMPLETED).state == "running"

    def test_somebody_else_does_the_work_by_the_same_time(self, inside: Place) -> None:
        """CLK-2: owner and team change, the due time and the reminders stay."""
        one = inside.start(COMPLETED)
        before = reminders(one)
        whose = Whose(inside.user_id("colleague"), inside.agency.pk, None)
        moved = services.hand_over_clocks(by=inside.actor("manager"), subject_id=inside.team.pk, whose=whose)
        assert moved == [one]
        assert (again(one).owner_id, again(one).team_id) == (inside.user_id("colleague"), None)
        assert (due(one), reminders(one)) == ("2026-04-14 17:00", before)
        assert AuditEntry.objects.get(verb=DeadlineVerb.HANDED_OVER).detail["owner"] == inside.user_id("colleague")

    def test_what_has_ended_is_not_handed_over(self, inside: Place) -> None:
        """CLK-2: who met it stays who met it."""
        one = inside.start(COMPLETED)
        services.meet_clock(by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk)
        whose = Whose(inside.user_id("colleague"), inside.agency.pk, None)
        assert services.hand_over_clocks(by=inside.actor("manager"), subject_id=inside.team.pk, whose=whose) == []
        assert again(one).owner_id == inside.user_id("worker")


def test_late_is_no_state(inside: Place) -> None:
    """CLK-2: nothing has to run for a clock to be late; the moment makes it so."""
    one = inside.start(COMPLETED)
    with later("2026-04-14 17:01"):
        assert again(one).is_late
    with later("2026-04-14 16:59"):
        assert not again(one).is_late
    assert "late" not in DeadlineState.values
    assert OPENED  # an event that none of these clocks names starts none of them
