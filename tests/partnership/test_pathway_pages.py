"""The pages of the pathway policy: read in plain words, confirmed by buttons that need no script (§11)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts.enums import Role
from foundation.partnership import presets, queries
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.services import change_settings, confirm_default
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_member, make_partnership, sign_in
from tests.markup import Markup, words
from tests.partnership.founding import Place, make_place

pytestmark = pytest.mark.django_db

# Thirteen are every page’s own: session, person, scope, hat. The rest: versions, names, the transaction.
QUERIES = 17


@pytest.fixture
def browser(place: Place) -> Client:
    """The administrator's."""
    return place.browser()


def page_of(browser: Client, url: str, status: int = 200) -> Markup:
    answer = browser.get(url)
    assert answer.status_code == status
    return Markup.of(answer.content)


def line(page: Markup, key: str) -> list[str]:
    """The cells of one setting, as a person reads them."""
    (row,) = page.by_id(key)
    return [words(cell) for cell in row]


@pytest.mark.parametrize("preset", presets.names())
def test_every_setting_stands_in_words_with_where_it_comes_from(preset: str) -> None:
    """§11: for each preset, one line a setting; plain words, never a code; the tag says what waits."""
    place = make_place(preset)
    page = page_of(place.browser(), place.url("pathway/"))
    start = presets.load(preset)
    for key, value in start.values.items():
        label, said, origin = line(page, key)
        assert label
        assert said
        assert "_" not in said
        tag = {
            "source": "From published guidance",
            "default": "The product’s default: confirm",
            "none": "Not set",
        }
        assert origin.startswith(tag[value.standing.value])
        for source in presets.in_words(value.sources):
            assert source in origin
        assert ("Confirm" in origin.split()) == (value.standing == "default")


def test_the_words_are_plain(place: Place, browser: Client) -> None:
    """Style: words that a school's pastoral lead would use."""
    page = page_of(browser, place.url("pathway/"))
    assert page.text("h1") == "Pathway policy"
    assert line(page, "joint_visit") == [
        "Step-down joint visit",
        "10 working days from the panel",
        "From published guidance Rotherham’s integrated working guidance, line 129 Change Step-down joint visit",
    ]
    assert line(page, "referrer_told") == ["Referrer told", "No limit", "Not set Change Referrer told"]
    assert "Version 1, made by the product on" in page.text("main")
    assert "4 such defaults wait for your word" in page.text("main")
    assert "No limit is set for: allocation, contribution due" in page.text("main")


def test_how_the_guidance_puts_it_is_shown() -> None:
    """§11: "week 1" beside the structure that a clock runs by."""
    place = make_place("tower-hamlets")
    _, said, origin = line(page_of(place.browser(), place.url("pathway/")), "first_contact")
    assert said == "In week 1 from opening the case"
    assert "“week 1”" in origin
    assert "Ring it before you open" in line(page_of(place.browser(), place.url("pathway/")), "out_of_hours_phone")[1]


def test_one_default_is_confirmed_by_its_button(place: Place, browser: Client) -> None:
    """§11: the button's own form, as a browser without script sends it."""
    page = page_of(browser, place.url("pathway/"))
    (row,) = page.by_id("review")
    (form,) = row.iter("form")
    sent = {field.get("name"): field.get("value") for field in form.iter("input")}
    sent.pop("csrfmiddlewaretoken")
    assert sent == {"version": "1", "key": "review"}
    answer = browser.post(form.get("action"), sent)
    assert answer["Location"] == f"{place.url('pathway/')}#review"
    page = page_of(browser, place.url("pathway/"))
    assert "Confirmed. This is now version 2" in page.text("main")
    assert "Confirmed By Marguerite Oyelaran," in line(page, "review")[2]
    assert "Version 2, made by Marguerite Oyelaran" in page.text("main")
    assert "3 such defaults wait" in page.text("main")
    (row,) = page.by_id("review")
    assert list(row.iter("form")) == []


