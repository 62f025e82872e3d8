"""The authenticator app: demanded by the strictest partnership, set up, shown, lost (ACC-1)."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from foundation.accounts.models import User
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD, make_agency, make_member, make_partnership, make_user, sign_in

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CHOOSE = "/accounts/2fa/set-up/"
SET_UP = "/accounts/2fa/totp/activate/"
CHALLENGE = "/accounts/2fa/authenticate/"
AGAIN = "/accounts/2fa/reauthenticate/"


CODES = re.compile(r"<li>[\w-]{8,}</li>")


def code_of(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def ask_no_more(partnership: Partnership) -> None:
    """The partnership switches the second factor off."""
    with tenant_scope(partnership.pk):
        assert Partnership.objects.filter(pk=partnership.pk).update(second_factor=False)


def enter(client: Client, user: User, password: str = PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def set_up(client: Client) -> str:
    """Set the app up in a session that has just given its password; gives the secret."""
    page = client.get(SET_UP)
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert client.post(SET_UP, {"code": code_of(secret)})["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.fixture
def strict(db):
    return make_partnership("strictshire", second_factor=True)


@pytest.fixture
def person(strict) -> User:
    with tenant_scope(strict.pk):
        return make_member(agency=make_agency("Fernbank School")).user


@pytest.fixture
def with_app(person) -> tuple[User, str]:
    client = Client()
    enter(client, person)
    return person, set_up(client)


@pytest.mark.parametrize("path", ["/strictshire/", "/hats/"])
def test_demanded_factor_must_be_set_up_before_anything_is_seen(client, person, path):
    """ACC-1: the password alone shows nothing of the partnership, not even the agency's name."""
    enter(client, person)
    response = client.get(path)
    assert response["Location"].startswith(f"{CHOOSE}?next=")
    page = client.get(response["Location"]).content.decode()
    assert "Set up an authenticator app" in page
    assert "Set up a security key" in page


def test_password_alone_opens_nothing_for_a_post_either(client, person):
    """ACC-1: whatever the method."""
    enter(client, person)
    for method in (client.post, client.put, client.delete, client.head, client.options):
        assert method("/strictshire/")["Location"].startswith(CHOOSE)
    assert client.post("/hats/", {"agency": "x"})["Location"].startswith(CHOOSE)


def test_strictest_partnership_binds_everywhere(client, fernshire, person):
    """ACC-1: someone with roles in two partnerships shows their second factor in the easy one too."""
    with tenant_scope(fernshire.pk):
        make_member(user=person)
    enter(client, person)
    assert client.get("/fernshire/")["Location"].startswith(CHOOSE)


def test_partnership_may_switch_it_off(client, fernshire):
    """ACC-1: a demonstration partnership asks for the password alone."""
    with tenant_scope(fernshire.pk):
        user = make_member().user
    enter(client, user)
    assert client.get("/hats/")["Location"] == "/fernshire/"


def test_set_up_page_gives_picture_and_key_under_the_strict_policy(client, person):
    """ACC-1: the picture is part of the page, the key stands beside it in text, and no other source is allowed."""
    enter(client, person)
    page = client.get(SET_UP)
    html = page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in html
    assert page.context["form"].secret == "".join(re.search(r"<strong>([A-Z2-7 ]+)</strong>", html)[1].split())
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "style=" not in html


