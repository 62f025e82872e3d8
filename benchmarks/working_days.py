"""How many due times can be worked out in a second: 10 working days from each day of four years (CLK-1).

Beside it, a bare loop that adds ten days to each. No target: it says what the arithmetic costs.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from benchmarks.ground import told
from foundation.common import clock
from foundation.deadlines.calendar import Calendar, known_years
from foundation.deadlines.reckoning import reckon
from foundation.partnership.enums import Unit
from foundation.partnership.pathway import Length

DAYS = 4 * 365
LENGTH = Length(10, Unit.WORKING_DAYS)


def main(*, rounds: int) -> bool:
    """Print the figures; always True."""
    first = dt.datetime(known_years()[1] - 4, 1, 1, 10, tzinfo=clock.LONDON)
    starts = [first + dt.timedelta(days=number) for number in range(DAYS)]
    christmas = {
        dt.date(year, 12, 27) + dt.timedelta(days=day): "Closed" for year in range(*known_years()) for day in (0, 1)
    }
    calendars = {"with bank holidays": Calendar(), "with closure days besides": Calendar(christmas)}
    figures: dict[str, list[float]] = {words: [] for words in (*calendars, "a date and ten days, bare")}
    for _ in range(rounds):
        for words, calendar in calendars.items():
            figures[words].append(_a_second(lambda calendar=calendar: _reckon(starts, calendar)))
        figures["a date and ten days, bare"].append(_a_second(lambda: _bare(starts)))
    print(f"\nworking_days: {DAYS:,} due times of {LENGTH.in_words} in each of {rounds} rounds")
    print("  a second: median (least – most)")
    for words, kept in figures.items():
        print(f"  {words:46}{told(kept):>40}")
    return True


def _reckon(starts: list[dt.datetime], calendar: Calendar) -> None:
    for start in starts:
        reckon(start=start, length=LENGTH, calendar=calendar)


def _bare(starts: list[dt.datetime]) -> None:
    for start in starts:
        start.date() + dt.timedelta(days=10)


def _a_second(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return DAYS / (time.perf_counter() - began)
