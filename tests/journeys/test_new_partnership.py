"""From an empty database to a working partnership, in the browser alone: no shell, and under ten minutes (§11, ACC-3).

The operator sets the installation up and makes a partnership from a preset; its first administrator comes by e-mail,
sets the words, adds an agency, invites somebody; who was invited makes an enquiry. Every message goes by SMTP through
the mail catcher of `make run`, and every link is followed there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from earlyhelp.operator import links
from foundation.outbox.services import deliver_due
from foundation.partnership import presets
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from intake.models import Enquiry
from tests.embedded.test_mail import Catcher
from tests.intake.test_browser import write_an_enquiry
from tests.journeys.desk import Desk
from tests.journeys.test_signing_in import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

PASSWORD = "copper-harbour-violin"
# How long a person takes: to read a page and find what to press, to type a letter, and to take an app's code over.
PAGE, LETTER, APP = 8.0, 0.35, 40.0


@dataclass
class Effort:
    """What a person has to do; `seconds` is how long that takes somebody who is neither quick nor slow."""

    pages: int = 0
    letters: int = 0
    apps: int = 0

    @property
    def seconds(self) -> float:
        return self.pages * PAGE + self.letters * LETTER + self.apps * APP


class Newcomer(Desk):
    """Somebody at a browser, whose effort is counted."""

    effort: Effort

    def fill(self, label: str, words: str, inside=None) -> None:
        self.effort.letters += len(words)
        super().fill(label, words, inside)

    def second_step(self) -> None:
        """Set up an authenticator app, and keep the codes."""
        self.effort.apps += 1
        self.sees("Set up your second step")
        self.press("Set up an authenticator app")
        secret = "".join(self.page.locator(".eh-code").inner_text().split())
        self.fill("Code", code_of(secret))
        self.press("Continue")
        self.press("I have kept them: go to my work")

    def choose_password(self) -> None:
        self.fill("Password", PASSWORD)
        self.fill("Password again", PASSWORD)

    def follow_newest_message(self, catcher: Catcher) -> None:
        """Open the mailbox, the newest message, and the link in it."""
        self.go(f"http://127.0.0.1:{catcher.pages}/")
        with self.page.expect_navigation():
            self.page.locator("li a").first.click()
        self.look(self.page)
        with self.page.expect_navigation():
            self.page.locator("pre a").click()
        self.look(self.page)


@pytest.fixture
def effort() -> Effort:
    return Effort()


@pytest.fixture
def newcomer(open_page, look, effort: Effort) -> Callable[[], Newcomer]:
    """A desk for somebody new, with script."""

    def seen(page) -> None:
        effort.pages += 1
        look(page)

    def sit_down() -> Newcomer:
        one = Newcomer(open_page(script=True), seen)
        one.effort = effort
        return one

    return sit_down


@pytest.fixture
def catcher(tmp_path: Path, live_server, settings) -> Iterator[Catcher]:
    """The mail catcher, to which the product sends by SMTP."""
    made = Catcher(tmp_path / "mail", web=urlsplit(live_server.url).port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.smtp
    settings.PUBLIC_ADDRESS = live_server.url
    yield made
    made.process.terminate()
    made.process.wait(10)


def test_from_nothing_to_an_enquiry(transactional_db, newcomer, catcher, effort, settings, record_property) -> None:
    """§11, ACC-3, OPS-1: everything by pages; the operator ends outside, the administrator without a case."""
    settings.DEMO = False
    assert not Partnership.objects.exists()
    began = time.monotonic()
    operator = newcomer()
    set_up_the_installation(operator)
    make_the_partnership(operator)
    partnership = Partnership.objects.get()
    deliver_due(partnership_id=partnership.pk)
    administrator = newcomer()
    come_in(administrator, catcher)
    set_the_words(administrator)
    add_a_school(administrator)
    deliver_due(partnership_id=partnership.pk)
    teacher = newcomer()
    come_in(teacher, catcher)
    took, needed = time.monotonic() - began, replace(effort)  # from here on the partnership works
    write_an_enquiry(teacher.page, teacher.look)
    with tenant_scope(partnership.pk):
        assert Enquiry.objects.count() == 1
    for path in ("", "cases/", "enquiries/queue/"):
        assert operator.go(f"/fernshire/{path}") == 404
    assert administrator.go("/fernshire/cases/") == 403
    record_property(
        "trust",
        f"a new partnership in the browser: {needed.pages} pages, {needed.letters} letters, {needed.apps} second "
        f"steps: about {needed.seconds / 60:.1f} minutes for people ({took:.0f} s by machine, every page judged)",
    )
    assert needed.seconds < 600


def set_up_the_installation(one: Newcomer) -> None:
    """From the printed address to the operator's page."""
    one.go(urlsplit(links.set_up_url()).path)
    one.sees("Set up Early Help")
    one.fill("Your name", "Oona Quill")
    one.fill("E-mail address", "oona@early-help.example")
    one.choose_password()
    one.press("Make my account")
    one.fill("E-mail address", "oona@early-help.example")
    one.fill("Password", PASSWORD)
    one.press("Sign in")
    one.second_step()
    one.sees("Partnerships")


def make_the_partnership(one: Newcomer) -> None:
    one.press("New partnership from a preset")
    one.mend("Make the partnership and send the invitation")
    one.tick("Tower Hamlets")
    one.fill("Name of the partnership", "Fernshire Partnership")
    one.fill("Short name in addresses", "fernshire")
    one.fill("Name of the first administrator", "Carol Denton")
    one.fill("E-mail address of the first administrator", "carol@fernshire.example")
    one.press("Make the partnership and send the invitation")
    one.sees("Fernshire Partnership")
    one.reads("What happens next", "An invitation went to Carol Denton")


def come_in(one: Newcomer, catcher: Catcher) -> None:
    """From the message to My work."""
    one.follow_newest_message(catcher)
    one.choose_password()
    one.press("Accept and go on")
    one.second_step()
    one.sees("My work")


def set_the_words(one: Newcomer) -> None:
    """Look first, then save; the next page shows it, and so does the list of changes."""
    one.follow("Set up")
    one.follow("Words and colour")
    one.fill("The out-of-hours phone number", "01632 960 001")
    one.fill("The colour", "#ffdd00")
    one.mend("Save")
    one.fill("The colour", "#00625f")
    one.press("Look first, without saving")
    one.reads("How it would look", "Nothing is saved yet.")
    one.press("Save")
    one.reads("Saved. Everybody sees it from their next page on.", "01632 960 001")
    one.follow("Set up", one.page.get_by_role("navigation", name="Menu"))
    one.follow("Who changed what")
    one.reads("Carol Denton", "01632 960 001", presets.load("tower-hamlets").words["colour"])


def add_a_school(one: Newcomer) -> None:
    one.follow("Set up", one.page.get_by_role("navigation", name="Menu"))
    one.follow("Agencies and teams")
    one.press("Add an agency")
    one.fill("Name", "Fernbank School")
    one.tick("School or college")
    one.press("Add the agency")
    one.press("Invite somebody to this agency")
    one.fill("Name", "Idris Pemberton")
    one.fill("E-mail address", "idris@fernbank.example")
    one.tick("Practitioner")
    one.press("Send the invitation")
