"""What rooms above have to say on the administrator's page about a person.

notes.add(services_that_know)      # in AppConfig.ready(); fn(user_id) -> a sentence, or "" for nothing
"""

from __future__ import annotations

from collections.abc import Callable

_askers: list[Callable[[int], str]] = []


def add(ask: Callable[[int], str]) -> None:
    """Ask this function too; the same one is asked once."""
    if ask not in _askers:
        _askers.append(ask)


def about(user_id: int) -> list[str]:
    """Every sentence about a person, inside a scope."""
    return [said for ask in _askers if (said := ask(user_id))]
