"""What people meet when something is in the way: refused, gone, taken, saved by somebody else, broken, cancelled."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.db import connections
from playwright.sync_api import expect

from assessments.enums import AssessmentState
from foundation.common.ids import new_id
from tests import walks

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextmanager
def away(table: str) -> Iterator[None]:
    """A database that is not as the product expects it."""
    name = connections["default"].settings_dict["NAME"]
    line = psycopg2.connect(os.environ["DATABASE_OWNER_URL"].rsplit("/", 1)[0] + f"/{name}")
    line.autocommit = True
    with closing(line), line.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")


def test_two_people_in_one_section_see_both_versions(town, desk):
    """EHA-4, trust 22: theirs is told as one types and shown beside one's own; nothing of either is lost."""
    with town.scope():
        walks.make_form()
        assessment = walks.make_assessment(town.scene, case=walks.make_case(town.scene, family_name="Abara"))
    section = town.url(f"assessments/{assessment.pk}/sections/reason/")
    lead, colleague = desk(town.user("lead")), desk(town.user("colleague"))
    lead.go(section)
    colleague.go(section)
    colleague.fill("Why now?", "Ella’s attendance fell to 71%.")
    expect(colleague.page.get_by_text(re.compile("^Saved at"))).to_be_visible()
    lead.fill("Why now?", "Joanna asked for help with mornings.")
    expect(lead.page.locator("[data-autosave-status]")).to_contain_text("Not saved. Colin Marsh")
    lead.look(lead.page)
    assert lead.press("Save and continue") == 409
    lead.sees("Somebody else saved this page")
    lead.reads("Ella’s attendance fell to 71%.", "Joanna asked for help with mornings.", "Colin Marsh")
    lead.press("Save what I wrote")
    lead.sees("Each child's voice")
    colleague.go(section)
    expect(colleague.page.get_by_label("Why now?")).to_have_value("Joanna asked for help with mornings.")


def test_the_second_to_take_an_enquiry_is_told_who_has_it(town, desk):
    """INT-4: two at one queue: 409, with a name and a way back."""
    with town.scope():
        enquiry = town.enquiry()
    first, second = desk(town.user("screener")), desk(town.user("hub_manager"))
    for one in (first, second):
        one.go(town.url("enquiries/queue/"))
    first.press(f"Take {enquiry.reference}")
    assert second.press(f"Take {enquiry.reference}") == 409
    second.sees("This cannot be done now")
    second.reads("Sorrel Nightingale")
    second.follow("Go back to the page you came from")
    second.sees("Queue")
    first.press("Give it back to the queue")
    first.reads(f"{enquiry.reference} is back in the queue")


def test_pages_that_are_refused_missing_broken_or_too_old(town, desk):
    """ACC-6, OPS-2, trust 22: 403, 404, 500 and an outlived form say what happened and what to do, and no more."""
    one = desk(town.user("pastoral"))
    assert one.go(town.url("enquiries/queue/")) == 403
    one.follow("Go to the start")
    for missing in (town.url(f"cases/{new_id()}/"), "/marrowdale/cases/", "/nothing/of/the/kind/"):
        assert one.go(missing) == 404
        one.sees("Page not found")
    with away("cases_case"):
        assert one.go(town.url("cases/")) == 500
        one.sees("Something went wrong on our side")
    one.go(town.url("enquiries/new/"))
    one.page.context.clear_cookies(name="csrftoken")
    assert one.press("Start") == 403
    one.sees("This page was open too long")
    one.follow("Open the page afresh")
    assert one.press("Start") == 200


def test_a_document_is_asked_for_cancelled_and_asked_for_again(town, desk):
    """EHA-9: its page says how far it is, also while nothing works on it; it can be left and come back to."""
    with town.scope():
        walks.make_form()
        case = walks.make_case(town.scene, family_name="Abara")
        assessment = walks.make_assessment(town.scene, at=AssessmentState.APPROVED, case=case)
    lead = desk(town.user("lead"))
    lead.go(town.url(f"assessments/{assessment.pk}/"))
    lead.follow("Read the assessment")
    lead.reads("Ella has missed a lot of school.")
    lead.follow("All sections")
    lead.press("Make a PDF")
    lead.reads("Your document is waiting for its turn.")
    page = lead.page.url
    lead.go(town.url(f"cases/{case.pk}/"))
    lead.follow(re.compile("^Early Help Assessment"))
    assert lead.page.url == page
    lead.press("Cancel this document")
    lead.reads("Cancelled")
    lead.press("Make it after all")
    lead.reads("Your document is waiting for its turn.")


def test_a_draft_is_left_found_changed_and_deleted(town, desk):
    """INT-1: kept page by page; come back to from home; each answer changed from the last page; thrown away."""
    one = desk(town.user("pastoral"))
    one.go(town.url("enquiries/new/"))
    one.press("Start")
    one.fill("Family name", "Trevanion")
    one.press("Save and continue")
    one.go(town.url())
    one.reads("Enquiry not sent yet")
    one.follow(re.compile("^Go on writing"))
    one.sees("Who is in the family")
    one.follow("Back")
    one.sees("The family")
    draft = one.page.url.rpartition("family/")[0]
    one.go(f"{draft}check/")
    assert one.press("Send the enquiry") == 400
    one.look(one.page)
    one.follow("Change Family name")
    one.fill("Family name", "Trevanion-Rosewarne")
    one.press("Save and continue")
    one.sees("Check your answers")
    one.reads("Trevanion-Rosewarne")
    one.follow("My enquiries", one.page.get_by_role("navigation", name="Menu"))
    one.press(re.compile("^Delete"))
    one.reads("The draft was deleted", "Nothing sent yet")
