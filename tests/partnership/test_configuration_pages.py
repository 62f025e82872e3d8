"""The page of the configuration file: download, look at what a file changes, take it over; all without script (§11)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from foundation.partnership import configuration, queries
from foundation.partnership.services import change_settings, confirm_default
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency
from tests.markup import Markup, words
from tests.partnership.files import exported, state_of
from tests.partnership.founding import Place, make_place

pytestmark = pytest.mark.django_db

DOWNLOAD_QUERIES = 18
LOOK_QUERIES = 39  # with the words tried and taken back


@pytest.fixture
def browser(place: Place) -> Client:
    """The administrator's."""
    return place.browser()


def upload(browser: Client, place: Place, content: Any, name: str = "configuration.json") -> Any:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return browser.post(place.url("configuration/"), {"file": SimpleUploadedFile(name, raw, "application/json")})


def sent_back(answer: Any) -> dict[str, str]:
    """What the check page's form sends, as a browser without script does."""
    page = Markup.of(answer.content)
    form = page.one("main form")
    fields = {field.get("name") or "": field.get("value") or "" for field in form.iter("input")}
    fields.pop("csrfmiddlewaretoken")
    return fields


@pytest.fixture
def other_file() -> dict[str, Any]:
    """The file of a partnership that works as Tower Hamlets does."""
    return exported(make_place("tower-hamlets", slug="marrowdale", name="Marrowdale").partnership)


def test_the_page_leads_to_a_file_that_is_kept_nowhere(place: Place, browser: Client) -> None:
    """§11: an attachment named by the address; no cache keeps it."""
    page = Markup.of(browser.get(place.url("configuration/")).content)
    assert page.text("h1") == "Configuration file"
    (link,) = [found for found in page.all("main a") if "Download" in words(found)]
    answer = browser.get(link.get("href") or "")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="rutland-configuration.json"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer.json() == exported(place.partnership)
    assert answer.content.decode() == configuration.write(answer.json())


def test_a_file_is_looked_at_before_anything_is_changed(
    place: Place, browser: Client, other_file: dict[str, Any]
) -> None:
    """§11: each change in words, before and after; looking changes nothing."""
    before = state_of(place.partnership)
    answer = upload(browser, place, other_file)
    assert answer.status_code == 200
    page = Markup.of(answer.content)
    assert page.text("h1") == "What the file changes"
    assert "Nothing has been changed yet." in page.text("main")
    rows = [[words(cell) for cell in row] for row in page.all("tbody tr")]
    assert ["Front door", "Early Help triage at the MASH", "Early Help Hub"] in rows
    assert ["Marrowdale Early Help", "Not there yet", "Early Help Hub"] in rows
    assert [words(caption) for caption in page.all("caption")] == ["Words", "Pathway policy", "Agencies"]
    assert state_of(place.partnership) == before


def test_and_then_taken_over_whole(place: Place, browser: Client, other_file: dict[str, Any]) -> None:
    """§11: the button takes over what was shown; the page says how much; a second look finds nothing left."""
    sent = sent_back(upload(browser, place, other_file))
    answer = browser.post(place.url("configuration/take/"), sent, follow=True)
    assert answer.redirect_chain == [(place.url("configuration/"), 302)]
    assert "The file was taken over:" in Markup.of(answer.content).text("main")
    stands = exported(place.partnership)
    assert {key: stands[key] for key in stands if key != "agencies"} == {
        key: other_file[key] for key in other_file if key != "agencies"
    }
    page = Markup.of(upload(browser, place, other_file).content)
    assert "Nothing would change" in page.text("main")
    assert page.all("main form") == []


def test_the_own_file_changes_nothing(place: Place, browser: Client) -> None:
    """§11: what was just downloaded is what stands."""
    raw = browser.get(place.url("configuration/file/")).content
    assert "Nothing would change" in Markup.of(upload(browser, place, raw).content).text("main")


@pytest.mark.parametrize("meanwhile", ["words", "policy"])
def test_a_look_that_is_out_of_date_is_a_clash(
    place: Place, browser: Client, other_file: dict[str, Any], meanwhile: str
) -> None:
    """Issue 3: another administrator was quicker: 409, nothing of the file taken over, theirs kept."""
    sent = sent_back(upload(browser, place, other_file))
    with tenant_scope(place.partnership.pk):
        if meanwhile == "words":
            change_settings(by=place.actor, revision=1, changes={"lead_title": "Family Lead"})
        else:
            confirm_default(by=place.actor, version=1, key="review")
    before = state_of(place.partnership)
    answer = browser.post(place.url("configuration/take/"), sent)
    assert answer.status_code == 409
    assert "Nothing of the file was taken over." in Markup.of(answer.content).text("main")
    assert state_of(place.partnership) == before


