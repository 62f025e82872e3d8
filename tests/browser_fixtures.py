"""A real browser for the tests marked `browser`: pages with and without script, axe, sign-in.

    @pytest.mark.browser
    def test_queue_page(page_with_script, axe, sign_in):
        sign_in(page_with_script, "screener@rotherham.example")
        page_with_script.goto("/rotherham/queue/")
        axe(page_with_script)

Both pages stand on pytest-django's live server (so the test's database is flushed afterwards) and fail the test when
the page logged an error or broke the content security policy. `narrow(page)` makes it 320 pixels wide and asserts
that nothing has to be scrolled sideways. What is clicked or pressed has ended once the page it led to has loaded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from earlyhelp.bootstrap import BROWSERS

CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), BROWSERS[0])
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-gpu-rasterization",  # Debian asks for it, and without a graphics card it costs the most
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
VIOLATIONS = {"resultTypes": ["violations"]}  # to describe all that is right as well takes as long again
PATIENCE = 15_000  # milliseconds: how long a busy machine may take to come round to what is waited for
DEMO_PASSWORD = "early-help-demo"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; Playwright's loop makes Django think that it is asynchronous."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        for act in ("click", "press"):
            patch.setattr(Locator, act, _arriving(getattr(Locator, act)))
        expect.set_options(timeout=PATIENCE)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page_with_script(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page 1280 pixels wide."""
    with _page(browser, live_server.url, script=True) as page:
        yield page


@pytest.fixture
def page_without_script(browser: Browser, live_server: Any) -> Iterator[Page]:
    """The same for someone whose browser runs no script. Never hand it to axe, which would wait for ever."""
    with _page(browser, live_server.url, script=False) as page:
        yield page


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Opens one page after another, each with cookies of its own: several people, each at their own desk."""
    with ExitStack() as stack:
        yield lambda *, script=True: stack.enter_context(_page(browser, live_server.url, script=script))


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Asserts that axe finds nothing on a page."""

    def check(page: Page) -> None:
        assert page.context.runs_script, "axe needs a page with script"  # type: ignore[attr-defined]
        results = Axe().run(page, options=VIOLATIONS)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check


@pytest.fixture
def narrow() -> Callable[[Page], None]:
    """Asserts that a page fits 320 pixels (which is also 1280 at 400% zoom)."""

    def check(page: Page) -> None:
        page.set_viewport_size({"width": 320, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{page.url} is {wide} pixels wide: {page.evaluate(_WIDE)}"

    return check


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """Signs a person in by the sign-in page."""

    def by_page(page: Page, email: str, password: str = DEMO_PASSWORD) -> None:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("main form button[type=submit]").first.click()
        assert "/accounts/login" not in page.url, "The sign-in was refused."

    return by_page


_WIDE = """[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > 321)
  .map((one) => one.tagName + "." + one.className).slice(0, 8)"""


def _arriving(act: Callable[..., None]) -> Callable[..., None]:
    """Playwright's own ends with the first byte of the next page, and a check at once would judge half of it."""

    @wraps(act)
    def act_and_arrive(locator: Locator, *args: Any, **kwargs: Any) -> None:
        act(locator, *args, **kwargs)
        if not locator.page.is_closed():
            locator.page.wait_for_load_state()

    return act_and_arrive


@contextmanager
def _page(browser: Browser, url: str, *, script: bool) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        base_url=url, java_script_enabled=script, viewport={"width": 1280, "height": 900}, locale="en-GB"
    )
    context.runs_script = script  # type: ignore[attr-defined]
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    """Errors, but not the browser's note of a status such as 400, 409 or 503, which tests ask for themselves."""
    expected = "the server responded with a status of"
    return [message.text] if message.type == "error" and expected not in message.text else []
