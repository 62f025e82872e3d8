"""What a minute costs in which nobody is to be reminded of anything: the sweep over all partnerships (CLK-7).

Most minutes are such minutes. The sweep looks into each partnership's own reminders, past everything that was told.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time

from benchmarks.ground import told
from benchmarks.size import Ground
from foundation.common import clock
from foundation.deadlines import tasks
from foundation.tenancy.models import Partnership

BEFORE_EVERYTHING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""However long ago the database was filled, nothing was due then, and the same index says so."""

ROUNDS, AT_MOST = 50, 1_000


def main(*, rounds: int, alone: Ground, country: Ground) -> bool:
    """Print the figures; True when the whole country takes less than a second."""
    took: list[float] = []
    with country.stood_on(), clock.at(BEFORE_EVERYTHING):
        number = Partnership.objects.count()
        tasks.sweep()
        for _ in range(min(rounds, ROUNDS)):
            began = time.perf_counter()
            tasks.sweep()
            took.append((time.perf_counter() - began) * 1000)
    median = statistics.median(took)
    print(f"\nnothing_due: a sweep over {number} partnerships, {len(took)} rounds; milliseconds: median (least – most)")
    print(f"  {'all of them':46}{told(took):>34}   {'met' if median <= AT_MOST else 'MISSED'} (at most {AT_MOST:,})")
    print(f"  {'each':46}{median / number:>34.2f}")
    return median <= AT_MOST
