"""Does the audit chain slow a partnership that writes 250 times a second? (architecture §7)

A write is what a service does: a scope, a row with its history, an audit entry, a COMMIT. Rounds with the chain and
rounds without it (its triggers switched off by the owner) take turns, so that the machine's moods meet both alike.
Two measurements: a steady 250 writes a second, where the time of each write is what a person would feel; and as many
writes as 16 connections can make, where the chain is the bottleneck if there is one.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group

from benchmarks.ground import connect, told
from foundation.accounts.enums import AgencyKind
from foundation.accounts.models import Agency
from foundation.audit.verification import Verification
from foundation.common.ids import new_id
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

CONNECTIONS = 16
PACE = 250
"""Writes a second of one partnership, all connections together."""

STEADY_SECONDS = 0.2
FULL_WRITES = 8
"""Writes of each connection in one round at full speed."""

TEAM = "INSERT INTO accounts_team (id, partnership_id, agency_id, name) VALUES (%s, %s, %s, %s)"
ENTRY = (
    "INSERT INTO audit_entry "
    "(id, partnership_id, at, user_id, agency_id, roles, verb, subject_kind, subject_id, detail) VALUES "
    "(%s, %s, now(), 1, %s, '{practitioner}', 'team.made', 'accounts.team', %s, '{\"count\": 1}')"
)


Figures = dict[bool, list[float]]


class Writers:
    """Sixteen connections as the app's role, each with its thread."""

    def __init__(self, partnership_id: UUID, agency_id: UUID) -> None:
        self.ids = (str(partnership_id), str(agency_id))
        self.connections = [connect("default") for _ in range(CONNECTIONS)]
        self.pool = ThreadPoolExecutor(CONNECTIONS)
        self.owner = connect("owner")
        self.owner.autocommit = True

    def chain(self, *, on: bool) -> None:
        """Switch the chain's triggers, as the tables' owner."""
        with self.owner.cursor() as cursor:
            cursor.execute(f"ALTER TABLE audit_entry {'ENABLE' if on else 'DISABLE'} TRIGGER audit_note_entry")

    def steady(self) -> tuple[float, float]:
        """One round at the set pace: the median of a write in milliseconds, and the writes a second that were kept."""
        start, step = time.perf_counter() + 0.01, 1 / PACE

        def write(place: int) -> list[float]:
            took = []
            for number in range(place, int(PACE * STEADY_SECONDS), CONNECTIONS):
                time.sleep(max(0.0, start + number * step - time.perf_counter()))
                took.append(self._write(self.connections[place]))
            return took

        took = [one for each in self.pool.map(write, range(CONNECTIONS)) for one in each]
        ended = time.perf_counter()
        return statistics.median(took), len(took) / max(ended - start, STEADY_SECONDS)

    def full(self) -> float:
        """One round as fast as it goes; writes a second."""
        barrier = threading.Barrier(CONNECTIONS)

        def write(connection: Any) -> tuple[float, float]:
            barrier.wait(30)
            began = time.perf_counter()
            for _ in range(FULL_WRITES):
                self._write(connection)
            return began, time.perf_counter()

        spans = list(self.pool.map(write, self.connections))
        return CONNECTIONS * FULL_WRITES / (max(end for _, end in spans) - min(begin for begin, _ in spans))

    def _write(self, connection: Any) -> float:
        partnership_id, agency_id = self.ids
        team_id, began = str(new_id()), time.perf_counter()
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('earlyhelp.partnership', %s, true)", [partnership_id])
            cursor.execute(TEAM, [team_id, partnership_id, agency_id, team_id])
            cursor.execute(ENTRY, [str(new_id()), partnership_id, agency_id, team_id])
            cursor.execute("SELECT set_config('earlyhelp.partnership', '', true)")
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        self.chain(on=True)
        self.pool.shutdown()
        for connection in (*self.connections, self.owner):
            connection.close()


@contextmanager
def writers() -> Iterator[tuple[Writers, Partnership]]:
    partnership = Partnership.objects.create(slug="bench", name="Bench")
    with tenant_scope(partnership.pk):
        group = Group.objects.create(name="bench")
        agency = Agency.objects.create(name="Bench", kind=AgencyKind.EARLY_HELP, group=group)
    made = Writers(partnership.pk, agency.pk)
    try:
        yield made, partnership
    finally:
        made.close()


def main(*, rounds: int) -> bool:
    """Print the table; True when the pace is kept with the chain as without it, and no link of it is wrong."""
    steady: Figures = {True: [], False: []}
    kept: Figures = {True: [], False: []}
    full: Figures = {True: [], False: []}
    with writers() as (made, partnership):
        for number in range(-3, rounds):  # three rounds to warm up
            for on in (True, False) if number % 2 else (False, True):
                made.chain(on=on)
                made.full()  # not counted: every connection reads the changed table's definition anew
                (took, rate), most = made.steady(), made.full()
                if number >= 0:
                    steady[on].append(took)
                    kept[on].append(rate)
                    full[on].append(most)
        made.chain(on=True)
    _print_table(rounds, steady, kept, full)
    # Links are missing where the chain was off; whatever else is found would be a fault.
    faults = sum("stands in no link" not in finding for finding in Verification(partnership).findings())
    print(f"faults in the chain that was made meanwhile: {faults}")
    ratio = statistics.median(kept[True]) / statistics.median(kept[False])
    return faults == 0 and ratio > 0.97 and statistics.median(full[True]) >= PACE


def _print_table(rounds: int, steady: Figures, kept: Figures, full: Figures) -> None:
    slower = [with_it / without for with_it, without in zip(steady[True], steady[False], strict=True)]
    faster = [with_it / without for with_it, without in zip(full[True], full[False], strict=True)]
    print(f"audit_chain: {rounds} pairs of rounds, {CONNECTIONS} connections, one partnership")
    print(f"{'median (least – most) of the rounds':40}{'with the chain':>26}{'without it':>28}")
    for words, figures in (
        (f"{PACE} a second asked: kept, a second", kept),
        (f"{PACE} a second asked: one write, ms", steady),
        ("at full speed: writes a second", full),
    ):
        print(f"{words:40}{told(figures[True]):>26}{told(figures[False]):>28}")
    print(f"with / without, median of the pairs (quartiles): one write {_ratio(slower)}, full speed {_ratio(faster)}")


def _ratio(figures: list[float]) -> str:
    low, middle, high = statistics.quantiles(figures, n=4)
    return f"{middle:.2f} ({low:.2f} – {high:.2f})"