def test_after_set_up_the_session_has_passed_and_codes_are_shown_once_more(client, person):
    """ACC-1: no second code is asked for in the same minute; ten recovery codes are there to keep."""
    enter(client, person)
    set_up(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert len(CODES.findall(page)) == 10
    assert client.get("/accounts/2fa/recovery-codes/download/")["Content-Disposition"].startswith("attachment")
    assert client.get("/hats/")["Location"] == "/strictshire/"


def test_wrong_code_sets_nothing_up(client, person):
    """ACC-1: refused with a sentence."""
    enter(client, person)
    secret = client.get(SET_UP).context["form"].secret
    wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
    assert "That code is not right" in client.post(SET_UP, {"code": wrong}).content.decode()
    assert not Authenticator.objects.exists()


def test_next_sign_in_asks_for_the_code(client, with_app):
    """ACC-1: between password and code nobody is signed in."""
    person, secret = with_app
    assert enter(client, person)["Location"] == CHALLENGE
    assert client.get("/hats/")["Location"].startswith(LOGIN)
    assert client.post(CHALLENGE, {"code": code_of(secret)})["Location"] == "/hats/"
    assert client.get("/hats/")["Location"] == "/strictshire/"


def test_page_asked_for_is_reached_through_both_steps(client, with_app):
    """ACC-2: password, code, and on to the link followed."""
    person, secret = with_app
    sent = client.get("/strictshire/cases/")["Location"]
    client.post(sent, {"login": person.email, "password": PASSWORD})
    assert client.post(CHALLENGE, {"code": code_of(secret)})["Location"] == "/strictshire/cases/"


def test_session_id_changes_with_the_second_step(client, with_app):
    """ACC-1: the id of the half-way session is worth nothing afterwards."""
    person, secret = with_app
    enter(client, person)
    half_way = client.session.session_key
    client.post(CHALLENGE, {"code": code_of(secret)})
    thief = Client()
    thief.cookies["sessionid"] = half_way
    assert thief.get("/hats/")["Location"].startswith(LOGIN)


def test_code_works_once(with_app):
    """ACC-1: one seen over a shoulder opens nothing."""
    person, secret = with_app
    first, second = Client(), Client()
    enter(first, person)
    enter(second, person)
    code = code_of(secret)
    assert first.post(CHALLENGE, {"code": code}).status_code == 302
    assert second.post(CHALLENGE, {"code": code}).status_code == 200


def test_phone_a_little_slow_is_no_obstacle(client, with_app):
    """ACC-1: the code of half a minute ago is taken, older ones are not."""
    person, secret = with_app
    enter(client, person)
    assert client.post(CHALLENGE, {"code": code_of(secret, steps=-3)}).status_code == 200
    assert client.post(CHALLENGE, {"code": code_of(secret, steps=-1)}).status_code == 302


def test_recovery_code_lets_in_once(client, with_app):
    """ACC-1: a lost phone is not a lost account."""
    person, _secret = with_app
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    enter(client, person)
    assert client.post(CHALLENGE, {"code": codes[0]})["Location"] == "/hats/"
    assert client.get("/hats/")["Location"] == "/strictshire/"
    again = Client()
    enter(again, person)
    assert again.post(CHALLENGE, {"code": codes[0]}).status_code == 200


def test_wrong_codes_stop_being_taken(with_app):
    """ACC-5: five wrong ones, and then not even a right one for five minutes, from any session; it says so."""
    person, secret = with_app
    for _ in range(5):
        client = Client()
        enter(client, person)
        assert client.post(CHALLENGE, {"code": "000000"}).status_code == 200
    page = client.post(CHALLENGE, {"code": code_of(secret)})
    assert "Wait 5 minutes" in page.content.decode()
    cache.clear()
    assert client.post(CHALLENGE, {"code": code_of(secret)}).status_code == 302


@pytest.mark.parametrize("sent", [{}, {"credential": "x"}, {"code": ""}, {"code": "x" * 10_000}, {"code": "\x00"}])
def test_odd_answers_to_the_challenge_break_nothing(client, with_app, sent):
    """ACC-1: no server error, nobody signed in."""
    enter(client, with_app[0])
    assert client.post(CHALLENGE, sent).status_code in {200, 302}
    assert client.get("/hats/")["Location"].startswith(LOGIN)


def test_challenge_without_a_password_first_is_the_sign_in_page(client):
    """ACC-1: the second step alone is no step."""
    assert client.get(CHALLENGE)["Location"] == LOGIN


def test_session_from_before_the_app_was_set_up_must_show_it(with_app):
    """ACC-1: another device that was already signed in by password is asked for the code on its next click."""
    person, secret = with_app
    old = sign_in(Client(), person)
    assert old.get("/strictshire/")["Location"] == f"{AGAIN}?next=%2Fstrictshire%2F"
    assert old.post(f"{AGAIN}?next=/strictshire/", {"code": code_of(secret)})["Location"] == "/strictshire/"
    assert old.get("/hats/")["Location"] == "/strictshire/"


@pytest.mark.parametrize(
    "path", ["2fa/totp/deactivate/", "2fa/totp/activate/", "2fa/recovery-codes/", "2fa/", "password/change/",
             "2fa/recovery-codes/generate/", "2fa/recovery-codes/download/"],
)  # fmt: skip
def test_password_alone_cannot_take_the_second_factor_away(with_app, path):
    """ACC-1: who has not shown the code reaches none of the pages that change how one signs in."""
    client = sign_in(Client(), with_app[0])
    for method in (client.get, client.post):
        assert method(f"/accounts/{path}")["Location"].startswith(AGAIN)
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_only_factor_stays_where_one_is_demanded(client, with_app):
    """ACC-1: the last one cannot be taken away; the page does not offer it, and says what to do instead."""
    person, secret = with_app
    enter(client, person)
    client.post(CHALLENGE, {"code": code_of(secret)})
    page = client.get("/accounts/2fa/").content.decode()
    assert "totp/deactivate" not in page
    assert "set up another first" in page
    refused = client.post("/accounts/2fa/totp/deactivate/")
    assert refused.status_code == 403
    assert "cannot remove the only one" in refused.content.decode()
    assert Authenticator.objects.filter(user=person).count() == 2


def test_new_phone_takes_the_old_ones_place(client, with_app):
    """ACC-1: the old app's codes and the sessions that passed with it count no more; recovery codes stay."""
    person, secret = with_app
    other = Client()
    enter(client, person)
    client.post(CHALLENGE, {"code": code_of(secret)})
    enter(other, person)
    other.post(CHALLENGE, {"code": code_of(secret, steps=1)})
    assert other.get("/hats/").headers["Location"] == "/strictshire/"
    codes = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    page = client.get(SET_UP)
    assert "the old one stops working" in page.content.decode()
    fresh = page.context["form"].secret
    assert fresh != secret
    assert client.post(SET_UP, {"code": code_of(fresh)})["Location"] == "/accounts/2fa/"
    assert Authenticator.objects.filter(pk=codes.pk).exists()
    assert client.get("/hats/")["Location"] == "/strictshire/"
    assert other.get("/hats/")["Location"].startswith(AGAIN)
    assert other.post(AGAIN, {"code": code_of(secret, steps=2)}).status_code == 200
    assert other.post(AGAIN, {"code": code_of(fresh, steps=1)}).status_code == 302


def test_wrong_code_of_a_new_phone_leaves_the_old_one(client, with_app):
    """ACC-1: nobody is left without either."""
    person, secret = with_app
    enter(client, person)
    client.post(CHALLENGE, {"code": code_of(secret)})
    fresh = client.get(SET_UP).context["form"].secret
    wrong = f"{(int(code_of(fresh)) + 1) % 1_000_000:06}"
    assert client.post(SET_UP, {"code": wrong}).status_code == 200
    kept = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    assert kept.wrap().validate_code(code_of(secret, steps=1))


def test_app_may_go_where_none_is_demanded(client, fernshire):
    """ACC-1: and the recovery codes, which stand in for it, go too."""
    with tenant_scope(fernshire.pk):
        user = make_member().user
    enter(client, user)
    set_up(client)
    assert client.post("/accounts/2fa/totp/deactivate/")["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.exists()


def test_another_persons_pass_in_the_session_counts_for_nothing(client, with_app, strict):
    """ACC-1: what a session proved, it proved for one person."""
    person, secret = with_app
    enter(client, person)
    client.post(CHALLENGE, {"code": code_of(secret)})
    with tenant_scope(strict.pk):
        colleague = make_member().user
    client.force_login(colleague, backend="foundation.accounts.backends.PasswordBackend")
    assert client.get("/strictshire/")["Location"].startswith(CHOOSE)


def test_changing_how_one_signs_in_wants_the_password_again_later(client, with_app, settings):
    """ACC-1: minutes after sign-in an open screen changes nothing without the password or a code."""
    person, secret = with_app
    enter(client, person)
    client.post(CHALLENGE, {"code": code_of(secret)})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    assert client.get("/accounts/2fa/recovery-codes/")["Location"].startswith("/accounts/reauthenticate/?next=")
    page = client.get("/accounts/reauthenticate/?next=/accounts/2fa/recovery-codes/")
    assert "Use a code or a security key instead" in page.content.decode()
    confirmed = client.post("/accounts/reauthenticate/?next=/accounts/2fa/recovery-codes/", {"password": PASSWORD})
    assert confirmed["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_removing_and_new_codes_are_told_by_mail_that_names_no_one(client, person):
    """ACC-1: the owner hears of each change at their own address; no name, no address of anyone's computer."""
    enter(client, person)
    set_up(client)
    client.post("/accounts/2fa/recovery-codes/generate/")
    ask_no_more(Partnership.objects.get(slug="strictshire"))
    client.post("/accounts/2fa/totp/deactivate/")
    assert [message.to for message in mail.outbox] == [[person.email]] * 3
    for message in mail.outbox:
        assert "Early Help" in message.subject
        assert "UNDEFINED" not in message.body
        assert person.full_name not in message.subject + message.body
        assert "127.0.0.1" not in message.body


def test_second_factor_may_be_set_up_where_none_is_demanded(client, fernshire):
    """ACC-1: and then it is asked for at sign-in."""
    with tenant_scope(fernshire.pk):
        user = make_member().user
    enter(client, user)
    assert "Set up an authenticator app" in client.get("/accounts/2fa/").content.decode()
    set_up(client)
    assert enter(Client(), user)["Location"] == CHALLENGE


def test_set_up_wants_sign_in(client):
    """ACC-1: for nobody there is nothing to set up."""
    assert client.get(SET_UP)["Location"].startswith((LOGIN, "/accounts/"))
    assert client.get("/accounts/2fa/")["Location"].startswith(LOGIN)


def test_person_without_memberships_is_asked_for_no_second_factor(client):
    """ACC-1: no partnership, no policy; and nothing to see."""
    assert sign_in(client, make_user()).get("/hats/").status_code == 200


def test_the_seed_is_not_kept_in_clear(client, strict, person):
    """ACC-1: a copy of the database alone makes no codes, neither from the app's seed nor from the recovery codes'."""
    enter(client, person)
    secret = set_up(client)
    for kept in Authenticator.objects.filter(user=person):
        assert secret not in str(kept.data)
        assert all(str(value).startswith("sealed:") for key, value in kept.data.items() if key in {"secret", "seed"})
