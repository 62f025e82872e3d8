"""The administrator's pages of words, colour and limits, and the way to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from foundation.partnership.services.settings import change_settings
from tests.accounts.test_second_factor import set_up
from tests.factories import PASSWORD
from tests.markup import Markup
from tests.partnership.office import Office, office

__all__ = ["office"]

PAGES = ("home", "words", "signing_in", "changes")


def words_of(office: Office, **other: Any) -> dict[str, Any]:
    """What the page of words sends as it stands, with other words where they are given."""
    kept = office.fresh()
    fields = (
        "name", "colour", "front_door", "social_care_door", "lead_title", "adviser_title", "emergency_wording",
        "out_of_hours_phone", "adult_door", "privacy_notice",
    )  # fmt: skip
    sent = {field: getattr(kept, field) for field in fields}
    sent |= {f"level_{number}": level["words"] for number, level in enumerate(kept.levels)}
    return sent | {"revision": kept.revision} | other


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_the_administrators(office: Office, name: str) -> None:
    """ACC-3: who is no administrator is told whom to ask, and the menu does not lead there."""
    url = office.url(f"partnership:{name}")
    assert office.client("carol").get(url).status_code == 200
    answer = office.client("nell").get(url)
    assert answer.status_code == 403
    assert b"Only a partnership administrator" in answer.content
    assert office.url("partnership:home").encode() not in answer.content
    assert Client().get(url).headers["Location"] == f"/accounts/login/?next={url}"


def test_the_menu_leads_to_a_line_for_each_thing_to_set_up(office: Office) -> None:
    """ACC-3: one entry for the administrator; each line's address answers."""
    client = office.client()
    page = Markup.of(client.get(f"/{office.partnership.slug}/").content)
    (entry,) = [link for link in page.all("nav a") if "Set up" in "".join(link.itertext())]
    landing = Markup.of(client.get(entry.get("href", "")).content)
    links = [link.get("href", "") for link in landing.all("main dt a")]
    assert len(links) >= 3
    for link in links:
        assert client.get(link).status_code == 200, link


def test_words_are_changed_on_the_page_and_seen_on_the_next(office: Office) -> None:
    """INT-10, §11: the header, the emergency wording and the number follow at once, for everybody."""
    client = office.client()
    sent = words_of(
        office,
        name="Fernshire & the Isles",
        colour="#00625F",
        emergency_wording="Call 999 at once.",
        out_of_hours_phone="01632 960 001",
    )
    answer = client.post(office.url("partnership:words"), sent)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Saved." in page
    other = office.client("nell").get(f"/{office.partnership.slug}/").content.decode()
    for seen in (page, other):
        assert "--eh-brand:#00625f" in seen
        assert "Fernshire &amp; the Isles" in seen
        assert "Call 999 at once." in seen
        assert 'href="tel:01632960001"' in seen


def test_saving_a_page_as_it_stands_says_so(office: Office) -> None:
    """§11: nothing is changed by looking."""
    client = office.client()
    answer = client.post(office.url("partnership:words"), words_of(office), follow=True)
    assert b"Nothing was changed." in answer.content
    assert office.fresh().revision == 1


def test_looking_first_saves_nothing_and_shows_contrasts(office: Office) -> None:
    """§11 brand colour: a preview without script, with both ratios; a pale colour is named before it is refused."""
    client, url = office.client(), office.url("partnership:words")
    answer = client.post(url, words_of(office, colour="#ffdd00", name="Fernshire by the Sea", look="1"))
    page = Markup.of(answer.content)
    assert answer.status_code == 200
    told = page.text(".eh-preview")
    assert "Fernshire by the Sea" in told
    assert "15.6 to 1" in told
    assert "1.3 to 1" in told
    assert "too pale to be saved" in told
    assert ".eh-preview{--eh-brand:#ffdd00;--eh-brand-text:#000000}" in answer.content.decode()
    assert page.one("input[name=name]").get("value") == "Fernshire by the Sea"
    assert office.fresh().revision == 1
    assert client.post(url, words_of(office, colour="blue", look="1")).status_code == 400


