"""The databases that the pages are measured in: one partnership alone, and a country of them. Made once, and kept.

Each holds the same partnership `size-001`, made from the same seed, with the same agencies: what differs is only what
stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.test import Client

from benchmarks.ground import ALIASES, point
from earlyhelp.populate import build
from earlyhelp.populate.country import address_of, slug_of
from foundation.accounts.hats import Hat, hats_of
from foundation.accounts.models import User
from foundation.tenancy.models import Partnership

PREFIX = "bench"
BACKEND = "foundation.accounts.backends.PasswordBackend"


@dataclass
class Ground:
    """One database of a size, with a connection of its own as the app's role."""

    words: str
    size: build.Size
    _wrapper: Any = None
    _clients: dict[str, Client] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """Its name."""
        return f"{PREFIX}_{self.size.partnerships}x{self.size.cases}"

    @contextmanager
    def stood_on(self) -> Iterator[Ground]:
        """Everything in the block asks this database."""
        before = connections["default"]
        if self._wrapper is None:
            self._wrapper = before.copy()
            self._wrapper.settings_dict["NAME"] = self.database
        connections["default"] = self._wrapper
        try:
            yield self
        finally:
            connections["default"] = before

    def hat(self, role: str, agency: str) -> Hat:
        """The hat of the one who signs in as this role of an agency of the first partnership."""
        (hat,) = hats_of(User.objects.get(email=address_of(role, agency, 1)))
        return hat

    def client(self, role: str, agency: str) -> Client:
        """The same person's browser, signed in."""
        key = f"{role} {agency}"
        if key not in self._clients:
            client = self._clients[key] = Client(HTTP_HOST="127.0.0.1")
            client.force_login(User.objects.get(email=address_of(role, agency, 1)), backend=BACKEND)
        return self._clients[key]

    @property
    def slug(self) -> str:
        """The first partnership's."""
        return slug_of(1)

    @property
    def partnership(self) -> Partnership:
        """The first one."""
        return Partnership.objects.get(slug=self.slug)

    def close(self) -> None:
        """Let the connection go."""
        if self._wrapper is not None:
            self._wrapper.close()


def grounds(*, partnerships: int, cases: int, seed: int) -> tuple[Ground, Ground]:
    """Both databases, whole: one partnership alone, and so many with so many cases together."""
    alone = Ground("one partnership alone", build.Size(1, cases // partnerships, seed))
    country = Ground(f"{partnerships} partnerships", build.Size(partnerships, cases, seed))
    for ground in (alone, country):
        _make(ground)
    return alone, country


def _make(ground: Ground) -> None:
    """Migrate it, and fill it if it is new; one whose load was broken off, or of another seed, is made anew."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    try:
        if _stands(ground.database) and _standing(ground) not in ("", ground.size.words):
            _nobody(f'DROP DATABASE "{ground.database}"')
        if not _stands(ground.database):
            _nobody(f'CREATE DATABASE "{ground.database}"')
        point(dict.fromkeys(ALIASES, ground.database))
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        if build.standing() == "":
            print(f"Making {ground.database}, once; it is kept for the next time.", flush=True)
            build.populate(ground.size, say=lambda line: print(f"  {line}", flush=True))
    finally:
        point(before)


def _standing(ground: Ground) -> str:
    point(dict.fromkeys(ALIASES, ground.database))
    try:
        return build.standing()
    finally:
        for alias in ALIASES:
            connections[alias].close()


def _stands(name: str) -> bool:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [name])
        return bool(cursor.fetchone()[0])


def _nobody(statement: str) -> None:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(statement)
