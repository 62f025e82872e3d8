"""The one write path of a partnership's words, colour and limits (practice model §11, INT-10, ACC-1, ACC-4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid
from foundation.common.text import clean_line, clean_note
from foundation.partnership import policies, wording
from foundation.partnership.enums import PartnershipVerb
from foundation.partnership.models import SettingsChange
from foundation.tenancy.models import IDLE_MINUTES, SESSION_HOURS, Partnership
from foundation.ui import colours

_PHONE = re.compile(r"\+?[0-9 ()-]+")
_LIMITS = {"idle_minutes": (*IDLE_MINUTES, "minutes"), "session_hours": (*SESSION_HOURS, "hours")}


class SettingsClash(Clash):
    """Another administrator saved first. `theirs` is what is kept now; `yours` is what was refused, as it was sent."""

    def __init__(self, theirs: Partnership, yours: Mapping[str, Any]) -> None:
        super().__init__("Another administrator saved these settings while you were working on them.")
        self.theirs = theirs
        self.yours = dict(yours)


@transaction.atomic
def change_settings(*, by: Actor, revision: int, changes: Mapping[str, object]) -> Partnership:
    """Change some of a partnership's settings, each as `wording.FIELDS` names it; what stays the same is no change.

    `revision` is the one that the person saw: raises SettingsClash when it is no longer current, and Invalid with a
    sentence for each field that is wrong. Every change is kept as it was and as it became.
    """
    policies.check_can_change_settings(by=by)
    partnership = Partnership.objects.select_for_update(of=("self",)).get(pk=by.partnership_id)
    if partnership.revision != revision:
        raise SettingsClash(partnership, changes)
    cleaned = _cleaned(partnership, changes)
    before = {field: getattr(partnership, field) for field in cleaned}
    changed = {field: value for field, value in cleaned.items() if before[field] != value}
    if not changed:
        return partnership
    for field, value in changed.items():
        setattr(partnership, field, value)
    partnership.revision += 1
    partnership.save(update_fields=[*changed, "revision"])
    SettingsChange.objects.bulk_create(
        SettingsChange(
            revision=partnership.revision,
            field=field,
            before=before[field],
            after=value,
            changed_by_id=by.user_id,
            changed_at=clock.now(),
        )
        for field, value in changed.items()
    )
    audit.record(
        by=by,
        verb=PartnershipVerb.SETTINGS_CHANGED,
        subject=partnership,
        revision=partnership.revision,
        fields=sorted(changed),
    )
    return partnership


def _cleaned(partnership: Partnership, changes: Mapping[str, object]) -> dict[str, Any]:
    """Each value as it is kept; raises Invalid for all that are wrong at once."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field, value in changes.items():
        try:
            kept[field] = _clean(partnership, field, value)
        except Invalid as refusal:
            wrong[field] = refusal.sentence
    if wrong:
        raise Invalid(wrong)
    return kept


def _clean(partnership: Partnership, field: str, value: object) -> Any:
    if field not in wording.FIELDS:
        raise Invalid("This is not a setting that can be changed here.")
    match field:
        case "levels":
            return _levels(partnership, value)
        case "second_factor":
            return _second_factor(partnership, value)
        case "idle_minutes" | "session_hours":
            return _within(field, value)
    words = _words(field, value)
    match field:
        case "colour":
            return _colour(words)
        case "out_of_hours_phone":
            return _phone(words)
    return words


def _words(field: str, value: object) -> str:
    """Plain text within its limit; its `<` and `&` are letters like any other, on every page and in every e-mail."""
    setting = wording.FIELDS[field]
    clean = clean_note if setting.lines else clean_line
    words = clean(value if isinstance(value, str) else "", what=setting.label, limit=setting.limit)
    if not words and not setting.may_be_empty:
        raise Invalid(f"Enter {setting.label[0].lower()}{setting.label[1:]}.")
    return words


def _colour(typed: str) -> str:
    colour = typed.lower()
    if not colours.is_colour(colour):
        raise Invalid("Enter the colour as # and six letters or numbers, such as #1d70b8.")
    if not colours.can_be_seen(colour):
        measured = colours.contrast(colour, colours.LIGHT)
        raise Invalid(
            f"{colour} is too pale to be seen on the white page: its contrast is {measured:.1f} to 1, and 3 to 1 is "
            f"needed. A darker shade of it that can be seen is {colours.nearest_seen(colour)}."
        )
    return colour


def _phone(typed: str) -> str:
    if typed and (_PHONE.fullmatch(typed) is None or sum(map(str.isdigit, typed)) < 3):
        raise Invalid("Enter one phone number, such as 01632 960 001, with nothing else beside it.")
    return typed


def _levels(partnership: Partnership, value: object) -> list[dict[str, str]]:
    """The same levels with other words: how many there are, and their codes, is the pathway's."""
    given = value if isinstance(value, list) else []
    codes = [level["code"] for level in partnership.levels]
    if [level.get("code") if isinstance(level, dict) else None for level in given] != codes:
        raise Invalid("Give a word for each level of need, and for no other.")
    named = []
    for level in given:
        said = level.get("words")
        words = clean_line(
            said if isinstance(said, str) else "", what=f"The word for level {level['code']}", limit=wording.LEVEL_LIMIT
        )
        if not words:
            raise Invalid(f"Enter the word for level {level['code']}.")
        named.append({"code": level["code"], "words": words})
    return named


def _second_factor(partnership: Partnership, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("Choose whether a second step is asked for.")
    if partnership.second_factor and not value and not settings.DEMO:
        raise Invalid("Only a demonstration may do without the second step. Families' records stay behind both.")
    return value


def _within(field: str, value: object) -> int:
    least, most, unit = _LIMITS[field]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"Enter a whole number of {unit} from {least} to {most}.")
    return value
