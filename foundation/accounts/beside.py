"""What a room above wants to know of a person at each request, read by the query that finds their hats.

    beside.add("unread", queries.unread)      # in AppConfig.ready(); fn(user_id) -> a query expression

The value stands in `request.hat.beside["unread"]`. A page pays no statement for it, so the expression must be cheap:
bounded, and by an index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models.expressions import Combinable

_expressions: dict[str, Callable[[int], Combinable]] = {}


def add(name: str, expression_of: Callable[[int], Combinable]) -> None:
    """Read this too; the last one given under a name wins."""
    _expressions[name] = expression_of


def expressions(user_id: int) -> dict[str, Combinable]:
    """The expressions for one person, to be called inside their partnership's scope."""
    return {f"beside_{name}": expression_of(user_id) for name, expression_of in _expressions.items()}


def values(row: Any) -> dict[str, Any]:
    """What the annotated row says."""
    return {name: getattr(row, f"beside_{name}") for name in _expressions if hasattr(row, f"beside_{name}")}
