"""The pages of clocks in a real browser: the example live, or by a button without script; narrow (trust 22)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.partnership.founding import Place, make_place

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SENTENCE = (
    "An enquiry at 16:40 on Thursday 2 April 2026 would be due Wed 8 April 2026 at 5pm: 2 working days from "
    "Thu 2 April 2026, Good Friday and Easter Monday left out."
)


@pytest.fixture
def office(transactional_db: None) -> Place:
    return make_place("rotherham")


def easter(page: Page) -> None:
    """Put the start of the issue into the example's boxes."""
    for part, typed in (("day", "2"), ("month", "4"), ("year", "2026")):
        page.locator(f"input[name=example-day_{part}]").fill(typed)
    page.locator("input[name=example-at]").fill("16:40")


def test_the_example_is_live_and_the_limit_saved(
    page_with_script: Page, office: Place, sign_in: Any, axe: Any, narrow: Any
) -> None:
    """A worked example shown live; on none of the pages a violation, or anything wider than 320 pixels."""
    page = page_with_script
    sign_in(page, office.member.user.email, PASSWORD)
    page.goto(office.url())
    page.get_by_role("link", name="Clocks and working days").click()
    axe(page)
    page.get_by_role("link", name="Change Screening decision").click()
    axe(page)
    easter(page)
    page.get_by_label("How long", exact=True).fill("2")
    expect(page.locator("#example")).to_contain_text(SENTENCE)
    page.get_by_label("How long", exact=True).fill("")
    expect(page.locator("#example")).to_contain_text("Fill in the answers above")
    page.get_by_label("How long", exact=True).fill("2")
    page.get_by_label("In steps of our own").check()
    expect(page.get_by_role("button", name="Add another reminder")).to_be_visible()
    axe(page)
    narrow(page)
    page.get_by_label("Nobody is reminded").check()
    expect(page.get_by_role("button", name="Add another reminder")).to_be_hidden()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. This is now version 2")).to_be_visible()
    narrow(page)
    for path in ("clocks/days/?year=2026", "clocks/days/add/", "clocks/days/hours/", "clocks/pause-reasons/"):
        page.goto(office.url(path))
        axe(page)
        narrow(page)


def test_all_of_it_works_without_script(page_without_script: Page, office: Place, sign_in: Any) -> None:
    """Style: script only makes it quicker; a closure day moves the example."""
    page = page_without_script
    sign_in(page, office.member.user.email, PASSWORD)
    page.goto(office.url("clocks/days/add/"))
    for part, typed in (("day", "7"), ("month", "4"), ("year", "2026")):
        page.locator(f"input[name=days-0-day_{part}]").fill(typed)
    page.get_by_label("What it is called").fill("Training day")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Training day")).to_be_visible()
    page.goto(office.url("clocks/screening_decision/"))
    easter(page)
    page.get_by_label("How long", exact=True).fill("2")
    page.get_by_role("button", name="Show the example").click()
    expect(page.locator("#example")).to_contain_text(
        "would be due Thu 9 April 2026 at 5pm: 2 working days from Thu 2 April 2026, "
        "Good Friday, Easter Monday and Training day left out."
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. This is now version 3")).to_be_visible()
