"""Choosing and changing the hat (ACC-2), and what a person's own memberships show before a scope is open."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.accounts.enums import Role
from foundation.accounts.hats import actor_for, hats_of, own_memberships
from foundation.accounts.models import Agency, Membership
from foundation.accounts.services import end_membership
from foundation.common.actors import system
from foundation.tenancy.scope import ScopeError, current_partnership_id_or_none, own_memberships_scope, tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_partnership, make_team, make_user, sign_in
from tests.markup import Markup, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(fernshire, marrowdale):
    """A practitioner at Fernbank School, a coordinator at Oak Housing, and a screener in Marrowdale."""
    user = make_user("Bronagh Tennant")
    with tenant_scope(fernshire.pk):
        make_member(user=user, agency=make_agency("Fernbank School"))
        make_member(user=user, agency=make_agency("Oak Housing"), role=Role.COORDINATOR)
    with tenant_scope(marrowdale.pk):
        make_member(user=user, agency=make_agency("Marrow Hub"), role=Role.SCREENER)
    return user


def agency_named(partnership, name: str) -> Agency:
    with tenant_scope(partnership.pk):
        return Agency.objects.get(name=name)


class TestHatsOf:
    def test_lists_every_agency_of_every_partnership(self, person):
        """ACC-2: by partnership and agency, each with its label."""
        assert [hat.label for hat in hats_of(person)] == [
            "Fernbank School: Practitioner",
            "Oak Housing: Coordinator",
            "Marrow Hub: Hub screener",
        ]

    def test_leaves_no_scope_open(self, person):
        """ACC-6: scopes are opened one after another, and the last is closed too."""
        hats_of(person)
        assert current_partnership_id_or_none() is None
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_membership")
            assert cursor.fetchone()[0] == 0

    def test_is_refused_inside_a_scope(self, fernshire, person):
        """ACC-6: scopes are never nested."""
        with tenant_scope(fernshire.pk), pytest.raises(ScopeError):
            hats_of(person)

    def test_leaves_out_ended_memberships_and_closed_agencies(self, fernshire, person):
        """ACC-3: what has ended is no hat."""
        with tenant_scope(fernshire.pk):
            Agency.objects.filter(name="Oak Housing").update(active=False)
            ended = Membership.objects.get(agency__name="Fernbank School")
            end_membership(by=system(fernshire.pk), membership_id=ended.pk)
        assert [hat.agency.name for hat in hats_of(person)] == ["Marrow Hub"]

    def test_shows_nobody_elses(self, person):
        """ACC-6: another person's hats are their own."""
        assert hats_of(make_user()) == []

    def test_team_bound_roles_give_the_hat_its_teams(self, fernshire):
        """EHA-5: a manager of one team decides for that team, though they practise in the whole agency."""
        with tenant_scope(fernshire.pk):
            team = make_team()
            manager = make_member(role=Role.MANAGER, team=team)
            make_member(user=manager.user, agency=team.agency)
            assert actor_of(manager).team_ids == {team.pk}
            make_member(user=manager.user, agency=team.agency, role=Role.MANAGER)
            assert actor_of(manager).team_ids == frozenset()

    def test_practitioners_teams_are_theirs_without_a_role_that_decides(self, fernshire):
        """ACC-2: several teams of one agency are one hat."""
        with tenant_scope(fernshire.pk):
            north = make_team()
            south = make_team(north.agency)
            member = make_member(team=north)
            make_member(user=member.user, team=south)
            assert actor_of(member).team_ids == {north.pk, south.pk}

    def test_actor_for_an_agency_one_has_no_role_in_has_no_role(self, fernshire, person):
        """ACC-6: an actor without a membership may do nothing."""
        with tenant_scope(fernshire.pk):
            stranger = actor_for(person, make_agency())
        assert stranger.roles == frozenset()


