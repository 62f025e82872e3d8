"""What the trail and the outbox may hold: ids, numbers, dates and codes; never a name, never free text."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from enum import Enum
from uuid import UUID, uuid4

import pytest
from django.db.models import TextChoices
from hypothesis import given
from hypothesis import strategies as st

from foundation.common import codes

KEY = UUID("0197c0de-0000-7000-8000-000000000001")


class Stage(TextChoices):
    DONE = "Done", "It is done"
    ODD = "two words", "Two words"


class Number(Enum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (-17, -17),
        ("", ""),
        ("eha_required", "eha_required"),
        ("EH-7KQ2-M9XD", "EH-7KQ2-M9XD"),
        ("1+", "1+"),
        (KEY, str(KEY)),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC), "2026-03-01T09:30:00+00:00"),
        (Stage.DONE, "Done"),
        (Number.ONE, 1),
        ([KEY, 2, "see_case"], [str(KEY), 2, "see_case"]),
        ((None, Stage.DONE), [None, "Done"]),
    ],
)
def test_what_names_no_one_is_kept(value, kept):
    """Architecture §7: as JSON holds it, ready for the chain."""
    assert codes.plain(value) == kept
    json.dumps(codes.plain(value))


@pytest.mark.parametrize(
    "value",
    [
        "Adeyemi",
        "Ruth Adeyemi",
        "12 larch row",
        "سلمى",
        "zoë",
        "🌻",
        "she said\nno",
        "x" * 81,
        "ruth@fernshire.example",
        b"eha",
        1.5,
        Decimal("1.5"),
        {"key": "value"},
        ["ok", "Ruth Adeyemi"],
        [["nested"]],
        Stage.ODD,
        object(),
    ],
)
def test_what_could_name_somebody_is_refused_without_repeating_it(value):
    """Architecture §7, OPS-2: not even the error says what was not kept."""
    with pytest.raises(ValueError, match="Neither an id, a number, a date nor a code") as refused:
        codes.plain(value)
    assert "Adeyemi" not in str(refused.value)


def test_the_key_that_holds_it_is_named():
    """A programmer finds the place; the value stays unsaid, in the error's cause too."""
    with pytest.raises(ValueError, match="told_by is neither an id") as refused:
        codes.plain_values({"level": "2", "told_by": "Ruth Adeyemi"})
    assert "Adeyemi" not in repr(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_the_longest_code_is_kept_and_no_longer_one():
    """Room for a hash and an address of the API, not for a story."""
    assert codes.is_code("a" * codes.LONGEST)
    assert not codes.is_code("a" * (codes.LONGEST + 1))


@given(st.text())
def test_a_code_never_holds_a_space_a_mixed_case_or_another_script(text):
    """Architecture §7: whatever is typed, what passes is ASCII, in one case, without spaces."""
    if codes.is_code(text):
        assert text.isascii()
        assert not any(character.isspace() for character in text)
        assert text in (text.lower(), text.upper())
        assert len(text) <= codes.LONGEST


@given(st.from_regex(r"\A[A-Z][a-z]{1,20}( [A-Z][a-z]{1,20})*\Z"))
def test_a_name_as_people_write_it_is_never_a_code(name):
    """Architecture §7: a capital and small letters make a name."""
    assert not codes.is_code(name)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.none() | st.booleans() | st.integers() | st.uuids()))
def test_plain_values_come_back_under_their_keys(values):
    """Every key is kept, and plain twice is plain once."""
    kept = codes.plain_values(values)
    assert set(kept) == set(values)
    assert codes.plain_values(kept) == kept


def test_two_ids_are_never_one():
    """An id is written out whole."""
    one, other = uuid4(), uuid4()
    assert codes.plain(one) != codes.plain(other)
    assert UUID(codes.plain(one)) == one
