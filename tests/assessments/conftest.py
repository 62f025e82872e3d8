"""One scene, in its partnership's scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_partnership
from tests.walks import Scene, make_scene


@pytest.fixture
def partnership(db: None) -> Partnership:
    return make_partnership()


@pytest.fixture
def scene(partnership: Partnership) -> Iterator[Scene]:
    """People of one partnership; the test works inside its scope."""
    with tenant_scope(partnership.pk):
        yield make_scene()