class TestOwnMemberships:
    def test_are_one_query_with_their_partnerships(self, person, django_assert_num_queries):
        """ACC-3: cheap enough for every request: savepoint, setting on, memberships, setting off, release."""
        with django_assert_num_queries(5):
            assert {own.partnership.slug for own in own_memberships(person)} == {"fernshire", "marrowdale"}

    def test_scope_shows_ones_own_and_nobody_elses(self, fernshire, person):
        """ACC-6: with the setting of a person, raw SQL gives their memberships alone, and nothing of agencies."""
        with tenant_scope(fernshire.pk):
            make_member()
        with own_memberships_scope(person.pk), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT user_id FROM accounts_membership")
            assert cursor.fetchall() == [(person.pk,)]
            cursor.execute("SELECT count(*) FROM accounts_agency")
            assert cursor.fetchone()[0] == 0

    def test_can_be_read_but_not_changed_without_a_scope(self, person):
        """ACC-6: the way to one's hats gives nobody a role."""
        with own_memberships_scope(person.pk), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_membership SET role = 'administrator'")
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM accounts_membership")
            assert cursor.rowcount == 0

    def test_setting_inside_a_scope_adds_nothing(self, fernshire, person):
        """ACC-6: even were the person's setting left standing, inside a scope only its own rows are there."""
        with tenant_scope(fernshire.pk), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('earlyhelp.user', %s, true)", [str(person.pk)])
            cursor.execute("SELECT count(*) FROM accounts_membership WHERE partnership_id <> %s", [fernshire.pk])
            assert cursor.fetchone()[0] == 0
            cursor.execute("SELECT set_config('earlyhelp.user', '', true)")

    @pytest.mark.parametrize("setting", ["", "0", "-1"])
    def test_nobodys_setting_shows_nothing(self, person, setting):
        """ACC-6: an empty setting is no person."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('earlyhelp.user', %s, true)", [setting])
            cursor.execute("SELECT count(*) FROM accounts_membership")
            assert cursor.fetchone()[0] == 0


class TestChoosing:
    def test_page_lists_hats_by_partnership_with_one_button_each(self, client, person):
        """ACC-2: nothing to read twice, nothing to select first."""
        page = sign_in(client, person).get("/hats/")
        html = page.content.decode()
        assert page.status_code == 200
        assert html.count("Choose<span") == 3
        assert html.index("Fernshire") < html.index("Oak Housing") < html.index("Marrowdale")
        assert page["Cache-Control"] == "no-store, private"

    def test_choosing_leads_to_work_in_that_partnership(self, client, fernshire, marrowdale, person):
        """ACC-2: one click."""
        sign_in(client, person)
        chosen = client.post("/hats/", {"agency": agency_named(marrowdale, "Marrow Hub").pk})
        assert chosen["Location"] == "/marrowdale/"
        assert client.post("/hats/", {"agency": agency_named(fernshire, "Oak Housing").pk})["Location"] == "/fernshire/"

    def test_hat_is_kept_for_each_partnership(self, client, probes, fernshire, marrowdale, person):
        """ACC-2: changing it in one leaves the other alone."""
        sign_in(client, person)
        for name in ("Fernbank School", "Oak Housing"):
            client.post("/hats/", {"agency": agency_named(fernshire, name).pk})
        client.post("/hats/", {"agency": agency_named(marrowdale, "Marrow Hub").pk})
        assert client.get("/fernshire/probe/").json()["agency"] == "Oak Housing"
        assert client.get("/marrowdale/probe/").json()["agency"] == "Marrow Hub"

    def test_page_asked_for_is_gone_on_to_in_its_own_partnership_alone(self, client, fernshire, marrowdale, person):
        """ACC-2: a link into Fernshire is followed with a Fernshire hat, and forgotten with another."""
        sign_in(client, person)
        onward = "/fernshire/cases/?page=2"
        assert client.get("/hats/", {"next": onward}).context["next"] == onward
        oak, hub = agency_named(fernshire, "Oak Housing"), agency_named(marrowdale, "Marrow Hub")
        assert client.post("/hats/", {"agency": oak.pk, "next": onward})["Location"] == onward
        assert client.post("/hats/", {"agency": hub.pk, "next": onward})["Location"] == "/marrowdale/"

    @pytest.mark.parametrize(
        "onward",
        ["https://evil.example/fernshire/", "//evil.example/fernshire/", "///evil.example", "/\\evil.example/",
         "javascript:alert(1)", "fernshire/", "/fernshire\\@evil.example", "/marrowdale/", "/accounts/logout/", "\x00"],
    )  # fmt: skip
    def test_goes_to_no_other_place(self, client, fernshire, person, onward):
        """ACC-2: `next` is a page of this site in the chosen partnership, or it is not followed."""
        oak = agency_named(fernshire, "Oak Housing")
        assert sign_in(client, person).post("/hats/", {"agency": oak.pk, "next": onward})["Location"] == "/fernshire/"

    @pytest.mark.parametrize("agency", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
    def test_what_is_not_a_hat_is_refused_with_a_sentence(self, client, person, agency):
        """ACC-2: 400, the choice again, and no hat."""
        page = sign_in(client, person).post("/hats/", {"agency": agency})
        assert page.status_code == 400
        assert "Choose one of the roles below." in page.content.decode()
        assert "hats" not in client.session

    def test_somebody_elses_agency_is_refused(self, client, fernshire, person):
        """ACC-6: its id is worth nothing without a membership."""
        with tenant_scope(fernshire.pk):
            police = make_member(agency=make_agency("Police")).agency
        assert sign_in(client, person).post("/hats/", {"agency": police.pk}).status_code == 400

    def test_ended_role_is_no_choice(self, client, fernshire, person):
        """ACC-3: from the next request on."""
        sign_in(client, person)
        oak = agency_named(fernshire, "Oak Housing")
        with tenant_scope(fernshire.pk):
            end_membership(by=system(fernshire.pk), membership_id=Membership.objects.get(agency=oak).pk)
        assert client.post("/hats/", {"agency": oak.pk}).status_code == 400

    def test_wants_sign_in(self, client):
        """ACC-2: nobody has no hat."""
        assert client.get("/hats/?next=/fernshire/")["Location"] == "/accounts/login/?next=/hats/%3Fnext%3D/fernshire/"
        assert client.post("/hats/", {"agency": "x"})["Location"].startswith("/accounts/login/")

    def test_same_agency_name_in_two_partnerships_is_two_hats(self, client, fernshire, marrowdale):
        """ACC-6: the button carries the id, not the name."""
        user = make_user()
        for partnership in (fernshire, marrowdale):
            with tenant_scope(partnership.pk):
                make_member(user=user, agency=make_agency("St Elsewhere's"))
        sign_in(client, user)
        for partnership in (fernshire, marrowdale):
            chosen = {"agency": agency_named(partnership, "St Elsewhere's").pk}
            assert client.post("/hats/", chosen)["Location"] == f"/{partnership.slug}/"

    def test_names_are_shown_as_text(self, client, fernshire, person):
        """ACC-2: an agency's name is never markup."""
        with tenant_scope(fernshire.pk):
            make_member(user=person, agency=make_agency("<script>alert(1)</script> مدرسة"))
        html = sign_in(client, person).get("/hats/").content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; مدرسة" in html

    def test_queries_grow_with_partnerships_not_with_hats(self, client, person, fernshire, django_assert_num_queries):
        """ACC-2: each partnership costs its scope and one query."""
        sign_in(client, person)
        with django_assert_num_queries(19):
            client.get("/hats/")
        with tenant_scope(fernshire.pk):
            for _ in range(3):
                make_member(user=person)
        with django_assert_num_queries(19):
            client.get("/hats/")


