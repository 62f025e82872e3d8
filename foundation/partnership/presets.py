"""The five presets that ship as data (§11): each value, and the guidance that says it, or that it is a default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from foundation.common.errors import Invalid
from foundation.partnership import checks, pathway
from foundation.partnership.enums import Standing

FOLDER = Path(__file__).parent / "presets"
# The guidance that presets follow, as people know it; the key begins the names of its files.
GUIDANCE = {
    "ROT": "Rotherham’s integrated working guidance",
    "RCR": "Rotherham’s council report and strategy",
    "DER": "Derby and Derbyshire’s Providing Early Help",
    "DEV": "Devon’s step across guidance",
    "TOW": "Tower Hamlets’ practice guide",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A line of published guidance."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a preset. `said` is how the guidance puts it where the structure says it in other words."""

    value: Any
    standing: Standing
    said: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """How one area works, for a new partnership to start from."""

    key: str
    title: str
    name: str
    values: Mapping[str, Value]

    @property
    def body(self) -> dict[str, Any]:
        """A first pathway policy, as `schema/pathway-policy.schema.json` wants it."""
        return {"settings": {key: _kept(value) for key, value in self.values.items()}}

    @property
    def words(self) -> dict[str, Any]:
        """What the partnership's own fields start with: doors, titles, levels, colour, emergency wording."""
        fields = {setting.field: self.values[setting.key].value for setting in pathway.SETTINGS if setting.field}
        return {field: "" if value is None else value for field, value in fields.items()}

    def says(self, key: str, value: Any) -> Value | None:
        """What the preset says about a setting, if the value at hand is still the preset's."""
        own = self.values.get(key)
        return own if own is not None and own.value == value else None


def in_words(sources: Iterable[Source]) -> list[str]:
    """One line for each piece of guidance: "Derby and Derbyshire’s Providing Early Help, lines 118 and 126"."""
    lines: dict[str, list[str]] = {}
    for source in sources:
        lines.setdefault(GUIDANCE[source.file[:3]], []).append(str(source.line))
    return [
        f"{name}, line {found[0]}" if len(found) == 1 else f"{name}, lines {', '.join(found[:-1])} and {found[-1]}"
        for name, found in lines.items()
    ]


def names() -> list[str]:
    """The presets' names, in the order of the alphabet."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> Preset:
    """A preset by its name; raises Invalid, naming those there are, where there is none of that name."""
    if name not in names():
        raise Invalid({"preset": f"There is no preset of that name. Choose from {', '.join(names())}."})
    return _load(name)


@cache
def _load(name: str) -> Preset:
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    checks.check(data, schema="preset")
    preset = Preset(
        key=data["preset"],
        title=data["title"],
        name=data["name"],
        values=MappingProxyType({key: _value(item) for key, item in data["settings"].items()}),
    )
    checks.check_policy(preset.body)
    return preset


def _value(item: Mapping[str, Any]) -> Value:
    sources = tuple(Source(**source) for source in item.get("sources", ()))
    return Value(item["value"], Standing(item["standing"]), item.get("said", ""), sources)


def _kept(value: Value) -> dict[str, Any]:
    return {"value": value.value, "standing": value.standing.value}
