"""The partnership in the path: who gets in, as whom, and what a failed page leaves behind."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from foundation.accounts import services
from foundation.accounts.enums import Role
from foundation.accounts.middleware import HATS
from foundation.accounts.models import Agency, Team
from foundation.common.actors import system
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_member, make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]


@pytest.fixture
def member(fernshire):
    with tenant_scope(fernshire.pk):
        return make_member(agency=make_agency("Fernbank School"))


def teams_of(partnership) -> list[str]:
    with tenant_scope(partnership.pk):
        return list(Team.objects.values_list("name", flat=True))


def test_member_works_inside_their_partnerships_scope(client, fernshire, member):
    """ACC-2: the only hat is put on by itself, and the request runs in its partnership's scope."""
    sign_in(client, member.user)
    seen = client.get("/fernshire/probe/").json()
    assert seen["scope"] == seen["setting"] == str(fernshire.pk)
    assert seen["agency"] == "Fernbank School"
    assert seen["roles"] == ["practitioner"]


def test_hat_joins_all_roles_in_one_agency(client, fernshire, member):
    """ACC-2: one hat is one agency with every role held there."""
    with tenant_scope(fernshire.pk):
        make_member(user=member.user, agency=member.agency, role=Role.MANAGER)
    assert sign_in(client, member.user).get("/fernshire/probe/").json()["roles"] == ["manager", "practitioner"]


