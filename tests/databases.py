"""Test databases: migrated once into a template, then copied, so that each worker has its own within a second."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connections

# Beside the migrations, what else decides how the tables come out.
GROUND = ("foundation/tenancy", "foundation/audit", "requirements/test.lock")


def make_test_database(name: str, *, keep: bool = False) -> None:
    """Make the database `name` as its owner and point every connection at it; `keep` takes one that stands."""
    owner = connections["owner"]
    template = f"test_template_{_digest()}"
    owner.close()
    with owner._nodb_cursor() as cursor:
        # Whoever comes second waits here until the first has built the template.
        cursor.execute("SELECT pg_advisory_lock(hashtext('early help test template'))")
        if not _exists(cursor, template):
            _build(owner, template)
        if keep and not (_exists(cursor, name) and _made_from(cursor, name, template)):
            keep = False
        if not keep:
            _drop(cursor, name)
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{template}'")
        cursor.execute("SELECT pg_advisory_unlock_all()")
    for alias in ("owner", "default", "maintenance"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def drop_test_database(name: str) -> None:
    """Remove it; its template stays for the next run."""
    for alias in ("owner", "default", "maintenance"):
        connections[alias].close()
    with connections["owner"]._nodb_cursor() as cursor, suppress(OperationalError):
        _drop(cursor, name, tries=1)  # held by a process that is still ending, it goes with its servers


def _drop(cursor: Any, name: str, *, tries: int = 20) -> None:
    """Wait for those who are still connected: the owner may not end the app's sessions (so no FORCE).

    PostgreSQL itself waits 5 seconds in each try.
    """
    for left in reversed(range(tries)):
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except OperationalError:
            if not left:
                raise
            time.sleep(0.5)
        else:
            return


def _build(owner: Any, template: str) -> None:
    """Migrate under another name first: a template half built, by a run that was killed, must never be taken."""
    building = f"{template}_building"
    before = owner.settings_dict["NAME"]
    owner.settings_dict["TEST"] = {**owner.settings_dict["TEST"], "NAME": building, "MIGRATE": True}
    owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    owner.close()
    owner.settings_dict["NAME"] = settings.DATABASES["owner"]["NAME"] = before
    with owner._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{template}"')


def _exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _made_from(cursor: Any, name: str, template: str) -> bool:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    return bool(cursor.fetchone()[0] == template)


def _digest() -> str:
    """What the tables follow from, as twelve letters: a changed migration makes a new template."""
    found = hashlib.sha256(os.environ["DATABASE_URL"].split("@")[0].encode())
    places = [Path(config.path) / "migrations" for config in apps.get_app_configs()]
    places += [settings.ROOT / place for place in GROUND]
    for place in places:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if path.is_file():
                found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:12]
