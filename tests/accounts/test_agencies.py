"""Agencies and teams on the administrator's pages: found, added, changed, closed, opened again (ACC-3)."""

from __future__ import annotations

import uuid

import pytest

from foundation.accounts import leaving, queries, services
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.hats import hats_of
from foundation.accounts.models import Agency, Team
from foundation.audit.models import AuditEntry
from foundation.common.actors import system
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_member, make_team, sign_in
from tests.markup import Markup, words
from tests.walks import make_case, make_scene

pytestmark = pytest.mark.django_db


def names_on(page) -> list[str]:
    return [words(cell) for cell in Markup.of(page.content).all("tbody th")]


class TestServices:
    def test_change_writes_what_is_new_and_nothing_else(self, office):
        """ACC-3: name and kind; the same again leaves no line in the trail."""
        with office.scope():
            agency = make_agency("Oak School")
            changed = services.change_agency(
                by=office.by, agency_id=agency.pk, name=" Oak  Academy ", kind=AgencyKind.SCHOOL
            )
            assert (changed.name, changed.kind) == ("Oak Academy", "school")
            before = agency.partnership_id, _trail()
            services.change_agency(by=office.by, agency_id=agency.pk, name="Oak Academy", kind=AgencyKind.SCHOOL)
            assert (agency.partnership_id, _trail()) == before

    def test_names_are_taken_once_whatever_their_capitals(self, office):
        """ACC-3: renaming meets the same rule as adding; one's own name is not taken."""
        with office.scope():
            oak, ash = make_agency("Oak School"), make_agency("Ash School")
            north, south = make_team(oak, "North"), make_team(oak, "South")
            with pytest.raises(Clash):
                services.change_agency(by=office.by, agency_id=ash.pk, name="OAK SCHOOL", kind=ash.kind)
            with pytest.raises(Clash):
                services.rename_team(by=office.by, team_id=south.pk, name="north")
            services.change_agency(by=office.by, agency_id=oak.pk, name="OAK SCHOOL", kind=oak.kind)
            assert services.rename_team(by=office.by, team_id=north.pk, name="NORTH").name == "NORTH"

    @pytest.mark.parametrize(
        ("name", "kind", "sentence"),
        [
            ("", "school", "Enter the agency's name"),
            ("x" * 161, "school", "160 characters or fewer"),
            ("Oak\u202eSchool", "school", "turns text around"),
            ("Oak School", "castle", "Choose what kind"),
        ],
    )
    def test_bad_input_has_its_sentence(self, office, name, kind, sentence):
        """ACC-3: the same for a new agency and for one that stands."""
        with office.scope():
            agency = make_agency("Ash School")
            for act in (
                lambda: services.create_agency(by=office.by, name=name, kind=kind),
                lambda: services.change_agency(by=office.by, agency_id=agency.pk, name=name, kind=kind),
            ):
                with pytest.raises(Invalid, match=sentence):
                    act()

    def test_closed_agency_has_no_hats_until_it_opens_again(self, office):
        """ACC-3: its people lose it with their next request and have it back with the memberships they had."""
        with office.scope():
            member = make_member(agency=make_agency("Oak School"))
            services.close_agency(by=office.by, agency_id=member.agency_id)
        assert hats_of(member.user) == []
        with office.scope():
            services.reopen_agency(by=office.by, agency_id=member.agency_id)
        assert [hat.label for hat in hats_of(member.user)] == ["Oak School: Practitioner"]

    def test_agency_that_leads_open_cases_stays_open(self, office):
        """FAM-9: the sentence says how many and what to do; another agency closes without ado."""
        with office.scope():
            scene = make_scene()
            make_case(scene, family_name="Abara family")
            make_case(scene, family_name="Lund family")
            with pytest.raises(Clash, match=r"leads 2 open cases. Hand them over to another agency first"):
                services.close_agency(by=office.by, agency_id=scene.early_help.pk)
            assert services.close_agency(by=office.by, agency_id=scene.health.pk).active is False

    def test_nothing_closes_where_nobody_can_tell_what_it_leads(self, office, monkeypatch):
        """FAM-9: a registry that guards and that nobody filled refuses."""
        monkeypatch.setattr(leaving, "_checks", [])
        with office.scope():
            agency = make_agency()
            with pytest.raises(Clash, match="cannot be told whether work is left behind"):
                services.close_agency(by=office.by, agency_id=agency.pk)
            assert queries.agency(agency.pk).active

    def test_agency_of_the_last_administrator_stays_open(self, office):
        """ACC-3: a partnership is never without one; with another elsewhere it may close."""
        with office.scope():
            with pytest.raises(Clash, match="would have no administrator"):
                services.close_agency(by=office.by, agency_id=office.admin.agency_id)
            make_member(role=Role.ADMINISTRATOR, agency=make_agency("Council"))
            assert not services.close_agency(by=office.by, agency_id=office.admin.agency_id).active

    def test_closing_and_opening_twice_changes_nothing(self, office):
        """ACC-3: one line in the trail for each."""
        with office.scope():
            agency = make_agency()
            for act in (services.close_agency, services.reopen_agency):
                act(by=office.by, agency_id=agency.pk)
                before = _trail()
                act(by=office.by, agency_id=agency.pk)
                assert _trail() == before

    def test_what_is_another_partnerships_is_not_there(self, office, marrowdale):
        """ACC-6: its ids find nothing, as made-up ones do."""
        with tenant_scope(marrowdale.pk):
            foreign = make_team()
        by = system(office.partnership.pk)
        with office.scope():
            for agency_id, team_id in ((foreign.agency_id, foreign.pk), (uuid.uuid4(), uuid.uuid4())):
                for act in (
                    lambda key=agency_id: services.change_agency(by=by, agency_id=key, name="X", kind="school"),
                    lambda key=agency_id: services.close_agency(by=by, agency_id=key),
                    lambda key=agency_id: services.reopen_agency(by=by, agency_id=key),
                    lambda key=team_id: services.rename_team(by=by, team_id=key, name="X"),
                    lambda key=agency_id: queries.agency(key),
                    lambda key=team_id: queries.team(key),
                ):
                    with pytest.raises(NotThere):
                        act()

    def test_nobody_gets_a_role_in_a_closed_agency(self, office):
        """ACC-3: open it first."""
        with office.scope():
            agency = make_agency()
            services.close_agency(by=office.by, agency_id=agency.pk)
            with pytest.raises(Invalid, match="This agency is closed"):
                make_member(agency=queries.agency(agency.pk))


