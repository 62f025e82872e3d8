"""The shell in a real browser: axe, keyboard, 320 pixels, with script and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from foundation.ui import navigation, shell
from tests.ui.gallery import HEARD, EveryField

pytestmark = pytest.mark.browser

PAGES = {
    "every component, dressed": "?dressed=1",
    "every component, nobody": "",
    "every field": "form/?dressed=1",
    "clash": "raise/clash/?dressed=1",
    "refusal": "raise/not-allowed/",
    "missing": "raise/404/",
}


@pytest.fixture(autouse=True)
def dressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hat, an inbox and three places to go."""
    places = [navigation.Link("My work", "/a/", ""), navigation.Link("Queue", "/b/", "page")]
    monkeypatch.setattr(navigation, "links", lambda request: places if request.partnership else [])
    said = {"hat": "Practitioner, Harrow Street Primary School", "change_hat_url": "/hats/", "sign_out_url": "/out/"}
    for name, value in {**said, "inbox_count": 3, "inbox_url": "/in/"}.items():
        monkeypatch.setitem(shell._providers, name, lambda request, value=value: value)


@pytest.mark.parametrize("which", PAGES)
def test_axe_finds_nothing_and_nothing_is_too_wide(which, gallery, page_with_script, axe, narrow):
    """Trust 22: no violation at 1280 and 320 pixels; nothing to scroll sideways at 400% zoom."""
    page_with_script.goto(gallery + PAGES[which])
    if which != "missing":  # that page runs nothing
        expect(page_with_script.locator("body.govuk-frontend-supported")).to_be_attached()
    axe(page_with_script)
    narrow(page_with_script)
    axe(page_with_script)


def test_every_link_of_the_summary_focuses_its_field(gallery, page_with_script, axe, narrow):
    """Trust 22: from each mistake straight to its box, by keyboard."""
    page = page_with_script
    page.goto(gallery + "form/")
    page.get_by_label("Day").fill("3")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title("Error: Every field – Early Help")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    axe(page)
    links = page.locator(".govuk-error-summary a")
    assert links.count() == len(EveryField.base_fields)
    for link in links.all():
        target = str(link.get_attribute("href"))[1:]
        link.press("Enter")
        expect(page.locator(f"[id='{target}']")).to_be_focused()
    narrow(page)


def test_a_form_does_its_work_without_script(gallery, page_without_script, narrow):
    """Style: refused, mended and sent in a browser that runs no script; what was typed stays."""
    page = page_without_script
    page.goto(gallery + "form/")
    page.get_by_label("Family name").fill("مريم Okonkwo")
    page.get_by_role("button", name="Continue").click()
    assert page.title() == "Error: Every field – Early Help"
    assert page.get_by_label("Family name").input_value() == "مريم Okonkwo"
    expect(page.get_by_text("You can enter up to 20,000 characters")).to_be_visible()
    narrow(page)
    page.get_by_label("What is happening?").fill("Long")
    for label, value in (("Day", "31"), ("Month", "3"), ("Year", "2019"), ("How many rooms?", "3")):
        page.get_by_label(label, exact=True).fill(value)
    for label in ("In person", "Yes", "Sleep", "7", "I have told the family what happens to what they tell me"):
        page.get_by_label(label, exact=True).check()
    page.get_by_label("Level of need").select_option("2")
    page.get_by_role("button", name="Continue").click()
    assert page.locator("body").inner_text() == "sent"


def test_the_first_tab_leads_past_the_header(gallery, page_with_script):
    """Trust 22: skip link first, then the content."""
    page_with_script.goto(gallery + "?dressed=1")
    page_with_script.keyboard.press("Tab")
    expect(page_with_script.get_by_role("link", name="Skip to main content")).to_be_focused()
    page_with_script.keyboard.press("Enter")
    expect(page_with_script.locator("#main-content")).to_be_focused()


