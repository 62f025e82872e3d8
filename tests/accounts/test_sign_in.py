"""The sign-in page, sessions, and what is not offered (ACC-1)."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD, make_agency, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture
def member(fernshire):
    with tenant_scope(fernshire.pk):
        return make_member(agency=make_agency("Fernbank School"))


def enter(client: Client, user, password: str = PASSWORD, path: str = LOGIN):
    return client.post(path, {"login": user.email, "password": password})


def test_right_password_signs_in_and_leads_to_the_hat(client, member):
    """ACC-1, ACC-2: one hat, so straight to work."""
    assert enter(client, member.user)["Location"] == "/hats/"
    assert client.get("/hats/")["Location"] == "/fernshire/"


def test_address_is_taken_however_it_is_typed(client, member):
    """ACC-1: capitals and spaces round an address do not keep its owner out."""
    member.user.email = f"  {member.user.email.upper()} "
    assert enter(client, member.user).status_code == 302


def test_sign_in_goes_on_to_the_page_asked_for(client, member):
    """ACC-2: a link from a message leads, through sign-in, to where it says."""
    sent = client.get("/fernshire/cases/?page=2")["Location"]
    assert enter(client, member.user, path=sent)["Location"] == "/fernshire/cases/?page=2"


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "ftp://x",
    ],
)
def test_sign_in_goes_to_no_other_site(client, member, onward):
    """ACC-1: `next` never leads away, at sign-in, when signed in already, or at sign-out."""
    assert (
        client.post(LOGIN, {"login": member.user.email, "password": PASSWORD, "next": onward})["Location"] == "/hats/"
    )
    assert client.get(LOGIN, {"next": onward})["Location"] == "/hats/"
    assert client.post("/accounts/logout/", {"next": onward})["Location"] == LOGIN


def test_session_gets_a_new_id_at_sign_in(client, member):
    """ACC-1: a session id planted before sign-in is worth nothing after it."""
    client.get("/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    enter(client, member.user)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get("/hats/")["Location"].startswith(LOGIN)


def test_another_person_on_the_same_browser_starts_afresh(client, fernshire, member):
    """ACC-2: nothing of one person's session, hat included, is there for the next."""
    with tenant_scope(fernshire.pk):
        other = make_member()
    enter(client, member.user)
    client.get("/hats/")
    first = client.session.session_key
    client.post("/accounts/logout/")
    enter(client, other.user)
    assert client.session.session_key != first
    assert "hats" not in client.session


def test_sign_out_ends_the_session_for_good(client, member):
    """ACC-1: a copied cookie opens nothing after sign-out."""
    enter(client, member.user)
    copied = client.session.session_key
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    thief = Client()
    thief.cookies["sessionid"] = copied
    assert thief.get("/hats/")["Location"].startswith(LOGIN)


def test_sign_out_wants_a_post(client, member):
    """ACC-1: a link or a picture elsewhere cannot sign anyone out; the page asks."""
    enter(client, member.user)
    page = client.get("/accounts/logout/")
    assert page.status_code == 200
    assert "Do you want to sign out" in page.content.decode()
    assert client.get("/hats/").status_code == 302
    assert client.session.get("_auth_user_id")


def test_posts_need_the_pages_token(member):
    """ACC-1: another site cannot sign anyone in or out, nor change their hat."""
    client = sign_in(Client(enforce_csrf_checks=True), member.user)
    for path in (LOGIN, "/accounts/logout/", "/hats/"):
        assert client.post(path, {"login": member.user.email, "password": PASSWORD}).status_code == 403


def test_session_cookie_is_out_of_scripts_reach_and_ends_with_the_browser(client, member):
    """ACC-1: HttpOnly, SameSite, and no expiry date of its own."""
    cookie = enter(client, member.user).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == cookie["expires"] == ""


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "inactive/",
        "password/set/",
        "login/code/confirm/",
        "2fa/webauthn/",
        "phone/verify/",
    ],
)
def test_what_is_not_used_is_not_there(client, member, path):
    """ACC-1: nobody signs themselves up, and allauth's other pages have no address."""
    assert client.get(f"/accounts/{path}").status_code == 404
    assert sign_in(client, member.user).get(f"/accounts/{path}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_changed_password_signs_out_everywhere_else(member):
    """ACC-1: other devices are out at once, this one stays."""
    here, there = sign_in(Client(), member.user), sign_in(Client(), member.user)
    new = {"oldpassword": PASSWORD, "password1": "harbour-violin-thimble", "password2": "harbour-violin-thimble"}
    assert here.post("/accounts/password/change/", new)["Location"] == "/hats/"
    assert here.get("/hats/")["Location"] == "/fernshire/"
    assert there.get("/hats/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [("short", "at least 12"), ("password1234", "common"), ("different", "same password")],
)
def test_weak_or_mistyped_password_is_refused_with_its_reason(client, member, new, sentence):
    """ACC-1: refused with a sentence, and the old one stands."""
    sign_in(client, member.user)
    again = new if sentence != "same password" else "other"
    new = new if sentence != "same password" else "harbour-violin-thimble"
    page = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": again}
    ).content.decode()
    assert sentence in page
    member.user.refresh_from_db()
    assert member.user.check_password(PASSWORD)


def test_sign_in_page_is_plain_and_holds_no_placeholder(client):
    """ACC-1: labels stay in sight; an empty form says what to enter."""
    page = client.get(LOGIN).content.decode()
    assert "placeholder" not in page
    assert 'autocomplete="current-password"' in page
    empty = client.post(LOGIN, {}).content.decode()
    assert "Enter your e-mail address." in empty
    assert "Enter your password." in empty
    assert "<title>Error: " in empty


def test_signed_in_person_without_a_role_is_told_whom_to_ask(client):
    """ACC-2: no dead end after sign-in."""
    page = sign_in(client, make_user()).get("/hats/")
    assert page.status_code == 200
    assert "You have no role yet" in page.content.decode()
