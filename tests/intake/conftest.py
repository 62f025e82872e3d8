"""A place to work in: `place` with its scope open, for services; `site` without, for pages, which open their own."""

import pytest

from tests.intake.places import Place, make_place


@pytest.fixture
def site(db) -> Place:
    return make_place()


@pytest.fixture
def place(site):
    with site.scope():
        yield site
