"""The manager's pages: unusual looks, and who looked at a family's record (FAM-8)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import UnusualLook
from cases.registries import looked_at
from foundation.accounts.enums import Role
from foundation.audit import services as audit
from foundation.audit.models import AccessEntry
from foundation.common import clock
from foundation.tenancy.scope import tenant_scope
from foundation.ui.paging import page_by_key
from tests.cases.asking import statements
from tests.cases.making import SEE, make_scene, worker_of
from tests.cases.test_unusual_looks import NIGHT, NOON, led_case, look, sweep
from tests.factories import actor_of, make_agency, make_member, make_team, sign_in
from tests.markup import Markup, words


@pytest.fixture
def place(partnership):
    with tenant_scope(partnership.pk):
        scene = make_scene()
        school = make_agency("Fernbank Academy")
        north = make_team(scene.lead_agency, "North")
        with clock.at(NOON - dt.timedelta(days=2)):
            case = led_case(scene, {school: SEE}, team=north)
        manager = make_member(role=Role.MANAGER, team=north, name="Mariam Oyelaran")
        teacher = make_member(agency=school, name="Tomasz Nowak")
        return SimpleNamespace(
            partnership=partnership, scene=scene, school=school, case=case, manager=manager, teacher=teacher
        )


def browser(place, member) -> Client:
    return sign_in(Client(), member.user, place.partnership, member.agency)


def url(place, name, *args, query=""):
    return reverse(f"cases:{name}", args=[place.partnership.slug, *args]) + query


def found(place, times=1) -> list[UnusualLook]:
    with tenant_scope(place.partnership.pk):
        for _ in range(times):
            look(place.case, worker_of(place.school), at=NIGHT - dt.timedelta(days=1))
        sweep()
        return list(UnusualLook.objects.order_by("pk"))


def main_of(response) -> str:
    return words(Markup.of(response.content).one("main"))


class TestUnusualLooks:
    def test_the_list_says_who_which_case_when_and_why(self, place):
        """FAM-8: all that a manager needs to decide whom to ask first."""
        found(place)
        text = main_of(browser(place, place.manager).get(url(place, "unusual")))
        for said in ("1 to look into", "Adeyemi", place.case.reference, "Asha Okafor, Fernbank Academy", "evening"):
            assert said in text, said
        assert "Sun 22 November 2026 at 11pm" in text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_asks_as_often_for_three_as_for_one(self, place, rows):
        """Lists: a literal number of statements."""
        found(place, rows)
        client = browser(place, place.manager)
        pages = []
        asked = statements(lambda: pages.append(main_of(client.get(url(place, "unusual")))))
        assert f"{rows} to look into" in pages[0]
        assert len(asked) == 10, "\n".join(asked)

    def test_looked_into_with_a_note_it_moves_to_the_other_list(self, place):
        """FAM-8: waiting and done are two lists; the note is read by the managers."""
        (row,) = found(place)
        client = browser(place, place.manager)
        page = Markup.of(client.get(url(place, "unusual_look", row.pk)).content)
        assert "Adeyemi" in page.text(".eh-name-bar__name")
        refused = client.post(url(place, "unusual_look", row.pk), {"note": " "})
        assert refused.status_code == 400
        assert "Say what you found out" in main_of(refused)
        answer = client.post(url(place, "unusual_look", row.pk), {"note": "On call."}, follow=True)
        assert "It is recorded that you looked into this" in words(Markup.of(answer.content).one("body"))
        assert "Nothing to look into" in main_of(answer)
        assert "Asha Okafor" in main_of(client.get(url(place, "unusual", query="?show=done")))
        kept = main_of(client.get(url(place, "unusual_look", row.pk)))
        assert "On call." in kept
        assert "By Mariam Oyelaran" in kept
        assert client.post(url(place, "unusual_look", row.pk), {"note": "Again."}).status_code == 409

    def test_reading_one_is_a_look_too(self, place):
        """FAM-8: the page names a family, so that it was read is written down."""
        (row,) = found(place)
        browser(place, place.manager).get(url(place, "unusual_look", row.pk))
        with tenant_scope(place.partnership.pk):
            assert AccessEntry.objects.filter(subject_id=row.pk, user=place.manager.user).count() == 1

    def test_one_s_own_look_is_a_colleague_s_to_ask_about(self, place):
        """FAM-8: no form, and afterwards not the note either: it is about oneself."""
        with tenant_scope(place.partnership.pk):
            own = make_member(role=Role.MANAGER, agency=place.scene.lead_agency, name="Mo Adeyemi")
            look(place.case, actor_of(own))
            sweep()
            row = UnusualLook.objects.get()
        client, there = browser(place, own), url(place, "unusual_look", row.pk)
        page = Markup.of(client.get(there).content)
        assert "Another manager of your agency has to look into it" in words(page.one("main"))
        assert not page.all("main textarea")
        assert client.post(there, {"note": "It was me."}).status_code == 403
        browser(place, place.manager).post(there, {"note": "Asked: no relation."})
        read = main_of(client.get(there))
        assert "has looked into it" in read
        assert "no relation" not in read

    def test_others_are_refused_in_words(self, place):
        """FAM-8, ACC-6: no manager: told whom to ask; another team's manager: as if it were not there."""
        (row,) = found(place)
        with tenant_scope(place.partnership.pk):
            south = make_team(place.scene.lead_agency, "South")
            other = make_member(role=Role.MANAGER, team=south)
        for name, args in (("unusual", []), ("unusual_look", [row.pk])):
            answer = browser(place, place.scene.lead).get(url(place, name, *args))
            assert answer.status_code == 403
            assert "tell your manager" in main_of(answer)
        assert browser(place, other).get(url(place, "unusual_look", row.pk)).status_code == 404
        assert "Nothing to look into" in main_of(browser(place, other).get(url(place, "unusual")))

    @pytest.mark.parametrize("query", ["?show=<b>", "?show=" + "x" * 9000, "?after=x", "?show=done&after=%00"])
    def test_a_typed_address_is_no_error(self, place, query):
        """Bad input: what is not understood is left out."""
        assert browser(place, place.manager).get(url(place, "unusual", query=query)).status_code == 200

    def test_managers_alone_find_it_in_the_navigation(self, place):
        """Screens: an entry for those whose work it is."""
        home = reverse("home", args=[place.partnership.slug])
        assert url(place, "unusual") in browser(place, place.manager).get(home).content.decode()
        assert url(place, "unusual") not in browser(place, place.scene.lead).get(home).content.decode()

    def test_my_work_tells_the_manager_how_many_wait(self, place):
        """Screens, My work: what needs me now; nothing is said while there is none."""
        home = reverse("home", args=[place.partnership.slug])
        assert "unusual look" not in main_of(browser(place, place.manager).get(home))
        found(place, 2)
        assert "2 unusual looks to look into" in main_of(browser(place, place.manager).get(home))
        assert "unusual look" not in main_of(browser(place, place.scene.lead).get(home))


