"""A short journey for each role beside those that one family meets on its path."""

from __future__ import annotations

import re

import pytest

from assessments.enums import AssessmentState
from intake import services as intake
from tests import walks
from tests.factories import actor_of, make_member
from tests.journeys.town import AGENCIES, PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Whose home has no family in it, and what it has instead.
SEE_NO_CASE = ("social_worker", "auditor", "analyst", "administrator", "business_support")


def test_a_hub_manager_takes_over_and_decides_no_further_action(town, desk):
    """INT-4, INT-7: from the screener who holds it to an outcome that the sender reads."""
    with town.scope():
        enquiry = town.enquiry()
        intake.take_enquiry(by=actor_of(town.members["screener"]), enquiry_id=enquiry.pk)
    manager = desk(town.user("hub_manager"))
    manager.follow("Open the queue")
    manager.reads("Sorrel Nightingale")
    manager.follow(f"Open {enquiry.reference}")
    manager.reads("Sorrel Nightingale has been screening it", answers_of_the_story())
    manager.press("Take it over")
    manager.tick("No further action")
    manager.tick("1: Universal")
    manager.fill("Reason", "The school’s own support is enough, and the family prefers it.")
    manager.press("Record the decision")
    manager.reads("Your decision is recorded: No further action")
    manager.follow("Queue", manager.page.get_by_role("navigation", name="Menu"))
    manager.reads("Nothing here")

    sender = desk(town.user("pastoral"))
    sender.follow("My enquiries")
    sender.follow(enquiry.reference)
    sender.reads("No further action", "The school’s own support is enough")


def answers_of_the_story() -> str:
    return "Tamsin has missed eleven days of school."


def test_roles_without_cases_have_a_home_and_find_no_family(town, desk):
    """ACC-2, ACC-6, CON-2: social worker, auditor, analyst, administrator, business support; no case, list or queue."""
    with town.scope():
        walks.make_form()
        case = walks.make_case(town.scene, family_name="Abara")
    for who in SEE_NO_CASE:
        one = desk(town.user(who))
        one.sees("My work")
        one.reads_nothing_of("Abara", case.reference)
        assert one.go(town.url(f"cases/{case.pk}/")) == 403
        one.reads_nothing_of("Abara", case.reference)
        for closed in ("cases/", "enquiries/queue/", "enquiries/new/", "assessments/waiting/"):
            assert one.page.goto(town.url(closed)).status == 403, (who, closed)
        one.page.context.close()


def test_a_coordinator_and_a_safeguarding_lead_find_their_agencys_case(town, desk):
    """ACC-2, CON-2: roles that see what consent opens to their agency, each from their own home."""
    with town.scope():
        walks.make_form()
        case = walks.make_case(town.scene, family_name="Abara")
    for who in ("coordinator", "safeguarding_lead"):
        one = desk(town.user(who))
        one.follow("Cases", one.page.get_by_role("navigation", name="Menu"))
        one.follow("Abara")
        one.sees("Abara family")
        one.reads(case.reference, PEOPLE["lead"][0])


def test_a_person_with_two_hats_chooses_and_changes(town, desk):
    """ACC-2: what is seen and done follows the agency worked for, which stands on every page."""
    with town.scope():
        user = make_member(name="Bronagh Tennant", agency=town.agencies["school"]).user
        make_member(user=user, agency=town.agencies["health"])
        walks.make_form()
        case = walks.make_case(
            town.scene, family_name="Abara", agencies={town.agencies["early_help"]: "contribute_case",
                                                       town.agencies["school"]: "see_case"}
        )  # fmt: skip
    one = desk(user)
    one.sees("Choose your role")
    one.press(re.compile(f"^Choose {AGENCIES['school'][0]}"))
    assert one.go(town.url(f"cases/{case.pk}/")) == 200
    one.follow(re.compile("^Change the agency"))
    one.press(re.compile(f"^Choose {AGENCIES['health'][0]}"))
    assert AGENCIES["health"][0] in one.page.locator("header").inner_text()
    assert one.go(town.url(f"cases/{case.pk}/")) == 403


def test_a_further_consent_and_a_withdrawal_told_to_the_hub(town, desk):
    """CON-1, CON-2: the lead lets the health visitor in; the family later tells the hub's manager, who shuts it all."""
    with town.scope():
        walks.make_form()
        agencies = {town.agencies["early_help"]: "contribute_case"}
        case = walks.make_assessment(
            town.scene,
            at=AssessmentState.AGREED,
            case=walks.make_case(town.scene, family_name="Abara", agencies=agencies),
        ).case
    lead = desk(town.user("lead"))
    lead.go(town.url(f"cases/{case.pk}/"))
    lead.follow("Record a further consent")
    lead.mend("Record consent and open the case to these agencies")
    lead.fill("Who gave consent?", "Joanna Abara, mother")
    for name in ("Joanna Abara", "Ella Abara", "Kofi Abara"):
        lead.tick(name)
    lead.tick(AGENCIES["health"][0], lead.group("Which agencies may see the case?"))
    lead.tick("Health and development")
    lead.tick("Spoken, with a witness")
    lead.fill("If spoken: who heard it?", "Lena Ward")
    lead.press("Record consent and open the case to these agencies")
    lead.reads("The consent is recorded")
    nurse = desk(town.user("nurse"))
    assert nurse.go(town.url(f"cases/{case.pk}/")) == 200

    with town.scope():
        consent = case.consents.order_by("-recorded_at").first()
    hub = desk(town.user("hub_manager"))
    hub.go(town.url(f"consent/{consent.pk}/withdraw/"))
    hub.fill("Who told you?", "Joanna Abara, in person")
    hub.press("Continue")
    hub.press("Withdraw consent")
    hub.sees("This consent is withdrawn")
    assert nurse.follow("Abara", nurse.page.get_by_label("The family this page is about")) == 403
