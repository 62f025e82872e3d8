"""A demonstration that stands at another date: EARLYHELP_DATE=2026-04-02 make run.

The clock ticks from that date at the present time of day. How far off it is from the machine's is worked out once, kept
in the data folder, so that a restart goes on from where the demonstration has come to, and handed to every process.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from earlyhelp.embedded import Problem
from earlyhelp.embedded.datadir import DataDir, write_private
from foundation.common import clock
from foundation.common.bank_holidays import known_years

DATE = "EARLYHELP_DATE"
KEPT = "date.json"


def environment(data: DataDir, given: Mapping[str, str], *, now: dt.datetime | None = None) -> dict[str, str]:
    """What every process is told about the date; nothing where nobody travels.

    `given` is the environment that we were started with, `now` the machine's moment. Raises Problem, in one line, for a
    date without a demonstration, one that is none, and one before the records that are there.
    """
    now = now or clock.now()
    wanted, kept = given.get(DATE, "").strip(), _kept(data)
    if given.get("EARLYHELP_DEMO", "1") != "1":
        if wanted:
            raise Problem(f"{DATE} sets the date of a demonstration: it needs EARLYHELP_DEMO=1.")
        return {}
    if not wanted or (kept and kept["date"] == wanted):
        return {clock.OFFSET: kept["seconds"]} if kept else {}
    seconds = _seconds_to(_day(wanted), now)
    reached = now + dt.timedelta(seconds=int(kept["seconds"])) if kept else now
    if (kept or (data.root / "sign-ins").exists()) and now + dt.timedelta(seconds=seconds) < reached:
        raise Problem(
            f"The demonstration in {data.root} stands at {reached.astimezone(clock.LONDON):%Y-%m-%d} already and "
            f"cannot go back to {wanted}: run `make reset` first."
        )
    write_private(data.root / KEPT, json.dumps({"date": wanted, "seconds": str(seconds)}))
    return {clock.OFFSET: str(seconds)}


def kept_environment(data: DataDir, given: Mapping[str, str]) -> dict[str, str]:
    """The same for a command beside or without `make run`: a demonstration that travels is one for it as well."""
    kept = _kept(data)
    if not kept or given.get("EARLYHELP_DEMO", "1") != "1" or (given.get("DATABASE_URL") and given.get("REDIS_URL")):
        return {}  # servers of somebody's own are no demonstration of this folder's
    return {"EARLYHELP_DEMO": "1", clock.OFFSET: kept["seconds"]}


def _day(wanted: str) -> dt.date:
    first, last = known_years()
    try:
        day = dt.datetime.strptime(wanted, "%Y-%m-%d").date()
    except ValueError:
        raise Problem(f"{DATE} is {wanted!r}, which is no date: write it as 2026-04-02.") from None
    if not first <= day.year <= last:
        raise Problem(f"{DATE} is {wanted}: choose a date from {first} to {last}, whose bank holidays are known.")
    return day


def _seconds_to(day: dt.date, now: dt.datetime) -> int:
    """From the present to the same time of day on that date, by a clock on a wall in London."""
    here = now.astimezone(clock.LONDON)
    there = dt.datetime.combine(day, here.time(), clock.LONDON)
    return round((there.astimezone(dt.UTC) - now).total_seconds())


def _kept(data: DataDir) -> dict[str, str]:
    try:
        kept = json.loads((data.root / KEPT).read_text())
        return {"date": str(kept["date"]), "seconds": str(int(kept["seconds"]))}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
