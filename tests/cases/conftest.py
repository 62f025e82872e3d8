"""A partnership with its scope open, and a scene in it."""

import pytest

from foundation.tenancy.scope import tenant_scope
from tests.cases.making import make_scene
from tests.factories import make_partnership


@pytest.fixture
def partnership(db):
    return make_partnership()


@pytest.fixture
def inside(partnership):
    """The partnership's scope, open for the whole test."""
    with tenant_scope(partnership.pk):
        yield partnership


@pytest.fixture
def scene(inside):
    return make_scene()
