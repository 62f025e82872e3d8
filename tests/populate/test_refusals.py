"""What `manage.py populate` refuses, what a broken load leaves, and that a seed decides all."""

from __future__ import annotations

from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from earlyhelp.populate import build, crew
from earlyhelp.populate.ids import Keys, nhs_numbers, reference
from earlyhelp.populate.names import Names, table
from earlyhelp.populate.tables import PERSON, WrongColumns
from foundation.common import clock
from foundation.common.text import nhs_number
from tests.factories import make_partnership, make_user
from tests.populate.conftest import NOW, database

SMALL = build.Size(partnerships=2, cases=30, seed=3)


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("populate", *arguments, stdout=StringIO())
    return str(refused.value)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "maintenance"])
@pytest.mark.parametrize("make", [lambda: make_partnership("fernshire"), make_user], ids=["partnership", "person"])
def test_refuses_a_database_that_holds_anything(make: Any) -> None:
    """Architecture §1: one partnership or one person is enough, and nothing is changed."""
    make()
    assert "holds something already" in refusal("--partnerships", "1", "--cases", "10")
    assert build.standing() == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--partnerships", "0", "--cases", "5"), "from 1 to 999"),
        (("--partnerships", "1000", "--cases", "5000"), "from 1 to 999"),
        (("--partnerships", "10", "--cases", "9"), "at least one case"),
    ],
)
def test_refuses_sizes_that_make_no_sense(arguments: tuple[str, ...], words: str) -> None:
    """Bad input: said in a line, before anything is asked of the database."""
    assert words in refusal(*arguments)


def test_a_column_that_nobody_fills_is_named() -> None:
    """Architecture §1: a table that has grown is refused before the first row, not in the middle."""
    PERSON.checked(["id", "family_name"])
    with pytest.raises(WrongColumns, match=r"cases_person .* birthplace"):
        PERSON.checked(["id", "birthplace"])


@pytest.mark.slow
def test_the_seed_decides_all_and_a_broken_load_is_not_built_on(
    django_db_setup: Any, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Architecture §1: the same seed, the same rows; what a broken load leaves is told from what is whole."""
    with django_db_blocker.unblock(), clock.at(NOW):
        first, again, other = (_rows_of(f"seed{number}", size) for number, size in enumerate((SMALL, SMALL, OTHER)))
        assert first == again
        assert not {row[0] for row in first} & {row[0] for row in other}
        monkeypatch.setattr(crew.Maker, "case", lambda maker, day: 1 / 0)
        with database("broken"):
            with pytest.raises(crew.HandFailed):
                build.populate(SMALL, say=lambda line: None)
            assert build.standing() == build.BEGUN
            monkeypatch.undo()
            assert "broken off" in refusal("--partnerships", "1", "--cases", "10")


OTHER = build.Size(partnerships=2, cases=30, seed=4)


def _rows_of(ending: str, size: build.Size) -> list[tuple[Any, ...]]:
    with database(ending):
        build.populate(size, say=lambda line: None)
        with connections["maintenance"].cursor() as cursor:
            cursor.execute(
                "SELECT c.id, c.reference, c.opened_at, c.state, c.level, f.name, f.address, p.given_name, p.born_on, "
                "p.nhs_number, l.hash FROM cases_case c JOIN cases_family f ON f.id = c.family_id "
                "JOIN cases_familymember m ON m.family_id = f.id JOIN cases_person p ON p.id = m.person_id "
                "JOIN audit_chain l ON l.partnership_id = c.partnership_id "
                "WHERE l.seq = (SELECT max(seq) FROM audit_chain WHERE partnership_id = c.partnership_id) ORDER BY p.id"
            )
            return [tuple(map(_plain, row)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_keys_are_of_version_seven_in_order_of_time() -> None:
    """Decision 001: as the product makes them, and the same for the same seed."""
    keys, same = Keys(Random(1)), Keys(Random(1))
    made = []
    for moment in range(0, 5_000, 5):
        keys.go_to(1_700_000_000_000 + moment)
        same.go_to(1_700_000_000_000 + moment)
        made.append(keys.next())
        assert same.next() == made[-1]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(key[14], key[19]) for key in made} == {("7", "8")}


def test_references_are_said_as_the_product_s_and_never_twice() -> None:
    """FAM-10: letters that cannot be misheard, each number another."""
    made = {reference("EH", number, 12345) for number in range(20_000)}
    assert len(made) == 20_000
    assert all(len(one) == 12 and not set("ILO01U") & set(one[3:]) for one in made)


def test_nhs_numbers_are_right_and_never_twice() -> None:
    """FAM-1: the check digit fits; the range is given to nobody."""
    made = nhs_numbers(5_000)
    assert len(set(made)) == 5_000
    assert all(number.startswith("999") and nhs_number(number) == number for number in made)


def test_names_come_as_often_as_they_are_borne() -> None:
    """Architecture §1: one in a hundred is a Smith, and most surnames are rare."""
    names = Names("surnames", Random(2))
    drawn = [names.next() for _ in range(40_000)]
    assert 0.008 < drawn.count("Smith") / len(drawn) < 0.015
    assert drawn.count("Smith") > drawn.count("Booth") > drawn.count("Sidebottom")
    known, sums = table("surnames")
    assert len(set(known)) == len(known)
    assert sums[-1] == pytest.approx(100_000, rel=0.06)
    assert all(table(kind)[0] for kind in ("girls", "boys", "women", "men"))
