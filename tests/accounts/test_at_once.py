"""Many at the same moment, in real transactions: guesses are counted, colleagues do not wait for each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, connections
from django.db.models import Sum
from django.test import Client

from foundation.accounts.models import Membership, Team
from foundation.tenancy.scope import tenant_scope
from tests.accounts.test_second_factor import CHALLENGE, code_of, enter, set_up
from tests.factories import PASSWORD, make_agency, make_member, make_partnership, make_user, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LOGIN = "/accounts/login/"


def at_once(times: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads' acts gives."""

    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


class Slow(MD5PasswordHasher):
    """Takes a while, as the product's own does, without keeping the processor busy."""

    def encode(self, password: str, salt: str) -> str:
        time.sleep(0.4)
        return super().encode(password, salt)


def test_colleagues_of_one_address_sign_in_side_by_side(settings):
    """ACC-5: counting makes nobody wait while another's password is checked."""
    users = [make_user() for _ in range(6)]
    settings.PASSWORD_HASHERS = ["tests.accounts.test_at_once.Slow"]
    before = time.perf_counter()
    answers = at_once(6, lambda number: Client().post(LOGIN, {"login": users[number].email, "password": PASSWORD}))
    assert [answer.status_code for answer in answers] == [302] * 6
    assert time.perf_counter() - before < 0.4 * 5


def test_guesses_sent_together_are_all_counted():
    """ACC-5: a burst does not slip through between reading the count and writing it."""
    user = make_user()
    answers = at_once(14, lambda number: Client().post(LOGIN, {"login": user.email, "password": f"guess {number}"}))
    assert {answer.status_code for answer in answers} == {200}
    counted = AccessAttempt.objects.aggregate(total=Sum("failures_since_start"))["total"]
    assert counted >= settings.AXES_FAILURE_LIMIT
    assert Client().post(LOGIN, {"login": user.email, "password": PASSWORD}).status_code == 200


def test_codes_sent_together_are_not_all_tried():
    """ACC-5: five wrong codes, however many arrive at once from one half-way session."""
    partnership = make_partnership(second_factor=True)
    with tenant_scope(partnership.pk):
        user = make_member().user
    own = Client()
    enter(own, user)
    secret = set_up(own)
    half_way = Client()
    enter(half_way, user)
    wrong = [f"{(int(code_of(secret)) + number) % 1_000_000:06}" for number in range(5_000, 5_012)]

    def guess(number: int) -> str:
        client = Client()
        client.cookies["sessionid"] = half_way.session.session_key
        return client.post(CHALLENGE, {"code": wrong[number]}).content.decode()

    pages = at_once(len(wrong), guess)
    assert sum("That code is not right" in page for page in pages) <= 5
    assert sum("Wait 5 minutes" in page for page in pages) >= len(wrong) - 5


@pytest.mark.usefixtures("probes")
@pytest.mark.parametrize(("how", "left"), [("200", 1), ("400", 1), ("500", 0), ("raise", 0), ("refuse", 0)])
def test_request_commits_or_leaves_nothing_and_closes_its_scope(how, left):
    """OPS-1, ACC-6: in a real transaction, and the connection that the next request gets has no scope left on it."""
    partnership = make_partnership("fernshire")
    with tenant_scope(partnership.pk):
        user = make_member(agency=make_agency()).user
    client = sign_in(Client(raise_request_exception=False), user)
    client.post(f"/fernshire/fail/{how}/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('earlyhelp.partnership', true), current_setting('earlyhelp.user', true)")
        assert [value or "" for value in cursor.fetchone()] == ["", ""]
        cursor.execute("SELECT count(*) FROM accounts_membership")
        assert cursor.fetchone()[0] == 0
    with tenant_scope(partnership.pk):
        assert Team.objects.count() == left


@pytest.mark.usefixtures("probes")
def test_two_partnerships_served_at_once_stay_apart():
    """ACC-6: threads share nothing: each request sees its own partnership's rows alone."""
    members: list[Membership] = []
    for slug, count in (("fernshire", 1), ("marrowdale", 2)):
        partnership = make_partnership(slug)
        with tenant_scope(partnership.pk):
            members += [make_member() for _ in range(count)][:1]
    clients = [sign_in(Client(), member.user) for member in members]

    def visit(number: int) -> tuple[str, int]:
        which = number % 2
        client = Client()
        client.cookies["sessionid"] = clients[which].session.session_key
        seen = client.get(f"/{('fernshire', 'marrowdale')[which]}/probe/").json()
        return seen["scope"], seen["raw_memberships"]

    expected = [(str(members[number % 2].partnership_id), number % 2 + 1) for number in range(10)]
    assert at_once(10, visit) == expected
