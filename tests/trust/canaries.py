"""Words that stand nowhere else: where one is read in an answer, it is known whose it is and what it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Found in any case, and inside other words; a new kind of reference (EH-…, EN-…, DOC-…) is found as well.
_WORDS = re.compile(
    rb"Zq[a-y]{6}z|[A-Z]{2,4}-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_LETTERS = "abcdefghijklmnopqrstuvwxy"


@dataclass(frozen=True)
class Fact:
    """What one canary tells: of a thing in a partnership, how that stands to the viewers' agency, and which part."""

    partnership: str
    about: str
    ownership: str
    part: str
    sender: str = ""


@dataclass
class Canaries:
    """Every canary of a world, with the fact it would give away."""

    facts: dict[str, Fact] = field(default_factory=dict)

    def word(self, fact: Fact) -> str:
        """A new word for a fact, fit for a name and for a text."""
        number, letters = len(self.facts) * 7919 + 104_729, ""
        for _ in range(6):
            number, place = divmod(number, len(_LETTERS))
            letters += _LETTERS[place]
        return self.mark(f"Zq{letters}z", fact)

    def mark(self, value: Any, fact: Fact) -> Any:
        """Take a value that the product chose (an id, a reference) as a canary too."""
        assert self.facts.setdefault(str(value).lower(), fact) == fact, "the same canary twice"
        return value

    def seen_in(self, answer: bytes) -> Iterator[tuple[str, Fact]]:
        """Each canary that an answer holds."""
        for word in {found.lower() for found in _WORDS.findall(answer)}:
            fact = self.facts.get(word.decode())
            if fact is not None:
                yield word.decode(), fact