class TestList:
    def test_300_agencies_come_25_at_a_time_by_name(self, office):
        """ACC-3: every one is met once on the way down, in order, and the way back leads up again."""
        with office.scope():
            for number in range(299):
                make_agency(f"{'Ash' if number % 2 else 'elm'} School {number:03}")
        met, query = [], ""
        for _ in range(12):
            page = office.get("agencies", query=query)
            met += names_on(page)
            query = page.context["page"].next and f"?after={page.context['page'].next}"
        assert query == ""
        assert len(met) == len(set(met)) == 300
        assert met == sorted(met, key=str.lower)
        assert "300 agencies" in page.content.decode()
        assert names_on(office.get("agencies", query=f"?after={page.context['page'].previous}")) == met[-50:-25]

    def test_search_finds_a_word_anywhere_and_closed_ones_stand_apart(self, office):
        """ACC-3: a screener's St Brigid's is found by "brigid"."""
        with office.scope():
            make_agency("St Brigid’s Primary")
            shut = make_agency("Brigid House")
            services.close_agency(by=office.by, agency_id=shut.pk)
        assert names_on(office.get("agencies", query="?search=BRIGID")) == ["St Brigid’s Primary"]
        assert names_on(office.get("agencies", query="?search=brigid&show=closed")) == ["Brigid House (closed)"]
        nothing = office.get("agencies", query="?search=%25")
        assert "No agency here" in nothing.content.decode()

    def test_rows_say_how_many_people_and_teams(self, office):
        """ACC-3: somebody with two roles is one person; who has left is none."""
        with office.scope():
            oak = make_agency("Oak School")
            member = make_member(agency=oak, team=make_team(oak))
            make_member(agency=oak, user=member.user, role=Role.MANAGER)
            gone = make_member(agency=oak)
            services.end_membership(by=office.by, membership_id=gone.pk)
        row = Markup.of(office.get("agencies", query="?search=oak").content).one("tbody tr")
        assert words(row) == "Oak School School or college 1 1"

    def test_statements_are_the_same_for_1_and_25_rows(self, office, django_assert_num_queries):
        """OPS-1: a literal number."""
        for more in (0, 24):
            with office.scope():
                for number in range(more):
                    make_agency(f"Row {number}")
            with django_assert_num_queries(STATEMENTS):
                assert len(names_on(office.get("agencies"))) == more + 1

    @pytest.mark.parametrize("query", ["?after=nonsense", "?after=é", "?show=all", "?search=" + "x" * 500])
    def test_damaged_questions_give_the_list(self, office, query):
        """ACC-3: never an error page."""
        assert office.get("agencies", query=query).status_code == 200


