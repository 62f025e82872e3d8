"""Signing in, setting up the app and choosing a hat in a real browser, small and wide (ACC-1, ACC-2)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from foundation.accounts.enums import Role
from foundation.tenancy.scope import tenant_scope
from tests.accounts.test_second_factor import code_of
from tests.factories import PASSWORD, make_agency, make_member, make_partnership, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_with_script) -> Page:
    return page_with_script


@pytest.fixture
def looks_right(page, axe, narrow):
    """Checks the page where it stands: no axe violation wide or narrow, no word undefined, no picture broken."""

    def check() -> None:
        assert "UNDEFINED" not in page.content()
        page.set_viewport_size({"width": 1280, "height": 900})
        axe(page)
        narrow(page)
        axe(page)
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")

    return check


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_first_sign_in_sets_the_app_up(page, looks_right):
    """ACC-1: refused once, signed in, picture and key shown under the strict policy, code taken, codes to keep."""
    partnership = make_partnership("strictshire", second_factor=True)
    with tenant_scope(partnership.pk):
        user = make_member(agency=make_agency("Fernbank School")).user
    sign_in(page, user.email, "wrong")
    page.get_by_text("There is a problem").wait_for()
    assert page.title().startswith("Error: ")
    looks_right()
    sign_in(page, user.email)
    page.get_by_role("button", name="Set up an authenticator app").click()
    page.get_by_role("heading", name="Set up an authenticator app").wait_for()
    looks_right()
    page.get_by_label("Code", exact=True).fill(code_of("".join(page.locator(".eh-code").inner_text().split())))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    looks_right()
    page.goto("/accounts/2fa/")
    looks_right()


def test_hat_is_chosen_by_keyboard_alone(page, looks_right):
    """ACC-2: each button is reached by Tab and names the hat that it puts on."""
    user = make_user("Bronagh Tennant")
    for slug, names in (("fernshire", ("Fernbank School", "Oak Housing")), ("marrowdale", ("Marrow Hub",))):
        partnership = make_partnership(slug)
        with tenant_scope(partnership.pk):
            for name in names:
                make_member(user=user, agency=make_agency(name), role=Role.COORDINATOR)
    sign_in(page, user.email)
    page.get_by_role("heading", name="Choose your role").wait_for()
    looks_right()
    page.get_by_role("button", name="Choose Oak Housing: Coordinator, Fernshire").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/fernshire/")


def test_pages_without_a_role_and_for_a_forgotten_password(page, looks_right):
    """ACC-1, ACC-2: the quiet pages are as sound as the busy ones."""
    page.goto("/accounts/password/reset/")
    looks_right()
    page.get_by_label("E-mail address").fill("nobody@fernshire.example")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Check your e-mail").wait_for()
    looks_right()
    sign_in(page, make_user().email)
    page.get_by_role("heading", name="You have no role yet").wait_for()
    looks_right()
    page.goto("/accounts/password/change/")
    looks_right()
