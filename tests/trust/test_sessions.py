"""Trust 15: a session is its person's alone, ends when it is ended, and knows at once what they may no longer do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from assessments.enums import AssessmentState
from consent import services as consent
from consent.models import Consent
from foundation.accounts import services
from foundation.accounts.enums import Role
from foundation.accounts.models import Membership, User
from foundation.common.actors import system
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.accounts.ends import LOGIN, age, come_back, leave_alone, store
from tests.accounts.test_second_factor import CHALLENGE, code_of, set_up
from tests.assessments.stage import Stage
from tests.factories import PASSWORD, make_agency, make_member, make_partnership

pytestmark = pytest.mark.django_db

COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def fernshire(db: None) -> Partnership:
    return make_partnership("fernshire")


@pytest.fixture
def member(fernshire: Partnership) -> Membership:
    with tenant_scope(fernshire.pk):
        return make_member(agency=make_agency("Fernbank School"))


def signed_in(user: User) -> Client:
    client = Client()
    come_back(client, user)
    return client


def thief_with(key: str) -> Client:
    """Somebody who has copied a cookie."""
    thief = Client()
    thief.cookies[COOKIE] = key
    return thief


def opens(key: str, path: str = "/fernshire/") -> bool:
    return thief_with(key).get(path).status_code == 200


def end(member: Membership) -> None:
    with tenant_scope(member.partnership_id):
        services.end_membership(by=system(member.partnership_id), membership_id=member.pk)


class TestNewId:
    def test_at_sign_in_the_planted_id_is_worth_nothing(self, member):
        """Trust 15: fixation."""
        client = Client()
        client.get("/")
        session = client.session
        session["planted"] = True
        session.save()
        client.cookies[COOKIE] = planted = str(session.session_key)
        come_back(client, member.user)
        assert client.session.session_key != planted
        assert not opens(planted)
        assert not Session.objects.filter(pk=planted).exists()

    def test_an_id_that_nobody_gave_out_is_never_taken_up(self, member):
        """Trust 15: an invented id is not made into a session."""
        client = thief_with("a" * 32)
        come_back(client, member.user)
        assert client.cookies[COOKIE].value != "a" * 32

    def test_with_the_second_step_again(self, member):
        """Trust 15: the half-way session opens nothing afterwards."""
        client = signed_in(member.user)
        secret = set_up(client)
        again = Client()
        come_back(again, member.user)
        half_way = str(again.session.session_key)
        again.post(CHALLENGE, {"code": code_of(secret, steps=1)})
        assert again.session.session_key != half_way
        assert not opens(half_way)

    def test_when_another_person_signs_in_on_the_same_browser(self, member, fernshire):
        """Trust 15: nothing of the first is there for the second."""
        with tenant_scope(fernshire.pk):
            other = make_member()
        client = signed_in(member.user)
        first = str(client.session.session_key)
        client.post("/accounts/logout/")
        come_back(client, other.user)
        assert client.session.session_key != first
        assert not opens(first)

    def test_after_the_limits_ended_it(self, member):
        """Trust 15, ACC-4: signing in again is a session of its own; the old id and the one between open nothing."""
        client = signed_in(member.user)
        old = str(client.session.session_key)
        leave_alone(client)
        client.get("/fernshire/")
        between = str(client.session.session_key)
        come_back(client, member.user)
        assert len({old, between, client.session.session_key}) == 3
        assert not opens(old)
        assert not opens(between)
        assert client.get("/fernshire/").status_code == 200


class TestTheEnd:
    def test_sign_out_ends_it_for_every_copy(self, member):
        """Trust 15: the row is gone, not only the cookie."""
        client = signed_in(member.user)
        copied = str(client.session.session_key)
        assert opens(copied)
        client.post("/accounts/logout/")
        assert not opens(copied)
        assert not Session.objects.filter(pk=copied).exists()

    @pytest.mark.parametrize("began", [False, True])
    def test_limits_end_it_for_every_copy(self, member, began):
        """Trust 15, ACC-4: a copied id is as old as the session it is of; using it does not make it younger."""
        client = signed_in(member.user)
        copied = str(client.session.session_key)
        age(client.session, minutes=13 * 60 if began else 40, began=began)
        assert not opens(copied)
        assert not Session.objects.filter(pk=copied).exists()
        assert client.get("/fernshire/")["Location"].startswith(LOGIN)

    def test_session_that_has_ended_names_nobody(self, member):
        """Trust 15: what is left for the sign-in page opens no door."""
        client = signed_in(member.user)
        leave_alone(client)
        client.get("/fernshire/")
        between = str(client.session.session_key)
        assert thief_with(between).get("/accounts/")["Location"].startswith(LOGIN)
        assert "_auth_user_id" not in store(between)

    def test_changed_password_ends_the_others(self, member):
        """Trust 15: whoever was in with the old one is out."""
        here, there = signed_in(member.user), signed_in(member.user)
        new = {"oldpassword": PASSWORD, "password1": "harbour-violin-thimble", "password2": "harbour-violin-thimble"}
        here.post("/accounts/password/change/", new)
        assert here.get("/fernshire/").status_code == 200
        assert there.get("/fernshire/")["Location"].startswith(LOGIN)

    def test_deactivated_person_is_out_with_the_next_click(self, member):
        """Trust 15: in every partnership."""
        client = signed_in(member.user)
        assert client.get("/fernshire/").status_code == 200
        User.objects.filter(pk=member.user_id).update(is_active=False)
        assert client.get("/fernshire/")["Location"].startswith(LOGIN)


class TestNextClick:
    def test_removed_role_is_gone(self, fernshire):
        """Trust 15, ACC-3: the queue was open a moment ago."""
        with tenant_scope(fernshire.pk):
            screener = make_member(role=Role.SCREENER)
            make_member(user=screener.user, agency=screener.agency)
        client = signed_in(screener.user)
        assert client.get("/fernshire/enquiries/queue/").status_code == 200
        end(screener)
        assert client.get("/fernshire/enquiries/queue/").status_code == 403
        assert client.get("/fernshire/").status_code == 200

    def test_removed_membership_closes_the_partnership(self, member):
        """Trust 15, ACC-3, ACC-6: the page of a stranger."""
        client = signed_in(member.user)
        assert client.get("/fernshire/").status_code == 200
        end(member)
        assert client.get("/fernshire/").status_code == 404
        assert "You have no role yet" in client.get("/hats/").content.decode()

    def test_given_role_is_there(self, member):
        """Trust 15, ACC-3: no new sign-in for it either."""
        client = signed_in(member.user)
        assert client.get("/fernshire/enquiries/queue/").status_code == 403
        with tenant_scope(member.partnership_id):
            make_member(user=member.user, agency=member.agency, role=Role.SCREENER)
        assert client.get("/fernshire/enquiries/queue/").status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInTheBrowser:
    """The same, seen by the person whose page is open."""

    def enter(self, page: Page, user: User) -> None:
        page.goto(LOGIN)
        page.get_by_label("E-mail address").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/fernshire/")

    def id_of(self, page: Page) -> str:
        return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE)

    def test_id_changes_at_sign_in_and_a_copy_ends_with_sign_out(self, open_page: Callable[..., Page], live_server):
        """Trust 15: two browsers, one cookie."""
        with tenant_scope(make_partnership("fernshire").pk):
            user = make_member().user
        page = open_page()
        page.goto(LOGIN)
        planted = store(None)
        planted["x"] = 1
        planted.create()
        page.context.add_cookies([{"name": COOKIE, "value": str(planted.session_key), "url": live_server.url}])
        self.enter(page, user)
        key = self.id_of(page)
        assert key != planted.session_key
        thief = open_page()
        thief.context.add_cookies([{"name": COOKIE, "value": key, "url": live_server.url}])
        thief.goto("/fernshire/")
        expect(thief.get_by_role("heading", name="My work")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"**{LOGIN}")
        thief.goto("/fernshire/")
        expect(thief.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_removed_role_membership_and_consent_take_effect_on_the_next_click(self, open_page: Callable[..., Page]):
        """Trust 15, ACC-3, CON-2: in an open page, with the very next click."""
        stage = Stage(make_partnership("fernshire"), AssessmentState.DRAFT)
        with stage.scope():
            teacher = stage.scene.user("teacher")
            role = make_member(user=teacher, agency=Membership.objects.get(user=teacher).agency, role=Role.SCREENER)
        page = open_page()
        self.enter(page, teacher)
        page.goto("/fernshire/enquiries/queue/")
        expect(page.get_by_role("link", name="Queue")).to_be_visible()
        end(role)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
        expect(page.get_by_role("link", name="Queue")).to_have_count(0)
        page.goto(stage.url("detail"))
        expect(page.locator(".eh-name-bar")).to_be_visible()
        with stage.scope():
            given = Consent.objects.get(case=stage.case)
            consent.withdraw(by=stage.scene.actor("lead"), consent_id=given.pk, told_by="Joanna Abara")
        page.reload()
        expect(page.get_by_text("Abara")).to_have_count(0)
        with stage.scope():
            last = Membership.objects.get(user=teacher, ended_at=None)
        end(last)
        page.goto("/fernshire/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
