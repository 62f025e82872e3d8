"""Is this JSON a form? First its size, then the published schema, then what a schema cannot say (EHA-3).

Every fault is a sentence that names its place, such as "Page 3, field ‘voice’: ‘label’ is missing."
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from foundation.common.errors import Invalid
from foundation.formdefs import meaning
from foundation.formdefs.places import Place, quoted

SCHEMA = Path(__file__).parent / "schema" / "form-definition.schema.json"
NOT_JSON = "This form is not JSON that can be read."
DEEPEST, MOST_VALUES, MOST_TEXT, MOST_FAULTS = 12, 20_000, 500_000, 20
_TYPES = {
    "object": "a set of named values",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def check(body: object) -> None:
    """Raise Invalid with at most twenty sentences, by place, unless `body` is a form."""
    _check_size(body)
    try:
        faults = _judged(json.dumps(body))
    except (TypeError, ValueError):
        raise Invalid(NOT_JSON) from None
    if faults:
        raise Invalid(dict(faults))


@lru_cache(maxsize=32)
def _judged(text: str) -> Mapping[str, str]:
    """The faults by place. Remembered by every letter of the form: to judge a long one takes a tenth of a second, and
    the product's own forms are published in each partnership.
    """
    faults: dict[str, str] = {}
    for place, sentence in _faults(json.loads(text)):
        if len(faults) == MOST_FAULTS:
            faults[""] = "There are more faults: correct these first."
            break
        faults.setdefault(place.path, f"{place}: {sentence}" if str(place) else sentence)
    return MappingProxyType(faults)


def _faults(body: Any) -> Iterator[tuple[Place, str]]:
    broken = False
    for error in _validator().iter_errors(body):
        broken = True
        yield from _sentences(body, error)
    if not broken:
        yield from meaning.faults(body)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _check_size(body: object) -> None:
    """Refuse what is too deep or too big before anything walks it by recursion, and what no database can keep."""
    values = text = 0
    waiting: list[tuple[object, int]] = [(body, 1)]
    while waiting:
        value, depth = waiting.pop()
        values += 1
        if isinstance(value, str):
            text += len(value)
            _check_text(value)
        elif isinstance(value, Mapping | list):
            if depth > DEEPEST:
                raise Invalid("This form is nested too deeply.")
            waiting.extend((inner, depth + 1) for inner in (_flat(value)))
        elif not _plain(value):
            raise Invalid(NOT_JSON)
        if values + len(waiting) > MOST_VALUES or text > MOST_TEXT:
            raise Invalid("This form is too big.")


def _flat(value: Mapping[Any, Any] | list[Any]) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.keys()
        yield from value.values()
    else:
        yield from value


def _plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) < 10**15)


def _check_text(value: str) -> None:
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Invalid("This form holds a character that cannot be kept.")


def _sentences(body: Any, error: ValidationError) -> Iterator[tuple[Place, str]]:
    """One fault of the schema in words."""
    path = list(error.absolute_path)
    limit: Any = error.validator_value
    here: Any = error.instance
    if error.validator == "required":
        for name in limit:
            if name not in here:
                yield Place(body, [*path, name]), f"{quoted(name)} is missing."
    elif error.validator == "additionalProperties":
        rules: Any = error.schema
        for name in sorted(set(here) - set(rules["properties"])):
            yield Place(body, [*path, name]), f"{quoted(name)} is not known here."
    else:
        yield Place(body, path), _about_value(error, quoted(path[-1]) if path else "A form")


def _about_value(error: ValidationError, name: str) -> str:
    """What is wrong with one value. `name` is its property, in quotes."""
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            wanted = [limit] if isinstance(limit, str) else limit
            return f"{name} must be {' or '.join(_TYPES[kind] for kind in wanted)}."
        case "enum":
            return f"{name} must be one of {', '.join(limit)}, not {quoted(error.instance)}."
        case "pattern" if limit == r"\S":
            return f"{name} cannot be blank."
        case "pattern":
            return f"{quoted(error.instance)} cannot be a key: {meaning.KEY_RULE}"
        case "minLength":
            return f"{name} cannot be empty."
        case "maxLength":
            return f"{name} must be {limit:,} characters or fewer."
        case "minItems":
            return f"{name} needs at least {limit}."
        case "maxItems":
            return f"{name} can have at most {limit}."
        case "minimum":
            return f"{name} must be {limit:,} or more."
        case "maximum":
            return f"{name} must be {limit:,} or less."
        case "minProperties" | "maxProperties":
            return "a condition names a field, and either what it equals or what it contains."
    return f"{name} does not belong to a field of this kind."
