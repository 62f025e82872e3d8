"""The ground of a benchmark: a database of its own, made and dropped by the owner, and bare connections to it."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import django
import psycopg2
from django.conf import settings
from django.db import connections

django.setup()

ALIASES = ("default", "owner", "maintenance")


@contextmanager
def database(name: str) -> Iterator[None]:
    """A migrated database `bench_NAME` that every connection points to until the block ends."""
    owner = connections["owner"]
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    owner.settings_dict["TEST"] = {**owner.settings_dict["TEST"], "NAME": f"bench_{name}", "MIGRATE": True}
    owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    point({"default": f"bench_{name}", "maintenance": f"bench_{name}"})
    try:
        yield
    finally:
        for alias in ALIASES:
            connections[alias].close()
        owner.creation.destroy_test_db(before["owner"], verbosity=0)
        point(before)


def connect(alias: str) -> Any:
    """A bare connection of its own, as the role of an alias."""
    return psycopg2.connect(**connections[alias].get_connection_params())


@contextmanager
def quiet() -> Iterator[None]:
    """No line for each request between the figures; afterwards the log speaks as before."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def told(figures: Sequence[float]) -> str:
    """Median, then least and most: the noise belongs beside the figure."""
    return f"{statistics.median(figures):.1f} ({min(figures):.1f} – {max(figures):.1f})"


def point(names: dict[str, str]) -> None:
    """Let aliases name other databases from now on."""
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name
