"""Policies raise, with a sentence; `.allows` is the same rule as a boolean, for templates."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, ParamSpec

from foundation.common.errors import NotAllowed

P = ParamSpec("P")


class Policy(Generic[P]):
    """A rule about who may do what: call it to enforce, ask `.allows` to know."""

    def __init__(self, check: Callable[P, None]) -> None:
        self._check = check
        update_wrapper(self, check)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Enforce the rule: raises NotAllowed with its sentence."""
        self._check(*args, **kwargs)

    def allows(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """True when the rule raises nothing."""
        try:
            self._check(*args, **kwargs)
        except NotAllowed:
            return False
        return True


def policy(check: Callable[P, None]) -> Policy[P]:
    """Make a function that raises NotAllowed with a sentence into a Policy."""
    return Policy(check)
