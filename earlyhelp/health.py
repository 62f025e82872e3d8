"""`/healthz/live` and `/healthz/ready`: for probes, without sign-in or scope, in words that tell no secret (OPS-2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.audit import partitions
from foundation.outbox import kick

WARN_BELOW = 6
"""Months of partitions ahead below which the words ask for more; with none ahead the installation is not ready."""


@never_cache
@require_safe
@transaction.non_atomic_requests
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; it asks nobody else."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations, broker and partitions are as they must be, otherwise 503 with what is not."""
    words: dict[str, str] = {}
    checks: list[tuple[str, Callable[[], tuple[bool, str]]]] = [
        ("database", _database),
        ("migrations", _migrations),
        ("partitions", _partitions),
        ("broker", _broker),
    ]
    is_ready = True
    for name, check in checks:
        if name in {"migrations", "partitions"} and words["database"] != "answers":
            words[name] = "not known"
            continue
        try:
            well, words[name] = check()
        except Exception:  # the words of a driver's error hold addresses
            well, words[name] = False, "does not answer"
        is_ready = is_ready and well
    answer = {"status": "ready" if is_ready else "not ready", **words}
    return JsonResponse(answer, status=200 if is_ready else 503)


def _database() -> tuple[bool, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True, "answers"


def _migrations() -> tuple[bool, str]:
    """Compare what was applied with the last migration of each app, which are read from disk once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = len(last_migrations() - set(cursor.fetchall()))
    return not missing, "applied" if not missing else "not all applied"


def _partitions() -> tuple[bool, str]:
    months = partitions.months_ahead(connection)
    words = f"{max(months, 0)} months ahead"
    return months >= 1, words if months >= WARN_BELOW else f"{words}: run make_partitions"


def _broker() -> tuple[bool, str]:
    well = kick.answers()
    return well, "answers" if well else "does not answer"


@cache
def last_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as the code knows them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())
