"""Recovery codes: given once, counted, used once, made anew (ACC-1)."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from foundation.accounts.models import User
from foundation.tenancy.scope import tenant_scope
from tests.accounts.test_second_factor import CHALLENGE, CODES, code_of, enter, set_up
from tests.factories import make_member, make_partnership

pytestmark = pytest.mark.django_db

PAGE = "/accounts/2fa/recovery-codes/"
NEW = f"{PAGE}generate/"
DOWNLOAD = f"{PAGE}download/"


@pytest.fixture
def person(db) -> User:
    with tenant_scope(make_partnership("strictshire", second_factor=True).pk):
        return make_member().user


@pytest.fixture
def fresh(person) -> tuple[Client, User, str]:
    """A session in which the app has just been set up."""
    client = Client()
    enter(client, person)
    return client, person, set_up(client)


def codes_of(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()


def use(user: User, number: int) -> Client:
    """Sign in with recovery codes until `number` have been used; the last session."""
    for code in codes_of(user)[:number]:
        client = Client()
        enter(client, user)
        assert client.post(CHALLENGE, {"code": code})["Location"] == "/hats/"
    return client


def test_codes_are_shown_to_the_session_that_made_them_and_no_other(fresh):
    """ACC-1: shown, and downloaded, after set-up; another sign-in sees how many there are, and none of them."""
    client, person, secret = fresh
    shown = CODES.findall(client.get(PAGE).content.decode())
    assert len(shown) == 10
    assert len(CODES.findall(client.get(PAGE).content.decode())) == 10
    assert codes_of(person)[0] in client.get(DOWNLOAD).content.decode()
    other = Client()
    enter(other, person)
    other.post(CHALLENGE, {"code": code_of(secret, steps=1)})
    page = other.get(PAGE).content.decode()
    assert "You have 10 recovery codes left." in page
    assert not any(code in page for code in codes_of(person))
    assert other.get(DOWNLOAD).status_code == 403


def test_codes_are_hidden_after_a_quarter_of_an_hour(fresh):
    """ACC-1: an open screen shows them no longer than it takes to keep them."""
    client, person, _secret = fresh
    client.get(PAGE)
    session = client.session
    session["recovery_codes_shown"][1] = time.time() - 15 * 60 - 1
    session.save()
    assert codes_of(person)[0] not in client.get(PAGE).content.decode()
    assert client.get(DOWNLOAD).status_code == 403


def test_page_can_be_printed_and_downloaded(fresh):
    """ACC-1: the buttons stay off the paper; the file is not shown in the browser."""
    client, _person, _secret = fresh
    html = client.get(PAGE).content.decode()
    assert "eh-no-print" in html
    assert client.get(DOWNLOAD)["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert client.get(DOWNLOAD)["Cache-Control"].startswith("no-store")


def test_used_code_is_gone_and_the_rest_are_counted(fresh):
    """ACC-1: each works once, and says so on the page."""
    _client, person, _secret = fresh
    session = use(person, 2)
    assert "You have 8 recovery codes left." in session.get("/accounts/2fa/").content.decode()


def test_few_codes_are_warned_of(fresh):
    """ACC-1: from three left: at sign-in, on the account's page and on the list's; not from four."""
    client, person, _secret = fresh
    client.get(PAGE)
    four = use(person, 6)
    assert "Make new ones before you need them" not in four.get("/accounts/").content.decode()
    three = use(person, 1)
    assert "You have 3 recovery codes left. Make new ones on the page of your account." in (
        three.get("/strictshire/").content.decode()
    )
    for path in ("/accounts/", "/accounts/2fa/"):
        assert "You have 3 recovery codes left. Make new ones before you need them." in three.get(path).content.decode()
    assert "Make new ones now." in three.get(PAGE).content.decode()


def test_last_one_leaves_none(fresh):
    """ACC-1: with all used, no eleventh is taken, and the page says to make new ones."""
    _client, person, _secret = fresh
    used = codes_of(person)
    session = use(person, 10)
    assert "You have used all your recovery codes." in session.get(PAGE).content.decode()
    client = Client()
    enter(client, person)
    assert client.post(CHALLENGE, {"code": used[0]}).status_code == 200


def test_new_codes_end_the_old_ones_and_are_shown_once(fresh):
    """ACC-1: the page says so before; afterwards the old list opens nothing."""
    client, person, _secret = fresh
    client.get(PAGE)
    old = codes_of(person)
    assert "will stop working" in client.get(NEW).content.decode()
    assert client.post(NEW)["Location"] == PAGE
    shown = CODES.findall(client.get(PAGE).content.decode())
    assert len(shown) == 10
    assert not set(old) & set(codes_of(person))
    other = Client()
    enter(other, person)
    assert other.post(CHALLENGE, {"code": old[0]}).status_code == 200
    assert other.post(CHALLENGE, {"code": codes_of(person)[0]}).status_code == 302


def test_without_a_second_factor_there_are_no_codes(client, fernshire):
    """ACC-1: nothing to see, and nothing can be made."""
    with tenant_scope(fernshire.pk):
        user = make_member().user
    enter(client, user)
    assert client.get(PAGE).status_code == 404
    client.post(NEW)
    assert not Authenticator.objects.exists()