def test_all_that_are_left_are_confirmed_at_once(place: Place, browser: Client) -> None:
    """§11: and then the page says that nothing waits."""
    answer = browser.post(place.url("pathway/confirm/"), {"version": "1"}, follow=True)
    page = Markup.of(answer.content)
    assert "Nothing waits to be confirmed." in page.text("main")
    assert "Confirm all" not in page.text("main")
    assert page.all("main form") == []


def test_the_last_one_is_said_in_the_singular(place: Place, browser: Client) -> None:
    """Style: plain words."""
    for version, key in enumerate(("colour", "screening_decision", "review"), start=1):
        browser.post(place.url("pathway/confirm/"), {"version": version, "key": key})
    main = page_of(browser, place.url("pathway/")).text("main")
    assert "1 such default waits, for" not in main
    assert "1 such default waits for your word" in main
    assert "Confirm the one that is left" in main


def test_what_was_confirmed_stands_among_the_changes(place: Place, browser: Client) -> None:
    """Issue 3: who changed what: the policy's versions as well, each with who made it."""
    browser.post(place.url("pathway/confirm/"), {"version": "1", "key": "review"})
    main = page_of(browser, place.url("changes/")).text("main")
    assert "Product’s defaults confirmed" in main
    assert "Pathway policy adopted" in main
    assert "Partnership founded" in main
    assert "Marguerite Oyelaran" in main


def test_two_administrators_on_one_policy(place: Place, browser: Client) -> None:
    """Issue 3: the second form answers 409 with a page that says so, and the first one's word stands."""
    other = place.browser(place.other)
    url = place.url("pathway/confirm/")
    assert browser.post(url, {"version": "1", "key": "review"}).status_code == 302
    answer = other.post(url, {"version": "1", "key": "eha_age"})
    assert answer.status_code == 409
    assert "Another administrator changed the pathway policy" in Markup.of(answer.content).text("main")
    with tenant_scope(place.partnership.pk):
        assert queries.current_policy().to_confirm == ["colour", "screening_decision", "eha_age"]
    assert other.post(url, {"version": "2", "key": "eha_age"}).status_code == 302


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 409),
        ({"version": "one"}, 409),
        ({"version": "-1"}, 409),
        ({"version": "9" * 400}, 409),
        ({"version": "²"}, 409),
        ({"version": "1", "key": "coffee"}, 404),
        ({"version": "1", "key": "lead_title"}, 409),
        ({"version": "1", "key": "\0"}, 404),
    ],
)
def test_nonsense_changes_nothing(place: Place, browser: Client, sent: dict[str, str], status: int) -> None:
    """Trust 6: a page with a sentence, never a 5xx."""
    assert browser.post(place.url("pathway/confirm/"), sent).status_code == status
    with tenant_scope(place.partnership.pk):
        assert PathwayPolicy.objects.count() == 1


def test_earlier_versions_are_read_as_they_were(place: Place, browser: Client) -> None:
    """CLK-2: linked from the page, without buttons, saying that they are not in force."""
    browser.post(place.url("pathway/confirm/"), {"version": "1", "key": "colour"})
    with tenant_scope(place.partnership.pk):
        change_settings(by=place.actor, revision=1, changes={"lead_title": "Family Lead", "colour": "#123456"})
    page = page_of(browser, place.url("pathway/"))
    (link,) = [found for found in page.all("main a") if words(found) == "Version 1"]
    first = page_of(browser, link.get("href") or "")
    assert first.text("h1") == "Pathway policy, version 1"
    assert "It is not the version in force." in first.text("main")
    assert line(first, "lead_title")[1] == "Lead Professional"
    assert line(first, "colour") == ["Colour", "#00625f", "The product’s default: confirm"]
    assert first.all("main form") == []
    assert line(page, "lead_title") == [
        "Lead’s title",
        "Family Lead",
        "The partnership’s own As the page “Words and colour” says it now.",
    ]


