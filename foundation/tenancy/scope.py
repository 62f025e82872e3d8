"""One partnership at a time, for the ORM (django-scopes) and for PostgreSQL (row-level security) alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django_scopes import get_scope, scope, scopes_disabled

SETTING = "earlyhelp.partnership"
USER_SETTING = "earlyhelp.user"


class ScopeError(RuntimeError):
    """A scope is missing where one is needed, or stands where another was to be opened."""


def current_partnership_id() -> UUID:
    """The partnership whose scope is open; raises ScopeError where none is."""
    found = current_partnership_id_or_none()
    if found is None:
        raise ScopeError("No partnership's scope is open.")
    return found


def current_partnership_id_or_none() -> UUID | None:
    """The partnership whose scope is open, if one is."""
    return get_scope().get("partnership")


@contextmanager
def tenant_scope(partnership_id: UUID) -> Iterator[None]:
    """Work inside one partnership, in one transaction. Scopes are never nested: the inner would stay behind.

    The database's setting lasts as long as the transaction at most; on success it is also taken back, because
    inside a surrounding transaction (a test's) it would outlive the scope. An error rolls it back.
    """
    if current_partnership_id_or_none() is not None:
        raise ScopeError("A partnership's scope is open already: scopes are never nested.")
    with transaction.atomic():
        with scope(partnership=partnership_id):
            _set_local(SETTING, str(partnership_id))
            yield
        _set_local(SETTING, "")


@contextmanager
def own_memberships_scope(user_id: int) -> Iterator[None]:
    """Before a partnership is chosen: let a person's own memberships be read, and nothing else (ACC-2)."""
    if current_partnership_id_or_none() is not None:
        raise ScopeError("A partnership's scope is open already: scopes are never nested.")
    with transaction.atomic():
        with scopes_disabled():
            _set_local(USER_SETTING, str(user_id))
            yield
        _set_local(USER_SETTING, "")


def _set_local(name: str, value: str) -> None:
    if not connection.in_atomic_block:
        raise ScopeError("A scope needs a transaction.")
    if connection.needs_rollback:
        return  # the rollback takes the setting with it
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
