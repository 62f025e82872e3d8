"""What every channel does, and what it says when an e-mail cannot go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from foundation.notifications.enums import MailingState, Trouble
from foundation.notifications.letters import Email


@dataclass(frozen=True, slots=True)
class Found:
    """An e-mail that the service has already, by its own number."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an e-mail."""

    state: MailingState
    trouble: Trouble | None = None


FORGOTTEN = Fate(MailingState.FAILED, Trouble.NO_WORD)
"""Nobody will learn it any more."""


class Refused(Exception):
    """It will never be taken, so that trying again is no use. Names nobody."""

    def __init__(self, trouble: Trouble, *, bounced: bool) -> None:
        super().__init__(trouble.value)
        self.fate = Fate(MailingState.BOUNCED if bounced else MailingState.FAILED, trouble)


class Channel(Protocol):
    """A way out. Whatever else it raises is trouble of the moment, and the outbox tries again later."""

    name: str
    knows_references: bool

    def look_up(self, reference: UUID) -> Found | None:
        """The e-mail of this reference, if the service has it; None as well where nobody can tell."""

    def send(self, letter: Email) -> str:
        """Hand it over; the service's own number for it, "" where it gives none. Raises Refused."""

    def fate_of(self, provider_id: str) -> Fate | None:
        """What became of an e-mail; None while that is open, or where nobody can tell."""
