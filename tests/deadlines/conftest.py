"""A place with clocks, its scope open for the whole test or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from foundation.deadlines import subjects
from tests.deadlines.making import Place, know_pieces, make_place


@pytest.fixture(autouse=True)
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """What clocks are about here; the rooms above are out of the way until the test ends."""
    monkeypatch.setattr(subjects, "_subjects", {})
    know_pieces()


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    """No scope open: pages, sweeps and threads open their own."""
    if "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
    return make_place()


@pytest.fixture
def inside(place: Place) -> Iterator[Place]:
    """The same, with its scope open for the whole test."""
    with place.scope():
        yield place