def test_two_presses_send_once(gallery, page_with_script):
    """INT-3: the same form is not sent twice by an impatient finger."""
    page = page_with_script
    sent = []
    page.goto(gallery + "form/")
    page.route("**/form/", lambda route: sent.append(1) if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Continue").evaluate("one => { one.click(); one.click(); }")
    page.wait_for_timeout(300)
    assert len(sent) == 1


class Saving:
    """The gallery's autosaved form, and a server that answers as told."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.sent: list[str] = []
        self.answer: dict[str, Any] = {"status": 200, "body": {"revision": 4, "saved": "14:02"}}
        page.route("**/autosave/", self.hear)
        page.goto(address)
        self.status = page.locator("[data-autosave-status]")

    def hear(self, route: Route) -> None:
        self.sent.append(str(route.request.post_data))
        if self.answer["status"] == 0:
            route.abort()
        elif self.answer["status"] == 302:
            route.fulfill(status=302, headers={"Location": "/accounts/login/"})
        else:
            body = json.dumps(self.answer["body"])
            route.fulfill(status=self.answer["status"], content_type="application/json", body=body)

    def write(self, words: str) -> None:
        self.page.get_by_label("What is going well?").fill(words)

    def wait_for(self, come_true: Callable[[], bool]) -> None:
        """What the server hears, it hears when the page gets round to it."""
        for _ in range(100):
            if come_true():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.sent} {HEARD}")


@pytest.fixture
def saving(gallery: str, page_with_script: Page) -> Saving:
    return Saving(page_with_script, gallery + "saving/")


class TestSavingAsPeopleType:
    def test_words_are_saved_under_the_newest_revision(self, saving):
        """EHA-3: what is typed is kept a second later, and says when."""
        saving.write("Amy sleeps")
        expect(saving.status).to_have_text("Saved at 14:02")
        assert "Amy sleeps" in saving.sent[0]
        assert 'name="csrfmiddlewaretoken"' in saving.sent[0]
        assert saving.page.locator("[name=revision]").input_value() == "4"
        saving.write("Amy sleeps well")
        saving.wait_for(lambda: len(saving.sent) == 2)
        assert 'name="revision"\r\n\r\n4' in saving.sent[1]

    def test_a_clash_is_said_and_nothing_is_overwritten(self, saving):
        """EHA-3: somebody else saved: their words are one link away, and no further save is tried."""
        saving.answer = {"status": 409, "body": {"sentence": "Bea Lund saved this page.", "url": "/theirs/"}}
        saving.write("Mine")
        expect(saving.status).to_contain_text("Not saved. Bea Lund saved this page.")
        assert saving.status.get_by_role("link").get_attribute("href") == "/theirs/"
        saving.write("Mine again")
        saving.page.wait_for_timeout(1500)
        assert len(saving.sent) == 1

    def test_what_is_refused_says_why(self, saving):
        """EHA-3: too long a note is told at once."""
        saving.answer = {"status": 400, "body": {"sentence": "It must be shorter."}}
        saving.write("Long")
        expect(saving.status).to_have_text("Not saved: It must be shorter.")

    def test_no_network_is_said_and_tried_again(self, saving):
        """EHA-3: a dead network loses nothing: it is saved when it lives again."""
        saving.answer = {"status": 503, "body": {}}
        saving.write("On a train")
        expect(saving.status).to_have_text("Not saved – we’ll try again")
        saving.answer = {"status": 200, "body": {"revision": 5, "saved": "14:03"}}
        saving.page.evaluate("dispatchEvent(new Event('online'))")
        expect(saving.status).to_have_text("Saved at 14:03")

    def test_a_session_that_ended_is_said(self, saving):
        """EHA-3: signed out elsewhere: the words stay on the page, and the page says so."""
        saving.answer = {"status": 302}
        saving.write("Still here")
        expect(saving.status).to_contain_text("you have been signed out")
        assert saving.page.get_by_label("What is going well?").input_value() == "Still here"

    def test_leaving_sends_the_last_words(self, saving):
        """EHA-3: closing the page a moment after typing loses nothing."""
        HEARD.clear()
        saving.page.unroute("**/autosave/")
        saving.write("Last words")
        saving.page.goto("/help/gallery/")
        saving.wait_for(lambda: HEARD == ["Last words"])


def test_progress_is_shown_until_it_is_done(gallery, page_with_script, axe):
    """EHA-9: the page of a long job fills itself until the job is done."""
    page = page_with_script
    page.route(
        "**/poll/",
        lambda route: route.fulfill(
            content_type="text/html", body='<div id="pdf" role="status"><p>Ready.</p><a href="/get/">Download</a></div>'
        ),
    )
    page.goto(gallery)
    expect(page.locator("#pdf")).to_contain_text("40% done")
    expect(page.locator("#pdf a")).to_have_text("Download", timeout=10_000)
    assert page.locator("#pdf").get_attribute("data-poll-url") is None
    axe(page)


def test_progress_can_be_asked_for_without_script(gallery, page_without_script):
    """EHA-9: without script there is a link to look again."""
    page_without_script.goto(gallery)
    expect(page_without_script.get_by_role("link", name="Check again")).to_be_visible()


def test_a_printed_page_has_no_buttons(gallery, page_with_script):
    """Screens: a page prints as one would want to hold it."""
    page_with_script.goto(gallery + "form/?dressed=1")
    page_with_script.emulate_media(media="print")
    for hidden in (".eh-header", ".eh-emergency", ".govuk-button", ".govuk-back-link"):
        assert not page_with_script.locator(hidden).first.is_visible()
    assert page_with_script.locator("h1").is_visible()


@pytest.mark.parametrize("act", ["click", "press"])
def test_a_check_never_judges_half_a_page(act, gallery, page_with_script, axe):
    """Trust 22: axe after a click judges the page that it led to, and all of it."""
    page = page_with_script
    page.goto(gallery)
    page.evaluate("document.body.innerHTML = '<a href=halves/>On</a>'")
    link = page.get_by_role("link", name="On")
    link.click() if act == "click" else link.press("Enter")
    assert page.locator("h1").count() == 1
    axe(page)