def test_a_mistake_keeps_what_was_typed(office: Office) -> None:
    """Trust 22: the summary links to the field; the words stay in their boxes; nothing is saved."""
    answer = office.client().post(
        office.url("partnership:words"), words_of(office, colour="#ffdd00", front_door="Starting Point")
    )
    page = Markup.of(answer.content)
    assert answer.status_code == 400
    assert page.text("title").startswith("Error: ")
    assert page.one(".govuk-error-summary a").get("href") == "#id_colour"
    assert "is too pale" in page.text(".govuk-error-summary a")
    assert page.one("input[name=front_door]").get("value") == "Starting Point"
    assert office.fresh().front_door == "Early Help Hub"


def test_two_administrators_see_both_versions_and_lose_nothing(office: Office) -> None:
    """§11, bad input: the second sees theirs and their own side by side, and can save theirs after all."""
    late = words_of(office, front_door="The Lighthouse")
    with office.scope():
        change_settings(by=office.actor("dafydd"), revision=1, changes={"front_door": "Starting Point"})
    client, url = office.client(), office.url("partnership:words")
    answer = client.post(url, late)
    assert answer.status_code == 409
    page = Markup.of(answer.content)
    (row,) = page.all("tbody tr")
    assert [" ".join("".join(cell.itertext()).split()) for cell in row] == [
        "The name of the front door", "Starting Point", "The Lighthouse",
    ]  # fmt: skip
    again = {field.get("name", ""): field.get("value", "") for field in page.all("main form input[type=hidden]")}
    assert again["revision"] == "2"
    assert client.post(url, again).status_code == 302
    assert office.fresh().front_door == "The Lighthouse"


@pytest.mark.parametrize("revision", ["", "x", "²", "-1", "9" * 40])
def test_a_page_without_its_revision_is_a_clash_and_no_crash(office: Office, revision: str) -> None:
    """Bad input: nonsense in a hidden field."""
    sent = words_of(office, name="Elsewhere", revision=revision)
    assert office.client().post(office.url("partnership:words"), sent).status_code == 409
    assert office.fresh().name == "Fernshire"


def test_fields_that_the_page_does_not_have_change_nothing(office: Office) -> None:
    """Trust 5: neither the slug nor the second step can be sent with the words."""
    sent = words_of(office, name="New name", slug="stolen", second_factor="", idle_minutes="120", levels="[]")
    assert office.client().post(office.url("partnership:words"), sent).status_code == 302
    kept = office.fresh()
    assert (kept.name, kept.slug, kept.idle_minutes) == ("New name", "fernshire", 30)


def test_limits_are_changed_on_their_page(office: Office) -> None:
    """ACC-4: and refused with a sentence outside their bounds."""
    client, url = office.client(), office.url("partnership:signing_in")
    sent = {"revision": 1, "idle_minutes": "15", "session_hours": "8", "second_factor": "no"}
    assert client.post(url, sent).status_code == 302
    assert (office.fresh().idle_minutes, office.fresh().session_hours) == (15, 8)
    answer = client.post(url, sent | {"revision": 2, "idle_minutes": "2", "session_hours": "many"})
    assert answer.status_code == 400
    assert "must be 5 or more" in answer.content.decode()
    assert "must be a whole number" in answer.content.decode()


def test_switching_the_second_step_off_is_a_demonstrations_and_asked_twice(office: Office, settings) -> None:
    """ACC-1: offered to a demonstration alone, and only with its box ticked."""
    with office.scope():
        change_settings(by=office.actor(), revision=1, changes={"second_factor": True})
    client, url = with_second_step(office), office.url("partnership:signing_in")
    sent = {"revision": 2, "idle_minutes": "30", "session_hours": "12", "second_factor": "no"}
    settings.DEMO = False
    assert "second_factor" not in client.get(url).content.decode()
    client.post(url, sent | {"sure": "on"})
    assert office.fresh().second_factor
    settings.DEMO = True
    answer = client.post(url, sent)
    assert answer.status_code == 400
    assert Markup.of(answer.content).one(".govuk-error-summary a").get("href") == "#id_sure"
    assert client.post(url, sent | {"sure": "on"}).status_code == 302
    assert not office.fresh().second_factor
    assert "A password alone opens everything here." in client.get(url).content.decode()


def with_second_step(office: Office) -> Client:
    """Carol, who has given her password and set up an authenticator app."""
    client = Client()
    client.post("/accounts/login/", {"login": office.members["carol"].user.email, "password": PASSWORD})
    set_up(client)
    return client
