"""A partnership's configuration as one file: read with every fault in a sentence, written the same each time, compared.

It names no person and no case. The partnership's own name, address and second step are not in it: a file taken over
from elsewhere must neither rename a partnership nor open its door.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.common.errors import Invalid
from foundation.common.text import clean_line, clean_note
from foundation.formdefs import definitions
from foundation.partnership import checks, pathway, presets
from foundation.partnership.enums import Standing

FORMAT, VERSION = "early-help-configuration", 1
MOST_BYTES = 1_000_000
# The partnership's own fields that the file holds, each with what people call it.
WORDS: Mapping[str, str] = {
    setting.field: setting.label
    for setting in pathway.SETTINGS
    if setting.field and setting.field not in {"levels", "colour"}
}
SESSION: Mapping[str, str] = {"idle_minutes": "Minutes without a click", "session_hours": "Hours since signing in"}
_SEVERAL_LINES = frozenset({"emergency_wording"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that taking a file over would change; an empty `before` is something new."""

    area: str
    label: str
    before: str
    after: str


def read(raw: bytes) -> dict[str, Any]:
    """The configuration that a file holds, its words cleaned; raises Invalid with a sentence for each fault."""
    content = _parsed(raw)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Invalid("This is not a configuration file. Choose one that was downloaded from this page.")
    checks.check(content, schema="configuration")
    content = _cleaned(content)
    checks.refuse(checks.level_faults(content["levels"], ("levels",)))
    if content["pathway"]:
        content["pathway"] = _pathway(content["pathway"])
    checks.refuse([*_form_faults(content["forms"]), *_agency_faults(content["agencies"])])
    return content


def write(content: Mapping[str, Any]) -> str:
    """The file's text: the same configuration gives the same text."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def without_people(preset: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as the file holds it: its values and where they come from, not who confirmed them."""
    kept = {key: {"value": item["value"], "standing": item["standing"]} for key, item in body["settings"].items()}
    return {"preset": preset, "settings": kept}


