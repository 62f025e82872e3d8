"""A founded partnership; the office of its settings is in `office.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from foundation.tenancy.scope import tenant_scope
from tests.partnership.founding import Place, make_place


@pytest.fixture
def place(db: None) -> Place:
    """A partnership founded from the preset of Rotherham."""
    return make_place()


@pytest.fixture
def inside(place: Place) -> Iterator[Place]:
    """The same, with its scope open for the whole test."""
    with tenant_scope(place.partnership.pk):
        yield place
