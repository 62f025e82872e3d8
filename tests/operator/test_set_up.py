"""Setting up an installation in the browser: one address, one operator, once."""

from __future__ import annotations

import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from earlyhelp.operator import links, services
from earlyhelp.settings.logs import formatter
from foundation.accounts.models import User
from foundation.common.errors import Clash
from tests.factories import make_user
from tests.markup import Markup

ME = {
    "full_name": "Oona Quill",
    "email": "Oona@Early-Help.example",
    "password1": "pebble-lantern-orchard",
    "password2": "pebble-lantern-orchard",
}


def path() -> str:
    return f"/set-up/{links.token()}/"


def test_the_printed_address_makes_the_first_operator(db, settings) -> None:
    """Operator: the account, then signing in, then the second step, then the operator's page."""
    settings.DEMO = False
    url = printed()
    assert url == f"{settings.PUBLIC_ADDRESS}{path()}"
    client = Client()
    assert Markup.of(client.get(path()).content).text("h1") == "Set up Early Help"
    answer = client.post(path(), ME)
    assert answer.headers["Location"] == "/accounts/login/?next=%2Foperator%2F"
    user = User.objects.get()
    assert (user.email, user.full_name, user.is_operator) == ("oona@early-help.example", "Oona Quill", True)
    assert not user.is_superuser
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Your account is ready. Sign in with it now." in page
    signed_in = client.post(
        answer.headers["Location"], {"login": user.email, "password": ME["password1"], "next": "/operator/"}
    )
    assert signed_in.headers["Location"] == "/operator/"
    assert client.get("/operator/").headers["Location"].startswith("/accounts/2fa/")


def printed() -> str:
    out = StringIO()
    call_command("set_up_link", stdout=out)
    return out.getvalue().strip()


def test_once_there_is_an_operator_the_address_is_nowhere(db) -> None:
    """Operator: used once, it answers as any address where nothing is, and none is printed."""
    Client().post(path(), ME)
    unknown = Client().get("/set-up/").content
    for client in (Client(), Client()):
        answer = client.get(path())
        assert (answer.status_code, answer.content) == (404, unknown)
    with pytest.raises(CommandError, match="has an operator already"):
        printed()


@pytest.mark.parametrize("token", ["x", "A" * 43, "é", "%00", "x" * 5000])
def test_a_wrong_token_is_an_address_where_nothing_is(db, token: str) -> None:
    """Operator: read or sent, whatever was guessed."""
    unknown = Client().get("/set-up/").content
    for answer in (Client().get(f"/set-up/{token}/"), Client().post(f"/set-up/{token}/", ME)):
        assert (answer.status_code, answer.content) == (404, unknown)
    assert not User.objects.exists()


def test_the_token_belongs_to_one_secret_key_and_one_database(db, settings) -> None:
    """Operator: an old log's address opens nothing after either was made anew; 256 bits cannot be guessed."""
    before = links.token()
    assert before == links.token()
    assert len(before) == 43
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        assert cursor.fetchone()[0] is not None
    settings.SECRET_KEY = "another-key-" + "1" * 50
    assert links.token() != before
    assert not links.fits(before)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("full_name", "", "Enter your name."),
        ("full_name", "Oona\x1b", "hidden character"),
        ("email", "oona", "correct format"),
        ("email", "oоna@early-help.example", "correct format"),  # a Cyrillic letter
        ("email", "taken@early-help.example", "There is an account"),
        ("password1", "short", "too short"),
        ("password1", "1q2w3e4r5t6y", "common"),
        ("password2", "something-else-here", "The two passwords differ"),
    ],
)
def test_what_is_wrong_is_said_and_makes_nobody(db, field: str, value: str, sentence: str) -> None:
    """Operator: a sentence for each field; passwords are never sent back."""
    make_user("Somebody", email="taken@early-help.example")
    sent = ME | {field: value}
    if field == "password1":
        sent["password2"] = value
    answer = Client().post(path(), sent)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    shown = Markup.of(answer.content).all("input[type=password]")
    assert [box.get("value") for box in shown] == [None, None]
    assert not User.objects.filter(is_operator=True).exists()


def test_the_page_is_kept_by_nobody_and_tells_no_other_site(db) -> None:
    """Operator: neither cached nor indexed; the token travels to no other origin, and into no log line."""
    answer = Client().get(path())
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'content="noindex' in answer.content.decode()


def test_the_token_stands_in_no_log_line(db, caplog) -> None:
    """OPS-2: a line holds the route's name, never the path."""
    token = links.token()
    Client().get(f"/set-up/{token}/")
    Client().post(f"/set-up/{token}/", ME)
    Client().get(f"/set-up/{token}x/")
    told = "\n".join(formatter().format(record) for record in caplog.records)
    assert '"route": "set_up"' in told
    assert token not in told


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_becomes_the_operator() -> None:
    """Operator: the other is told, and has no account."""
    links.token()
    gate, outcome = threading.Barrier(4), []

    def become(number: int) -> None:
        gate.wait()
        try:
            services.become_first_operator(
                email=f"person{number}@early-help.example", full_name="Oona Quill", password=ME["password1"]
            )
            outcome.append("operator")
        except Clash as clash:
            outcome.append(clash.sentence)
        finally:
            connections.close_all()

    threads: list[Any] = [threading.Thread(target=become, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == sorted(["operator", *[services.SET_UP_ALREADY] * 3])
    assert User.objects.count() == 1


def test_who_comes_second_is_told_on_a_page(db) -> None:
    """Operator: two had the page open; the second one's post is refused with a sentence."""
    first, second = Client(), Client()
    address = path()
    second.get(address)
    first.post(address, ME)
    answer = second.post(address, ME | {"email": "other@early-help.example"})
    assert answer.status_code == 409
    assert services.SET_UP_ALREADY in answer.content.decode()
