"""The pathway policy and the configuration file in a real browser: with script, without it, narrow (trust 22)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.partnership.files import exported, made_up_configuration
from tests.partnership.founding import Place, make_place

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db: None) -> Place:
    """A partnership from the preset with the longest words."""
    return make_place("tower-hamlets")


def file_of(content: str) -> dict[str, Any]:
    return {"name": "configuration.json", "mimeType": "application/json", "buffer": content.encode()}


def test_an_administrator_confirms_and_takes_a_file_over(
    page_with_script: Page, office: Place, sign_in: Any, axe: Any, narrow: Any
) -> None:
    """§11: from the page of setting up; on none of its pages a violation, or anything wider than 320 pixels."""
    page = page_with_script
    sign_in(page, office.member.user.email, PASSWORD)
    page.goto(office.url())
    page.get_by_role("link", name="Pathway policy").click()
    axe(page)
    page.get_by_role("button", name="Confirm Colour").click()
    expect(page.get_by_text("Confirmed. This is now version 2")).to_be_visible()
    axe(page)
    narrow(page)
    page.get_by_role("link", name="Version 1").click()
    axe(page)
    page.goto(office.url("configuration/"))
    axe(page)
    page.get_by_label("Configuration file").set_input_files(file_of('{"format": "early-help-configuration"}'))
    page.get_by_role("button", name="Look at what it changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Words: this is missing.")
    axe(page)
    narrow(page)
    page.get_by_label("Configuration file").set_input_files(file_of(made_up_configuration()))
    page.get_by_role("button", name="Look at what it changes").click()
    axe(page)
    narrow(page)
    page.get_by_role("button", name="Take all of it over").click()
    expect(page.get_by_text("The file was taken over:")).to_be_visible()
    taken = exported(office.partnership)
    assert taken["words"] == json.loads(made_up_configuration())["words"]


def test_all_of_it_works_without_script(page_without_script: Page, office: Place, sign_in: Any) -> None:
    """Style: script only makes it quicker."""
    page = page_without_script
    sign_in(page, office.member.user.email, PASSWORD)
    page.goto(office.url("pathway/"))
    page.get_by_role("button", name="Confirm all that are left").click()
    expect(page.get_by_text("Nothing waits to be confirmed.")).to_be_visible()
    page.goto(office.url("configuration/"))
    page.get_by_label("Configuration file").set_input_files(file_of(made_up_configuration()))
    page.get_by_role("button", name="Look at what it changes").click()
    page.get_by_role("button", name="Take all of it over").click()
    expect(page.get_by_text("The file was taken over:")).to_be_visible()
