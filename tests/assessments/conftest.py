"""One scene, in its partnership's scope; and a gallery of every state, built once for a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.assessments.stage import Gallery, kept_for_a_module
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


@pytest.fixture(scope="module")
def gallery(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gallery]:
    """An assessment in each state. Ask for `stood` beside it: it opens the scope and undoes what a test changes."""
    with kept_for_a_module(django_db_blocker):
        yield Gallery()


@pytest.fixture
def stood(gallery: Gallery, db: None) -> Iterator[Gallery]:
    """The gallery, in its partnership's scope, for one test."""
    with gallery.scope():
        yield gallery
