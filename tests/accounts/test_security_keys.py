"""Security keys: set up, named, used, refused, removed (ACC-1)."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from foundation.accounts.models import User
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.accounts.soft_key import SoftKey
from tests.accounts.test_second_factor import (
    AGAIN,
    CHALLENGE,
    CHOOSE,
    LOGIN,
    SET_UP,
    ask_no_more,
    code_of,
    enter,
    set_up,
)
from tests.factories import make_agency, make_member, make_partnership, make_user, sign_in

pytestmark = pytest.mark.django_db

ADD = "/accounts/2fa/keys/add/"
OWN = "/accounts/2fa/"
REFUSED = "That security key was not accepted"
WEBAUTHN = Authenticator.Type.WEBAUTHN


@pytest.fixture
def person(db) -> User:
    strict = make_partnership("strictshire", second_factor=True)
    with tenant_scope(strict.pk):
        return make_member(agency=make_agency("Fernbank School")).user


def add_key(client: Client, name: str = "Blue key") -> SoftKey:
    """Set a key up in a session that has just given its password."""
    key = SoftKey()
    page = client.get(ADD)
    assert page.status_code == 200
    added = client.post(ADD, {"name": name, "credential": key.register(page.context["options"])})
    assert added.status_code == 302, added.context["errors"]
    return key


@pytest.fixture
def with_key(person) -> tuple[User, SoftKey]:
    client = Client()
    enter(client, person)
    return person, add_key(client)


def kept_key(user: User) -> Authenticator:
    return Authenticator.objects.get(user=user, type=WEBAUTHN)


def signed_in(person: User, key: SoftKey) -> Client:
    client = Client()
    assert enter(client, person)["Location"] == CHALLENGE
    options = client.get(CHALLENGE).context["options"]
    assert client.post(CHALLENGE, {"credential": key.answer(options)})["Location"] == "/hats/"
    return client


def test_key_is_set_up_with_its_name_and_lets_straight_in(client, person):
    """ACC-1: the key that was touched is this session's second factor; recovery codes are given with the first."""
    enter(client, person)
    assert client.get("/strictshire/")["Location"].startswith(CHOOSE)
    add_key(client, "Blue key on my keyring")
    assert client.get("/hats/")["Location"] == "/strictshire/"
    assert kept_key(person).wrap().name == "Blue key on my keyring"
    assert Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).exists()


def test_first_set_up_leads_to_the_recovery_codes_and_the_second_back_to_the_list(client, person):
    """ACC-1: codes are given once."""
    enter(client, person)
    first = client.get(ADD).context["options"]
    sent = client.post(ADD, {"name": "One", "credential": SoftKey().register(first)})
    assert sent["Location"] == "/accounts/2fa/recovery-codes/"
    second = client.get(ADD).context["options"]
    assert client.post(ADD, {"name": "Two", "credential": SoftKey().register(second)})["Location"] == OWN
    page = client.get(OWN).content.decode()
    assert "One" in page
    assert "Two" in page


def test_key_is_asked_for_at_the_next_sign_in_and_takes_its_place(with_key):
    """ACC-1: between password and key nobody is signed in; with it they are."""
    person, key = with_key
    client = Client()
    enter(client, person)
    assert client.get("/hats/")["Location"].startswith(LOGIN)
    page = client.get(CHALLENGE).content.decode()
    assert "Use your security key" in page
    assert "Or enter a recovery code" in page
    assert "authenticator app" not in page
    assert signed_in(person, key).get("/hats/")["Location"] == "/strictshire/"
    assert kept_key(person).last_used_at is not None


def test_question_names_the_persons_keys_and_this_host_alone(client, with_key):
    """ACC-1: the relying party is the host that the person sees; the challenge is new each time."""
    person, _key = with_key
    enter(client, person)
    asked = [json.loads(client.get(CHALLENGE).context["options"])["publicKey"] for _ in range(2)]
    assert asked[0]["rpId"] == "testserver"
    assert len(asked[0]["allowCredentials"]) == 1
    assert asked[0]["challenge"] != asked[1]["challenge"]


@pytest.mark.parametrize("wrong", ["another key", "signed by another", "another site", "another host", "old challenge"])
def test_wrong_key_is_refused_with_a_sentence(client, with_key, wrong):
    """ACC-1: a stranger's key, a forged signature, a look-alike site, a question asked before: one answer for all."""
    person, key = with_key
    enter(client, person)
    options = client.get(CHALLENGE).context["options"]
    if wrong == "old challenge":
        client.get(CHALLENGE)
    said = {
        "another key": lambda: SoftKey().answer(options),
        "signed by another": lambda: key.answer(options, signer=SoftKey()),
        "another site": lambda: key.answer(options, origin="https://testserver.evil.example"),
        "another host": lambda: _at(key, "evil.example").answer(options),
        "old challenge": lambda: key.answer(options),
    }[wrong]()
    page = client.post(CHALLENGE, {"credential": said})
    assert page.status_code == 200
    assert REFUSED in page.content.decode()
    assert "<title>Error: " in page.content.decode()
    assert client.get("/hats/")["Location"].startswith(LOGIN)


