"""What the page of setting up lists, and where a setting is changed; rooms above add theirs in `AppConfig.ready`."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from foundation.partnership.pathway import Kind, Setting


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the landing page: its words, where it leads, and what is found there."""

    words: str
    url_name: str
    about: str


_places = [
    Place("Agencies and teams", "people:agencies", "The organisations that work here, and their teams."),
    Place("People", "people:people", "Who works for which agency, in which role; invitations; last sign-in."),
    Place("Words and colour", "partnership:words", "What things are called here, the emergency wording, the colour."),
    Place("Signing in", "partnership:signing_in", "The second step, and how long a session lasts."),
    Place(
        "Pathway policy", "partnership:pathway", "The times and ways of working, and which of them wait for your word."
    ),
    Place("Configuration file", "partnership:configuration", "All of this as one file, to keep or to take over."),
    Place("Who changed what", "partnership:changes", "Every change of an administrator, the newest first."),
]
_changes: dict[Kind | str, tuple[str, str]] = {}


def add(words: str, url_name: str, about: str, *, before: str) -> None:
    """Add a line before that of another address; a second time changes nothing."""
    if all(place.url_name != url_name for place in _places):
        where = next(number for number, place in enumerate(_places) if place.url_name == before)
        _places.insert(where, Place(words, url_name, about))


def listed() -> list[Place]:
    """The lines, in order."""
    return list(_places)


def change_at(what: Kind | str, url_name: str, *, named: str = "") -> None:
    """Say where settings of a kind, or the one of a key, are changed; `named` is the address's part for the key."""
    _changes[what] = (url_name, named)


def change_url(setting: Setting, slug: str) -> str:
    """Where a setting of the pathway is changed; nothing where no page does."""
    url_name, named = _changes.get(setting.key) or _changes.get(setting.kind) or ("", "")
    return (
        reverse(url_name, kwargs={"partnership": slug, **({named: setting.key} if named else {})}) if url_name else ""
    )
