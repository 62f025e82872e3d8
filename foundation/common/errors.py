"""What can go wrong in a way a person can act on. Each error carries the sentence that the person reads."""

from __future__ import annotations

from collections.abc import Mapping


class EarlyHelpError(Exception):
    """The base of all: `sentence` is shown to people, so it names no one and explains what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(EarlyHelpError):
    """The actor may know that the thing exists, but not do this (403)."""


class NotThere(EarlyHelpError):
    """Missing, or not to be known about: both look the same (404)."""

    def __init__(self, sentence: str = "There is nothing here.") -> None:
        super().__init__(sentence)


class Clash(EarlyHelpError):
    """Somebody was there first (409): the sentence says who or what, and what was kept."""


class Invalid(EarlyHelpError):
    """Input that breaks a rule (400). `fields` maps a field's name to its sentence; "" is the whole form."""

    def __init__(self, fields: Mapping[str, str] | str) -> None:
        self.fields = {"": fields} if isinstance(fields, str) else dict(fields)
        super().__init__(" ".join(self.fields.values()))
