"""The inbox and its pages in a real browser: axe, small and wide, by keyboard and without script."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.accounts.enums import Role
from foundation.notifications import services
from foundation.notifications.enums import MailingState, Trouble
from foundation.notifications.models import Mailing
from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD, make_agency, make_member, make_partnership
from tests.notifications.telling import deliver, tell

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place() -> Any:
    partnership = make_partnership("inboxshire")
    with tenant_scope(partnership.pk):
        member = make_member(agency=make_agency("Fernbank School"), role=Role.ADMINISTRATOR)
        other = make_member(agency=make_agency("Oak Housing"), user=member.user)
    return partnership, member, other


@pytest.fixture
def looks_right(page_with_script: Any, axe: Any, narrow: Any) -> Any:
    def check() -> None:
        page_with_script.set_viewport_size({"width": 1280, "height": 900})
        assert "UNDEFINED" not in page_with_script.content()
        axe(page_with_script)
        narrow(page_with_script)
        axe(page_with_script)

    return check


def put_on(page: Any, agency: str) -> None:
    page.goto("/hats/")
    page.get_by_role("button", name=f"Choose {agency}").click()


def test_the_inbox_with_script(page_with_script: Any, sign_in: Any, looks_right: Any, place: Any) -> None:
    """Pages: empty and filled inbox, own choice, another hat's message, what did not arrive: no violation anywhere."""
    page = page_with_script
    partnership, member, other = place
    sign_in(page, member.user.email, PASSWORD)
    put_on(page, "Fernbank School")
    page.goto("/inboxshire/inbox/")
    page.get_by_role("heading", name="No messages").wait_for()
    looks_right()
    tell(member, what="plan")
    tell(other)
    deliver(partnership)
    with tenant_scope(partnership.pk):
        mailing = Mailing.objects.get()
        services.settle(mailing_id=mailing.pk, state=MailingState.BOUNCED, trouble=Trouble.ADDRESS_REFUSED)
    page.goto("/inboxshire/inbox/")
    page.get_by_text("This is for your work at Oak Housing").wait_for()
    looks_right()
    page.get_by_role("link", name="Choose when you want an e-mail").click()
    looks_right()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your choice is saved.").wait_for()
    page.goto("/inboxshire/set-up/messages/")
    page.get_by_text("Came back").wait_for()
    looks_right()
    page.goto("/inboxshire/inbox/")
    page.get_by_role("link", name="Change to it and open").click()
    page.get_by_role("button", name="Choose Oak Housing").click()
    page.wait_for_url("**/inboxshire/cases/?review")
    page.goto("/inboxshire/inbox/")
    page.get_by_role("link", name="Change to it and open").wait_for()


def test_another_hat_s_page(page_with_script: Any, sign_in: Any, looks_right: Any, place: Any) -> None:
    """ACC-2: where the link of an e-mail leads with the wrong hat on."""
    page = page_with_script
    _, member, other = place
    tell(other)
    with tenant_scope(other.partnership_id):
        from foundation.notifications.models import Message

        message = Message.objects.get()
    sign_in(page, member.user.email, PASSWORD)
    put_on(page, "Fernbank School")
    page.goto(f"/inboxshire/inbox/{message.pk}/")
    page.get_by_role("heading", name="This is for your work at Oak Housing").wait_for()
    looks_right()


def test_the_inbox_without_script(page_without_script: Any, sign_in: Any, place: Any) -> None:
    """Pages: reading, marking and choosing do their job without script."""
    page = page_without_script
    _, member, _ = place
    tell(member, what="plan")
    tell(member)
    sign_in(page, member.user.email, PASSWORD)
    put_on(page, "Fernbank School")
    page.goto("/inboxshire/inbox/")
    assert page.locator("main .govuk-tag").all_inner_texts() == ["Unread", "Unread"]
    page.get_by_role("link", name="The plan is due").click()
    page.wait_for_url("**/inboxshire/cases/?plan")
    page.goto("/inboxshire/inbox/")
    page.get_by_role("button", name="Mark all as read").click()
    page.get_by_text("Everything in your inbox is marked as read.").wait_for()
    assert page.locator("main .govuk-tag").count() == 0
    page.goto("/inboxshire/inbox/choices/")
    page.get_by_label("Once a day, in the morning").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your choice is saved.").wait_for()
