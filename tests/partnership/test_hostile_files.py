"""Files that are no configuration, or that mean harm: refused with the place of each fault, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from foundation.common.errors import Invalid
from foundation.partnership import configuration
from tests.partnership.files import exported, state_of, take
from tests.partnership.founding import Place

pytestmark = pytest.mark.django_db


def spoilt(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], bytes]:
    def made(content: dict[str, Any]) -> bytes:
        change(content)
        return json.dumps(content).encode()

    return made


def text_of(content: dict[str, Any], find: str, put: str) -> bytes:
    text = json.dumps(content)
    assert find in text
    return text.replace(find, put, 1).encode()


IDLE = '"idle_minutes": 30'
SAME = {"name": "RUTLAND  early HELP ", "kind": "school", "teams": []}
SCRIPT = "<script>alert(1)</script>"
HOSTILE: list[tuple[str, Callable[[dict[str, Any]], bytes], str]] = [
    ("empty", lambda c: b"", "it is not JSON"),
    ("not json", lambda c: b"front_door: The Haven", "it is not JSON"),
    ("a picture", lambda c: b"\x89PNG\r\n\x1a\n" + bytes(200), "it is not JSON"),
    ("utf-16", lambda c: json.dumps(c).encode("utf-16"), "it is not JSON"),
    ("cut off", lambda c: json.dumps(c).encode()[:-9], "it is not JSON"),
    ("too big", lambda c: b" " * configuration.MOST_BYTES + json.dumps(c).encode(), "too big"),
    ("deep lists", lambda c: b"[" * 400_000 + b"]" * 400_000, "nested too deeply"),
    ("deep names", lambda c: b'{"a":' * 90_000 + b"1" + b"}" * 90_000, "nested too deeply"),
    ("deep form", spoilt(lambda c: c["forms"].append(json.loads('{"a":' * 40 + "1" + "}" * 40))), "nested too deeply"),
    ("many values", spoilt(lambda c: c.update(forms=[0] * 70_000)), "too many values"),
    ("nan", lambda c: text_of(c, IDLE, '"idle_minutes": NaN'), "NaN, which is not a number"),
    ("huge number", lambda c: text_of(c, IDLE, '"idle_minutes": 1e999'), "a whole number"),
    ("long number", lambda c: text_of(c, IDLE, f'"idle_minutes": {"9" * 5000}'), "it is not JSON"),
    ("said twice", lambda c: text_of(c, IDLE, f"{IDLE}, {IDLE}"), "‘idle_minutes’ twice"),
    ("a list", lambda c: b"[]", "This is not a configuration file."),
    ("a word", lambda c: b'"hello"', "This is not a configuration file."),
    ("null", lambda c: b"null", "This is not a configuration file."),
    ("nothing in it", lambda c: b"{}", "This is not a configuration file."),
    ("a form", lambda c: json.dumps(c["forms"][0]).encode(), "This is not a configuration file."),
    ("other format", spoilt(lambda c: c.update(format="another")), "This is not a configuration file."),
    ("nothing else", lambda c: b'{"format": "early-help-configuration"}', "words: this is missing."),
    ("later version", spoilt(lambda c: c.update(version=2)), "version: this must be 1"),
    ("unknown key", spoilt(lambda c: c.update(users=[])), "‘users’ is not known here."),
    ("mass assignment", spoilt(lambda c: c["words"].update(second_factor=False)), "‘second_factor’ is not known here."),
    ("a slug", spoilt(lambda c: c["words"].update(slug="other")), "words: ‘slug’ is not known here."),
    ("words gone", spoilt(lambda c: c["words"].pop("lead_title")), "words, lead title: this is missing."),
    ("wrong type", spoilt(lambda c: c["words"].update(lead_title=["x"])), "words, lead title: this must be text."),
    ("blank", spoilt(lambda c: c["words"].update(lead_title="   ")), "words, lead title: this cannot be blank."),
    ("true", spoilt(lambda c: c["session"].update(idle_minutes=True)), "this must be a whole number."),
    ("too long a session", spoilt(lambda c: c["session"].update(session_hours=999)), "24 or less."),
    ("script in words", spoilt(lambda c: c["words"].update(front_door=SCRIPT)), "there is markup in it (‘<script>"),
    ("script in emergency", spoilt(lambda c: c["words"].update(emergency_wording="999 </b>")), "there is markup"),
    ("script in a level", spoilt(lambda c: c["levels"][0].update(words="<b>1")), "levels 1, words: there is markup"),
    ("script in an agency", spoilt(lambda c: c["agencies"][0].update(name="<img src=x>")), "agencies 1, name: there"),
    ("script in a team", spoilt(lambda c: c["agencies"][0].update(teams=[SCRIPT])), "agencies 1, teams 1: there"),
    ("script in a form", spoilt(lambda c: c["forms"][0].update(title=SCRIPT)), "forms 1, title: there is markup in it"),
    ("script as a name", spoilt(lambda c: c.update({SCRIPT: 1})), "is not plain words"),
    ("hidden", spoilt(lambda c: c["words"].update(front_door="Ha\x07ven")), "there is a hidden character in it"),
    ("nul", spoilt(lambda c: c["agencies"][0].update(name="Ha\x00ven")), "there is a hidden character in it"),
    ("half a letter", lambda c: text_of(c, '"MASH"', '"MA\\ud800SH"'), "there is a hidden character in it"),
    ("turned around", spoilt(lambda c: c["words"].update(front_door="Ha\u202even")), "turns text around"),
    ("line break", spoilt(lambda c: c["words"].update(lead_title="Lead\nProfessional")), "has a line break"),
    ("pale colour", spoilt(lambda c: c.update(colour="#ffff00")), "colour: #ffff00 is too pale"),
    ("css", spoilt(lambda c: c.update(colour="red;}")), "is not written as it should be here."),
    ("phone", spoilt(lambda c: c["words"].update(out_of_hours_phone="javascript:alert(1)")), "one phone number"),
    ("levels twice", spoilt(lambda c: c["levels"].append(c["levels"][0])), "has the code ‘1’ already."),
    ("agencies twice", spoilt(lambda c: c["agencies"].append(c["agencies"][0])), "stands in the file twice."),
    ("agencies alike", spoilt(lambda c: c["agencies"].append(SAME)), "the agency ‘RUTLAND early HELP’ stands"),
    ("teams twice", spoilt(lambda c: c["agencies"][0]["teams"].extend(["North", "NORTH"])), "each team stands"),
    ("unknown kind", spoilt(lambda c: c["agencies"][0].update(kind="circus")), "agencies 1, kind: this must be one of"),
    ("members", spoilt(lambda c: c["agencies"][0].update(members=["a@b.example"])), "‘members’ is not known here."),
    ("too many", spoilt(lambda c: c.update(agencies=[SAME] * 1001)), "at most 1000"),
    ("unknown preset", spoilt(lambda c: c["pathway"].update(preset="atlantis")), "choose from derby"),
    ("broken policy", spoilt(lambda c: c["pathway"]["settings"].pop("review")), "settings, review: this is missing."),
    ("broken clock", spoilt(lambda c: c["pathway"]["settings"]["review"]["value"].update(length=-1)), "1 or more"),
    ("who confirmed", spoilt(lambda c: c["pathway"]["settings"]["review"].update(confirmed_by="Ann")), "whole number"),
    ("broken form", spoilt(lambda c: c["forms"][0].pop("title")), "forms 1, title: ‘title’ is missing."),
    ("form twice", spoilt(lambda c: c["forms"].append(c["forms"][0])), "stands in the file twice."),
]  # fmt: skip


@pytest.mark.parametrize(("make", "sentence"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_hostile_file_is_refused_with_its_place_and_changes_nothing(
    place: Place, make: Callable[[dict[str, Any]], bytes], sentence: str
) -> None:
    """Issue 3: each is told in a sentence that says where; not one value is taken over."""
    before = state_of(place.partnership)
    raw = make(exported(place.partnership))
    with pytest.raises(Invalid) as refused:
        take(place.partnership, raw)
    assert any(sentence.lower() in words.lower() for words in refused.value.fields.values()), refused.value.fields
    assert state_of(place.partnership) == before
