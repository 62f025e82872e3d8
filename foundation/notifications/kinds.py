"""What can be told. Rooms above fill this in `AppConfig.ready()`; a kind that nobody added is not told.

    kinds.add("deadlines.reminder", words=words_of, url=url_of)

`words(message)` is one sentence for inbox and e-mail alike, made of labels, dates and the reference: it names nobody
and no concern. `url(slug, message)` is the address of the thing, "" where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foundation.notifications.models import Message

UNKNOWN = "Something waits for you"


class UnknownKind(LookupError):
    """No room of this release tells such a thing."""


def _no_page(slug: str, message: Message) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class MessageKind:
    """The words and the address of one kind."""

    words: Callable[[Message], str]
    url: Callable[[str, Message], str] = _no_page


_kinds: dict[str, MessageKind] = {}


def add(name: str, *, words: Callable[[Message], str], url: Callable[[str, Message], str] = _no_page) -> None:
    """Add a kind under its name; the last one given wins."""
    _kinds[name] = MessageKind(words, url)


def check_known(names: set[str]) -> None:
    """Raises UnknownKind unless every name was added."""
    if unknown := sorted(names - set(_kinds)):
        raise UnknownKind(", ".join(unknown))


def words(message: Message) -> str:
    """The sentence of a message. One that a later release told still says that something waits."""
    kind = _kinds.get(message.kind)
    return " ".join(kind.words(message).split()) if kind else UNKNOWN


def url(slug: str, message: Message) -> str:
    """The address of what a message is about; "" where there is none."""
    kind = _kinds.get(message.kind)
    return kind.url(slug, message) if kind else ""