def changes(
    now: Mapping[str, Any], wanted: Mapping[str, Any], agencies: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    """All that `wanted` changes in what stands `now`; `agencies` are those that stand, the ones out of use as well."""
    for field, label in WORDS.items():
        yield from _differing("Words", label, now["words"][field], wanted["words"][field])
    yield from _differing("Words", "Colour", now["colour"], wanted["colour"])
    levels = pathway.BY_KEY["levels"]
    yield from _differing("Words", levels.label, *(pathway.say(levels, side["levels"]) for side in (now, wanted)))
    for field, label in SESSION.items():
        yield from _differing("Signing in", label, str(now["session"][field]), str(wanted["session"][field]))
    yield from _pathway_changes(now["pathway"], wanted["pathway"], shown=set(_differing_fields(now, wanted)))
    yield from _form_changes(now["forms"], wanted["forms"])
    for agency, teams in missing_agencies(agencies, wanted["agencies"]):
        known = agency["name"] if agency.get("stands") else ""
        yield Change("Agencies", f"Teams of {known}" if known else agency["name"], "", ", ".join(teams) or "No teams")


def missing_agencies(
    standing: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each agency to be made, or that lacks teams (`stands` then), with the teams to be made. None is ever removed.

    One that is out of use stays as it is. Names are compared without regard to capitals, as the services do.
    """
    known = {agency["name"].upper(): agency for agency in standing}
    for agency in wanted:
        own = known.get(agency["name"].upper())
        if own is None:
            yield dict(agency), list(agency["teams"])
        elif own.get("active", True):
            teams = {team.upper() for team in own["teams"]}
            missing = [team for team in agency["teams"] if team.upper() not in teams]
            if missing:
                yield {**agency, "name": own["name"], "stands": True}, missing


def differing_forms(
    now: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Each form whose body is not the one in use, and whether one of its key is in use."""
    known = {form["key"]: form for form in now}
    for form in wanted:
        if known.get(form["key"]) != form:
            yield form, form["key"] in known


def _parsed(raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise Invalid("The file is too big: a configuration is at most 1 MB.")
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise Invalid("The file is nested too deeply.") from None
    except ValueError:
        raise Invalid("The file cannot be read: it is not JSON. Choose the file that was downloaded here.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice would be read one way here and another way elsewhere."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(f"The file says {checks.quoted(twice)} twice in one place. Leave one of them out.")
    return found


def _no_number(name: str) -> Any:
    raise Invalid(f"The file holds {name}, which is not a number.")


def _cleaned(content: dict[str, Any]) -> dict[str, Any]:
    """Each text as the product keeps it: trimmed, its characters composed. The forms check their own."""
    own = {key: value for key, value in content.items() if key != "forms"}
    return {**_clean(own, ()), "forms": content["forms"]}


def _clean(value: Any, path: tuple[str | int, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _clean(inner, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner, (*path, number)) for number, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    clean = clean_note if _SEVERAL_LINES.intersection(map(str, path)) else clean_line
    what = checks.place_in_words(path)
    try:
        return clean(value, what=what[:1].upper() + what[1:], limit=600)
    except Invalid as refusal:
        raise Invalid({"/".join(map(str, path)): refusal.sentence}) from None


def _pathway(given: Mapping[str, Any]) -> dict[str, Any]:
    """A policy whose standings can be believed: what is not the preset's own value is the partnership's."""
    if given["preset"] not in presets.names():
        raise Invalid({"pathway/preset": f"Pathway, preset: choose from {', '.join(presets.names())}."})
    checks.check_policy({"settings": given["settings"]}, at=("pathway",))
    preset = presets.load(given["preset"])
    settings = {}
    for key, item in given["settings"].items():
        told = {"value": item["value"], "standing": item["standing"]}
        settings[key] = told if _is_true(preset, key, told) else {**told, "standing": Standing.OWN.value}
    return {"preset": preset.key, "settings": settings}


def _is_true(preset: presets.Preset, key: str, told: Mapping[str, Any]) -> bool:
    if told["standing"] in {Standing.OWN, Standing.CONFIRMED}:
        return True
    own = preset.says(key, told["value"])
    return (own.standing == told["standing"]) if own else (told["value"] is None and key not in preset.values)


def _form_faults(forms: Sequence[Any]) -> Iterator[checks.Fault]:
    seen: set[str] = set()
    for number, form in enumerate(forms):
        try:
            definitions.validate(form)
        except Invalid as refusal:
            yield from ((("forms", number, place), sentence) for place, sentence in refusal.fields.items())
            continue
        if form["key"] in seen:
            yield ("forms", number), f"the form {checks.quoted(form['key'])} stands in the file twice."
        seen.add(form["key"])


def _agency_faults(agencies: Sequence[Mapping[str, Any]]) -> Iterator[checks.Fault]:
    seen: set[str] = set()
    for number, agency in enumerate(agencies):
        name = agency["name"].upper()
        if not name:
            yield ("agencies", number, "name"), "this cannot be blank."
        if name in seen:
            yield ("agencies", number), f"the agency {checks.quoted(agency['name'])} stands in the file twice."
        seen.add(name)
        teams = [team.upper() for team in agency["teams"]]
        if len(set(teams)) != len(teams) or "" in teams:
            yield ("agencies", number, "teams"), "each team stands here once, and has a name."


def _differing(area: str, label: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(area, label, before or "None", after or "None")


def _differing_fields(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    yield from (field for field in WORDS if now["words"][field] != wanted["words"][field])
    yield from (field for field in ("colour", "levels") if now[field] != wanted[field])


def _pathway_changes(
    now: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None, *, shown: set[str]
) -> Iterator[Change]:
    """Each setting that differs, but not once more the words that are `shown` as words already."""
    if wanted is None:
        return
    standing = now["settings"] if now else {}
    for key, item in wanted["settings"].items():
        setting = pathway.setting_of(key)
        if setting is not None and standing.get(key) != item and setting.field not in shown:
            label = f"{setting.label}, as adopted" if setting.field else setting.label
            before = _held_words(setting, standing[key]) if key in standing else ""
            yield Change("Pathway policy", label, before, _held_words(setting, item))
    for key in standing.keys() - wanted["settings"].keys():
        setting = pathway.setting_of(key)
        if setting is not None:
            gone = "No limit" if setting.kind is pathway.Kind.CLOCK else "The product’s own"
            yield Change("Pathway policy", setting.label, _held_words(setting, standing[key]), gone)


def _held_words(setting: pathway.Setting, item: Mapping[str, Any]) -> str:
    held = pathway.held_of(setting, item)
    return f"{held.in_words}\n({held.standing.label})"


def _form_changes(now: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    for form, known in differing_forms(now, wanted):
        yield Change("Forms", form["title"], "The version in use" if known else "", "A version from the file")
