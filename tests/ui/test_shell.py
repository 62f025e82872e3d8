"""What stands round every page: whose it is, who is there, where else to go, whom to call."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.template import TemplateSyntaxError
from hypothesis import given
from hypothesis import strategies as st

from foundation.common.actors import Actor
from foundation.common.ids import new_id
from foundation.ui import colours, navigation, shell
from foundation.ui.components import Progress
from foundation.ui.templatetags import early_help
from tests.markup import Markup, words

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_words_on_a_partnership_s_colour_can_be_read(colour):
    """Trust 22: whatever colour a partnership chooses, its name has a contrast of 4.5."""
    brand = colours.brand(colour)
    assert brand.colour == colour
    assert colours.contrast(brand.colour, brand.text) >= 4.5


@pytest.mark.parametrize("wrong", [None, "", "red", "#12345", "#1d70b8}body{display:none", "#GGGGGG", "#1d70b8\n"])
def test_what_is_no_colour_never_reaches_a_style_sheet(wrong):
    """Trust 17: only six hex digits become CSS."""
    assert colours.brand(wrong).colour == colours.DEFAULT


def test_contrast_is_that_of_the_guidelines():
    """Trust 22: black on white is 21, a colour on itself 1."""
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#1d70b8", "#1d70b8") == 1


class TestShell:
    def test_a_value_is_asked_for_once_and_only_when_shown(self, monkeypatch):
        """Screens: the inbox is counted once a page, and not at all where it is not shown."""
        asked = []
        monkeypatch.setattr(shell, "_providers", {})
        shell.provide("inbox_count", lambda request: asked.append(request) or 3)
        round_page = shell.Shell("request")
        assert asked == []
        assert (round_page["inbox_count"], round_page["inbox_count"], round_page["hat"]) == (3, 3, None)
        assert asked == ["request"]


@pytest.mark.urls("tests.ui.urls")
class TestNavigation:
    @pytest.fixture(autouse=True)
    def entries(self, monkeypatch):
        monkeypatch.setattr(navigation, "_entries", {})
        navigation.add("Cases", "nav_cases", lambda actor: True, order=30)
        navigation.add("Queue", "nav_queue", lambda actor: actor.has("screener"), order=20)

    def links(self, path, *roles):
        actor = Actor(partnership_id=new_id(), roles=frozenset(roles))
        request = SimpleNamespace(actor=actor, partnership=SimpleNamespace(slug="fernshire"), path=path)
        return [(link.label, link.url, link.current) for link in navigation.links(request)]

    def test_each_role_sees_its_own_in_order(self):
        """ACC-2: the navigation is that of the hat worn."""
        assert [label for label, _url, _current in self.links("/", "screener")] == ["Queue", "Cases"]
        assert [label for label, _url, _current in self.links("/")] == ["Cases"]

    def test_the_page_and_the_section_are_marked(self):
        """Trust 22: where one stands is told to screen readers too."""
        assert self.links("/help/fernshire/cases/")[0][2] == "page"
        assert self.links("/help/fernshire/cases/7/")[0][2] == "true"
        assert self.links("/help/fernshire/queue/")[0][2] == ""

    def test_nobody_has_no_navigation(self):
        """ACC-6: before a hat is chosen there is nowhere to go."""
        assert navigation.links(SimpleNamespace(path="/")) == []


@pytest.mark.usefixtures("gallery")
class TestPage:
    def test_a_page_without_partnership_or_person(self, client):
        """ACC-1: the sign-in page has the shell too, with whom to call."""
        response = client.get("/help/gallery/")
        page = Markup.of(response.content)
        assert "UNDEFINED" not in response.content.decode()
        assert page.text("title") == "Every component – Early Help"
        assert "If a child is in immediate danger, call 999." in page.text(".eh-emergency")
        assert not page.all("form[data-sign-out]")

    def test_a_page_of_a_partnership(self, client, monkeypatch):
        """Screens: partnership, colour, hat, inbox, emergency number and sign-out are on every page."""
        said = {"hat": "Practitioner, Harrow Street", "inbox_count": 3, "inbox_url": "/in/", "sign_out_url": "/out/"}
        for name, value in said.items():
            monkeypatch.setitem(shell._providers, name, lambda request, value=value: value)
        monkeypatch.setitem(shell._providers, "change_hat_url", lambda request: "/hats/")
        monkeypatch.setattr(navigation, "_entries", {})
        page = Markup.of(client.get("/help/gallery/?dressed=1").content)
        assert page.text("title") == "Every component – Wharfedale – Early Help"
        assert "--eh-brand:#7a2d8c;--eh-brand-text:#ffffff" in (page.one("style").text or "")
        header = page.text("header")
        assert "Wharfedale" in header
        assert "You are working as Practitioner, Harrow Street" in header
        assert "Inbox: 3 unread" in header
        assert page.one("form[data-sign-out]").get("method") == "post"
        assert page.one(".eh-emergency a").get("href") == "tel:01632960001"
        assert "Reference EH-7KQ2-M9XD" in page.text(".eh-name-bar")
        assert [words(alert) for alert in page.all(".moj-alert")] == [
            "Done: The enquiry was sent.",
            "Not done: The letter was not sent.",
        ]

    def test_nothing_inline_but_what_the_policy_names(self, client):
        """Trust 17: no inline script; the one style carries the nonce of the header."""
        response = client.get("/help/gallery/")
        page = Markup.of(response.content)
        assert all(script.get("src") and not (script.text or "").strip() for script in page.all("script"))
        assert f"'nonce-{page.one('style').get('nonce')}'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert not [
            one for one in page.root.iter() if one.get("style") or any(key.startswith("on") for key in one.attrib)
        ]

    def test_an_empty_list_teaches(self, client):
        """Screens: an empty list says what will stand there."""
        page = Markup.of(client.get("/help/gallery/").content)
        assert page.text(".eh-empty h2") == "No one waits"

    def test_a_worklist_pages_by_its_cursors(self, client):
        """INT-4: the other pages are links that keep the filters."""
        page = Markup.of(client.get("/help/gallery/?team=3").content)
        links = [link.get("href") for link in page.all(".govuk-pagination a")]
        assert links == ["?team=3&after=before", "?team=3&after=behind"]
        assert [head.get("scope") for head in page.all("th")] == ["col"] * 4
        assert page.text("table caption") == "Enquiries waiting"
        assert page.text(".eh-worklist__count") == "1,000 or more enquiries"


class TestWords:
    def test_moments_are_london_s(self):
        """Screens: dates as people say them, summer time included."""
        assert early_help.when(dt.datetime(2026, 4, 14, 13, 2, tzinfo=dt.UTC)) == "Tue 14 April 2026 at 2:02pm"
        assert early_help.when(dt.datetime(2026, 1, 1, 0, 5, tzinfo=dt.UTC)) == "Thu 1 January 2026 at 12:05am"
        assert early_help.day(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)) == "Wed 1 July 2026"
        assert (early_help.when(None), early_help.day(None)) == ("", "")

    def test_notes_keep_their_lines_and_no_markup(self):
        """FAM-4: a note is shown as it was written."""
        drawn = early_help.prose("One\r\ntwo <b>\r\n\r\nثلاثة\n\n\n")
        assert drawn == (
            '<p class="govuk-body" dir="auto">One<br>two &lt;b&gt;</p><p class="govuk-body" dir="auto">ثلاثة</p>'
        )
        assert early_help.prose(None) == ""

    @given(st.text())
    def test_no_note_is_markup(self, text):
        """Trust 17: nothing in a note becomes an element."""
        assert {element.tag for element in Markup.of(early_help.prose(text) or "<p></p>").root.iter()} <= {
            "html", "head", "body", "p", "br",
        }  # fmt: skip

    def test_a_status_is_a_word(self):
        """Screens: never only a colour."""
        assert (
            early_help.status_tag("<Late>", "red") == '<strong class="govuk-tag govuk-tag--red">&lt;Late&gt;</strong>'
        )
        with pytest.raises(TemplateSyntaxError):
            early_help.status_tag("Late", "crimson")

    @pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (2, 5, 40), (9, 5, 100), (-1, 5, 0)])
    def test_progress_stays_between_nothing_and_all(self, done, total, percent):
        """Screens: long work shows how far it is."""
        assert Progress(done, total, "Working").percent == percent


class TestAddAnother:
    def sent(self, *names, **buttons):
        data = QueryDict(mutable=True)
        data.update({"people-TOTAL_FORMS": str(len(names)), "people-INITIAL_FORMS": "0", **buttons})
        for number, name in enumerate(names):
            data[f"people-{number}-name"] = name
        return data

    def names(self, data):
        total = int(data["people-TOTAL_FORMS"])
        return [data.get(f"people-{number}-name") for number in range(total)]

    def test_one_more_and_one_fewer_without_script(self):
        """INT-1: people are added and taken away by buttons; the words of the others stay."""
        from foundation.ui import add_another

        data = self.sent("Amy", "Ben", "Cas", **{"people-remove-1": "1"})
        press = add_another.pressed(data, "people")
        assert press == add_another.Press("people", 1)
        assert self.names(add_another.after(data, press)) == ["Amy", "Cas"]
        more = self.sent("Amy", **{"people-add": "1"})
        assert self.names(add_another.after(more, add_another.pressed(more, "people"))) == ["Amy", None]
        assert add_another.pressed(self.sent("Amy"), "people") is None

    @given(names=st.lists(st.sampled_from("abc"), max_size=6), gone=st.integers(0, 999), claimed=st.text(max_size=5))
    def test_no_number_breaks_it(self, names, gone, claimed):
        """INT-1: forged counts and numbers leave between 1 and 40 forms."""
        from foundation.ui import add_another

        data = self.sent(*names)
        data["people-TOTAL_FORMS"] = claimed
        for press in (add_another.Press("people", gone), add_another.Press("people")):
            assert 1 <= int(add_another.after(data, press)["people-TOTAL_FORMS"]) <= 40

    def test_an_unchecked_list_keeps_words_and_complains_of_nothing(self):
        """INT-1: pressing "Add another" is not sending the form."""
        from django import forms

        from foundation.ui import add_another, fields

        people = forms.formset_factory(type("Person", (forms.Form,), {"name": fields.PlainTextField(label="Name")}))
        formset = people(self.sent("Amy", ""), prefix="people")
        add_another.unchecked(formset)
        page = Markup.of(str(formset))
        assert [box.get("value") for box in page.all("input[type=text]")] == ["Amy", None]
        assert not page.all(".govuk-error-message")
