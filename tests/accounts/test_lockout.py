"""Lockout for the person and the address, one answer for all (ACC-5)."""

from __future__ import annotations

import datetime as dt
import re
import statistics
import time

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db.models import F
from django.test import Client, RequestFactory

from foundation.accounts.lockout import client_address
from foundation.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
WRONG = "not-the-right-one"


def attempt(
    email: str, password: str = WRONG, *, address: str = "203.0.113.9", client: Client | None = None, **headers
):
    return (client or Client()).post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address, **headers)


def fail(email: str, times: int, *, address: str = "203.0.113.9") -> None:
    for _ in range(times):
        attempt(email, address=address)


def body(response) -> str:
    """The page without what differs every time: tokens, nonces and the address as typed."""
    page = re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", response.content.decode())
    return re.sub(r'value="[^"]*@[^"]*"', "", page)


def later(minutes: int) -> None:
    """Let time pass: the counted failures grow older."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - dt.timedelta(minutes=minutes))


@pytest.fixture
def person() -> User:
    return make_user()


def test_too_many_failures_lock_the_person_out(person):
    """ACC-5: from then on even the right password is refused, from anywhere."""
    fail(person.email, settings.AXES_FAILURE_LIMIT)
    assert attempt(person.email, PASSWORD).status_code == 200
    assert attempt(person.email, PASSWORD, address="198.51.100.7").status_code == 200


def test_one_failure_fewer_does_not(person):
    """ACC-5: the limit is the limit."""
    fail(person.email, settings.AXES_FAILURE_LIMIT - 1)
    assert attempt(person.email, PASSWORD).status_code == 302


def test_failures_are_counted_however_the_address_is_typed_and_wherever_from(person):
    """ACC-5: capitals, spaces, other browsers and other networks do not start a new count."""
    for number in range(settings.AXES_FAILURE_LIMIT):
        typed = person.email.upper() if number % 2 else f" {person.email} "
        attempt(typed, address=f"198.51.100.{number}", HTTP_USER_AGENT=f"Browser {number}")
    assert attempt(person.email, PASSWORD).status_code == 200


def test_lockout_ends_after_the_pause(person):
    """ACC-5: fifteen minutes after the last counted failure the right password works again."""
    fail(person.email, settings.AXES_FAILURE_LIMIT)
    later(14)
    assert attempt(person.email, PASSWORD).status_code == 200
    later(2)
    assert attempt(person.email, PASSWORD).status_code == 302


def test_trying_during_the_lockout_does_not_make_it_longer(person):
    """ACC-5: nobody can be kept out for ever by someone else who goes on trying."""
    fail(person.email, settings.AXES_FAILURE_LIMIT)
    later(10)
    fail(person.email, 5)
    later(6)
    assert attempt(person.email, PASSWORD).status_code == 302


def test_success_forgives_ones_own_failures(person):
    """ACC-5: a slip each morning does not add up to a lockout."""
    for _ in range(3):
        fail(person.email, settings.AXES_FAILURE_LIMIT - 1)
        assert attempt(person.email, PASSWORD).status_code == 302


def test_success_forgives_nobody_elses_failures(person):
    """ACC-5: an insider's own sign-ins do not buy them more guesses at a colleague's password."""
    colleague = make_user()
    fail(colleague.email, settings.AXES_FAILURE_LIMIT - 1)
    assert attempt(person.email, PASSWORD).status_code == 302
    fail(colleague.email, 1)
    assert attempt(colleague.email, PASSWORD).status_code == 200


def test_many_colleagues_mistakes_do_not_lock_their_school(person):
    """ACC-5: thirty people of one address each wrong twice, and the thirty-first signs in."""
    for number in range(30):
        fail(f"colleague{number}@fernshire.example", 2)
    assert attempt(person.email, PASSWORD).status_code == 302


def test_address_that_tries_everybody_is_locked_out(person):
    """ACC-5: guessing one password against many people stops too; other addresses go on."""
    for number in range(settings.SIGN_IN_ADDRESS_LIMIT):
        fail(f"guess{number}@fernshire.example", 1)
    assert attempt(person.email, PASSWORD).status_code == 200
    assert attempt(person.email, PASSWORD, address="198.51.100.7").status_code == 302


def test_every_failure_has_the_same_answer(person):
    """ACC-5: wrong password, unknown, inactive with the right password, never given one, and locked: one page."""
    inactive = make_user(is_active=False)
    invited = make_user(password=None)
    locked = make_user()
    fail(locked.email, settings.AXES_FAILURE_LIMIT)
    answers = [
        attempt(person.email),
        attempt("nobody@fernshire.example"),
        attempt(inactive.email, PASSWORD),
        attempt(invited.email),
        attempt(locked.email),
        attempt(locked.email, PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({body(answer) for answer in answers}) == 1
    assert len({tuple(sorted(answer.cookies)) for answer in answers}) == 1


def test_the_page_says_when_to_try_again(person):
    """ACC-5: in plain words, to everyone, so that it gives nothing away."""
    page = body(attempt(person.email))
    assert "After 10 failed tries, signing in stops for 15 minutes" in page
    assert "wait 15 minutes, then try again" in page


def test_unknown_address_is_counted_like_a_real_one():
    """ACC-5: so that the lockout itself does not tell who has an account."""
    fail("nobody@fernshire.example", settings.AXES_FAILURE_LIMIT + 3)
    assert AccessAttempt.objects.get().failures_since_start == settings.AXES_FAILURE_LIMIT


def test_nothing_typed_is_kept(person):
    """OPS-2: neither address nor password stands in the counters: people type one into the other's field."""
    attempt("my-password-by-mistake@x.example", "hunter-two-is-not-long")
    kept = str(AccessAttempt.objects.values().get())
    assert "mistake" not in kept
    assert "hunter" not in kept