def test_own_memberships_elsewhere_stay_out_of_lists_inside_a_scope(client, fernshire, marrowdale, member):
    """ACC-6: what lets a person find their hats shows nothing of another partnership inside one."""
    with tenant_scope(marrowdale.pk):
        make_member(user=member.user)
    seen = sign_in(client, member.user).get("/fernshire/probe/").json()
    assert seen["user_setting"] == ""
    assert seen["memberships"] == seen["raw_memberships"] == 1


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/fernshire/probe/", "/nowhere/probe/", "/fernshire", "/fernshire/no/such/page/"])
def test_anonymous_is_sent_to_sign_in_from_any_partnership_real_or_not(client, fernshire, path, method):
    """ACC-6: before sign-in, a partnership that exists looks like one that does not, whatever is asked."""
    response = getattr(client, method)(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"


def test_strange_and_unknown_partnerships_are_the_same_page(client, fernshire, marrowdale, member):
    """ACC-6: a partnership where one has no role answers byte for byte as one that is not there."""
    sign_in(client, member.user)
    strange, unknown = client.get("/marrowdale/probe/"), client.get("/nowhere/probe/")
    assert strange.status_code == unknown.status_code == 404
    assert strange.content == unknown.content
    assert strange.headers == unknown.headers


def test_ended_membership_ends_with_the_next_request(client, fernshire, member):
    """ACC-3, ACC-6: a role that has ended opens nothing from the next click on, and looks like nothing at all."""
    sign_in(client, member.user)
    assert client.get("/fernshire/probe/").status_code == 200
    with tenant_scope(fernshire.pk):
        services.end_membership(by=system(fernshire.pk), membership_id=member.pk)
    after, unknown = client.get("/fernshire/probe/"), client.get("/nowhere/probe/")
    assert after.status_code == 404
    assert after.content == unknown.content


def test_one_of_two_roles_removed_takes_effect_with_the_next_request(client, fernshire, member):
    """ACC-3: the hat stays, the role is gone."""
    with tenant_scope(fernshire.pk):
        second = make_member(user=member.user, agency=member.agency, role=Role.MANAGER)
    sign_in(client, member.user)
    assert "manager" in client.get("/fernshire/probe/").json()["roles"]
    with tenant_scope(fernshire.pk):
        services.end_membership(by=system(fernshire.pk), membership_id=second.pk)
    assert client.get("/fernshire/probe/").json()["roles"] == ["practitioner"]


def test_closed_agency_opens_nothing(client, fernshire, member):
    """ACC-6: with its agency closed, a hat is gone."""
    with tenant_scope(fernshire.pk):
        Agency.objects.update(active=False)
    assert sign_in(client, member.user).get("/fernshire/probe/").status_code == 404


def test_deactivated_person_is_out_with_the_next_request(client, fernshire, member):
    """ACC-3: someone deactivated is nobody at once: sent to sign in, where they are refused."""
    sign_in(client, member.user)
    member.user.is_active = False
    member.user.save(update_fields=["is_active"])
    assert client.get("/fernshire/probe/")["Location"].startswith("/accounts/login/")


def test_two_people_each_have_their_own_partnership(fernshire, marrowdale, member):
    """ACC-6: neither gets into the other's."""
    with tenant_scope(marrowdale.pk):
        other = make_member(agency=make_agency("Marrow Clinic"))
    first, second = sign_in(Client(), member.user), sign_in(Client(), other.user)
    assert first.get("/fernshire/probe/").json()["agency"] == "Fernbank School"
    assert second.get("/marrowdale/probe/").json()["agency"] == "Marrow Clinic"
    assert first.get("/marrowdale/probe/").status_code == second.get("/fernshire/probe/").status_code == 404


def test_several_hats_are_chosen_from_first(client, fernshire, member):
    """ACC-2: with two agencies nothing is guessed."""
    with tenant_scope(fernshire.pk):
        make_member(user=member.user, agency=make_agency("Oak Housing"))
    response = sign_in(client, member.user).get("/fernshire/probe/?page=2")
    assert response["Location"] == "/hats/?next=%2Ffernshire%2Fprobe%2F%3Fpage%3D2"


def test_chosen_hat_is_remembered_for_its_partnership(client, fernshire, member):
    """ACC-2: each request wears what was chosen."""
    with tenant_scope(fernshire.pk):
        oak = make_agency("Oak Housing")
        make_member(user=member.user, agency=oak, role=Role.COORDINATOR)
    seen = sign_in(client, member.user, fernshire, oak).get("/fernshire/probe/").json()
    assert (seen["agency"], seen["roles"]) == ("Oak Housing", ["coordinator"])


@pytest.mark.parametrize("kept", [{}, [], "x", None, {"": ""}, {"fernshire": "fernbank"}])
def test_broken_session_hat_is_as_good_as_none(client, fernshire, member, kept):
    """ACC-2: nonsense in the session neither breaks a page nor gives a hat."""
    sign_in(client, member.user)
    session = client.session
    session[HATS] = kept
    session.save()
    assert client.get("/fernshire/probe/").json()["agency"] == "Fernbank School"


def test_tampered_session_hat_gives_no_agency_that_is_not_ones_own(client, fernshire, marrowdale, member):
    """ACC-6: an agency's id in the session is worn only while a membership says so."""
    with tenant_scope(fernshire.pk):
        make_member(user=member.user, agency=make_agency("Oak Housing"))
        foreign = make_member(agency=make_agency("Police"), role=Role.MANAGER).agency
    with tenant_scope(marrowdale.pk):
        elsewhere = make_member(user=member.user).agency
    for agency_id in (foreign.pk, elsewhere.pk, uuid.uuid4()):
        sign_in(client, member.user)
        session = client.session
        session[HATS] = {str(fernshire.pk): str(agency_id)}
        session.save()
        assert client.get("/fernshire/probe/")["Location"].startswith("/hats/")


@pytest.mark.parametrize(
    "path", ["/Fernshire/probe/", "/FERNSHIRE/probe/", "/fernshire%20/probe/", "/%66ernshire/probe/"]
)
def test_slug_is_taken_as_it_is_written(client, fernshire, member, path):
    """ACC-6: only the slug itself opens (an encoded letter is that letter), and nothing near it tells more."""
    response = sign_in(client, member.user).get(path)
    assert response.status_code == (200 if "%66" in path else 404)


def test_path_without_its_slash_tells_nothing(client, fernshire, marrowdale, member):
    """ACC-6: a missing slash is put right for every partnership, real or not, or for none."""
    sign_in(client, member.user)
    assert client.get("/marrowdale/probe").status_code == client.get("/nowhere/probe").status_code


@pytest.mark.parametrize("path", ["/static/x.css", "/api/v1/none/", "/favicon.ico", "/media/x", "/admin/", "/help/"])
def test_reserved_first_parts_are_no_partnerships(client, fernshire, path):
    """ACC-6: the product's own addresses are asked for as themselves: nothing there is a 404, not a sign-in."""
    assert client.get(path).status_code == 404


def test_page_that_names_a_partnership_outside_its_scope_is_refused(client, fernshire, member):
    """ACC-6: a view under another prefix cannot be reached as though it were inside."""
    assert sign_in(client, member.user).get("/help/fernshire/").status_code == 404
    assert client.get("//fernshire/probe/").status_code == 404


@pytest.mark.parametrize("how", ["500", "503", "raise", "refuse"])
def test_failed_page_leaves_nothing_behind(fernshire, member, how):
    """OPS-1: whatever a page wrote before it failed is taken back, also when it only answers with a 500."""
    client = sign_in(Client(raise_request_exception=False), member.user)
    assert client.post(f"/fernshire/fail/{how}/").status_code in {500, 503, 403}
    assert teams_of(fernshire) == []
    assert client.get("/fernshire/probe/").status_code == 200


@pytest.mark.parametrize("how", ["200", "302", "400"])
def test_page_that_answers_keeps_what_it_wrote(client, fernshire, member, how):
    """OPS-1: an answer that is no failure stands."""
    sign_in(client, member.user).post(f"/fernshire/fail/{how}/")
    assert teams_of(fernshire) == ["Written before it failed"]


def test_row_history_names_person_and_agency_by_id(client, fernshire, member):
    """FAM-8: what a page writes carries who and which hat, as ids alone."""
    sign_in(client, member.user).post("/fernshire/fail/200/")
    with tenant_scope(fernshire.pk):
        event = Team.objects.get().history.get()
    assert event.pgh_context == {"user": member.user_id, "agency": str(member.agency_id)}


def test_pages_inside_a_partnership_are_kept_by_no_cache(client, fernshire, member):
    """ACC-6: a shared computer's browser and a proxy keep nothing."""
    for response in (client.get("/fernshire/probe/"), sign_in(client, member.user).get("/fernshire/probe/")):
        assert response["Cache-Control"] == "no-store, private"
        assert "Cookie" in response["Vary"]


def test_finding_the_hat_takes_two_queries(client, fernshire, member, django_assert_num_queries):
    """ACC-3: memberships are read each time, cheaply: one query for all of them, one for their agencies."""
    sign_in(client, member.user)
    # Session, person, memberships, agencies; savepoints and scope settings; three of the page's own.
    with django_assert_num_queries(17):
        client.get("/fernshire/probe/")


def test_person_without_any_membership_finds_nothing(client, fernshire):
    """ACC-6: signed in is not let in."""
    assert sign_in(client, make_user()).get("/fernshire/probe/").status_code == 404
