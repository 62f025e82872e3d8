"""An administrator's clocks and working days: each change is the policy's next version (CLK-1, CLK-4, CLK-5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from foundation.audit import services as audit
from foundation.common.actors import Actor
from foundation.common.bank_holidays import bank_holidays, known_years
from foundation.common.errors import Invalid, NotThere
from foundation.common.text import clean_line
from foundation.partnership import checks, pathway, policies, queries
from foundation.partnership.clock_checks import MOST_CLOSURES
from foundation.partnership.enums import ClockKind, PartnershipVerb, Standing
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.services.pathway import add_version, lock_newest

SATURDAY = 5
NAME_LIMIT, REASON_LIMIT, MOST_REASONS = 80, 120, 12


@transaction.atomic
def change_clock(*, by: Actor, version: int, kind: ClockKind, clock: pathway.Clock | None) -> PathwayPolicy:
    """Give a kind of clock another limit, or none; the version in force where nothing differs.

    Clocks that run already keep theirs. Raises Clash where `version` is not the newest, and Invalid by the place in
    the clock's value, such as "length" or "reminders/0".
    """
    newest = _locked(by, version)
    value = pathway.clock_value(clock) if clock else None
    if value is not None:
        checks.check_value(kind.value, value)
    held = newest.body["settings"].get(kind.value)
    if (held["value"] if held else None) == value:
        return newest
    return _next(by, newest, kind.value, value, verb=PartnershipVerb.CLOCK_CHANGED, clock=kind.value)


@transaction.atomic
def change_office_hours(*, by: Actor, version: int, hours: pathway.OfficeHours) -> PathwayPolicy:
    """Set when the office opens and closes. Raises as `change_clock` does, by "opens" and "closes"."""
    newest = _locked(by, version)
    value = pathway.hours_value(hours)
    checks.check_value("office_hours", value)
    if queries.policy_from(newest).office_hours == hours:
        return newest
    return _next(by, newest, "office_hours", value, verb=PartnershipVerb.HOURS_CHANGED)


@transaction.atomic
def add_closure_days(*, by: Actor, version: int, days: Sequence[tuple[dt.date, str]]) -> PathwayPolicy:
    """Close the office on more days, each with its name.

    Raises Clash where `version` is not the newest, and Invalid by a day's number ("0", "1") where it is closed anyway,
    stands twice or lies beyond the years whose bank holidays are known, or "" where a year has too many.
    """
    newest = _locked(by, version)
    closures = dict(queries.policy_from(newest).closure_days)
    named = _named(days)
    if refused := dict(_day_faults(days, closures)):
        raise Invalid(refused)
    closures |= named
    value = pathway.closures_value(closures)
    checks.check_value("closure_days", value)
    return _next(by, newest, "closure_days", value, verb=PartnershipVerb.CLOSURES_CHANGED, added=len(named))


@transaction.atomic
def remove_closure_day(*, by: Actor, version: int, day: dt.date) -> PathwayPolicy:
    """Open the office on a closure day again. Raises Clash as `change_clock` does, NotThere for a day that is none."""
    newest = _locked(by, version)
    closures = dict(queries.policy_from(newest).closure_days)
    if day not in closures:
        raise NotThere("This is not a closure day.")
    del closures[day]
    value = pathway.closures_value(closures)
    return _next(by, newest, "closure_days", value, verb=PartnershipVerb.CLOSURES_CHANGED, removed=1)


@transaction.atomic
def change_pause_reasons(*, by: Actor, version: int, reasons: Sequence[str]) -> PathwayPolicy:
    """Set the reasons for which a clock may be paused; none: the product's own again. Raises as `change_clock` does."""
    newest = _locked(by, version)
    cleaned = [clean_line(reason, what="A reason", limit=REASON_LIMIT) for reason in reasons]
    cleaned = [reason for reason in cleaned if reason]
    if len(cleaned) > MOST_REASONS:
        raise Invalid(f"There can be {MOST_REASONS} reasons at most.")
    if cleaned:
        checks.check_value("pause_reasons", cleaned)
    if queries.policy_from(newest).pause_reasons == tuple(cleaned or pathway.PAUSE_REASONS):
        return newest
    return _next(by, newest, "pause_reasons", cleaned or None, verb=PartnershipVerb.PAUSE_REASONS_CHANGED)


def _locked(by: Actor, version: int) -> PathwayPolicy:
    """The version in force, held against whoever else changes it."""
    policies.check_can_change_settings(by=by)
    _, newest = lock_newest(by=by, version=version)
    if newest is None:
        raise NotThere("This partnership has not chosen its pathway policy yet.")
    return newest


def _next(
    by: Actor, newest: PathwayPolicy, key: str, value: Any, *, verb: PartnershipVerb, **detail: object
) -> PathwayPolicy:
    """The next version, which differs in one setting; the trail holds codes and numbers only."""
    settings = {**newest.body["settings"], key: {"value": value, "standing": Standing.OWN.value}}
    made = add_version(
        by=by,
        preset=newest.preset,
        body={**newest.body, "settings": settings},
        version=newest.version + 1,
        made_by_id=by.user_id,
    )
    audit.record(by=by, verb=verb, subject=made, version=made.version, **detail)
    return made


def _named(days: Sequence[tuple[dt.date, str]]) -> dict[dt.date, str]:
    """Each day with its cleaned name; raises Invalid by a day's number where its name is missing or no plain words."""
    named: dict[dt.date, str] = {}
    refused: dict[str, str] = {}
    for number, (day, name) in enumerate(days):
        try:
            named[day] = clean_line(name, what="The name", limit=NAME_LIMIT)
            checks.check_value("closure_days", [{"date": day.isoformat(), "name": named[day]}])
        except Invalid as refusal:
            refused[str(number)] = refusal.sentence if named.get(day, "?") else "Enter what the day is called."
    if refused:
        raise Invalid(refused)
    return named


def _day_faults(days: Sequence[tuple[dt.date, str]], closures: Mapping[dt.date, str]) -> Iterator[tuple[str, str]]:
    """Why a day cannot be a closure day: closed anyway, there twice, or not known; and a year that has too many."""
    first, last = known_years()
    for number, (day, _) in enumerate(days):
        words = f"{day.day} {day:%B %Y}"
        if not first <= day.year <= last:
            yield (
                str(number),
                f"England’s bank holidays are known from {first} to {last} only, so {words} cannot be a closure day "
                "yet. Ask whoever runs this installation to update the list.",
            )
        elif day in bank_holidays():
            yield str(number), f"{words} is {bank_holidays()[day]}, a bank holiday already: no need to add it."
        elif day.weekday() >= SATURDAY:
            yield str(number), f"{words} is a {day:%A}, which is no working day anyway."
        elif day in closures:
            yield str(number), f"{words} is a closure day already: {closures[day]}."
        elif day in {earlier for earlier, _ in days[:number]}:
            yield str(number), f"{words} stands here twice."
    for year, many in sorted(Counter(day.year for day in {*closures, *(day for day, _ in days)}).items()):
        if many > MOST_CLOSURES:
            yield "", f"A year can have {MOST_CLOSURES} closure days at most, and {year} would have {many}."
