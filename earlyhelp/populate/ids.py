"""Keys, references and numbers that follow from a seed, made quickly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
_ALL = len(ALPHABET) ** 8
AT_ONCE = 1_024
_STRIDE = 238_609_294_217
"""Prime to the number of letters, so that counting in steps of it meets no reference twice."""


class Keys:
    """Keys of version 7 (RFC 9562), as `foundation.common.ids.new_id` makes them: time first, then chance."""

    def __init__(self, random: Random) -> None:
        self._tails = _tails(random)
        self._head = ""

    def go_to(self, milliseconds: int) -> None:
        """The keys that follow are made at this moment (milliseconds since 1970)."""
        head = f"{milliseconds:012x}"
        self._head = f"{head[:8]}-{head[8:]}-7"

    def next(self) -> str:
        """Another key."""
        return self._head + next(self._tails)


def _tails(random: Random) -> Iterator[str]:
    while True:
        chance = random.randbytes(AT_ONCE * 9).hex()
        for place in range(0, AT_ONCE * 18, 18):
            yield f"{chance[place : place + 3]}-8{chance[place + 3 : place + 6]}-{chance[place + 6 : place + 18]}"


def reference(prefix: str, number: int, offset: int) -> str:
    """A reference such as `EH-7KQ2-M9XD`; other numbers of the same offset give other references."""
    rest = (number * _STRIDE + offset) % _ALL
    rest, last = divmod(rest, 900)
    rest, third = divmod(rest, 900)
    first, second = divmod(rest, 900)
    return f"{prefix}-{_PAIRS[first]}{_PAIRS[second]}-{_PAIRS[third]}{_PAIRS[last]}"


@cache
def nhs_numbers(most: int) -> list[str]:
    """So many NHS numbers from 999, which is never given to anybody, each with its check digit (modulus 11)."""
    found: list[str] = []
    for number in range(1_000_000):
        if len(found) == most:
            break
        # Scattered, for numbers in a row would stand together in an index.
        first = f"999{number * 736_879 % 1_000_000:06}"
        check = -sum((10 - place) * int(digit) for place, digit in enumerate(first)) % 11
        if check < 10:
            found.append(f"{first}{check}")
    return found
