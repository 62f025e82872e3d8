"""What the families live through, from `stories/*.toml`, told of one household: placeholders filled, dates reckoned.

A text may name anybody of the household by their key ("{mum}") and any agency or worker ("{primary}",
"{worker_pastoral}"). An answer that is a date is a number of days from the day of writing, one of which only the month
is known a number of months before it, and one that is a person is their key.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from earlyhelp.demo.families import Household, months_before
from foundation.common import clock
from foundation.formdefs.definitions import Definition, Field
from foundation.formdefs.enums import Kind

STORIES = Path(__file__).with_name("stories")
TOLD = ("worries", "working_well", "tried", "wishes")


@dataclass(frozen=True)
class Story:
    """One story as its file has it; `data["eha"]` holds the assessment of those that come to one."""

    key: str
    data: Mapping[str, Any]

    @property
    def has_assessment(self) -> bool:
        """Whether it tells a whole assessment."""
        return "eha" in self.data


class Tale:
    """A story told of one household."""

    def __init__(self, story: Story, household: Household, words: Mapping[str, str]) -> None:
        self.story = story
        self.household = household
        self._words = {**words, **household.words()}

    def tell(self, text: str) -> str:
        """A text with its names; KeyError for a name that nobody bears."""
        return text.strip().format_map(self._words)

    def text(self, key: str) -> str:
        """One of the story's own texts, such as "reason"."""
        return self.tell(self.story.data[key])

    def enquiry(self) -> dict[str, Any]:
        """What the enquiry says is happening."""
        told: dict[str, Any] = {key: self.tell(self.story.data.get(key, "")) for key in TOLD}
        return told | {"needs": list(self.story.data["needs"])}

    def answers(self, form: Definition, key: str, ids: Mapping[str, str]) -> dict[str, Any]:
        """The answers of one section as its form would keep them today; `ids` are the persons' ids by their keys."""
        return self._answered(form.page(key), self.story.data["eha"][key], ids)

    def _answered(self, asked: Iterable[Field], raw: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
        return {field.key: self._value(field, raw[field.key], ids) for field in asked if field.key in raw}

    def _value(self, field: Field, raw: Any, ids: Mapping[str, str]) -> Any:
        match field.kind:
            case Kind.GROUP:
                return [
                    {
                        inner.key: self._value(inner, entry[inner.key], ids)
                        for inner in field.fields
                        if inner.key in entry
                    }
                    for entry in raw
                ]
            case Kind.PERSON:
                return ids[raw]
            case Kind.DATE:
                return (clock.today() + dt.timedelta(days=raw)).isoformat()
            case Kind.PARTIAL_DATE:
                return months_before(clock.today(), raw).isoformat()[:7]
            case Kind.TEXT | Kind.LONG_TEXT:
                return self.tell(raw)
        return raw


@cache
def load() -> dict[str, Story]:
    """Every story by its key."""
    files = sorted(STORIES.glob("*.toml"))
    return {file.stem: Story(file.stem, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}
