"""Clocks in a real browser: the sentence of CLK-2, axe, 320 pixels, and without script (trust 22)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from foundation.common import clock
from foundation.deadlines import services
from foundation.deadlines.services.starting import Whose
from tests.deadlines.making import CONTACT, EASTER, REVIEW, SCREENING, WAIT, Place, london
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SENTENCE = (
    "Due Tue 14 April 2026 at 5pm: 10 working days from Fri 27 March 2026, Good Friday and Easter Monday left out."
)


@pytest.fixture
def in_easter_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wednesday 1 April 2026 at ten, for the server's threads as well, and it goes on from there."""
    travelled = london("2026-04-01 10:00") - dt.datetime.now(dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.now(dt.UTC) + travelled)


@pytest.fixture
def clocks(transactional_db: None, place: Place) -> dict[str, Any]:
    """One that runs, one that is late and asked for, one that stands still, one of the hub's."""
    made: dict[str, Any] = {}
    with place.scope():
        pieces = list(place.more_pieces(4))
        made["running"] = place.start(subject=pieces[0])
        made["late"] = place.start(CONTACT, subject=pieces[1])
        made["asked"] = place.ask(made["late"], at="2026-03-31 10:00")
        made["paused"] = place.start(REVIEW, subject=pieces[2])
        with clock.at(london("2026-03-30 10:00")):
            services.pause_clock(by=place.actor("worker"), deadline_id=made["paused"].pk, reason=WAIT, note="Away.")
        made["hub"] = place.start(SCREENING, subject=pieces[3], whose=Whose(), at=EASTER)
    return made


def test_a_worker_reads_why_asks_and_a_manager_answers(
    place: Place, clocks: dict[str, Any], in_easter_week: None, open_page: Callable[..., Page], sign_in: Any
) -> None:
    """CLK-2, CLK-3: across Easter 2026, without script, from the page that explains to the page that answers."""
    worker, manager = open_page(script=False), open_page(script=False)
    sign_in(worker, place.people["worker"].user.email, PASSWORD)
    worker.goto(place.url("detail", deadline_id=clocks["running"].pk))
    expect(worker.get_by_text(SENTENCE, exact=True)).to_be_visible()
    worker.get_by_role("button", name="Ask for more time").click()
    expect(worker.get_by_text(SENTENCE, exact=True)).to_be_visible()
    for part, typed in (("Day", "21"), ("Month", "4"), ("Year", "2026")):
        worker.get_by_label(part, exact=True).fill(typed)
    worker.get_by_label("Why is more time needed?").fill("Dad is away at sea.")
    worker.get_by_role("button", name="Ask your manager").click()
    expect(worker.get_by_text("No manager has answered yet.")).to_be_visible()
    sign_in(manager, place.people["manager"].user.email, PASSWORD)
    manager.goto(place.url("late"))
    manager.get_by_role("link", name="EH-7KQ2-M9XD: Assessment completed").click()
    manager.get_by_label("Give this time").check()
    manager.get_by_role("button", name="Send your answer").click()
    expect(manager.get_by_text("More time is given. Whoever asked is told.")).to_be_visible()
    worker.reload()
    expect(
        worker.get_by_text("Mariam Oyelaran gave more time on Wed 1 April 2026: until Tue 21 April 2026 at 5pm.")
    ).to_be_visible()


def test_every_page_and_every_mistake_passes_axe_and_fits_a_narrow_screen(
    place: Place,
    clocks: dict[str, Any],
    in_easter_week: None,
    page_with_script: Page,
    sign_in: Any,
    axe: Any,
    narrow: Any,
) -> None:
    """Trust 22: each page and its error state; the summary's link focuses its field."""
    page = page_with_script
    sign_in(page, place.people["second"].user.email, PASSWORD)
    key = clocks["running"].pk
    for address in (
        place.url("late"), place.url("late") + "?band=soon", place.url("late") + "?band=today",
        *(place.url("detail", deadline_id=clocks[name].pk) for name in ("running", "late", "paused")),
        place.url("ask", deadline_id=key), place.url("pause", deadline_id=key),
        place.url("answer", extension_id=clocks["asked"].pk),
    ):  # fmt: skip
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        axe(page)
        narrow(page)
    for address, button, field in (
        (place.url("ask", deadline_id=key), "Ask your manager", "until_day"),
        (place.url("pause", deadline_id=key), "Pause it", "reason"),
        (place.url("answer", extension_id=clocks["asked"].pk), "Send your answer", "decision"),
    ):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        page.get_by_role("button", name=button).click()
        axe(page)
        narrow(page)
        page.locator(".govuk-error-summary a").first.click()
        expect(page.locator(f"[name={field}]:focus")).to_be_visible()


def test_pausing_and_resuming_without_script(
    place: Place, clocks: dict[str, Any], in_easter_week: None, page_without_script: Page, sign_in: Any
) -> None:
    """CLK-4: choose why, see since when it stands still, and let it go on."""
    page = page_without_script
    sign_in(page, place.people["worker"].user.email, PASSWORD)
    page.goto(place.url("detail", deadline_id=clocks["running"].pk))
    page.get_by_role("button", name="Pause it").click()
    page.get_by_label(WAIT).check()
    page.get_by_role("button", name="Pause it").click()
    expect(page.get_by_text(f"It has stood still since Wed 1 April 2026: {WAIT}.")).to_be_visible()
    page.get_by_role("button", name="Resume it").click()
    expect(page.get_by_text("The clock runs again.")).to_be_visible()
