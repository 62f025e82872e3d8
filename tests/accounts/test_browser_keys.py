"""Security keys in a real browser, by a virtual one that the browser's own protocol puts in (ACC-1)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import CDPSession, Page, expect

from foundation.accounts.models import User
from foundation.tenancy.scope import tenant_scope
from tests.accounts.test_browser import sign_in
from tests.factories import make_agency, make_member, make_partnership

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

USB = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Pocket:
    """The keys that a person has put into their computer."""

    def __init__(self, page: Page) -> None:
        self.protocol: CDPSession = page.context.new_cdp_session(page)
        self.protocol.send("WebAuthn.enable")
        self.key = ""

    def put_in(self) -> None:
        """A new key."""
        self.key = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": USB})["authenticatorId"]

    def take_out(self) -> list[dict[str, Any]]:
        """What the key had learnt."""
        known = self.protocol.send("WebAuthn.getCredentials", {"authenticatorId": self.key})["credentials"]
        self.protocol.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.key})
        return known

    def teach(self, credential: dict[str, Any]) -> None:
        self.protocol.send("WebAuthn.addCredential", {"authenticatorId": self.key, "credential": credential})


@pytest.fixture
def person(transactional_db: None) -> User:
    with tenant_scope(make_partnership("strictshire", second_factor=True).pk):
        return make_member(agency=make_agency("Fernbank School")).user


@pytest.fixture
def look(page_with_script: Page, axe: Callable[[Page], None], narrow: Callable[[Page], None]) -> Callable[[], None]:
    def check() -> None:
        assert "UNDEFINED" not in page_with_script.content()
        page_with_script.set_viewport_size({"width": 1280, "height": 900})
        axe(page_with_script)
        narrow(page_with_script)
        page_with_script.set_viewport_size({"width": 1280, "height": 900})

    return check


def forged(credential: dict[str, Any]) -> dict[str, Any]:
    """The same credential's id with another private key."""
    other = ec.generate_private_key(ec.SECP256R1())
    raw = other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {**credential, "privateKey": base64.b64encode(raw).decode()}


def test_key_is_set_up_and_signs_in_and_a_wrong_one_is_refused(page_with_script: Page, person: User, look) -> None:
    """ACC-1: the first time by choice; then sign out, a forged key, the right key; all under the strict policy."""
    page, pocket = page_with_script, Pocket(page_with_script)
    pocket.put_in()
    sign_in(page, person.email)
    page.wait_for_url("**/2fa/set-up/**")
    look()
    page.get_by_role("button", name="Set up a security key").click()
    page.wait_for_url("**/keys/add/")
    look()
    page.get_by_label("Name of the key").fill("Blue key")
    page.get_by_role("button", name="Touch the key").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    look()
    page.goto("/accounts/2fa/")
    expect(page.get_by_role("term").filter(has_text="Blue key")).to_be_visible()
    look()
    page.goto("/accounts/")
    look()
    page.get_by_role("button", name="Sign out").click()
    known = pocket.take_out()
    assert [one["rpId"] for one in known] == ["localhost"]
    pocket.put_in()
    pocket.teach(forged(known[0]))
    sign_in(page, person.email)
    page.get_by_role("heading", name="Use your security key").wait_for()
    look()
    page.get_by_role("button", name="Use my security key").click()
    expect(page.get_by_role("alert").first).to_contain_text("That security key was not accepted")
    assert page.title().startswith("Error: ")
    look()
    pocket.take_out()
    pocket.put_in()
    pocket.teach(known[0])
    page.get_by_role("button", name="Use my security key").click()
    page.wait_for_url("**/strictshire/")


def test_cancelled_and_unknown_trouble_is_said_beside_the_button(page_with_script: Page, person: User) -> None:
    """ACC-1: the person reads what happened, keeps the focus, and can try again."""
    page = page_with_script
    sign_in(page, person.email)
    page.goto("/accounts/2fa/keys/add/")
    troubles = {
        "NotAllowedError": "You may have cancelled, or it took too long",
        "InvalidStateError": "This key is set up already",
        "SecurityError": "Ask your IT team",
        "OddError": "could not be used",
    }
    for name, words in troubles.items():
        page.evaluate(
            "name => { navigator.credentials.create = () => Promise.reject(new DOMException('no', name)); }", name
        )
        page.get_by_role("button", name="Touch the key").click()
        expect(page.locator("[data-security-key-status]")).to_contain_text(words)
        expect(page.get_by_role("button", name="Touch the key")).to_be_focused()


def test_key_that_is_set_up_cannot_be_set_up_again(page_with_script: Page, person: User) -> None:
    """ACC-1: the browser is told which keys there are."""
    page, pocket = page_with_script, Pocket(page_with_script)
    pocket.put_in()
    sign_in(page, person.email)
    for expected in ("Your recovery codes", None):
        page.goto("/accounts/2fa/keys/add/")
        page.get_by_role("button", name="Touch the key").click()
        if expected:
            expect(page.get_by_role("heading", name=expected)).to_be_visible()
    expect(page.locator("[data-security-key-status]")).to_contain_text("This key is set up already")


def test_without_script_the_page_says_so_and_offers_the_app(page_without_script: Page, person: User) -> None:
    """ACC-1: no button that does nothing."""
    page = page_without_script
    sign_in(page, person.email)
    page.goto("/accounts/2fa/keys/add/")
    expect(page.get_by_text("A security key needs script")).to_be_visible()
    expect(page.get_by_role("button", name="Touch the key")).to_be_hidden()
    page.get_by_role("link", name="set up an authenticator app instead").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
