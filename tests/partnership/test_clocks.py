"""Clocks, hours, closure days and reasons: services, the file out and in, what the change list says (CLK-1, CLK-4)."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest

from foundation.accounts.enums import Role
from foundation.audit.models import AuditEntry
from foundation.common.errors import Clash, Invalid, NotAllowed
from foundation.partnership import checks, configuration, presets, queries
from foundation.partnership.enums import ClockKind, ReminderTo, ReminderWhen, StartEvent, Unit
from foundation.partnership.pathway import Clock, Length, OfficeHours, ReminderStep, steps_of
from foundation.partnership.services import (
    add_closure_days,
    change_clock,
    change_office_hours,
    change_pause_reasons,
    remove_closure_day,
)
from tests.factories import actor_of, make_member
from tests.partnership.founding import Place

pytestmark = pytest.mark.django_db
CHRISTMAS = dt.date(2026, 12, 29)
OWN = Clock(
    Length(10, Unit.WORKING_DAYS),
    StartEvent.PANEL_HELD,
    reminders=(ReminderStep(ReminderWhen.BEFORE, ReminderTo.HUB, Length(2, Unit.WORKING_DAYS)),),
    approval_first=True,
)


def set_up(place: Place) -> None:
    """All four, each by its service: versions 2 to 5."""
    change_clock(by=place.actor, version=1, kind=ClockKind.ALLOCATION, clock=OWN)
    change_office_hours(by=place.actor, version=2, hours=OfficeHours(dt.time(8, 30), dt.time(16, 30)))
    add_closure_days(by=place.actor, version=3, days=[(CHRISTMAS, "Christmas closure")])
    change_pause_reasons(by=place.actor, version=4, reasons=["The family is abroad"])


def test_each_change_is_a_version_and_the_trail_holds_codes_only(inside: Place) -> None:
    """CLK-2, trust 5: five versions; no name of a day and no reason in the trail."""
    set_up(inside)
    policy = queries.current_policy()
    assert policy.version == 5
    assert policy.clock(ClockKind.ALLOCATION) == OWN
    assert policy.office_hours.in_words == "08:30 to 16:30"
    assert policy.closure_days == {CHRISTMAS: "Christmas closure"}
    assert policy.pause_reasons == ("The family is abroad",)
    first = queries.policy_from(queries.version_of(1))
    assert (first.clock(ClockKind.ALLOCATION), first.closure_days) == (None, {})
    entries = AuditEntry.objects.filter(verb__startswith="pathway.", user_id=inside.member.user_id).order_by("at", "id")
    assert [entry.detail for entry in entries] == [
        {"version": 2, "clock": "allocation"},
        {"version": 3},
        {"version": 4, "added": 1},
        {"version": 5},
    ]


def test_a_stale_version_and_another_role_are_refused(inside: Place) -> None:
    """CLK-2, practice model §2: by every service."""
    screener = actor_of(make_member(role=Role.SCREENER))
    acts: list[Any] = [
        lambda by, version: change_clock(by=by, version=version, kind=ClockKind.REVIEW, clock=None),
        lambda by, version: change_office_hours(by=by, version=version, hours=OfficeHours()),
        lambda by, version: add_closure_days(by=by, version=version, days=[(CHRISTMAS, "Shut")]),
        lambda by, version: remove_closure_day(by=by, version=version, day=CHRISTMAS),
        lambda by, version: change_pause_reasons(by=by, version=version, reasons=["Abroad"]),
    ]
    for act in acts:
        for version in (0, 2, -1):
            with pytest.raises(Clash):
                act(inside.actor, version)
        with pytest.raises(NotAllowed):
            act(screener, 1)
    assert queries.current_policy().version == 1


def test_the_file_carries_all_of_it_and_the_change_list_says_it(inside: Place) -> None:
    """§11: out and in the same; each difference in words, also what would be taken away."""
    before = queries.standing_configuration(inside.fresh())
    set_up(inside)
    after = queries.standing_configuration(inside.fresh())
    assert configuration.read(configuration.write(after).encode()) == after
    said = {change.label: change.after for change in configuration.changes(before, after, [])}
    assert "reminding the hub’s manager 2 working days before" in said["Allocation"]
    assert "more time only if granted before it is due" in said["Allocation"]
    assert "Tue 29 December 2026: Christmas closure" in said["Closure days"]
    assert "08:30 to 16:30" in said["Office hours"]
    assert "The family is abroad" in said["Reasons to pause a clock"]
    gone = {change.label: change.after for change in configuration.changes(after, before, [])}
    assert gone["Allocation"] == "No limit"
    assert gone["Office hours"] == "The product’s own"


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("office_hours", {"opens": "17:00", "closes": "09:00"}, "must close later"),
        ("office_hours", {"opens": "9am", "closes": "17:00"}, "not written as it should be"),
        ("office_hours", None, "must be a set of named values"),
        ("closure_days", [{"date": "2026-02-31", "name": "Shut"}], "there is no such day"),
        ("closure_days", [{"date": "2026-12-29", "name": "A"}, {"date": "2026-12-29", "name": "B"}], "stands twice"),
        ("closure_days", [{"date": "2026-12-29", "name": "<b>A</b>"}], "markup"),
        ("pause_reasons", [], "at least 1"),
        ("pause_reasons", ["Abroad", "ABROAD"], "stands here twice"),
        ("review", {"length": 521, "unit": "working_days", "from": "taf_held"}, "520 working days or fewer"),
        (
            "review",
            {"length": 1, "unit": "weeks", "from": "taf_held",
             "reminders": [{"when": "before", "to": "worker", "length": 2, "unit": "weeks"}]},
            "shorter than the clock",
        ),
        (
            "review",
            {"length": 1, "unit": "weeks", "from": "taf_held",
             "reminders": [{"when": "at", "to": "worker", "length": 1}]},
            "has no length",
        ),
    ],
)  # fmt: skip
def test_a_body_that_means_nothing_is_refused_with_its_place(key: str, value: Any, sentence: str) -> None:
    """CLK-1: also in a file that somebody wrote by hand."""
    body = deepcopy(presets.load("rotherham").body)
    body["settings"][key] = {"value": value, "standing": "own"}
    with pytest.raises(Invalid) as refusal:
        checks.check_policy(body)
    assert any(place.startswith(f"settings/{key}") for place in refusal.value.fields)
    assert sentence in refusal.value.sentence


def test_a_version_that_closes_on_a_later_bank_holiday_can_still_be_changed(inside: Place) -> None:
    """CLK-1: a bank holiday announced after a closure day was set does not stop the next change."""
    body = deepcopy(queries.newest().body)
    body["settings"]["closure_days"] = {"value": [{"date": "2026-12-25", "name": "Shut"}], "standing": "own"}
    checks.check_policy(body)


def test_who_is_reminded_where_the_policy_says_nothing() -> None:
    """CLK-5: the product's own steps; nobody for the figures only, nor where that was chosen."""
    day = Clock(Length(1, Unit.WORKING_DAYS), StartEvent.PANEL_HELD)
    assert len(steps_of(day)) == 2
    assert len(steps_of(Clock(Length(6, Unit.WEEKS), StartEvent.TAF_HELD))) == 3
    assert steps_of(Clock(Length(6, Unit.WEEKS), StartEvent.TAF_HELD, for_figures=True)) == ()
    assert steps_of(Clock(Length(6, Unit.WEEKS), StartEvent.TAF_HELD, reminders=())) == ()
    assert steps_of(OWN) == OWN.reminders
