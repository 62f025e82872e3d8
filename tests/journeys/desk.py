"""One person at one browser. Every page that they come to is looked at before they go on."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from foundation.accounts.models import User
from foundation.common import clock
from tests.factories import PASSWORD

Look = Callable[[Page], None]


class Desk:
    """A browser's page in one person's hands; `look` is what is checked of every page that is met."""

    def __init__(self, page: Page, look: Look) -> None:
        self.page = page
        self.look = look

    @property
    def script(self) -> bool:
        """Whether this browser runs script."""
        return bool(self.page.context.runs_script)  # type: ignore[attr-defined]

    def go(self, address: str) -> int:
        """Open an address; the status that was answered."""
        answer = self.page.goto(address)
        self.look(self.page)
        assert answer is not None
        return answer.status

    def press(self, button: str | re.Pattern[str], inside: Locator | None = None) -> int:
        """Press the button of this name, and arrive at where it leads; the status of that page."""
        return self._arrive((inside or self.page).get_by_role("button", name=button).click)

    def follow(self, link: str | re.Pattern[str], inside: Locator | None = None) -> int:
        """The same for a link."""
        return self._arrive((inside or self.page).get_by_role("link", name=link).click)

    def _arrive(self, leave: Callable[[], None]) -> int:
        with self.page.expect_navigation() as arrival:
            leave()
        self.look(self.page)
        return arrival.value.status if arrival.value else 0

    def fill(self, label: str, words: str, inside: Locator | None = None) -> None:
        (inside or self.page).get_by_label(label, exact=True).fill(words)

    def tick(self, label: str, inside: Locator | None = None) -> None:
        (inside or self.page).get_by_label(label, exact=True).check()

    def group(self, legend: str) -> Locator:
        """What stands together under one legend."""
        return self.page.get_by_role("group", name=legend)

    def date(self, legend: str, day: int, month: int, year: int) -> None:
        for label, number in (("Day", day), ("Month", month), ("Year", year)):
            self.fill(label, str(number), self.group(legend))

    def sees(self, heading: str | re.Pattern[str]) -> None:
        """The page's own heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def reads(self, *words: str) -> None:
        """Somewhere on the page."""
        for each in words:
            expect(self.page.locator("body")).to_contain_text(each)

    def reads_nothing_of(self, *words: str) -> None:
        """Neither on the page nor in what it was made of."""
        source = self.page.content()
        for each in words:
            assert each not in source, f"“{each}” stands on {self.page.url}"

    def sign_in(self, user: User, password: str = PASSWORD) -> None:
        """By the sign-in page; where it leads."""
        self.go("/accounts/login/")
        self.fill("E-mail address", user.email)
        self.fill("Password", password)
        self.press("Sign in")

    def mend(self, button: str, *, status: int = 400) -> None:
        """Send the page as it stands, be refused, and follow every link of the summary to its field (trust 22)."""
        assert self.press(button) == status
        assert self.page.title().startswith("Error: ")
        summary = self.page.locator(".govuk-error-summary")
        expect(summary).to_be_visible()
        links = summary.get_by_role("link").all()
        assert links, "A summary without a link leads nobody to the mistake."
        for link in links:
            target = str(link.get_attribute("href")).partition("#")[2]
            link.press("Enter")
            expect(self.page.locator(f"[id='{target}']")).to_be_focused()


QUESTIONS = """(form) => [...form.querySelectorAll("input[type=radio], select, textarea, input[type=text]")]
  .filter((one) => one.checkVisibility())
  .map((one) => ({ name: one.name, id: one.id, kind: one.type, empty: !one.value, numbers: !!one.inputMode }))"""


def fill_in(form: Locator, words: str) -> None:
    """Answer every question that a form shows: the first choice of each, today in dates, `words` elsewhere.

    Choices first, since they bring up further questions.
    """
    today = clock.today()
    dates = {"day": today.day, "month": today.month, "year": today.year}
    chosen = set()
    for box in form.evaluate(QUESTIONS):
        place = form.locator(f"[id='{box['id']}']")
        if box["kind"] == "radio" and box["name"] not in chosen:
            place.check()
            chosen.add(box["name"])
        elif box["kind"] == "select-one" and box["empty"]:
            place.select_option(index=1)
    for box in form.evaluate(QUESTIONS):
        if box["kind"] in {"text", "textarea"} and box["empty"]:
            part = box["name"].rpartition("_")[2]
            form.locator(f"[id='{box['id']}']").fill(str(dates.get(part, 3)) if box["numbers"] else words)
