"""Names as often as they are borne: weighted choices from `names.toml`, many at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Any

LISTS = Path(__file__).with_name("names.toml")
AT_ONCE = 4_096
PEOPLE = 100_000
"""In so many the surnames are counted."""


class Names:
    """An endless draw from one list; the same for the same seed."""

    def __init__(self, kind: str, random: Random) -> None:
        self._names, self._sums = table(kind)
        self._random = random
        self._drawn: Iterator[str] = iter(())

    def next(self) -> str:
        """Another name."""
        try:
            return next(self._drawn)
        except StopIteration:
            self._drawn = iter(self._random.choices(self._names, cum_weights=self._sums, k=AT_ONCE))
            return next(self._drawn)


@cache
def table(kind: str) -> tuple[list[str], list[int]]:
    """The names of a list with their running sums; kinds are "surnames", "girls", "boys", "women", "men"."""
    weights = _weights(kind)
    if kind == "surnames":
        rare = [name for name in _rare() if name not in weights]
        left = (PEOPLE - sum(weights.values())) // len(rare)
        weights |= dict.fromkeys(rare, left)
    return list(weights), list(accumulate(weights.values()))


def _weights(kind: str) -> dict[str, int]:
    words = _lists()[kind].split()
    return {name: int(weight) for name, weight in zip(words[::2], words[1::2], strict=True)}


def _rare() -> list[str]:
    lists = _lists()
    parts = (lists["rare_beginnings"].split(), lists["rare_middles"], lists["rare_endings"].split())
    return ["".join(chosen) for chosen in product(*parts)]


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(LISTS.read_text(encoding="utf-8"))
