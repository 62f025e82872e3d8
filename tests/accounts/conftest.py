"""Two partnerships, and addresses inside them that exist for these tests alone."""

from __future__ import annotations

import pytest

from foundation.tenancy.models import Partnership
from tests.accounts.office import Office, make_office
from tests.factories import make_partnership


@pytest.fixture
def fernshire(db) -> Partnership:
    return make_partnership("fernshire")


@pytest.fixture
def marrowdale(db) -> Partnership:
    return make_partnership("marrowdale")


@pytest.fixture
def office(fernshire) -> Office:
    """Fernshire's administrator at their desk."""
    return make_office(fernshire)


@pytest.fixture
def probes(settings) -> None:
    """Puts `tests.accounts.probes` where the product's own addresses are."""
    settings.ROOT_URLCONF = "tests.accounts.probes"
