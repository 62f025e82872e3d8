"""The tests' ground: real servers, the app's own role, one database for each worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Databases are named by `django_db_setup` below."""


@pytest.fixture(scope="session")
def django_db_setup(request: Any, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the test database as its owner, then work in it as the app's role.

    `EARLYHELP_TEST_NAME` keeps several runs on the same servers apart.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{os.environ.get('EARLYHELP_TEST_NAME', 'earlyhelp')}_{worker}"
    owner = connections["owner"]
    owner.settings_dict["TEST"] = {**owner.settings_dict["TEST"], "NAME": name, "MIGRATE": True}
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=bool(keep))
        for alias in ("default", "maintenance"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            settings.DATABASES[alias]["NAME"] = name
    yield
    with django_db_blocker.unblock():
        for alias in ("default", "maintenance"):
            connections[alias].close()
        if not keep:
            owner.creation.destroy_test_db(owner.settings_dict["NAME"], verbosity=0)
