"""Signing in as people do it: mistyped, locked out, with an authenticator app, and by keyboard alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD
from tests.journeys.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def code_of(secret: str, *, steps: int = 0) -> str:
    """The six numbers that an authenticator app shows (RFC 6238), now or some steps of 30 seconds later."""
    moment = (int(time.time()) // 30 + steps).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), moment, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def test_a_wrong_password_and_a_lockout_say_the_same(town, desk):
    """ACC-5: a person who mistypes is told what to do; too often, and even the right password waits."""
    person = town.user("pastoral")
    one = desk()
    one.go("/accounts/login/")
    one.mend("Sign in", status=200)
    one.sign_in(person, "not-the-right-one")
    said = one.page.locator(".govuk-error-summary li").inner_text()
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        one.fill("Password", "not-the-right-one")
        with one.page.expect_navigation():
            one.page.get_by_role("button", name="Sign in").click()
    one.sign_in(person)
    expect(one.page.locator(".govuk-error-summary li")).to_have_text(said)
    assert one.page.title().startswith("Error: Sign in")


def test_an_authenticator_app_is_set_up_and_asked_for(town, desk):
    """ACC-1: in a partnership that demands it nothing opens before; afterwards each sign-in asks for a code."""
    town.partnership.second_factor = True
    with tenant_scope(town.partnership.pk):
        town.partnership.save()
    one = desk(town.user("lead"))
    one.sees("Set up your second step")
    one.go(town.url("cases/"))
    one.sees("Set up your second step")
    one.press("Set up an authenticator app")
    one.sees("Set up an authenticator app")
    one.mend("Continue", status=200)
    secret = "".join(one.page.locator(".eh-code").inner_text().split())
    one.fill("Code", code_of(secret))
    one.press("Continue")
    one.sees("Your recovery codes")
    one.press("I have kept them: go to my work")
    one.sees("My work")
    one.press("Sign out")
    one.sign_in(town.user("lead"))
    one.sees("Enter the code from your authenticator app")
    one.fill("Code", "000000")
    one.press("Sign in")
    assert one.page.title().startswith("Error: ")
    one.fill("Code", code_of(secret, steps=1))  # each code opens once
    one.press("Sign in")
    one.sees("My work")


class Keyboard:
    """A person without a mouse: Tab, Space, Enter and the letters."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Tab as often as it takes; every stop on the way can be seen."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if target.evaluate("one => one === document.activeElement"):
                return
            assert self.page.evaluate(_CAN_BE_SEEN), self.page.evaluate("document.activeElement.outerHTML")
        raise AssertionError(f"{target} is not reached by Tab")

    def write(self, label: str, words: str) -> None:
        self.reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.insert_text(words)

    def choose(self, label: str) -> None:
        """A radio: Tab leads to its group, the arrows to the choice."""
        radio = self.page.get_by_label(label, exact=True)
        first = radio.locator("xpath=ancestor::fieldset[1]//input").first
        self.reach(first)
        self.page.keyboard.press("Space")
        while not radio.is_checked():
            self.page.keyboard.press("ArrowDown")

    def press(self, target: Locator) -> None:
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name))


_CAN_BE_SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth;
}"""


def test_by_keyboard_alone_from_sign_in_to_the_first_child(town, desk):
    """Trust 22, INT-1, ACC-1: sign in, begin an enquiry, make and mend a mistake, name the family and a child."""
    one: Desk = desk()
    page, keys = one.page, Keyboard(one.page)
    page.goto("/accounts/login/")
    keys.write("E-mail address", town.user("pastoral").email)
    keys.write("Password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.press(page.locator("main").get_by_role("button", name="Make an enquiry"))
    keys.button("Start")
    keys.button("Save and continue")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Family name")).to_be_focused()
    page.keyboard.insert_text("Trevanion")
    keys.button("Save and continue")
    keys.button("Add a person")
    keys.write("Given name", "Tegen")
    keys.choose("Child or young person")
    keys.choose("Estimated")
    for label, number in (("Day", "1"), ("Month", "7"), ("Year", "2018")):
        keys.write(label, number)
    keys.button("Save and continue")
    expect(page.get_by_role("listitem").filter(has_text=re.compile("Tegen Trevanion"))).to_be_visible()
