"""Words in an enquiry that a screener should see first (INT-4). The list is `risk_words.txt`, the same everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# Word processors put their own dashes and apostrophes in place of the plain ones.
_PLAIN = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "’": "'"})
_LIST = Path(__file__).with_name("risk_words.txt")


@cache
def words() -> tuple[str, ...]:
    """The list, in its own order, without its remarks."""
    lines = (line.strip() for line in _LIST.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def found_in(texts: Iterable[str]) -> list[str]:
    """Which of the words stand in the texts, as the list spells and orders them; whole words only, any capitals."""
    told = "\n".join(unicodedata.normalize("NFKC", text).translate(_PLAIN).casefold() for text in texts)
    return [word for word in words() if _pattern(word).search(told)]


@cache
def _pattern(word: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in word.casefold().split(" "))
    return re.compile(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)")