def test_a_default_whose_words_were_changed_waits_no_more(place: Place, browser: Client) -> None:
    """§11: who chose their own colour has given their word."""
    with tenant_scope(place.partnership.pk):
        change_settings(by=place.actor, revision=1, changes={"colour": "#123456"})
    page = page_of(browser, place.url("pathway/"))
    assert line(page, "colour")[2].startswith("The partnership’s own")
    assert "3 such defaults wait" in page.text("main")


@pytest.mark.parametrize("version", ["2", "0", "99999999999999999999999"])
def test_a_version_that_is_not_there(place: Place, browser: Client, version: str) -> None:
    """ACC-6: missing is missing."""
    assert browser.get(place.url(f"pathway/versions/{version}/")).status_code == 404


def test_a_partnership_without_a_policy_is_asked_where_to_start() -> None:
    """§11: the page teaches, and its form gives a first policy; a second is refused."""
    partnership = make_partnership("fernshire")
    with tenant_scope(partnership.pk):
        member = make_member(role=Role.ADMINISTRATOR)
    browser = sign_in(Client(), member.user)
    page = page_of(browser, "/fernshire/set-up/pathway/")
    assert "has not chosen its pathway policy yet" in page.text("main")
    start = "/fernshire/set-up/pathway/start/"
    assert page.one("main form").get("action") == start
    answer = browser.post(start, {"preset": "atlantis"})
    assert answer.status_code == 400
    assert "Select one of the answers shown" in Markup.of(answer.content).text("main")
    assert "Choose where to start from" in Markup.of(browser.post(start, {}).content).text("main")
    assert browser.post("/fernshire/set-up/pathway/confirm/", {"version": "0"}).status_code == 404
    answer = browser.post(start, {"preset": "devon"}, follow=True)
    assert "It started from the preset “Devon”." in Markup.of(answer.content).text("main")
    assert browser.post(start, {"preset": "derby"}).status_code == 409
    assert browser.get(start).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_pages_are_the_administrators_alone(place: Place, role: Role) -> None:
    """Practice model §2: every other role is told whom to ask."""
    with tenant_scope(place.partnership.pk):
        member = make_member(role=role, agency=place.member.agency)
    browser = place.browser(member)
    for path in ("pathway/", "pathway/versions/1/", "pathway/start/", "configuration/", "configuration/file/"):
        answer = browser.get(place.url(path))
        assert answer.status_code == 403
        assert b"Only a partnership administrator" in answer.content
    for path in ("pathway/confirm/", "pathway/start/", "configuration/", "configuration/take/"):
        assert browser.post(place.url(path), {"version": "1"}).status_code == 403


def test_another_partnerships_policy_is_not_there(place: Place) -> None:
    """ACC-6: an administrator of one partnership sees nothing of another."""
    stranger = make_place(slug="marrowdale", name="Marrowdale")
    for path in ("pathway/", "configuration/", "configuration/file/"):
        assert stranger.browser().get(place.url(path)).status_code == 404


def test_the_page_asks_as_many_queries_with_one_version_as_with_many(
    place: Place, browser: Client, django_assert_num_queries
) -> None:
    """Issue 3: the number of statements is a literal, the same for 1 and for 12 versions."""
    url = place.url("pathway/")
    with tenant_scope(place.partnership.pk):
        confirm_default(by=place.actor, version=1, key="review")
    browser.get(url)
    with django_assert_num_queries(QUERIES):
        browser.get(url)
    with tenant_scope(place.partnership.pk):
        newest = PathwayPolicy.objects.get(version=2)
        for version in range(3, 14):
            PathwayPolicy.objects.create(
                version=version, preset="rotherham", body=newest.body, made_by=place.other.user, made_at=newest.made_at
            )
    with django_assert_num_queries(QUERIES):
        page = page_of(browser, url)
    assert len(page.all("main ul a")) == queries.EARLIER_SHOWN


def test_the_menu_names_match_the_addresses(place: Place) -> None:
    """Issue 3: the names that other pages link to."""
    assert reverse("partnership:pathway", kwargs={"partnership": place.slug}) == place.url("pathway/")
    assert reverse("partnership:configuration", kwargs={"partnership": place.slug}) == place.url("configuration/")
