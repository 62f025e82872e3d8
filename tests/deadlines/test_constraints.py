"""What the database itself refuses, whoever writes (architecture §5): a field that a state needs, or may not have."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation.deadlines import services
from foundation.deadlines.models import Deadline, Extension, Pause, Reminder
from tests.deadlines.making import EASTER, WAIT, Place, later, london

LATER = london("2026-05-01 17:00")


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"state": "unknown"}, "due_unless_unknown"),
        ({"due_at": None}, "due_unless_unknown"),
        ({"original_due_at": None}, "due_unless_unknown"),
        ({"state": "met"}, "met_clock_says_when"),
        ({"met_at": LATER}, "met_clock_says_when"),
        ({"state": "paused"}, "paused_clock_says_since_when"),
        ({"paused_at": LATER}, "paused_clock_says_since_when"),
        ({"state": "cancelled"}, "cancelled_clock_says_why"),
        ({"state": "cancelled", "cancelled_at": LATER}, "cancelled_clock_says_why"),
        ({"cancel_reason": "closed"}, "cancelled_clock_says_why"),
        ({"cancelled_at": LATER}, "cancelled_clock_says_why"),
        ({"original_due_at": EASTER}, "ends_after_its_start"),
        ({"count": 0}, "has_a_length"),
    ],
)
def test_a_clock_in_no_state_that_there_is(inside: Place, wrong: dict[str, Any], constraint: str) -> None:
    """CLK-2: by a raw update, past every service."""
    inside.start()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Deadline.objects.update(**wrong)


def test_one_open_clock_of_a_kind(inside: Place) -> None:
    """CLK-2: two services at once cannot both start it."""
    one = inside.start()
    other = inside.start(subject=next(inside.more_pieces(1)))
    with pytest.raises(IntegrityError, match="one_open_clock_of_a_kind"), transaction.atomic():
        Deadline.objects.filter(pk=other.pk).update(subject_id=one.subject_id)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"state": "granted"}, "says_who_and_when"),
        ({"state": "refused", "answer": "No."}, "says_who_and_when"),
        ({"state": "withdrawn"}, "says_who_and_when"),
        ({"decided_at": LATER}, "says_who_and_when"),
        ({"reason": ""}, "has_a_reason"),
        ({"until": london("2026-04-14 17:00")}, "ends_later"),
    ],
)
def test_a_request_in_no_state_that_there_is(inside: Place, wrong: dict[str, Any], constraint: str) -> None:
    """CLK-3: by a raw update."""
    inside.ask(inside.start())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Extension.objects.update(**wrong)


def test_a_refusal_says_why_and_nobody_grants_their_own(inside: Place) -> None:
    """CLK-3: nor by the database."""
    inside.ask(inside.start())
    decided = {"decided_at": LATER, "decided_by": inside.people["manager"].user}
    with pytest.raises(IntegrityError, match="refused_extension_says_why"), transaction.atomic():
        Extension.objects.update(state="refused", **decided)
    decided["decided_by"] = inside.people["worker"].user
    with pytest.raises(IntegrityError, match="nobody_grants_their_own"), transaction.atomic():
        Extension.objects.update(state="granted", **decided)


def test_one_request_and_one_pause_at_a_time(inside: Place) -> None:
    """CLK-3, CLK-4: whatever two services do at once."""
    one, other = (inside.start(subject=piece) for piece in inside.more_pieces(2))
    for each in (one, other):
        inside.ask(each)
    with pytest.raises(IntegrityError, match="one_extension_waits"), transaction.atomic():
        Extension.objects.update(deadline=one)
    for each in (one, other):
        with later("2026-04-01 11:00"):
            services.pause_clock(by=inside.actor("worker"), deadline_id=each.pk, reason=WAIT)
    with pytest.raises(IntegrityError, match="one_pause_at_a_time"), transaction.atomic():
        Pause.objects.update(deadline=one)


@pytest.mark.parametrize(
    ("wrong", "constraint"), [({"reason": ""}, "has_a_reason"), ({"resumed_at": EASTER}, "ends_after_its_start")]
)
def test_a_pause_that_cannot_be(inside: Place, wrong: dict[str, Any], constraint: str) -> None:
    """CLK-4: by a raw update."""
    one = inside.start()
    with later("2026-04-01 11:00"):
        services.pause_clock(by=inside.actor("worker"), deadline_id=one.pk, reason=WAIT)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Pause.objects.update(**wrong)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [({"when": "never"}, "when_is_known"), ({"to": "nobody"}, "to_is_known"), ({"step": 0}, "reminder_once")],
)
def test_a_reminder_that_cannot_be(inside: Place, wrong: dict[str, Any], constraint: str) -> None:
    """CLK-5: each step once for one due time."""
    inside.start()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reminder.objects.update(**wrong)


def test_a_state_is_moved_by_its_transitions_alone(inside: Place) -> None:
    """Architecture §5: assignment is refused."""
    one = inside.start()
    with pytest.raises(AttributeError):
        one.state = "met"