class TestWhoLooked:
    def read(self, place, query="", member=None):
        return browser(place, member or place.manager).get(url(place, "looks", place.case.pk, query=query))

    def test_each_look_says_who_for_whom_in_which_role_when_and_at_what(self, place):
        """FAM-8: newest first, with the role that they had."""
        with tenant_scope(place.partnership.pk):
            teacher = actor_of(place.teacher)
            look(place.case, teacher, at=clock.now() - dt.timedelta(hours=2))
            audit.viewed(by=place.scene.lead_actor, subject=place.case, case_id=place.case.pk)
        rows = Markup.of(self.read(place).content).all("tbody tr")
        said = [words(row) for row in rows]
        assert len(said) == 3
        assert "Mariam Oyelaran" in said[0]
        assert "Who looked at the record" in said[0]
        assert "Sol Benn" in said[1]
        assert "Tomasz Nowak" in said[2]
        assert "Fernbank Academy" in said[2]
        assert "Practitioner" in said[2]
        assert "The case" in said[2]

    def test_looking_at_the_log_is_a_look(self, place):
        """FAM-8: whoever reads who looked is read of as well."""
        for _ in range(2):
            self.read(place)
        with tenant_scope(place.partnership.pk):
            looks = AccessEntry.objects.filter(case_id=place.case.pk, how="access_log")
            assert [one.user_id for one in looks] == [place.manager.user_id] * 2

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_log_asks_as_often_for_three_as_for_one(self, place, rows):
        """Lists: a literal number of statements."""
        with tenant_scope(place.partnership.pk):
            for _ in range(rows):
                audit.viewed(by=worker_of(place.school), subject=place.case, case_id=place.case.pk)
        client = browser(place, place.manager)
        pages = []
        asked = statements(lambda: pages.append(client.get(url(place, "looks", place.case.pk)).content))
        assert len(Markup.of(pages[0]).all("tbody tr")) == rows + 1
        assert len(asked) == 15, "\n".join(asked)

    def test_it_narrows_to_one_person_and_pages_by_key(self, place, monkeypatch):
        """FAM-8: the person stands in the address as a number, and is kept from page to page."""
        monkeypatch.setitem(page_by_key.__kwdefaults__, "size", 2)
        with tenant_scope(place.partnership.pk):
            for minutes in range(5):
                look(place.case, actor_of(place.teacher), at=clock.now() - dt.timedelta(minutes=minutes + 1))
            look(place.case, place.scene.lead_actor, at=clock.now() - dt.timedelta(minutes=3))
        query, seen = f"?person={place.teacher.user_id}", []
        while query:
            page = Markup.of(self.read(place, query).content)
            rows = [words(row) for row in page.all("tbody tr")]
            assert all("Tomasz Nowak" in row for row in rows)
            seen += rows
            following = page.all('a[rel="next"]')
            query = following[0].get("href") if following else ""
            assert not query or f"person={place.teacher.user_id}" in query
        assert len(seen) == len(set(seen)) == 5

    @pytest.mark.parametrize("query", ["?person=999999", "?person=x", "?person=" + "9" * 400, "?person=-1", "?after=é"])
    def test_an_unknown_person_is_everybody(self, place, query):
        """Bad input: somebody who did not look narrows nothing, and nobody's name is told."""
        response = self.read(place, query)
        assert response.status_code == 200
        assert "Mariam Oyelaran" in main_of(response)

    def test_only_the_manager_of_the_lead_s_team_reads_it(self, place):
        """FAM-8: the lead, another agency, its manager and another team's are told whom to ask."""
        with tenant_scope(place.partnership.pk):
            south = make_team(place.scene.lead_agency, "South")
            refused = [
                place.scene.lead, place.teacher, make_member(role=Role.MANAGER, agency=place.school),
                make_member(role=Role.MANAGER, team=south),
            ]  # fmt: skip
            head = make_member(role=Role.MANAGER, agency=place.scene.lead_agency)
        for member in refused:
            answer = self.read(place, member=member)
            assert answer.status_code == 403
            assert f"Ask a team manager at {place.scene.lead_agency.name}" in main_of(answer)
        assert self.read(place, member=head).status_code == 200

    def test_the_case_page_leads_there_those_who_may(self, place):
        """Screens, Case: who looked, as a line for the manager and no dead end for others."""
        link = url(place, "looks", place.case.pk)
        case = url(place, "detail", place.case.pk)
        assert link in browser(place, place.manager).get(case).content.decode()
        assert link not in browser(place, place.scene.lead).get(case).content.decode()

    def test_every_room_s_looks_have_words(self):
        """FAM-8: what was looked at is said, whatever room it is in."""
        for kind, how in (
            ("cases.case", "page"), ("cases.case", "access_log"), ("cases.unusuallook", "page"),
            ("consent.consent", "page"), ("assessments.assessment", "page"), ("intake.enquiry", "page"),
            ("documents.document", "download"),
        ):  # fmt: skip
            assert looked_at.words(kind, how) != "Something else in the record"
        assert looked_at.words("kites.kite", "page") == "Something else in the record"
