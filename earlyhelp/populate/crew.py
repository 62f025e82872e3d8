"""Two processes that make and write the cases of half the partnerships each, and a count of what is written."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections

from cases.enums import GrantLevel
from cases.models import Case
from earlyhelp.populate import country
from earlyhelp.populate.country import Town
from earlyhelp.populate.families import QUEUE, Maker, Permissions
from earlyhelp.populate.moments import DAYS, Moments
from earlyhelp.populate.pipeline import Pipeline, empty_rows
from intake.enums import EnquiryState

HANDS = 2
BATCH = 2_000
"""Cases that are written together."""

SAY_EVERY = 10.0


class HandFailed(Exception):
    """One of the processes has ended before its work was done; it has said why itself."""


def load(towns: Sequence[Town], cases: int, moments: Moments, say: Callable[[str], None]) -> None:
    """Write so many cases, shared out evenly among the partnerships, and a queue for each.

    Raises HandFailed when a process ended early.
    """
    hands = min(HANDS, os.cpu_count() or 1, len(towns))
    each, more = divmod(cases, len(towns))
    shares = [(town, each + (number < more)) for number, town in enumerate(towns)]
    permissions = _permissions()
    connections.close_all()  # a process that is forked may not share one
    forking = multiprocessing.get_context("fork")
    counts = [(forking.Value("q", 0), forking.Value("q", 0)) for _ in range(hands)]
    processes = [
        forking.Process(target=_work, args=(shares[hand::hands], moments, permissions, *counts[hand]), daemon=True)
        for hand in range(hands)
    ]
    began = said = time.monotonic()
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        processes[0].join(0.2)
        processes[-1].join(0.2)
        if time.monotonic() - said > SAY_EVERY:
            said = time.monotonic()
            say(_progress(counts, cases, said - began))
        if any(process.exitcode for process in processes):
            break
    if any(process.exitcode for process in processes):
        for process in processes:
            process.kill()
        raise HandFailed("The load has ended early; the lines above say why. What is in the database is not whole.")
    say(_progress(counts, cases, time.monotonic() - began))


def _progress(counts: Sequence[tuple[Any, Any]], cases: int, seconds: float) -> str:
    made, written = sum(made.value for made, _ in counts), sum(written.value for _, written in counts)
    return f"{made:,} of {cases:,} cases; {written:,} rows, {written / max(seconds, 0.001):,.0f} a second."


def _work(
    shares: Sequence[tuple[Town, int]], moments: Moments, permissions: Permissions, made: Any, written: Any
) -> None:
    """One hand: its partnerships' cases in order of time, partnership after partnership, as they would have come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches who started us, and ends us with itself
    rows, pipeline = empty_rows(), Pipeline()
    sections = [page["key"] for page in country.form()["pages"]]
    makers = [(Maker(town, rows, moments, permissions, sections, cases), cases) for town, cases in shares]
    for number, (maker, day) in enumerate(_in_order(makers, moments), start=1):
        maker.case(day)
        if number % BATCH == 0:
            pipeline.put(rows)
            made.value, written.value = number, pipeline.written
    for maker, cases in makers:
        for place in range(min(QUEUE, 1 + cases // 20)):
            state = EnquiryState.TAKEN if place % 5 == 4 else EnquiryState.WAITING
            maker.no_case(moments.working[DAYS - 1], state)
    pipeline.put(rows)
    pipeline.close()
    made.value, written.value = sum(cases for _, cases in shares), pipeline.written


def _in_order(makers: Sequence[tuple[Maker, int]], moments: Moments) -> Iterator[tuple[Maker, int]]:
    most = max(cases for _, cases in makers)
    for place in range(most):
        day = moments.working[1 + (DAYS - 2) * place // most]
        for maker, cases in makers:
            if place < cases:
                yield maker, day


def _permissions() -> Permissions:
    kind = ContentType.objects.get_for_model(Case)
    keys = dict(Permission.objects.filter(content_type=kind).values_list("codename", "pk"))
    return Permissions(see=keys[GrantLevel.SEE], contribute=keys[GrantLevel.CONTRIBUTE])
