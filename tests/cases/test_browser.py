"""My work, the list of cases and the looks in a real browser: axe, 320 pixels, and without script."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from assessments.enums import AssessmentState
from cases import services
from foundation.accounts.enums import Role
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import system
from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD, actor_of, make_member, make_partnership
from tests.limits import adopt
from tests.walks import make_assessment, make_case, make_scene

pytestmark = pytest.mark.browser


@pytest.fixture
def place(transactional_db):
    """Families at several stages, a filter that the manager kept, and a teacher who looked at night."""
    partnership = make_partnership("fernshire")
    with tenant_scope(partnership.pk):
        scene = make_scene()
        adopt(scene.actor("lead"))
        for number, state in enumerate((AssessmentState.RETURNED, AssessmentState.SUBMITTED)):
            case = make_case(scene, family_name=("Oyelaran-Featherstonehaugh", "سلمى")[number])
            make_assessment(scene, at=state, case=case)
        case = make_case(scene)
        for result in ("attempted", "reached"):
            services.record_contact(
                by=scene.actor("lead"),
                case_id=case.pk,
                at=clock.now(),
                how="phone",
                result=result,
                note="Ring at nine.",
            )
        manager = actor_of(scene.manager)
        services.save_filter(by=manager, name="Targeted, North", query={"whose": "team", "level": "2"})
        same_name = make_member(role=Role.PRACTITIONER, agency=scene.school, name="Kwame Abara")
        with clock.at(dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC)):
            audit.viewed(by=scene.actor("teacher"), subject=case, case_id=case.pk)
            audit.viewed(by=actor_of(same_name), subject=case, case_id=case.pk)
    with tenant_scope(partnership.pk):
        while services.find_unusual_looks(by=system(partnership.pk)):
            pass
    return SimpleNamespace(partnership=partnership, scene=scene, case=case)


def addresses(place) -> list[str]:
    cases = f"/{place.partnership.slug}/cases/"
    return [
        f"/{place.partnership.slug}/", f"{cases}?whose=all", f"{cases}?whose=team&level=2&since=2026-01-01",
        f"{cases}?level=9", f"{cases}filters/", f"{cases}filters/new/?whose=mine&level=3",
        f"{cases}{place.case.pk}/contact/", f"{cases}{place.case.pk}/contacts/",
        f"{cases}{place.case.pk}/who-looked/", f"{cases}unusual-looks/", f"{cases}{place.case.pk}/",
    ]  # fmt: skip


def test_every_page_passes_axe_and_fits_a_narrow_screen(place, page_with_script, sign_in, axe, narrow):
    """Trust 22: the manager's pages, one after another, and the one behind "Look into it"."""
    page = page_with_script
    sign_in(page, place.scene.user("manager").email, PASSWORD)
    for address in addresses(place):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        axe(page)
        narrow(page)
    page.goto(f"/{place.partnership.slug}/cases/unusual-looks/")
    page.locator("tbody a").first.click()
    axe(page)
    narrow(page)
    page.get_by_role("button", name="Record that it is looked into").click()
    axe(page)
    page.locator(".govuk-error-summary a").click()
    expect(page.locator("[name=note]")).to_be_focused()


def test_a_list_is_filtered_and_kept_without_script(place, page_without_script, sign_in, narrow):
    """Screens: everything works without script: open the filters, apply, save, find again, take away."""
    page = page_without_script
    sign_in(page, place.scene.user("lead").email, PASSWORD)
    page.goto(f"/{place.partnership.slug}/cases/")
    page.locator("summary").click()
    page.get_by_label("Whose").select_option("mine")
    page.get_by_label("Level of need").select_option("2")
    page.get_by_role("button", name="Apply").click()
    assert "3 cases" in page.locator("main").inner_text()
    page.get_by_role("link", name="Save this filter").click()
    page.get_by_label("Name of the filter").fill("Mine at 2")
    page.get_by_label("Open the list of cases with this filter").check()
    narrow(page)
    page.get_by_role("button", name="Save filter").click()
    page.goto(f"/{place.partnership.slug}/cases/")
    assert "whose=mine" in page.url
    assert page.get_by_role("link", name="Mine at 2").get_attribute("aria-current") == "page"
    page.get_by_role("link", name="Take away this filter: Level 2").click()
    assert "level" not in page.url
    assert "3 cases" in page.locator("main").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_contact_is_recorded_on_a_phone_by_keyboard(place, open_page, sign_in, narrow, script):
    """CLK-1: two answers and one press, at 320 pixels, with script and without; a mistake is found from the summary."""
    page = open_page(script=script)
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, place.scene.user("lead").email, PASSWORD)
    page.goto(f"/{place.partnership.slug}/cases/{place.case.pk}/contact/")
    page.get_by_role("button", name="Record contact").press("Enter")
    page.locator(".govuk-error-summary a").first.press("Enter")
    page.keyboard.press("Space")
    page.get_by_label("Home visit").focus()
    page.keyboard.press("Space")
    narrow(page)
    page.get_by_role("button", name="Record contact").press("Enter")
    assert "The contact is recorded." in page.locator("main").inner_text()
    assert "Home visit" in page.locator("main").inner_text()
