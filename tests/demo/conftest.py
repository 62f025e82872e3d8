"""The demonstration, built once for a module's tests in a transaction that is taken back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from earlyhelp.demo import build
from earlyhelp.demo.stages import Stage
from foundation.common import clock
from foundation.tenancy.models import Partnership

# A Wednesday, at twenty past two in the afternoon.
NOW = dt.datetime(2026, 11, 18, 14, 20, tzinfo=clock.LONDON)
FAMILIES = 13


@dataclass(frozen=True)
class Demo:
    """What stands: the partnerships' ids by slug, and how many families are at each stage."""

    partnerships: dict[str, UUID]
    stages: dict[str, Counter[Stage]]


@pytest.fixture(scope="module")
def built(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Demo]:
    """One family of each stage in each partnership, made at NOW."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(NOW):
            stages = build.build(families=FAMILIES)
        yield Demo(dict(Partnership.objects.values_list("slug", "pk")), stages)
        transaction.set_rollback(True)


@pytest.fixture
def demo(built: Demo) -> Iterator[Demo]:
    """The same, at NOW; what a test does to it is taken back."""
    with clock.at(NOW), transaction.atomic():
        yield built
        transaction.set_rollback(True)
