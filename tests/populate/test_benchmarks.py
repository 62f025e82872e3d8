"""The benchmarks at a size of minutes: that they run, count, compare like with like, and say what is missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from benchmarks import case_list, inbox, late, my_work, nothing_due, pages, size, sweep, working_days
from benchmarks.__main__ import main
from benchmarks.size import Ground
from foundation.common import clock
from foundation.deadlines.models import Reminder
from foundation.tenancy.scope import tenant_scope
from tests.databases import drop_test_database, make_test_database
from tests.populate.conftest import ALIASES, NOW, database

Grounds = tuple[Ground, Ground]


@pytest.fixture(scope="module")
def grounds(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Grounds]:
    """One partnership alone with 1,500 cases, and two with 3,000."""
    patch = pytest.MonkeyPatch()
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    patch.setattr(size, "PREFIX", f"{before['owner']}_bench")
    with django_db_blocker.unblock(), clock.at(NOW):
        names = [f"{size.PREFIX}_1x1500", f"{size.PREFIX}_2x3000"]
        for name in names:
            make_test_database(name)
        size.point(before)
        both = size.grounds(partnerships=2, cases=3_000, seed=5)
        yield both
        for ground in both:
            ground.close()
        for name in names:
            drop_test_database(name)
        size.point(before)
    patch.undo()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "WARM_UP", 1)
    monkeypatch.setattr(pages, "STOCK_ROUNDS", 2)


@pytest.mark.slow
@pytest.mark.parametrize("bench", [case_list, my_work, late, inbox])
def test_each_page_is_measured_on_both_grounds(grounds: Grounds, small: None, bench: Any, capsys: Any) -> None:
    """Speed: every figure and every target is printed for both agencies, with least, most and the machine's noise."""
    alone, country = grounds
    bench.main(rounds=4, alone=alone, country=country)
    printed = capsys.readouterr().out
    assert printed.count("the page as a browser gets it") == len(bench.PEOPLE) == 2
    for line in ("by hand", "their ids", "get_objects_for_user", "the machine", "many / alone", "statements of a page"):
        assert printed.count(line) >= 2, line
    assert len(re.findall(r"\d+\.\d \(\d+\.\d – \d+\.\d\)", printed)) == 2 * 2 * 7
    assert printed.count("met") + printed.count("MISSED") == 2 * 4


@pytest.mark.slow
@pytest.mark.parametrize("bench", [case_list, my_work, late, inbox])
def test_the_same_rows_come_by_hand(grounds: Grounds, bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Speed: what is compared answers alike: as many rows, statement by statement, as the page's own."""
    seats: list[pages.Seat] = []
    monkeypatch.setattr(bench, "measure", lambda page, alone, country, rounds: seats.append(_seat(page, alone)))
    bench.main(rounds=1, alone=grounds[0], country=grounds[1])
    (seat,) = seats
    with grounds[0].stood_on():
        own, by_hand = _rows(seat.statements), _rows(seat.by_hand)
    assert own == by_hand
    assert seat.figures.statements[1] == bench.STATEMENTS <= pages.MOST_STATEMENTS


def _seat(page: pages.Page, ground: Ground) -> pages.Seat:
    with pages.override_settings(STORAGES=pages.PLAIN_STATIC):
        return pages.Seat(page, ground, page.people[0])


def _rows(statements: list[pages.Statement]) -> list[int]:
    """How many rows each statement brings, those that set a scope left out."""
    with pages.transaction.atomic():
        raw = pages.connection.connection.cursor()
        counted = []
        for sql, params in statements:
            raw.execute(sql, params)
            rows = raw.fetchall()
            if "set_config" not in sql:
                counted.append(rows[0][0] if "count(*)" in sql.lower() else len(rows))
        pages.transaction.set_rollback(True)
    return counted


@pytest.mark.slow
def test_a_minute_in_which_nothing_is_due_is_measured(grounds: Grounds, capsys: Any) -> None:
    """CLK-7: the sweep over all partnerships tells nobody, and its time stands beside its target."""
    alone, country = grounds
    assert nothing_due.main(rounds=2, alone=alone, country=country)
    printed = capsys.readouterr().out
    assert "a sweep over 2 partnerships, 2 rounds" in printed
    assert "met (at most 1,000)" in printed
    with country.stood_on(), tenant_scope(country.partnership.pk):
        assert Reminder.objects.filter(done_at=None).exists(), "there is something that will be due"


@pytest.mark.slow
def test_the_sweep_and_one_statement_tell_the_same(django_db_setup: Any, django_db_blocker: Any, capsys: Any) -> None:
    """CLK-7: both sides of the comparison tell the same people the same, and leave no reminder."""
    with django_db_blocker.unblock(), database("sweep"):
        sweep.main(rounds=2, reminders=150)
    printed = capsys.readouterr().out
    assert "sweep: 150 due reminders, 150 messages, 2 rounds of each side" in printed
    assert re.search(r"both told the same people the same +yes +met", printed)
    assert len(re.findall(r"\d+\.\d \(\d+\.\d – \d+\.\d\)", printed)) == 2


def test_working_days_are_counted_by_the_second(capsys: Any) -> None:
    """CLK-1: the arithmetic with and without closure days, beside a bare one."""
    assert working_days.main(rounds=1)
    printed = capsys.readouterr().out
    assert printed.count(" – ") == 4  # one of them in the heading
    assert "1,460 due times of 10 working days" in printed


@pytest.mark.slow
def test_databases_are_kept_for_the_next_time(grounds: Grounds, capsys: Any) -> None:
    """Handles: made when absent; whoever asks again for the same finds them."""
    again = size.grounds(partnerships=2, cases=3_000, seed=5)
    assert "Making" not in capsys.readouterr().out
    for ground in again:
        with ground.stood_on(), tenant_scope(ground.partnership.pk):
            assert ground.hat
        ground.close()


def test_a_missed_target_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speed: one target missed is exit code 1, whatever the others say."""
    monkeypatch.setattr(size, "grounds", lambda **asked: (asked, None))
    for answers, code in (((True, True), 0), ((True, False), 1), ((False, True), 1)):
        for bench, answer in zip((case_list, my_work), answers, strict=True):
            monkeypatch.setattr(bench, "main", lambda answer=answer, **given: answer)
        assert main(["case_list", "my_work", "--partnerships", "2", "--cases", "20"]) == code


def test_a_verdict_says_the_target(capsys: Any) -> None:
    """Speed: a reader sees beside each ratio what was asked of it."""
    assert pages._verdict("ratio 1.2", True, "at most 1.5")
    assert not pages._verdict("ratio 1.8", False, "at most 1.5")
    assert capsys.readouterr().out == "  ratio 1.2   met (at most 1.5)\n  ratio 1.8   MISSED (at most 1.5)\n"