def _at(key: SoftKey, host: str) -> SoftKey:
    key.host = host
    return key


NONSENSE = [
    "",
    "null",
    "[]",
    "{}",
    "7",
    '"x"',
    "{",
    '{"id": 1}',
    '{"response": {}}',
    "\x00",
    '{"rawId": "!!", "id": "é"}',
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_instead_of_a_key_breaks_nothing(client, with_key, nonsense):
    """ACC-1: at sign-in, at the page for those signed in, and at set-up: refused, never an error of ours."""
    person, key = with_key
    enter(client, person)
    client.get(CHALLENGE)
    assert client.post(CHALLENGE, {"credential": nonsense}).status_code == 200
    inside = signed_in(person, key)
    inside.get(ADD)
    assert inside.post(ADD, {"name": "Odd", "credential": nonsense}).status_code == 200
    inside.get(AGAIN)
    assert inside.post(AGAIN, {"credential": nonsense}).status_code == 200
    assert Authenticator.objects.filter(user=person, type=WEBAUTHN).count() == 1


def test_answer_is_taken_once(with_key):
    """ACC-1: what was overheard opens nothing."""
    person, key = with_key
    first = Client()
    enter(first, person)
    answer = key.answer(first.get(CHALLENGE).context["options"])
    assert first.post(CHALLENGE, {"credential": answer}).status_code == 302
    second = Client()
    enter(second, person)
    second.get(CHALLENGE)
    assert second.post(CHALLENGE, {"credential": answer}).status_code == 200


def test_many_wrong_keys_stop_being_taken(with_key):
    """ACC-5: guessing is counted for keys as for codes."""
    cache.clear()
    person, _key = with_key
    client = Client()
    enter(client, person)
    for _ in range(6):
        options = client.get(CHALLENGE).context["options"]
        page = client.post(CHALLENGE, {"credential": SoftKey().answer(options)})
    assert "too many wrong codes" in page.content.decode()
    cache.clear()


def test_session_that_has_not_passed_shows_the_key_at_the_page_for_it(with_key):
    """ACC-1: another device that was signed in by password alone is asked on its next click, and goes on from there."""
    person, key = with_key
    client = sign_in(Client(), person)
    there = client.get("/strictshire/")["Location"]
    assert there == f"{AGAIN}?next=%2Fstrictshire%2F"
    page = client.get(there)
    wrong = client.post(there, {"credential": SoftKey().answer(page.context["options"])})
    assert REFUSED in wrong.content.decode()
    answer = key.answer(wrong.context["options"])
    assert client.post(there, {"credential": answer})["Location"] == "/strictshire/"
    assert client.get("/hats/")["Location"] == "/strictshire/"


def test_reauthentication_page_offers_what_the_person_has(with_key):
    """ACC-1: key only: key and recovery code; with the app as well: both; without a key no key is spoken of."""
    person, key = with_key
    client = signed_in(person, key)
    only_key = client.get(AGAIN).content.decode()
    assert "Use your security key" in only_key
    assert "Or enter a recovery code" in only_key
    set_up_second(client)
    both = client.get(AGAIN).content.decode()
    assert "Or enter a code from your authenticator app" in both
    client.post(f"/accounts/2fa/keys/{kept_key(person).pk}/remove/")
    app_only = sign_in(Client(), person).get(AGAIN).content.decode()
    assert "security key" not in app_only


def set_up_second(client: Client) -> str:
    """The app, for somebody who has a key already."""
    secret = client.get(SET_UP).context["form"].secret
    assert client.post(SET_UP, {"code": code_of(secret)})["Location"] == OWN
    return secret


def test_someone_may_have_both_and_use_either(with_key):
    """ACC-1: an app and a key stand side by side."""
    person, key = with_key
    client = signed_in(person, key)
    secret = set_up_second(client)
    by_app = Client()
    enter(by_app, person)
    assert by_app.post(CHALLENGE, {"code": code_of(secret, steps=1)})["Location"] == "/hats/"
    assert signed_in(person, key).get("/hats/")["Location"] == "/strictshire/"


def test_only_key_cannot_be_removed_where_one_is_demanded(with_key):
    """ACC-1: the list does not offer it and a post is refused; with the app beside it, it goes."""
    person, key = with_key
    client = signed_in(person, key)
    remove = f"/accounts/2fa/keys/{kept_key(person).pk}/remove/"
    assert remove not in client.get(OWN).content.decode()
    refused = client.post(remove)
    assert refused.status_code == 403
    assert "Set up another one first" in refused.content.decode()
    set_up_second(client)
    assert remove in client.get(OWN).content.decode()
    assert client.post(remove)["Location"] == OWN
    assert not Authenticator.objects.filter(user=person, type=WEBAUTHN).exists()


def test_pass_made_with_a_removed_key_counts_no_more(with_key):
    """ACC-1: other sessions that used it are asked again."""
    person, key = with_key
    client, other = signed_in(person, key), signed_in(person, key)
    set_up_second(client)
    client.post(f"/accounts/2fa/keys/{kept_key(person).pk}/remove/")
    assert other.get("/strictshire/")["Location"].startswith(AGAIN)
    assert client.get("/strictshire/").status_code == 200


@pytest.mark.parametrize("path", ["keys/add/", "keys/{}/rename/", "keys/{}/remove/", "set-up/"])
def test_password_alone_reaches_no_page_of_keys(with_key, path):
    """ACC-1: who has not shown the key neither adds one nor takes one away."""
    person, _key = with_key
    client = sign_in(Client(), person)
    for method in (client.get, client.post):
        address = f"/accounts/2fa/{path.format(kept_key(person).pk)}"
        assert method(address, {"name": "x"})["Location"].startswith(AGAIN)
    assert kept_key(person).wrap().name == "Blue key"


def test_keys_pages_want_the_password_again_later(with_key):
    """ACC-1: an open screen adds no key."""
    person, key = with_key
    client = signed_in(person, key)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    for path in (ADD, f"/accounts/2fa/keys/{kept_key(person).pk}/remove/"):
        assert client.get(path)["Location"].startswith("/accounts/reauthenticate/?next=")


def test_another_persons_key_is_not_there(with_key):
    """ACC-1: neither its name nor its end."""
    person, _key = with_key
    other, stranger = Client(), make_user()
    enter(other, stranger)
    for path in ("rename", "remove"):
        address = f"/accounts/2fa/keys/{kept_key(person).pk}/{path}/"
        assert other.get(address).status_code == 404
        assert other.post(address, {"name": "Mine"}).status_code == 404
    assert kept_key(person).wrap().name == "Blue key"


def test_key_is_renamed(with_key):
    """ACC-1: a name of one line; an empty or hidden one is refused."""
    person, key = with_key
    client = signed_in(person, key)
    path = f"/accounts/2fa/keys/{kept_key(person).pk}/rename/"
    assert client.post(path, {"name": "  Green   key "})["Location"] == OWN
    assert kept_key(person).wrap().name == "Green key"
    for bad in ("", "x" * 61, "a\u202eb"):
        assert client.post(path, {"name": bad}).status_code == 200
    assert kept_key(person).wrap().name == "Green key"


def test_key_without_a_name_gets_one(client, person):
    """ACC-1: it has been touched already, so it is not turned away for its name."""
    enter(client, person)
    add_key(client, "")
    assert kept_key(person).wrap().name == "Security key 1"


def test_page_works_without_inline_script_and_says_what_to_do_without_any(client, person):
    """ACC-1: the strict policy stands; the question is data on the form; the app is offered."""
    enter(client, person)
    page = client.get(ADD)
    html = page.content.decode()
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert 'data-security-key="create"' in html
    assert "A security key needs script" in html
    assert 'href="/accounts/2fa/totp/activate/"' in html


@pytest.mark.django_db(transaction=True)
def test_setting_a_key_up_and_removing_it_are_told_by_mail(client, person):
    """ACC-1: the owner hears of each; no name of anyone."""
    enter(client, person)
    add_key(client)
    ask_no_more(Partnership.objects.get(slug="strictshire"))
    client.post(f"/accounts/2fa/keys/{kept_key(person).pk}/remove/")
    assert [message.subject for message in mail.outbox] == [
        "A security key was set up for Early Help",
        "A security key was removed from Early Help",
    ]
    assert all(person.full_name not in message.body and "UNDEFINED" not in message.body for message in mail.outbox)


def test_both_at_once_leaves_one(client, person):
    """ACC-1: the refusal counts what stands now, not what stood when the page was opened."""
    enter(client, person)
    set_up(client)
    add_key(client)
    key = kept_key(person)
    assert client.post("/accounts/2fa/totp/deactivate/")["Location"] == OWN
    assert client.post(f"/accounts/2fa/keys/{key.pk}/remove/").status_code == 403
