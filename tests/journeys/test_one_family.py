"""One family from an enquiry to an approved assessment and a withdrawn consent, with script and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import family
from tests.journeys.desk import Desk
from tests.journeys.family import FAMILY, MORNING, OF_THE_FAMILY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


def autosave_keeps_words(desk: Desk) -> None:
    """EHA-4: typed, saved by itself, and still there when the page is loaded again."""
    desk.follow(re.compile("^Begin"))
    desk.follow("Reason and the family’s own request")
    why = desk.page.get_by_label("Why is this assessment being done now?")
    why.fill("Words that nobody has sent yet. مرحبا 🌱")
    expect(desk.page.get_by_text(re.compile(r"^Saved at \d\d:\d\d$"))).to_be_visible()
    desk.page.reload()
    expect(why).to_have_value("Words that nobody has sent yet. مرحبا 🌱")


def loses_the_case(desk: Desk, case_url: str, document_url: str, town) -> None:
    """CON-2: on a page that was open before the withdrawal, the next click finds nothing of the family."""
    assert desk.follow(re.compile("^Version 1")) == 403
    desk.sees("You cannot do this")
    desk.reads("This case is not open to your agency")
    desk.reads_nothing_of(*OF_THE_FAMILY)
    assert desk.go(case_url) == 403
    desk.reads_nothing_of(*OF_THE_FAMILY)
    desk.go(town.url("cases/"))
    desk.reads("No case is here yet")
    desk.reads_nothing_of(*OF_THE_FAMILY)
    for address in (document_url, f"{document_url}file/"):
        assert desk.go(address) == 404
        desk.reads_nothing_of(*OF_THE_FAMILY)


def test_one_family_from_enquiry_to_withdrawn_consent(town, desk, worker):
    """INT-1, INT-3, INT-4, INT-7, CON-1, CON-2, EHA-2, EHA-3, EHA-4, EHA-5, EHA-9, trust 22: the whole journey."""
    pastoral = desk(town.user("pastoral"))
    reference = family.write_an_enquiry(pastoral, town, mistakes=True)
    family.screen(desk(town.user("screener")), reference, mistakes=True)
    pastoral.follow("My enquiries", pastoral.page.locator("main"))
    pastoral.reads(reference, "Early Help Assessment required")

    lead = desk(town.user("lead"))
    family.contact_the_family(lead, town, mistakes=True)
    autosave_keeps_words(lead)
    lead.go(town.url())
    family.write_the_assessment(lead, mistakes=True)
    family.agree_and_send(lead, mistakes=True)
    manager = desk(town.user("manager"))
    family.return_it(manager, town, mistakes=True)
    family.mend_it(lead, town)
    family.approve(manager, town)

    nurse = desk(town.user("nurse"))
    nurse.follow("Cases", nurse.page.get_by_role("navigation", name="Menu"))
    nurse.follow(re.compile(FAMILY))
    case_url = nurse.page.url
    nurse.follow(re.compile("^Version 1"))
    pdf = family.make_a_pdf(nurse)
    assert pdf.startswith(b"%PDF")
    words = family.words_of(pdf)
    for each in (FAMILY, family.CHILD, family.BROTHER, MORNING, "Her aunt takes both children to school on Mondays."):
        assert each in words
    document_url = nurse.page.url
    nurse.go(case_url)

    lead.go(case_url)
    family.withdraw_for_health(lead, mistakes=True)
    loses_the_case(nurse, case_url, document_url, town)
    lead.reads(FAMILY)


def test_the_same_path_without_script(town, desk, worker):
    """Trust 22, INT-1, INT-7, EHA-2, EHA-5, EHA-9, CON-2: all of it in browsers that run no script."""
    reference = family.write_an_enquiry(desk(town.user("pastoral"), script=False), town)
    family.screen(desk(town.user("screener"), script=False), reference)
    lead = desk(town.user("lead"), script=False)
    family.contact_the_family(lead, town)
    family.write_the_assessment(lead)
    family.agree_and_send(lead)
    manager = desk(town.user("manager"), script=False)
    family.return_it(manager, town)
    family.mend_it(lead, town)
    family.approve(manager, town)
    lead.go(town.url("cases/"))
    lead.follow(re.compile(FAMILY))
    case_url = lead.page.url
    lead.follow(re.compile("^Version 1"))
    assert MORNING in family.words_of(family.make_a_pdf(lead))
    nurse = desk(town.user("nurse"), script=False)
    nurse.go(case_url)
    lead.go(case_url)
    family.withdraw_for_health(lead)
    assert nurse.follow(re.compile("^Version 1")) == 403
    nurse.reads_nothing_of(*OF_THE_FAMILY)
