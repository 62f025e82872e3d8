"""A clock stands still for one of the policy's reasons, and is due later by as much (CLK-4, CLK-6)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.audit.models import AuditEntry
from foundation.common.clock import LONDON
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.deadlines import services
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.enums import CancelReason, DeadlineVerb
from foundation.deadlines.models import Deadline, Extension, Pause
from foundation.deadlines.reckoning import after_pause, closing, reckon
from foundation.partnership.enums import Unit
from foundation.partnership.lengths import Length
from tests.deadlines.making import (
    ALLOCATION,
    COMPLETED,
    CONTACT,
    EASTER,
    REVIEW,
    WAIT,
    Place,
    adopt,
    again,
    due,
    later,
    london,
    reminders,
    shown,
)

W, D, H, M = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.HOURS, Unit.MONTHS
PLAIN = Calendar()

# Each worked out with a paper calendar: unit, due, paused, resumed, due then.
BY_HAND = [
    # Not a working day was lost
    (W, "2026-04-14 17:00", "2026-03-30 10:00", "2026-03-30 15:00", "2026-04-14 17:00"),
    (W, "2026-04-14 17:00", "2026-04-03 10:00", "2026-04-07 09:00", "2026-04-14 17:00"),  # Easter: nobody works
    (W, "2026-04-14 17:00", "2026-04-02 18:00", "2026-04-07 09:00", "2026-04-14 17:00"),  # paused after closing
    # Overnight, and over Easter
    (W, "2026-04-14 17:00", "2026-03-30 16:00", "2026-03-31 09:00", "2026-04-15 17:00"),
    (W, "2026-04-14 17:00", "2026-04-02 10:00", "2026-04-07 09:00", "2026-04-15 17:00"),
    (W, "2026-04-14 17:00", "2026-03-30 10:00", "2026-04-08 09:00", "2026-04-21 17:00"),
    # Pushed over Easter: one day more than Thursday is Tuesday
    (W, "2026-04-02 17:00", "2026-03-31 10:00", "2026-04-01 10:00", "2026-04-07 17:00"),
    # The last day is whole again, however it was paused: on Friday till Sunday, and into the evening
    (W, "2026-04-17 17:00", "2026-04-17 12:00", "2026-04-19 12:00", "2026-04-20 17:00"),
    (W, "2026-04-13 17:00", "2026-04-13 16:00", "2026-04-14 18:00", "2026-04-15 17:00"),
    # Christmas 2026: Boxing Day is moved to Monday 28 December
    (W, "2026-12-24 17:00", "2026-12-23 10:00", "2026-12-24 10:00", "2026-12-29 17:00"),
    (W, "2026-12-31 17:00", "2026-12-24 10:00", "2026-12-29 10:00", "2027-01-04 17:00"),
    # Calendar days, months alike
    (D, "2026-04-06 17:00", "2026-04-02 10:00", "2026-04-04 10:00", "2026-04-08 17:00"),
    (D, "2026-04-06 17:00", "2026-04-06 10:00", "2026-04-06 20:00", "2026-04-07 17:00"),
    (M, "2028-02-28 17:00", "2028-02-20 10:00", "2028-02-21 10:00", "2028-02-29 17:00"),
    # Across both changes of the clocks a day is a day, due at five on the wall
    (D, "2026-04-06 17:00", "2026-03-28 10:00", "2026-03-29 10:00", "2026-04-07 17:00"),
    (D, "2026-10-30 17:00", "2026-10-24 10:00", "2026-10-26 10:00", "2026-11-01 17:00"),
    # and hours are hours as they pass: 23 from noon to noon in spring, 25 in autumn
    (H, "2026-03-30 12:00", "2026-03-28 12:00", "2026-03-29 12:00", "2026-03-31 11:00"),
    (H, "2026-10-26 12:00", "2026-10-24 12:00", "2026-10-25 12:00", "2026-10-27 13:00"),
    (H, "2026-04-02 12:00", "2026-04-01 12:00", "2026-04-01 12:30", "2026-04-02 12:30"),
]


@pytest.mark.parametrize(("unit", "due_at", "paused", "resumed", "then"), BY_HAND)
def test_due_later_by_as_much_as_it_stood_still(unit: Unit, due_at: str, paused: str, resumed: str, then: str) -> None:
    """CLK-4, CLK-6: by hand, over Easter, Christmas, a leap day and both changes of the clocks."""
    found = after_pause(london(due_at), unit, paused_at=london(paused), resumed_at=london(resumed), calendar=PLAIN)
    assert shown(found) == then


BEGINNING = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
MOMENTS = st.integers(0, 900 * 24 * 60).map(lambda minutes: BEGINNING + dt.timedelta(minutes=minutes))


@given(
    start=MOMENTS,
    count=st.integers(1, 30),
    unit=st.sampled_from([H, D, W, Unit.WEEKS, M]),
    waits=st.integers(0, 60 * 24 * 60),
    stood=st.integers(0, 60 * 24 * 120),
)
def test_a_clock_never_runs_out_while_it_stands_still(
    start: dt.datetime, count: int, unit: Unit, waits: int, stood: int
) -> None:
    """CLK-4: resumed, it is due no earlier than it was, and not before the moment of resuming."""
    count = min(count, 6) if unit in {M, Unit.WEEKS} else count
    due_at = reckon(start=start, length=Length(count, unit), calendar=PLAIN).due_at
    paused_at = start.astimezone(dt.UTC) + dt.timedelta(minutes=waits)
    if paused_at > due_at:
        return
    resumed_at = paused_at + dt.timedelta(minutes=stood)
    then = after_pause(due_at, unit, paused_at=paused_at, resumed_at=resumed_at, calendar=PLAIN)
    assert then >= due_at
    assert then >= resumed_at
    if unit != H:
        assert then == closing(then.astimezone(LONDON).date(), PLAIN)


def pause(place: Place, one: Deadline, at: str = "2026-03-30 10:00", by: str = "worker", **said: str) -> Pause:
    with later(at):
        return services.pause_clock(by=place.actor(by), deadline_id=one.pk, **{"reason": WAIT, **said})


def resume(place: Place, one: Deadline, at: str, by: str = "worker") -> Deadline:
    with later(at):
        return services.resume_clock(by=place.actor(by), deadline_id=one.pk)


@pytest.mark.parametrize(
    ("kind", "resumed", "then"),
    [(COMPLETED, "2026-04-08 09:00", "2026-04-21 17:00"), (CONTACT, "2026-03-30 16:00", "2026-03-30 19:00"),
     (ALLOCATION, "2026-04-01 09:00", "2026-04-08 17:00"), (REVIEW, "2026-04-06 09:00", "2026-05-15 17:00")],
)  # fmt: skip
def test_each_kind_by_its_own_units(inside: Place, kind: str, resumed: str, then: str) -> None:
    """CLK-4: working days, hours, calendar days and weeks. 72 hours from Friday noon lie over the change of clocks."""
    one = inside.start(kind)
    pause(inside, one)
    assert resume(inside, one, resumed).state == "running"
    assert due(one) == then


def test_while_it_stands_still_nobody_is_reminded_and_it_is_not_late(inside: Place) -> None:
    """CLK-4, CLK-5: the reminders go, and come anew."""
    one = inside.start()
    pause(inside, one, note="Grandmother’s funeral.")
    assert reminders(one) == []
    with later("2026-06-01 09:00"):
        assert not again(one).is_late
    resume(inside, one, "2026-04-08 09:00")
    assert [moment for _, _, moment in reminders(one)] == ["2026-04-20 09:00", "2026-04-21 17:00", "2026-04-22 09:00"]


def test_both_are_recorded(inside: Place) -> None:
    """CLK-4: who, when, why, and what it came to."""
    one = inside.start()
    pause(inside, one, note="Grandmother’s funeral.")
    resume(inside, one, "2026-04-08 09:00", by="colleague")
    kept = Pause.objects.get()
    assert (kept.reason, kept.note) == (WAIT, "Grandmother’s funeral.")
    assert (kept.paused_by_id, kept.resumed_by_id) == (inside.user_id("worker"), inside.user_id("colleague"))
    assert (shown(kept.due_before), shown(kept.due_after)) == ("2026-04-14 17:00", "2026-04-21 17:00")
    verbs = AuditEntry.objects.filter(subject_id=one.pk).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == [DeadlineVerb.STARTED, DeadlineVerb.PAUSED, DeadlineVerb.RESUMED]


@pytest.mark.parametrize("reason", ["", "I am busy", "<script>"])
def test_a_reason_that_the_policy_does_not_name_is_none(inside: Place, reason: str) -> None:
    """CLK-4: for policy reasons."""
    one = inside.start()
    with pytest.raises(Invalid) as refusal:
        pause(inside, one, reason=reason)
    assert set(refusal.value.fields) == {"reason"}
    assert again(one).state == "running"


def test_the_reasons_are_those_of_the_policy_in_force(inside: Place) -> None:
    """CLK-4: also for what began under another."""
    one = inside.start()
    adopt(inside, pause_reasons=["School is closed"])
    with pytest.raises(Invalid):
        pause(inside, one)
    assert pause(inside, one, reason="School is closed").reason == "School is closed"


def test_a_hidden_character_in_the_note_is_said_beside_it(inside: Place) -> None:
    """Screens: a clear sentence beside its field."""
    one = inside.start()
    with pytest.raises(Invalid) as refusal:
        pause(inside, one, note="a\u202eb")
    assert set(refusal.value.fields) == {"note"}


def test_it_is_paused_once_at_a_time_and_may_be_again(inside: Place) -> None:
    """CLK-4: each time adds its own."""
    one = inside.start()
    pause(inside, one)
    with pytest.raises(Clash, match="stands at “paused”"):
        pause(inside, one, by="colleague")
    resume(inside, one, "2026-03-31 10:00")
    with pytest.raises(Clash, match="stands at “running”"):
        resume(inside, one, "2026-03-31 10:01")
    pause(inside, one, at="2026-04-08 10:00")
    resume(inside, one, "2026-04-10 10:00")
    assert due(one) == "2026-04-17 17:00"
    assert Pause.objects.count() == 2


def test_a_request_for_more_time_goes_with_it(inside: Place) -> None:
    """CLK-4: the due time that it named moves by itself."""
    one = inside.start()
    with later("2026-03-30 09:00"):
        services.ask_for_more_time(
            by=inside.actor("worker"), deadline_id=one.pk, until=dt.date(2026, 4, 21), reason="Away."
        )
    pause(inside, one)
    assert Extension.objects.get().state == "withdrawn"


def test_what_is_late_cannot_be_paused(inside: Place) -> None:
    """CLK-4: a pause hides nothing that was missed."""
    one = inside.start()
    with pytest.raises(Clash, match="past its due time"):
        pause(inside, one, at="2026-04-14 17:01")


def test_met_while_it_stood_still_it_is_in_time(inside: Place) -> None:
    """CLK-4: it is due later by as much as it had stood still at that moment."""
    one = inside.start()
    pause(inside, one)
    with later("2026-06-01 10:00"):
        services.meet_clock(by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk)
    assert (again(one).state, again(one).is_late) == ("met", False)
    assert shown(Pause.objects.get().resumed_at) == "2026-06-01 10:00"
    with later("2026-06-01 11:00"):
        services.set_going_again(by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk)
        assert not again(one).is_late
    assert due(one) == shown(Pause.objects.get().due_after) == "2026-06-12 17:00"


def test_met_at_a_moment_before_the_pause_it_is_due_as_it_was(inside: Place) -> None:
    """CLK-4: written down later, it adds nothing."""
    one = inside.start()
    pause(inside, one)
    with later("2026-06-01 10:00"):
        services.meet_clock(
            by=inside.actor("worker"), kind=COMPLETED, subject_id=inside.team.pk, at=london("2026-03-28 10:00")
        )
    assert due(one) == "2026-04-14 17:00"


def test_stopped_while_it_stood_still(inside: Place) -> None:
    """CLK-4: the pause ends with it."""
    one = inside.start()
    pause(inside, one)
    with later("2026-04-01 10:00"):
        services.cancel_clocks(by=inside.actor("worker"), subject_id=inside.team.pk, reason=CancelReason.CLOSED)
    assert again(one).state == "cancelled"
    assert Pause.objects.get().resumed_at is not None


def test_resumed_past_the_years_that_are_known_it_stays_paused(inside: Place) -> None:
    """CLK-1, CLK-4: nothing is guessed; the clash says what to do."""
    one = inside.start()
    pause(inside, one)
    with pytest.raises(Clash, match="Leave the clock paused"):
        resume(inside, one, "2090-01-01 10:00")


@pytest.mark.parametrize(("who", "refusal"), [("south", NotAllowed), ("hub", NotAllowed), ("stranger", NotThere)])
def test_who_may_not(inside: Place, who: str, refusal: type[Exception]) -> None:
    """CLK-4: whoever works on it and its managers, nobody else."""
    one = inside.start(at=EASTER)
    with pytest.raises(refusal):
        pause(inside, one, by=who)
    pause(inside, one, by="manager")
    with pytest.raises(refusal):
        resume(inside, one, "2026-04-01 10:00", by=who)
