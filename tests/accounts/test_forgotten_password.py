"""A forgotten password: one answer for every address, a link that works once (ACC-5)."""

from __future__ import annotations

import re
import smtplib

import pytest
from django.core import mail
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ASK = "/accounts/password/reset/"
NEW = "harbour-violin-thimble"


def link_in(message) -> str:
    return re.search(r"http://testserver(/accounts/password/reset/key/\S+)", message.body)[1]


def ask(email: str, client: Client | None = None):
    return (client or Client()).post(ASK, {"email": email})


def test_known_unknown_and_inactive_addresses_have_one_answer():
    """ACC-5: each sends one message and leads to the same page."""
    known, inactive = make_user(), make_user(is_active=False)
    answers = [ask(email) for email in (known.email, "nobody@fernshire.example", inactive.email)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/accounts/password/reset/done/")}
    assert [len(message.to) for message in mail.outbox] == [1, 1, 1]
    assert ["/reset/key/" in message.body for message in mail.outbox] == [True, False, False]


def test_messages_name_no_one_and_no_concern():
    """ACC-5: whoever reads over a shoulder learns that an account has a password."""
    user = make_user("Wilhelmina Achterberg")
    ask(user.email)
    ask("nobody@fernshire.example")
    for message in mail.outbox:
        assert "Achterberg" not in message.subject + message.body
        assert not re.search(r"child|famil|assess|enquir|UNDEFINED", message.subject + message.body, re.IGNORECASE)


def test_link_gives_a_new_password_once(client):
    """ACC-1: the key leaves the address at once, the new password works, the link no longer does."""
    user = make_user()
    ask(user.email)
    link = link_in(mail.outbox[0])
    page = client.get(link)
    assert page["Location"].endswith("-set-password/")
    done = client.post(page["Location"], {"password1": NEW, "password2": NEW})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    assert client.get(done["Location"]).status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "This link no longer works" in Client().get(link).content.decode()


def test_new_password_signs_nobody_in_and_others_out(client):
    """ACC-1: whoever holds the mailbox still passes the second factor; old sessions end."""
    user = make_user()
    old = Client()
    old.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    ask(user.email)
    page = client.get(link_in(mail.outbox[0]))["Location"]
    client.post(page, {"password1": NEW, "password2": NEW})
    assert client.get("/hats/")["Location"].startswith("/accounts/login/")
    assert old.get("/hats/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("key", ["1-abc", "zzzzzz-c0ffee-1234", "0-set-password"])
def test_made_up_links_open_nothing(client, key):
    """ACC-5: one sentence, and where to ask for a real one."""
    make_user()
    page = client.get(f"{ASK}key/{key}/")
    assert page.status_code == 200
    assert "This link no longer works" in page.content.decode()


def test_asking_again_and_again_is_stopped(client):
    """ACC-5: nobody's mailbox is filled; the page says to wait, for an unknown address as well."""
    for email in (make_user().email, "nobody@fernshire.example"):
        mail.outbox.clear()
        answers = [ask(email) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
        assert len(mail.outbox) == 5
        assert "wait an hour" in answers[-1].content.decode()


def test_mail_server_that_is_down_tells_nothing(monkeypatch):
    """ACC-5: the answer is the same whether there was a message to send or not."""

    def refuse(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    for email in (make_user().email, "nobody@fernshire.example"):
        assert ask(email)["Location"] == "/accounts/password/reset/done/"


def test_link_follows_the_host_asked_only_if_it_is_ours(client):
    """ACC-5: a made-up Host header makes no link to another site."""
    assert client.post(ASK, {"email": make_user().email}, HTTP_HOST="evil.example").status_code == 400
    assert mail.outbox == []
