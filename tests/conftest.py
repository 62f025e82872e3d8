"""The tests' ground: real servers, the app's own role, one database for each worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import drop_test_database, make_test_database

pytest_plugins = ["tests.browser_fixtures", "tests.trust.summary"]

# How soon an example is drawn or tried says how busy the machine is, and nothing of the product.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks for more than the usual time begins first, so that no worker is left alone with it at the end.

    Within the long and within the rest the order stays the drawn one.
    """
    usual = float(config.getini("timeout"))

    def is_short(item: pytest.Item) -> bool:
        asked = item.get_closest_marker("timeout")
        return asked is None or float(asked.args[0]) <= usual

    items.sort(key=is_short)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Databases are named by `django_db_setup` below."""


@pytest.fixture(scope="session")
def django_db_setup(request: Any, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the test database as its owner, then work in it as the app's role.

    `EARLYHELP_TEST_NAME` keeps several runs on the same servers apart; `--reuse-db` keeps the database for the next.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{os.environ.get('EARLYHELP_TEST_NAME', 'earlyhelp')}_{worker}"
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        make_test_database(name, keep=bool(keep))
    yield
    with django_db_blocker.unblock():
        if not keep:
            drop_test_database(name)
