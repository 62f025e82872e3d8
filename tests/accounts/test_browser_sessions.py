"""The end of a session as a person meets it: warned, kept waiting, signed out, back with their words (ACC-4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from assessments.enums import AssessmentState
from foundation.accounts.models import User
from tests.accounts.ends import age, store
from tests.accounts.test_browser import sign_in
from tests.assessments.stage import Stage
from tests.factories import make_partnership
from tests.intake.browsing import Visitor
from tests.intake.places import make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Mornings are hard since the move."
BANNER = "These words were kept; they are not saved yet"


def session_of(page: Page) -> Any:
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return store(cookies[settings.SESSION_COOKIE_NAME])


def time_passes(page: Page, seconds: int) -> None:
    """For the server and for the page alike."""
    age(session_of(page), minutes=seconds / 60, began=True)
    page.clock.fast_forward(seconds * 1000)


class Story:
    """A teacher on the page of an enquiry where the story is told; their partnership allows ten minutes."""

    def __init__(self, page: Page) -> None:
        site = make_place()
        with site.scope():
            site.partnership.idle_minutes = 10
            site.partnership.save()
        self.page, self.user = page, site.user("teacher")
        visitor = Visitor(site, "teacher")
        self.url = visitor.url("draft_story", draft_id=visitor.begin())
        self.field = page.locator("textarea[name=worries]")

    def begin(self) -> None:
        sign_in(self.page, self.user.email)
        self.page.goto(self.url)
        self.field.fill(WORDS)

    def come_back(self) -> None:
        come_back(self.page, self.user)
        expect(self.page.get_by_text(BANNER)).to_be_visible()
        expect(self.field).to_have_value(WORDS)


def come_back(page: Page, user: User) -> None:
    """From the sign-in page where one was led."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill("pebble-lantern-orchard")
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def story(page_with_script: Page) -> Story:
    page_with_script.clock.install()
    story = Story(page_with_script)
    story.begin()
    return story


def test_warning_comes_two_minutes_before_and_one_can_stay(story: Story, axe, narrow) -> None:
    """ACC-4: a dialog that holds the focus, says how long, and goes away with a press; the words are untouched."""
    page, dialog = story.page, story.page.get_by_role("dialog")
    time_passes(page, 8 * 60)
    expect(dialog).to_be_hidden()
    time_passes(page, 65)
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Nothing has happened here for almost 10 minutes")
    expect(dialog).to_contain_text("You will be signed out in 1 minute")
    axe(page)
    narrow(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    for _ in range(6):  # Tab goes round inside (the browser's own bar stands between, outside the page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    assert page.locator("[data-session-left]").get_attribute("aria-live") == "polite"
    page.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    expect(story.field).to_have_value(WORDS)
    time_passes(page, 8 * 60)
    expect(dialog).to_be_hidden()


def test_escape_stays_and_sign_out_signs_out(story: Story) -> None:
    """ACC-4: by keyboard alone."""
    page, dialog = story.page, story.page.get_by_role("dialog")
    time_passes(page, 9 * 60 + 5)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    time_passes(page, 9 * 60 + 5)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_at_the_end_the_page_goes_and_the_words_wait(story: Story) -> None:
    """ACC-4: nothing of the family stays on the screen; after signing in again the words are in the form."""
    page = story.page
    time_passes(page, 9 * 60 + 5)
    expect(page.get_by_role("dialog")).to_be_visible()
    time_passes(page, 3 * 60)
    expect(page.get_by_text("nothing happened for 10 minutes. What you wrote was kept.")).to_be_visible()
    assert WORDS not in page.content()
    story.come_back()
    page.get_by_role("button", name="Throw these words away").click()
    expect(story.field).to_have_value("")


def test_end_that_cannot_be_put_off_says_so(story: Story) -> None:
    """ACC-4: the hours are over however busy one is."""
    page, dialog = story.page, story.page.get_by_role("dialog")
    age(session_of(page), minutes=12 * 60 - 4, began=True)
    session = session_of(page)
    session["session_seen_at"] += (12 * 60 - 4) * 60
    session.save()
    page.reload()
    story.field.fill(WORDS)
    time_passes(page, 150)
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("You signed in 12 hours ago")
    expect(dialog).to_contain_text("This cannot be put off")
    page.get_by_role("button", name="Carry on until then").click()
    expect(dialog).to_be_hidden()
    time_passes(page, 100)
    expect(page.get_by_text("You were signed out because you signed in 12 hours ago.")).to_be_visible()
    story.come_back()


def test_work_in_one_tab_keeps_the_others_quiet(story: Story) -> None:
    """ACC-4: a page opened in one tab is told to the others, which then ask nothing of the person."""
    page = story.page
    time_passes(page, 8 * 60)
    other = page.context.new_page()
    other.goto("/accounts/")
    time_passes(page, 65)
    page.wait_for_timeout(500)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(story.field).to_have_value(WORDS)


def test_without_script_a_banner_comes_by_itself_and_the_words_come_back(page_without_script: Page) -> None:
    """ACC-4: by style alone; the button beside it opens a tab of its own; a late press keeps the words."""
    page = page_without_script
    story = Story(page)
    story.begin()
    age(session_of(page), minutes=9 - 3 / 60)
    page.set_extra_http_headers({"Eh-Background": "1"})
    page.goto(story.url)
    page.set_extra_http_headers({})
    story.field.fill(WORDS)
    soon = page.get_by_text("In 2 minutes you will be signed out")
    expect(soon).to_be_hidden()
    expect(soon).to_be_visible(timeout=10_000)
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Stay signed in").click()
    expect(popup.value.get_by_role("heading", name="You are still signed in")).to_be_visible()
    popup.value.close()
    age(session_of(page), minutes=20)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("What you wrote was kept")).to_be_visible()
    story.come_back()


def test_saving_as_one_types_tells_the_end_and_goes_on_after_signing_in_beside_it(
    page_with_script: Page,
) -> None:
    """ACC-4, EHA-4: the words stay on the page; signing in in a new tab makes its button work again."""
    stage = Stage(make_partnership(), AssessmentState.DRAFT)
    page, lead = page_with_script, stage.scene.user("lead")
    sign_in(page, lead.email)
    page.goto(stage.url("section", key="reason"))
    field = page.locator("textarea[name=answer-why], input[name=answer-why]")
    age(session_of(page), minutes=45)
    field.press_sequentially(WORDS)
    status = page.locator("[data-autosave-status]")
    expect(status).to_contain_text("nothing happened for 30 minutes. What you wrote is kept.")
    expect(field).to_have_value(WORDS)
    with page.expect_popup() as popup:
        status.get_by_role("link").click()
    come_back(popup.value, lead)
    expect(popup.value.get_by_text(BANNER)).to_be_visible()
    popup.value.close()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/children/")
    assert stage.section("reason").answers["why"] == WORDS