class TestShell:
    def test_worn_hat_is_on_every_page_with_the_way_to_change_it(self, client, probes, fernshire, person):
        """ACC-2: seen on every page, changed in one step."""
        oak = agency_named(fernshire, "Oak Housing")
        page = sign_in(client, person, fernshire, oak).get("/fernshire/page/").content.decode()
        assert "Oak Housing: Coordinator" in page
        assert 'href="/hats/"' in page
        assert 'action="/accounts/logout/"' in page

    def test_only_hat_offers_no_change(self, client, probes, fernshire):
        """ACC-2: where there is no choice, none is shown."""
        with tenant_scope(fernshire.pk):
            member = make_member(agency=make_agency("Fernbank School"))
        page = sign_in(client, member.user).get("/fernshire/page/").content.decode()
        assert "Fernbank School: Practitioner" in page
        assert 'href="/hats/"' not in page

    def test_partnerships_stand_apart_in_the_list(self, client, person):
        """ACC-2: a third partnership, a third heading."""
        third = make_partnership("thirdshire")
        with tenant_scope(third.pk):
            make_member(user=person)
        assert sign_in(client, person).get("/hats/").content.decode().count("<h2") == 3


class TestMemberOfTwelve:
    """A play therapist who works for 12 agencies of three partnerships."""

    @pytest.fixture
    def many(self, fernshire, marrowdale):
        user = make_user("Beatriz Fonseca")
        for partnership, count in ((fernshire, 7), (marrowdale, 4), (make_partnership("thirdshire"), 1)):
            with tenant_scope(partnership.pk):
                for number in range(count):
                    agency = make_agency(f"School {number}")
                    make_member(user=user, agency=agency)
                    make_member(user=user, agency=agency, role=Role.COORDINATOR)
        return user

    def test_chooses_among_them_by_partnership(self, client, many):
        """ACC-2: three headings, twelve buttons, each with its own name for who does not see the page."""
        page = Markup.of(sign_in(client, many).get("/hats/").content)
        assert [words(heading) for heading in page.all("main h2")] == ["Fernshire", "Marrowdale", "Thirdshire"]
        buttons = [words(button) for button in page.all("main button")]
        assert len(set(buttons)) == len(buttons) == 12

    def test_costs_the_same_however_many_agencies(self, client, many, fernshire, django_assert_num_queries):
        """ACC-2: a literal number for three partnerships."""
        sign_in(client, many)
        with django_assert_num_queries(24):
            client.get("/hats/")
        with tenant_scope(fernshire.pk):
            for _ in range(5):
                make_member(user=many)
        with django_assert_num_queries(24):
            client.get("/hats/")

    def test_page_costs_no_more_for_twelve_hats_than_for_one(self, client, many, fernshire):
        """ACC-2: a person's other hats do not slow their work."""
        single = make_user()
        with tenant_scope(fernshire.pk):
            agency = make_agency()
            make_member(user=single, agency=agency)
            own = Agency.objects.get(name="School 0")
        counts = []
        for user, worn in ((single, agency), (many, own)):
            sign_in(client, user, fernshire, worn)
            with CaptureQueriesContext(connection) as done:
                assert client.get("/fernshire/enquiries/").status_code == 200
            counts.append(len(done))
        assert counts[0] == counts[1]
