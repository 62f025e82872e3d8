"""The service navigation. Rooms add their entries in `AppConfig.ready()`:

    from foundation.ui import navigation
    navigation.add("Queue", "intake:queue", lambda actor: actor.has(Role.SCREENER), order=20)

An entry's address is reversed with the partnership's slug. The entry whose address begins the page's own is marked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from foundation.common.actors import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the navigation; `when` says for whom."""

    label: str
    url_name: str
    when: Callable[[Actor], bool]
    order: int


@dataclass(frozen=True, slots=True)
class Link:
    """An entry on one page. `current` is "page" (this very page), "true" (a page below it) or ""."""

    label: str
    url: str
    current: str


_entries: dict[str, Entry] = {}


def add(label: str, url_name: str, when: Callable[[Actor], bool], order: int) -> None:
    """Add an entry; entries stand by `order`, and one address stands once."""
    _entries[url_name] = Entry(label, url_name, when, order)


def links(request: HttpRequest) -> list[Link]:
    """The entries for the hat worn; none before one is chosen."""
    actor: Actor | None = getattr(request, "actor", None)
    partnership = getattr(request, "partnership", None)
    if actor is None or partnership is None:
        return []
    entries = sorted((entry for entry in _entries.values() if entry.when(actor)), key=lambda entry: entry.order)
    urls = [reverse(entry.url_name, kwargs={"partnership": partnership.slug}) for entry in entries]
    above = max((url for url in urls if request.path.startswith(url)), key=len, default=None)
    return [
        Link(entry.label, url, _current(url, above, request.path, partnership.slug))
        for entry, url in zip(entries, urls, strict=True)
    ]


def _current(url: str, above: str | None, path: str, slug: str) -> str:
    if url == path:
        return "page"
    return "true" if url == above and url != f"/{slug}/" else ""