STATEMENTS = 18


class TestPages:
    def test_agency_is_added_changed_closed_and_opened_again(self, office):
        """ACC-3: each step by its page, one after another."""
        answer = office.post("agency_add", data={"name": "Oak School", "kind": "school"})
        with office.scope():
            agency = Agency.objects.get(name="Oak School")
        assert answer.url == office.url("agency", agency.pk)
        office.post("agency_change", agency.pk, data={"name": "Oak Homes", "kind": "housing"})
        office.post("team_add", agency.pk, data={"name": "North"})
        with office.scope():
            team = Team.objects.get()
        office.post("team_change", team.pk, data={"name": "Nord"})
        page = office.get("agency", agency.pk).content.decode()
        for shown in ("Oak Homes", "Housing", "Nord", "Open"):
            assert shown in page
        assert "0 people can no longer work for it" in words(
            Markup.of(office.get("agency_close", agency.pk).content).one("main")
        )
        office.post("agency_close", agency.pk)
        page = office.get("agency", agency.pk).content.decode()
        assert "Nobody can work for it until it is opened again." in page
        assert office.url("invite_to", agency.pk) not in page
        assert office.post("agency_reopen", agency.pk).status_code == 302
        with office.scope():
            assert queries.agency(agency.pk).active

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"name": "", "kind": "school"}, "Enter the agency’s name"),
            ({"name": "Oak School"}, "Select what kind of agency it is"),
            ({"name": "Oak School", "kind": "castle"}, "Select one of the answers shown"),
            ({"name": "x" * 200, "kind": "school"}, "must be 160 characters or fewer"),
        ],
    )
    def test_mistakes_come_back_with_their_words(self, office, data, sentence):
        """ACC-3: status 400, the sentence linked to its field, what was typed kept."""
        answer = office.post("agency_add", data=data)
        page = Markup.of(answer.content)
        assert answer.status_code == 400
        assert sentence in page.text(".govuk-error-summary li a")
        assert page.by_id("id_name")[0].get("value", "") == data["name"]

    def test_taken_name_says_so(self, office):
        """ACC-3: 409, and nothing is written."""
        answer = office.post("agency_add", data={"name": "partnership office", "kind": "school"})
        assert answer.status_code == 409
        assert "already has an agency of that name" in answer.content.decode()

    def test_page_before_closing_says_what_stands_in_the_way(self, office):
        """FAM-9: no button while it leads, and a post is refused as well."""
        with office.scope():
            scene = make_scene()
            make_case(scene)
        page = Markup.of(office.get("agency_close", scene.early_help.pk).content)
        assert "leads 1 open case. Hand it over to another agency first." in page.text(".govuk-warning-text")
        assert page.all("main button") == []
        assert office.post("agency_close", scene.early_help.pk).status_code == 409

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
    def test_pages_are_the_administrators_alone(self, office, role):
        """ACC-3: every other role is refused, with whom to ask."""
        with office.scope():
            member = make_member(role=role)
        sign_in(office.client, member.user)
        for name, ids in (("agencies", ()), ("agency_add", ()), ("agency", (member.agency_id,))):
            answer = office.get(name, *ids)
            assert answer.status_code == 403
            assert "Only a partnership administrator" in answer.content.decode()


def _trail() -> int:
    return AuditEntry.objects.count()
