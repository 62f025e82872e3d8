"""Who carries out what: each room registers its handlers in its `tasks.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

LEASE = dt.timedelta(minutes=2)


class UnknownTopic(LookupError):
    """No room of this release handles the topic; a later one may, so the message waits."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function with how it wants to be run."""

    run: Callable[..., Any]
    in_scope: bool
    lease: dt.timedelta


_registry: dict[str, Handler] = {}


def handles(topic: str, *, in_scope: bool = True, lease: dt.timedelta = LEASE) -> Callable[[F], F]:
    """Register the decorated function for a topic; it must bear being run twice.

    It is called as `run(message_id=…, payload=…)` inside the partnership's scope, in the same transaction that marks
    the message done: what it writes happens once. With `in_scope=False` it is called without scope or transaction and
    with `partnership_id=…` as well, for long work that commits its own steps (a progress that others see); then the
    lease must outlast the work, or the message is handed out again beside it.
    """

    def register(function: F) -> F:
        standing = _registry.get(topic)
        if standing is not None and _place(standing.run) != _place(function):
            raise ValueError(f"The topic {topic} is handled already.")
        _registry[topic] = Handler(function, in_scope, lease)
        return function

    return register


def handler_for(topic: str) -> Handler:
    """The handler of a topic; raises UnknownTopic."""
    try:
        return _registry[topic]
    except KeyError:
        raise UnknownTopic(topic) from None


def lease_of(topic: str) -> dt.timedelta:
    """How long a claimed message of this topic is left to its worker."""
    standing = _registry.get(topic)
    return standing.lease if standing is not None else LEASE


def _place(function: Callable[..., Any]) -> tuple[str, str]:
    return function.__module__, function.__qualname__
