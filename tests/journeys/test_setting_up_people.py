"""An administrator invites, a person accepts and works; and what is taken away is gone with the next click (ACC-3)."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from foundation.accounts.models import User
from foundation.outbox import services as outbox
from foundation.tenancy.scope import tenant_scope
from tests.accounts.office import LINK
from tests.factories import PASSWORD, make_agency, make_member
from tests.journeys.desk import Desk
from tests.journeys.test_signing_in import code_of
from tests.journeys.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def invite(office: Desk, town: Town, email: str, role: str) -> str:
    """An administrator invites somebody new to a new agency; the link of the message that they get."""
    office.go(town.url("set-up/agencies/"))
    office.press("Add an agency")
    office.mend("Add the agency")
    office.fill("Name", "Oak Lane Academy")
    office.tick("School or college")
    office.press("Add the agency")
    office.follow("Add a team")
    office.fill("Name", "Year 7")
    office.press("Add the team")
    office.press("Invite somebody to this agency")
    office.mend("Send the invitation")
    office.fill("Name", "Petra Lund")
    office.fill("E-mail address", email)
    office.tick(role)
    office.press("Send the invitation")
    office.reads("Petra Lund", email, "Oak Lane Academy")
    outbox.deliver_due(partnership_id=town.partnership.pk)
    found = LINK.search(str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_somebody_new_is_invited_sets_up_and_works(town, desk):
    """ACC-3, ACC-1: from the administrator's desk to a first enquiry, with the second step that is demanded."""
    office = desk(town.user("administrator"))
    link = invite(office, town, "petra.lund@oak.example", "Practitioner")
    with tenant_scope(town.partnership.pk):
        town.partnership.second_factor = True
        town.partnership.save()
    new: Desk = desk()
    new.go(link)
    new.sees("Your invitation to Early Help in Fernshire")
    new.mend("Accept and go on")
    new.fill("Password", PASSWORD)
    new.fill("Password again", PASSWORD)
    new.press("Accept and go on")
    new.press("Set up an authenticator app")
    secret = "".join(new.page.locator(".eh-code").inner_text().split())
    new.fill("Code", code_of(secret))
    new.press("Continue")
    new.page.goto(town.url())
    new.sees("My work")
    new.reads("Oak Lane Academy: Practitioner")
    new.go(town.url("enquiries/"))
    new.sees("My enquiries")
    assert new.go(link) == 410
    new.reads("This invitation has been accepted")


def test_taken_away_is_gone_with_the_next_click(town, desk):
    """ACC-3, trust 15: a role, and then everything, with the same session and without script."""
    office = desk(town.user("administrator"), script=False)
    screener = desk(town.user("screener"), script=False)
    screener.go(town.url("enquiries/queue/"))
    screener.sees("Queue")
    person = town.user("screener").pk
    office.go(town.url(f"set-up/people/{person}/"))
    office.press("Add a role")
    office.page.get_by_label("Which agency is the role in?").select_option(label="Fernbank Primary")
    office.press("Continue")
    office.mend("Add the role")
    office.tick("Practitioner")
    office.press("Add the role")
    office.follow(re.compile("^End the role Hub screener"))
    office.press("End the role")
    assert screener.go(town.url("enquiries/queue/")) == 403
    screener.go(town.url("enquiries/"))
    screener.sees("My enquiries")
    office.follow("This person leaves")
    office.press("End all roles here")
    office.reads("Has left")
    assert screener.go(town.url("enquiries/")) == 404
    office.press("Bring this person back")
    assert screener.go(town.url("enquiries/")) == 200


def test_three_hundred_agencies_and_their_people(town, desk):
    """ACC-3: found by a word, page after page, on a telephone and on a desk."""
    with town.scope():
        for number in range(60):
            make_agency(f"Academy {number:02}")
        for number in range(30):
            make_member(name=f"Person {number:02}", agency=town.agencies["school"])
    office = desk(town.user("administrator"))
    office.go(town.url("set-up/agencies/"))
    office.follow("Next")
    office.follow("Previous")
    office.fill("Name contains", "academy 07")
    office.press("Show")
    office.follow("Academy 07")
    office.follow("Close this agency")
    office.press("Close the agency")
    office.press("Open this agency again")
    office.go(town.url("set-up/people/"))
    office.follow("Next")
    office.fill("Name or e-mail address begins with", "person 2")
    office.press("Show")
    office.reads("10 people")
    office.go(town.url("set-up/invitations/"))
    office.reads("No invitation is waiting")


def test_link_in_the_wrong_hands(town, desk):
    """ACC-3: somebody else who is signed in sees why it is not theirs, signs out, and the link is still good."""
    office = desk(town.user("administrator"))
    link = invite(office, town, "petra.lund@oak.example", "Team manager")
    other = desk(town.user("nurse"))
    assert other.go(link) == 403
    other.press("Sign out and open the link again")
    other.sees("Your invitation to Early Help in Fernshire")
    assert not User.objects.filter(email="petra.lund@oak.example").exists()
    assert other.go("/accounts/invitations/nonsense/") == 404
    assert other.page.url.endswith("/nonsense/")


def test_somebody_with_an_account_signs_in_and_accepts(town, desk):
    """ACC-3: without script, by way of the sign-in page and back to the one button."""
    office = desk(town.user("administrator"))
    with town.scope():
        make_agency("Elm House")
    User.objects.create_user("otto@elm.example", PASSWORD, full_name="Otto Elm")
    link = invite(office, town, "otto@elm.example", "Designated safeguarding lead")
    own = desk(script=False)
    own.go(link)
    own.press("Sign in")
    own.fill("E-mail address", "otto@elm.example")
    own.fill("Password", PASSWORD)
    own.press("Sign in")
    own.sees("Your invitation to Early Help in Fernshire")
    own.press("Accept")
    own.sees("My work")