def test_confirming_the_password_again_counts_too(client, person):
    """ACC-5: an open screen is no place to guess at leisure."""
    client.force_login(person, backend="foundation.accounts.backends.PasswordBackend")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        client.post("/accounts/reauthenticate/", {"password": WRONG}, REMOTE_ADDR="203.0.113.9")
    assert AccessAttempt.objects.get().failures_since_start == settings.AXES_FAILURE_LIMIT
    assert attempt(person.email, PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "awkward", ["\x00@x.example", "a" * 5000 + "@x.example", "😀@x.example", "' OR 1=1 --@x.example"]
)
def test_awkward_addresses_break_nothing(awkward):
    """ACC-5: refused like any other."""
    assert attempt(awkward).status_code == 200


class Quick(PBKDF2PasswordHasher):
    """The product's own hasher, with enough work to be seen beside the rest of a request and no more."""

    iterations = 150_000


@pytest.mark.slow
def test_every_failure_takes_as_long(settings):
    """ACC-5: real, unknown, inactive and locked do the same work: no median is far from the others."""
    settings.PASSWORD_HASHERS = ["tests.accounts.test_lockout.Quick"]
    settings.AXES_FAILURE_LIMIT = 1_000
    real, inactive, locked = make_user(), make_user(is_active=False), make_user()
    cases = {
        "real": (real.email, WRONG),
        "unknown": ("nobody@fernshire.example", WRONG),
        "inactive": (inactive.email, PASSWORD),
        "locked": (locked.email, PASSWORD),
    }
    attempt(locked.email)
    AccessAttempt.objects.update(failures_since_start=1_000)
    took: dict[str, list[float]] = {name: [] for name in cases}
    for round_ in range(9):
        for number, (name, (email, password)) in enumerate(cases.items()):
            before = time.perf_counter()
            assert attempt(email, password, address=f"198.51.{round_}.{number}").status_code == 200
            took[name].append(time.perf_counter() - before)
    medians = {name: statistics.median(times) for name, times in took.items()}
    assert max(medians.values()) / min(medians.values()) < 1.35, medians


@pytest.mark.parametrize(
    ("forwarded", "proxied", "direct"),
    [
        ("", "192.0.2.1", "192.0.2.1"),
        ("203.0.113.9", "203.0.113.9", "192.0.2.1"),
        ("8.8.8.8, 203.0.113.9", "203.0.113.9", "192.0.2.1"),
        ("8.8.8.8, 10.1.2.3", "10.1.2.3", "192.0.2.1"),
        ("203.0.113.9:50123", "203.0.113.9", "192.0.2.1"),
        ("2a00:23c5:1:2:3:4:5:6", "2a00:23c5:1:2::", "192.0.2.1"),
        ("8.8.8.8, nonsense", None, "192.0.2.1"),
    ],
)
def test_only_a_trusted_proxys_last_word_is_an_address(settings, forwarded, proxied, direct):
    """ACC-5: what a client writes into the header itself counts never; without a proxy the header does not at all."""
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == direct
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_address(request) == proxied


def test_made_up_forwarded_addresses_do_not_escape_the_count(person):
    """ACC-5: a new header each time is the same address still."""
    for number in range(settings.SIGN_IN_ADDRESS_LIMIT):
        attempt(f"guess{number}@fernshire.example", HTTP_X_FORWARDED_FOR=f"8.8.{number}.8")
    assert attempt(person.email, PASSWORD, HTTP_X_FORWARDED_FOR="9.9.9.9").status_code == 200
