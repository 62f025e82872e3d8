"""Two at the same moment, on threads and connections of their own: one wins, nobody waits for ever (trust 7, 11)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from foundation.common import clock
from foundation.common.errors import Clash
from foundation.deadlines import services, sweeping
from foundation.deadlines.models import Deadline, Extension, Reminder
from foundation.notifications import services as notifications
from foundation.notifications.models import Message
from foundation.tenancy.scope import tenant_scope
from tests.deadlines.making import COMPLETED, WAIT, Place, due, london, told
from tests.deadlines.sweeps import DUE, sweep, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
NOON = london("2026-04-02 12:00")


@pytest.fixture
def one(transactional_db: None, place: Place) -> Deadline:
    with place.scope():
        return place.start()


def act(place: Place, call: Callable[..., Any], at: Any = NOON, **given: Any) -> Callable[[], Any]:
    """A service as somebody's request would call it."""

    def run() -> Any:
        with clock.at(at), tenant_scope(place.partnership.pk):
            return call(**given)

    return run


def test_of_two_managers_one_answers_and_the_other_reads_who(place: Place, one: Deadline) -> None:
    """CLK-3, trust 7: granted or refused, once; the loser is told the winner's name."""
    with place.scope():
        asked = place.ask(one)
        first, second = place.actor("manager"), place.actor("second")
    ends = together(
        act(place, services.grant_more_time, by=first, extension_id=asked.pk),
        act(place, services.refuse_more_time, by=second, extension_id=asked.pk, answer="Do it without Dad."),
    )
    lost = next(end for end in ends if isinstance(end, Clash))
    (won,) = [end for end in ends if isinstance(end, Extension)]
    with place.scope():
        kept = Extension.objects.select_related("decided_by").get()
        assert kept.state == won.state
        assert kept.decided_by is not None
        assert lost.sentence.startswith(kept.decided_by.full_name)
        assert due(one) == ("2026-04-21 17:00" if kept.state == "granted" else "2026-04-14 17:00")
        assert Message.objects.filter(kind="deadlines.answered").count() == 1


@pytest.mark.parametrize("other", ["meet", "pause"])
def test_a_grant_beside_something_that_ends_it(place: Place, one: Deadline, other: str) -> None:
    """CLK-3: either the time was given and then the clock moved on, or the request was no longer needed."""
    with place.scope():
        asked = place.ask(one)
        manager, worker = place.actor("manager"), place.actor("worker")
    moves = {
        "meet": act(place, services.meet_clock, by=worker, kind=COMPLETED, subject_id=place.team.pk),
        "pause": act(place, services.pause_clock, by=worker, deadline_id=one.pk, reason=WAIT),
    }
    ends = together(act(place, services.grant_more_time, by=manager, extension_id=asked.pk), moves[other])
    assert all(not isinstance(end, Exception) or isinstance(end, Clash) for end in ends), ends
    with place.scope():
        state = Extension.objects.get().state
        assert state in {"granted", "withdrawn"}
        assert due(one) == ("2026-04-21 17:00" if state == "granted" else "2026-04-14 17:00")
        assert not Reminder.objects.filter(done_at=None).exists()


def test_of_two_who_ask_one_does(place: Place, one: Deadline) -> None:
    """CLK-3: the other reads that it has been asked for."""
    with place.scope():
        actors = [place.actor("worker"), place.actor("colleague")]
    until = london("2026-04-21 12:00").date()
    ask = services.ask_for_more_time
    ends = together(*(act(place, ask, by=by, deadline_id=one.pk, until=until, reason="Away.") for by in actors))
    assert sorted(type(end).__name__ for end in ends) == ["Clash", "Extension"]


def test_of_two_who_pause_one_does(place: Place, one: Deadline) -> None:
    """CLK-4: one pause at a time."""
    with place.scope():
        actors = [place.actor("worker"), place.actor("manager")]
    ends = together(*(act(place, services.pause_clock, by=by, deadline_id=one.pk, reason=WAIT) for by in actors))
    assert sorted(type(end).__name__ for end in ends) == ["Clash", "Pause"]


def test_two_sweeps_at_once_share_no_reminder(place: Place) -> None:
    """CLK-5, trust 11: in small batches against each other, everybody is told of everything once."""
    with place.scope():
        for piece in place.more_pieces(8):
            place.start(subject=piece)
    took = together(*[lambda: sweep(place, "2026-05-01 09:00", batch=3)] * 2)
    assert sum(took) == 8 * 3
    with place.scope():
        assert Message.objects.filter(user_id=place.user_id("worker")).count() == 8 * 2
        assert Message.objects.filter(user_id=place.user_id("manager")).count() == 8
        assert not Reminder.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("ends", ["commits", "dies"])
def test_what_meets_a_clock_waits_for_no_sweep(
    place: Place, one: Deadline, ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CLK-5: met while a sweep holds its reminder: not told; nor afterwards, if that sweep dies."""
    claimed, met = threading.Event(), threading.Event()
    real = notifications.tell_selected

    def held(**given: Any) -> int:
        claimed.set()
        assert met.wait(20), "whoever met the clock waited for the sweep"
        if ends == "dies":
            raise RuntimeError("killed")
        return real(**given)

    def meets() -> None:
        assert claimed.wait(20)
        act(place, services.meet_clock, by=worker, kind=COMPLETED, subject_id=place.team.pk)()
        met.set()

    with place.scope():
        worker = place.actor("worker")
    monkeypatch.setattr(notifications, "tell_selected", held)
    swept, _ = together(lambda: sweep(place), meets)
    monkeypatch.setattr(notifications, "tell_selected", real)
    assert isinstance(swept, RuntimeError) if ends == "dies" else swept == 2
    sweep(place, "2026-05-01 09:00")
    assert told(place) == []
    with place.scope():
        assert not Reminder.objects.filter(done_at=None).exists()


def test_a_sweep_leaves_what_another_holds(place: Place, one: Deadline) -> None:
    """CLK-5: it does not wait; what the other leaves undone is the next sweep's."""
    with place.scope(), clock.at(london(DUE)):
        list(Reminder.objects.select_for_update().filter(when="at"))
        (took,) = together(lambda: sweep(place))
        assert took == 1
    assert told(place) == [("worker", "before")]
    with clock.at(london(DUE)):
        assert sweeping.sweep_partnership(place.partnership.pk) == 1