def test_a_refused_file_says_what_is_wrong_and_where(place: Place, browser: Client, other_file: dict[str, Any]) -> None:
    """Issue 3: each fault is a sentence, linked to the field; status 400."""
    other_file["words"]["front_door"] = "<script>alert(1)</script>"
    other_file["agencies"][0]["name"] = "a\x07b"
    other_file["users"] = []
    answer = upload(browser, place, other_file)
    assert answer.status_code == 400
    page = Markup.of(answer.content)
    assert page.text("title").startswith("Error: ")
    summary = [words(link) for link in page.all(".govuk-error-summary a")]
    assert len(summary) == 2
    assert "Words, front door: there is markup in it (‘<script>aler’). Use plain words." in summary
    assert {link.get("href") for link in page.all(".govuk-error-summary a")} == {"#id_file"}
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty"),
        (b"{", "it is not JSON"),
        (b" " * 3_000_000, "too big"),
        (b"[" * 300_000, "nested too deeply"),
        (b"\xff\xfe\x00", "it is not JSON"),
    ],
)
def test_what_is_no_configuration_is_refused_in_words(place: Place, browser: Client, raw: bytes, sentence: str) -> None:
    """Issue 3: never a 5xx, whatever is chosen."""
    answer = upload(browser, place, raw)
    assert answer.status_code == 400
    assert sentence in Markup.of(answer.content).text(".govuk-error-summary")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [("colour", "#ffff00", "Colour: #ffff00 is too pale"), ("phone", "ring us", "Out of hours phone: Enter one phone")],
)
def test_what_the_page_of_words_refuses_is_told_at_the_first_look(
    place: Place, browser: Client, other_file: dict[str, Any], key: str, value: str, sentence: str
) -> None:
    """§11: one rule for words, wherever they come from; and looking changes nothing."""
    if key == "colour":
        other_file["colour"] = value
    else:
        other_file["words"]["out_of_hours_phone"] = value
    before = state_of(place.partnership)
    answer = upload(browser, place, other_file)
    assert answer.status_code == 400
    assert sentence in Markup.of(answer.content).text(".govuk-error-summary")
    assert state_of(place.partnership) == before


def test_no_file_is_asked_for_in_words(place: Place, browser: Client) -> None:
    """Style: what to do."""
    answer = browser.post(place.url("configuration/"), {})
    assert "Choose the configuration file" in Markup.of(answer.content).text(".govuk-error-summary")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 409),
        ({"version": "1"}, 400),
        ({"version": "1", "revision": "1", "content": "{}"}, 400),
        ({"version": "1", "revision": "1", "content": "\ud800"}, 400),
        ({"version": "x", "revision": "1", "content": "{}"}, 409),
    ],
)
def test_a_forged_taking_over_is_checked_from_the_beginning(
    place: Place, browser: Client, sent: dict[str, str], status: int
) -> None:
    """Trust 5: the check page's hidden words are believed no more than a file."""
    before = state_of(place.partnership)
    body = "&".join(f"{key}={value if value.isascii() else '%ED%A0%80'}" for key, value in sent.items())
    answer = browser.post(place.url("configuration/take/"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    assert state_of(place.partnership) == before


def test_changed_on_the_way_back_is_checked_as_well(place: Place, browser: Client, other_file: dict[str, Any]) -> None:
    """Trust 17: a script slipped into the hidden field is refused like one in a file."""
    sent = sent_back(upload(browser, place, other_file))
    sent["content"] = sent["content"].replace("Early Help Hub", "<script>alert(1)</script>")
    answer = browser.post(place.url("configuration/take/"), sent)
    assert answer.status_code == 400
    assert b"<script>alert" not in answer.content


def test_words_that_look_like_markup_stay_words_on_the_page(
    place: Place, browser: Client, other_file: dict[str, Any]
) -> None:
    """Trust 17: what is no tag is let in, and shown as it was typed."""
    other_file["words"]["front_door"] = "Help & \"Hub\" 'n' a < b {{ 7 }}"
    answer = upload(browser, place, other_file)
    assert "Help &amp; &quot;Hub&quot; &#x27;n&#x27; a &lt; b {{ 7 }}" in answer.content.decode()
    browser.post(place.url("configuration/take/"), sent_back(answer))
    assert place.fresh().front_door == "Help & \"Hub\" 'n' a < b {{ 7 }}"


def test_the_queries_do_not_grow_with_the_agencies(
    place: Place, browser: Client, django_assert_num_queries, other_file: dict[str, Any]
) -> None:
    """Issue 3: literal counts, with 1 agency and with 40."""
    browser.get(place.url("configuration/file/"))
    for _ in range(2):
        with django_assert_num_queries(DOWNLOAD_QUERIES):
            browser.get(place.url("configuration/file/"))
        with django_assert_num_queries(LOOK_QUERIES):
            upload(browser, place, other_file)
        with tenant_scope(place.partnership.pk):
            for _ in range(39):
                make_agency()
    fresh = place.fresh()
    with tenant_scope(place.partnership.pk), django_assert_num_queries(4):
        assert len(queries.standing_configuration(fresh)["agencies"]) == 79
