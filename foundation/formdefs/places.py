"""Where in a form something stands, in words that an administrator can follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_LISTS = {"pages": "Page", "fields": "field", "options": "option"}


def quoted(value: object) -> str:
    """A value as it may stand in a sentence: short, on one line, in quotation marks."""
    text = " ".join(str(value).split())
    return f"‘{text if len(text) <= 40 else text[:39] + '…'}’"


class Place:
    """A path into a form's JSON; `str` gives "Page 3, field ‘voice’", `path` gives "pages/2/fields/0"."""

    def __init__(self, body: Any, path: Sequence[str | int]) -> None:
        self.path = "/".join(str(step) for step in path)
        self._words = list(_words(body, path))

    def __str__(self) -> str:
        return ", ".join(self._words)


def _words(body: Any, path: Sequence[str | int]) -> list[str]:
    words: list[str] = []
    here = body
    for before, step in zip(["", *path], path, strict=False):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if step == "condition":
            words.append("condition")
        elif isinstance(step, int) and before in _LISTS:
            key = here.get("key") if isinstance(here, dict) and before == "fields" else None
            words.append(f"{_LISTS[str(before)]} {quoted(key) if isinstance(key, str) and key.strip() else step + 1}")
    return words
