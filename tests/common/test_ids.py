"""Keys in the order of their making, and references that can be read out and tell nothing."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from foundation.common import clock, ids

MANY = 20_000
MISHEARD = set("ILOU01")


def test_keys_are_version_7_and_carry_the_moment():
    """Decision 001: the first 48 bits are the millisecond of the making, the rest cannot be guessed."""
    before = int(clock.now().timestamp() * 1000)
    key = ids.new_id()
    after = int(clock.now().timestamp() * 1000)
    assert type(key) is uuid.UUID
    assert (key.version, key.variant) == (7, uuid.RFC_4122)
    assert before <= key.int >> 80 <= after


def test_keys_made_one_after_another_stand_in_that_order():
    """Decision 001: new rows stand together in an index, and a page by key follows the order of making."""
    made = [ids.new_id() for _ in range(MANY)]
    assert made == sorted(made)
    assert len(set(made)) == MANY


def test_keys_made_at_once_are_all_different():
    """Decision 001: several threads at once never draw the same key."""
    with ThreadPoolExecutor(4) as threads:
        made = [key for some in threads.map(lambda _: [ids.new_id() for _ in range(2_000)], range(8)) for key in some]
    assert len(set(made)) == len(made) == 16_000


def test_the_end_of_a_key_cannot_be_counted_up():
    """ACC-6: from one key nobody reckons the next; the last 32 bits differ by more than a step."""
    ends = [ids.new_id().int & 0xFFFF_FFFF for _ in range(200)]
    steps = {later - earlier for earlier, later in pairwise(ends)}
    assert len(steps) > 190


@given(st.sampled_from(["EH", "ENQ", "X"]))
def test_a_reference_can_be_read_out_over_a_telephone(prefix):
    """A reference is its prefix and two groups of four, without letters or digits that are misheard."""
    reference = ids.new_reference(prefix)
    assert re.fullmatch(rf"{prefix}-[2-9A-Z]{{4}}-[2-9A-Z]{{4}}", reference)
    assert not MISHEARD & set(reference.removeprefix(prefix))
    assert reference == reference.upper()


def test_the_alphabet_is_drawn_from_evenly():
    """A reference tells nothing: each character comes as often as another, within chance."""
    letters = Counter("".join(ids.new_reference("EH")[3:].replace("-", "") for _ in range(4_000)))
    assert set(letters) == set(ids._ALPHABET)
    assert len(ids._ALPHABET) == len(set(ids._ALPHABET)) == 30
    expected = 32_000 / 30
    assert all(0.75 * expected < count < 1.25 * expected for count in letters.values())


def test_references_hardly_ever_repeat():
    """Thirty characters in eight places: 5,000 draws meet again about once in 50,000 runs."""
    assert len({ids.new_reference("EH") for _ in range(5_000)}) == 5_000
