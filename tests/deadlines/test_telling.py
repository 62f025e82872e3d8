"""What clocks tell people: a reference, a kind, a moment and a link; no name and no concern (CLK-5, INT-9)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from foundation.deadlines import telling
from foundation.notifications import kinds
from tests.deadlines.making import COMPLETED, Place, again, later
from tests.deadlines.sweeps import sweep

DUE = "2026-04-14T16:00:00+00:00"
KEY = str(uuid4())


def message(kind: str, *, at: str = DUE, **params: Any) -> Any:
    return SimpleNamespace(kind=kind, params=params, reference="EH-7KQ2-M9XD", at=dt.datetime.fromisoformat(at))


@pytest.mark.parametrize(
    ("when", "at", "words"),
    [
        ("before", "2026-04-13T08:00:00+00:00", "Assessment completed is due Tue 14 April 2026 at 5pm"),
        ("at", DUE, "Assessment completed is due now"),
        ("after", "2026-04-15T08:00:00+00:00", "Assessment completed is late: it was due Tue 14 April 2026 at 5pm"),
        ("of a later release", "2026-04-13T08:00:00+00:00", "Assessment completed is due Tue 14 April 2026 at 5pm"),
        ("before", "2026-04-15T08:00:00+00:00", "Assessment completed is late: it was due Tue 14 April 2026 at 5pm"),
        ("at", "2026-04-15T08:00:00+00:00", "Assessment completed is late: it was due Tue 14 April 2026 at 5pm"),
    ],
)
def test_a_reminder_says_which_side_of_the_due_time(when: str, at: str, words: str) -> None:
    """CLK-5, CLK-7: and its moment as London's clocks show it; told late, it is no less true."""
    assert kinds.words(message(telling.REMINDER, at=at, clock=COMPLETED, when=when, due=DUE, deadline=KEY)) == words


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        (telling.ASKED, {"clock": "review"}, "More time is asked for: Review"),
        (telling.ANSWERED, {"clock": "review", "state": "granted"}, "More time was granted: Review"),
        (telling.ANSWERED, {"clock": "review", "state": "refused"}, "More time was refused: Review"),
        (telling.REMINDER, {"clock": "of_a_later_release", "when": "at"}, "A clock is due now"),
    ],
)
def test_requests_and_answers_in_words(kind: str, params: dict[str, str], words: str) -> None:
    """CLK-3: and a clock that this release does not know is still a clock."""
    assert kinds.words(message(kind, **params)) == words


def test_administrators_read_what_to_do() -> None:
    """CLK-1: no clock, no family: what has to be updated."""
    told = message(telling.NOT_WORKED_OUT)
    assert "installation to be updated" in kinds.words(told)
    assert kinds.url("fernshire", told) == "/fernshire/"


def test_each_leads_to_its_clock(place: Place) -> None:
    """CLK-5: one click from the inbox to the page that explains it."""
    with place.scope():
        one = again(place.start())
    sweep(place)
    with later("2026-04-14 18:00"):
        client = place.client("worker")
        told = message(telling.REMINDER, clock=COMPLETED, when="at", due=DUE, deadline=str(one.pk))
        assert kinds.url(place.partnership.slug, told) == place.url("detail", deadline_id=one.pk)
        inbox = client.get(f"/{place.partnership.slug}/inbox/").content.decode()
    assert "Assessment completed is due now" in inbox
    assert "Asha" not in inbox.split("<main")[1]
