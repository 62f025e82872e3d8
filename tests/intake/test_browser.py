"""The front door in a real browser: with script and axe, without script, and 320 pixels wide."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from foundation.accounts.middleware import HATS
from foundation.common import clock
from tests.intake.places import make_place

pytestmark = pytest.mark.browser


@pytest.fixture
def site(transactional_db):
    made = make_place("fernshire")
    with made.scope():
        made.limits()
    return made


@pytest.fixture
def sit_down(client, live_server):
    """Sign a person of the place in, in a browser's page."""

    def sign_in(page, site, who):
        from tests import factories

        member = site.members[who]
        factories.sign_in(client, member.user, site.partnership, member.agency)
        assert HATS in client.session
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )

    return sign_in


def write_an_enquiry(page, look):
    """From the start to the reference, as a person would; `look` is called on every page that is met."""

    def go_on(name):
        look(page)
        page.get_by_role("button", name=name).click()

    page.goto("/fernshire/enquiries/new/")
    go_on("Start")
    page.get_by_label("Family name").fill("Quillfeather")
    page.get_by_label("Address").fill("4 Larkspur Row, Fernbank")
    go_on("Save and continue")
    page.get_by_role("button", name="Add a person").click()
    look(page)
    page.get_by_label("Given name").fill("محمد")
    page.get_by_label("Child or young person").check()
    page.get_by_label("Exact").check()
    for box, number in (("Day", "29"), ("Month", "2"), ("Year", "2016")):
        page.get_by_label(box, exact=True).fill(number)
    page.get_by_label("NHS number").fill("943 476 5918")
    page.get_by_role("button", name="Save and continue").click()
    look(page)
    page.get_by_role("link", name=re.compile("Check the NHS number")).click()
    expect(page.get_by_label("NHS number")).to_be_focused()
    page.get_by_label("NHS number").fill("943 476 5919")
    page.get_by_role("button", name="Save and continue").click()
    go_on("Save and continue")
    page.get_by_label("What are you worried about?").fill("He has been missing twice since Easter.")
    page.get_by_label("School attendance").check()
    go_on("Save and continue")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    look(page)
    assert page.get_by_text("A recorded override is not possible here yet").count() == 2
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Who gave consent").fill("Oriel Quillfeather, mother")
    page.get_by_label("Spoken, with a witness").check()
    page.get_by_label("If it was spoken").fill("Ms Adeyemi")
    given = page.get_by_role("group", name="When they gave it")
    for box, number in (("Day", "1"), ("Month", "2"), ("Year", "2026")):
        given.get_by_label(box, exact=True).fill(number)
    page.get_by_label("محمد Quillfeather").check()
    page.get_by_role("group", name="Agencies that may see the case and work on it").get_by_label("Fernbank").check()
    page.get_by_label("School and learning").check()
    page.get_by_label("I have given the family the privacy notice").check()
    go_on("Save and continue")
    go_on("Send the enquiry")
    look(page)
    expect(page.get_by_role("heading", name="Enquiry sent")).to_be_visible()
    page.get_by_role("link", name="See what you sent").click()
    look(page)
    page.get_by_role("link", name="My enquiries").first.click()
    look(page)


def screen_it(page, look):
    """From the queue to a case."""
    page.goto("/fernshire/enquiries/queue/")
    look(page)
    page.get_by_role("button", name=re.compile("^Take EN-")).click()
    look(page)
    page.get_by_role("button", name="Record the decision").click()
    look(page)
    page.get_by_label("Early Help Assessment required").check()
    page.get_by_label("2: Targeted early help").check()
    page.get_by_label("Lead professional").select_option(label="Idris Pemberton (Fernbank Primary)")
    page.get_by_label("Reason").fill("Missing from school, and the family wants help.")
    page.get_by_role("button", name="Record the decision").click()
    look(page)
    expect(page.get_by_role("heading", name="What was decided")).to_be_visible()
    tell_by_letter(page, look)


def tell_by_letter(page, look):
    """From the decision to the record that a letter was posted (INT-9)."""
    page.get_by_role("link", name="Record that it was posted").click()
    look(page)
    page.get_by_label("Year").fill("1999")
    page.get_by_role("button", name="Record it").click()
    look(page)
    today = clock.today()
    for box, number in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        page.get_by_label(box, exact=True).fill(str(number))
    page.get_by_role("button", name="Record it").click()
    look(page)
    expect(page.get_by_text("told by letter, recorded by")).to_be_visible()
    page.get_by_role("button", name="Make the letter").click()
    look(page)
    expect(page.get_by_role("heading", name="Letter about a decision")).to_be_visible()


def test_with_script_axe_finds_nothing_and_all_fits_320_pixels(page_with_script, site, sit_down, axe, narrow):
    """Trust 22: every page and error state of the journey, wide and narrow."""

    def look(page):
        axe(page)
        narrow(page)
        page.set_viewport_size({"width": 1280, "height": 900})

    sit_down(page_with_script, site, "teacher")
    write_an_enquiry(page_with_script, look)
    sit_down(page_with_script, site, "screener")
    screen_it(page_with_script, look)


def test_without_script_the_whole_journey_works(page_without_script, site, sit_down):
    """Trust 22: every page does its job without JavaScript."""
    sit_down(page_without_script, site, "teacher")
    write_an_enquiry(page_without_script, lambda page: None)
    sit_down(page_without_script, site, "screener")
    screen_it(page_without_script, lambda page: None)


def test_a_clock_across_easter_is_explained_one_click_from_the_queue(page_with_script, site, sit_down, axe, narrow):
    """CLK-2, INT-4: due on the Tuesday, late in words, how it was worked out, and back to the screening."""
    page = page_with_script
    with clock.at(dt.datetime(2026, 4, 2, 11, 20, tzinfo=clock.LONDON)), site.scope():
        enquiry = site.enquiry()
    sit_down(page, site, "screener")
    page.goto("/fernshire/")
    axe(page)
    page.get_by_role("link", name="1 late").click()
    axe(page)
    row = page.get_by_role("row").filter(has_text=enquiry.reference)
    assert re.search(r"\d+ working days late", row.inner_text())
    row.get_by_role("link", name="Tue 7 April 2026").click()
    axe(page)
    narrow(page)
    worked_out = "1 working day from Thu 2 April 2026, Good Friday and Easter Monday left out"
    expect(page.get_by_text(worked_out)).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="Screening: Quillfeather")).to_be_visible()
    sit_down(page, site, "teacher")
    page.goto("/fernshire/enquiries/")
    page.get_by_role("link", name="Tue 7 April 2026").click()
    expect(page.get_by_text(worked_out)).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name=f"Enquiry {enquiry.reference}")).to_be_visible()
