"""Is this JSON a pathway policy, a preset, a configuration? Every fault is a sentence that names its place (EHA-3).

First its size and its characters, then the published schema, then what a schema cannot say.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from foundation.common.errors import Invalid
from foundation.partnership import clock_checks, pathway
from foundation.partnership.enums import ClockKind, Standing, Unit

SCHEMAS = Path(__file__).parent / "schema"
DEEPEST, MOST_VALUES, MOST_FAULTS = 16, 60_000, 20
_TYPES = {
    "object": "a set of named values",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Steps = Sequence[str | int]
Fault = tuple[Steps, str]


def check(body: object, *, schema: str) -> None:
    """Raise Invalid with at most twenty sentences, by place, unless `body` is what that schema describes."""
    refuse(_plain_faults(body))
    refuse(_schema_faults(body, schema))


def check_policy(body: object, *, at: Steps = ()) -> None:
    """Raise Invalid unless `body` is a pathway policy; `at` is where in a larger file it stands (CLK-1)."""
    refuse(((*at, *path), sentence) for path, sentence in _plain_faults(body))
    refuse(((*at, *path), sentence) for path, sentence in _schema_faults(body, "pathway-policy"))
    refuse(((*at, *path), sentence) for path, sentence in _meaning(body))


def check_value(key: str, value: object) -> None:
    """Raise Invalid unless a setting can have this value, by its place in the value ("length", "reminders/0")."""
    body = {"settings": {key: {"value": value, "standing": Standing.OWN.value}}}
    found: dict[str, str] = {}
    for faults in (_plain_faults, partial(_schema_faults, name="pathway-policy"), _meaning):
        for path, sentence in faults(body):
            if path[:2] == ("settings", key):
                found.setdefault("/".join(map(str, path[3:])), sentence[:1].upper() + sentence[1:])
        if found:
            raise Invalid(found)


def refuse(faults: Iterable[Fault]) -> None:
    """Raise Invalid with a sentence for each fault, by its place; nothing where there is none."""
    found: dict[str, str] = {}
    for path, sentence in faults:
        if len(found) == MOST_FAULTS:
            found[""] = "There are more faults: correct these first."
            break
        place = place_in_words(path)
        words = f"{place}: {sentence}" if place else sentence
        found.setdefault("/".join(map(str, path)), words[:1].upper() + words[1:])
    if found:
        raise Invalid(found)


def place_in_words(path: Steps) -> str:
    """Where something stands: "agencies 3, teams 1"; nothing for the whole file."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}"
        else:
            words.append(quoted(step) if not str(step).isidentifier() else str(step).replace("_", " "))
    return ", ".join(words)


def quoted(value: object) -> str:
    """A value as it may stand in a sentence: short, on one line, in quotation marks."""
    text = " ".join(str(value).split())
    return f"‘{text if len(text) <= 40 else text[:39] + '…'}’"


def _plain_faults(body: object) -> Iterator[Fault]:
    """What is too deep or too big to walk, and words that are not plain words."""
    waiting: list[tuple[Steps, object]] = [((), body)]
    values = 0
    while waiting:
        path, value = waiting.pop()
        values += 1
        if len(path) > DEEPEST:
            raise Invalid("The file is nested too deeply.")
        if values > MOST_VALUES:
            raise Invalid("The file holds too many values.")
        if isinstance(value, str):
            if sentence := _about_words(value):
                yield path, sentence
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if _about_words(str(key)):
                    yield path, f"the name {quoted(key)} is not plain words."
                    continue
                waiting.append(((*path, str(key)), inner))
        elif isinstance(value, list):
            waiting.extend(((*path, number), inner) for number, inner in enumerate(value))


def _about_words(value: str) -> str:
    """Why these are not plain words, in a sentence; nothing where they are."""
    found = _MARKUP.search(value)
    if found:
        return f"there is markup in it ({quoted(value[found.start() : found.start() + 12])}). Use plain words."
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in value):
        return "there is a hidden character in it. Type it again by hand."
    if not _TURNING.isdisjoint(value):
        return "there is a hidden character in it that turns text around. Type it again by hand."
    return ""


