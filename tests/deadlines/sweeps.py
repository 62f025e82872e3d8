"""What sweeps are tested with: one clock, due, and the moment after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from foundation.common import clock
from foundation.deadlines import sweeping
from tests.deadlines.making import Place, london

DUE = "2026-04-14 17:00"
STEP = {"length": 10, "unit": "working_days", "from": "panel_held"}


def only(*steps: dict[str, Any]) -> dict[str, Any]:
    """The limit of ten working days with these steps."""
    return {**STEP, "reminders": list(steps)}


def sweep(place: Place, at: str = DUE, **how: Any) -> int:
    """One sweep of a partnership at a moment."""
    with clock.at(london(at)):
        return sweeping.sweep_partnership(place.partnership.pk, **how)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Each act in a thread and on a connection of its own, begun at once; what each gave, or raised."""
    ready = threading.Barrier(len(acts))
    ends: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            ready.wait(10)
            ends[place] = act()
        except Exception as error:
            ends[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return ends
