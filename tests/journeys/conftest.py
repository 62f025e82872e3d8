"""A place with people, desks for them, and what is checked of every page that they meet."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.background import worker_at_work
from tests.journeys.desk import Desk
from tests.journeys.town import Town, make_town

# What axe judges follows from these; a page of a shape that it has seen is not judged a second time.
SHAPE = """() => {
  const telling = /^(role|aria-[a-z]+|type|for|lang)$/;
  const words = (each) => each.name + (telling.test(each.name) ? each.value : "");
  return [...document.querySelectorAll("*")]
    .map((one) => [one.tagName, one.className, ...[...one.attributes].map(words)].join(" ")).join("\\n");
}"""

NARROW = {"width": 320, "height": 640}

# Set to a folder to have a picture of every page there, wide and narrow.
PICTURES = os.environ.get("EARLYHELP_PICTURES", "")


@pytest.fixture
def town(transactional_db: None) -> Town:
    return make_town()


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A Celery worker, so that what is asked for in the background is carried out."""
    with worker_at_work(tmp_path):
        yield


@pytest.fixture(scope="session")
def judged() -> set[str]:
    """The shapes of pages in which axe has found nothing."""
    return set()


@pytest.fixture
def look(
    axe: Callable[[Page], None], narrow: Callable[[Page], None], judged: set[str], request: Any
) -> Callable[[Page], None]:
    """Trust 22: no axe violation, one heading of the first level, nothing undefined, nothing wider than 320 pixels."""
    number = count(1)

    def at(page: Page) -> None:
        assert "UNDEFINED(" not in page.content(), page.url
        assert page.locator("h1").count() == 1, page.url
        assert page.title().endswith("Early Help")
        if page.context.runs_script and (shape := page.evaluate(SHAPE)) not in judged:  # type: ignore[attr-defined]
            axe(page)
            judged.add(shape)
        before = page.viewport_size
        _picture(page, request.node.name, next(number), "wide")
        narrow(page)
        _picture(page, request.node.name, 0, "narrow")
        if before != page.viewport_size:
            page.set_viewport_size(before)

    return at


@pytest.fixture
def desk(open_page: Callable[..., Page], look: Callable[[Page], None]) -> Callable[..., Desk]:
    """Gives somebody a browser of their own, signed in by the sign-in page if a person is named.

    Without script it is as narrow as a telephone all the way, so that every button is pressed there too.
    """

    def sit_down(user: Any = None, *, script: bool = True) -> Desk:
        one = Desk(open_page(script=script), look)
        if not script:
            one.page.set_viewport_size(NARROW)
        if user is not None:
            one.sign_in(user)
        return one

    return sit_down


def _picture(page: Page, test: str, number: int, how: str) -> None:
    if not PICTURES:
        return
    where = Path(PICTURES, test)
    where.mkdir(parents=True, exist_ok=True)
    number = number or max(int(path.name[:3]) for path in where.glob("*-wide.png"))
    words = re.sub(r"\W+", "-", page.title().partition(" – ")[0])[:50]
    page.screenshot(path=where / f"{number:03}-{words}-{how}.png", full_page=True)