def _schema_faults(body: Any, name: str) -> Iterator[Fault]:
    for error in _validator(name).iter_errors(body):
        yield from _sentences(error)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def _sentences(error: ValidationError) -> Iterator[Fault]:
    """One fault of a schema in words."""
    path = tuple(error.absolute_path)
    here: Any = error.instance
    if error.validator == "required":
        wanted: Any = error.validator_value
        for name in wanted:
            if name not in here:
                yield (*path, name), "this is missing."
    elif error.validator == "additionalProperties":
        rules: Any = error.schema
        patterns = [re.compile(pattern) for pattern in rules.get("patternProperties", ())]
        for name in sorted(set(here) - set(rules.get("properties", ()))):
            if not any(pattern.search(name) for pattern in patterns):
                yield path, f"{quoted(name)} is not known here."
    else:
        yield path, _about_value(error)


def _about_value(error: ValidationError) -> str:
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            wanted = [limit] if isinstance(limit, str) else limit
            return f"this must be {' or '.join(_TYPES[kind] for kind in wanted)}."
        case "enum":
            return f"this must be one of {', '.join(limit)}, not {quoted(error.instance)}."
        case "const":
            return f"this must be {json.dumps(limit)}, not {quoted(error.instance)}."
        case "pattern" if limit == r"\S":
            return "this cannot be blank."
        case "pattern":
            return f"{quoted(error.instance)} is not written as it should be here."
        case "maxLength":
            return f"this must be {limit:,} characters or fewer."
        case "minItems":
            return f"this needs at least {limit}."
        case "maxItems":
            return f"this can have at most {limit}."
        case "minimum":
            return f"this must be {limit:,} or more."
        case "maximum":
            return f"this must be {limit:,} or less."
    return "this does not belong here."


def _meaning(body: Any) -> Iterator[Fault]:
    """What the schema cannot say about a policy that it accepts."""
    for key, item in body["settings"].items():
        path, value = ("settings", key), item["value"]
        if (item["standing"] == Standing.NONE) != (value is None) and item["standing"] != Standing.OWN:
            yield path, "‘none’ goes with null, and null with ‘none’."
        setting = pathway.setting_of(key)
        if value is None:
            if setting is not None and not _may_be_none(setting):
                yield path, "this cannot be none."
        elif setting is not None and setting.kind is pathway.Kind.LEVELS:
            yield from level_faults(value, (*path, "value"))
        elif setting is not None and setting.kind is pathway.Kind.CLOCK:
            yield from _clock_faults(key, value, (*path, "value"))
        elif key == "office_hours":
            yield from clock_checks.hours_faults(value, (*path, "value"))
        elif key == "closure_days":
            yield from clock_checks.closure_faults(value, (*path, "value"))
        elif key == "pause_reasons":
            yield from clock_checks.reason_faults(value, (*path, "value"))


def level_faults(levels: Sequence[Mapping[str, str]], at: Steps) -> Iterator[Fault]:
    """A level's code stands once: a case keeps it, so it must say one thing."""
    seen: set[str] = set()
    for number, level in enumerate(levels):
        if level["code"] in seen:
            yield (*at, number), f"another level has the code {quoted(level['code'])} already."
        seen.add(level["code"])


def _clock_faults(key: str, value: Mapping[str, Any], at: Steps) -> Iterator[Fault]:
    again = value.get("again")
    if again and again["least"] > again["most"]:
        yield (*at, "again"), "‘least’ is more than ‘most’."
    if value.get("in_week") and value["unit"] != Unit.WEEKS:
        yield (*at, "unit"), "a week of the work is counted in weeks."
    if key == ClockKind.EHA_AGE and value["unit"] != Unit.MONTHS:
        yield (*at, "unit"), "the age of an EHA is counted in months."
    yield from clock_checks.length_faults(value, at)
    yield from clock_checks.reminder_faults(value, at)


def _may_be_none(setting: pathway.Setting) -> bool:
    """Doors, titles, levels, the wording for an emergency and the ages always stand; a telephone number may not."""
    if setting.kind in {pathway.Kind.AGE_FROM, pathway.Kind.AGE_TO, pathway.Kind.LEVELS}:
        return False
    return not setting.field or setting.field in {"out_of_hours_phone", "adult_door"}
