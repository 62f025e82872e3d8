"""Trust 16: how long a refused sign-in takes says nothing of the account: real, unknown, inactive, locked.

What takes the time is counted in every run: the work of the password hasher, beside which the rest is little, and the
statements. The time itself is taken by `make trust` alone, since a busy machine says nothing of the product.

There each round asks once of each kind, in an order drawn anew, so that whatever else the machine does falls on all
alike; each time is divided by its round's mean. Rounds go on until the medians are known to a hundredth (95%
bootstrap), which is asked of the precision and never of the outcome, or until there are MOST. On a machine too busy
even for that, the processor's time takes the clock's place, and the printed line says so.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest
from axes.models import AccessAttempt
from django.conf import settings as product
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.accounts.models import User
from foundation.common import clock
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1500)]

LOGIN = "/accounts/login/"
WRONG = "not-the-right-one"
LEAST, MOST, BATCH = 30, 100, 10
PRECISE = 0.01  # half the width of the interval that a median is in
TARGET = 1.05  # the slowest kind's median by the quickest's
WHOLE = os.environ.get("EARLYHELP_TRUST") == "whole"
HASHER = "django.contrib.auth.hashers.PBKDF2PasswordHasher"  # as in earlyhelp/settings/base.py

Ask = Callable[[int], tuple[str, str]]
Times = dict[str, list[float]]


class Counted(PBKDF2PasswordHasher):
    """The product's own hasher with a thousandth of its work, which says how much work was asked of it."""

    iterations = PBKDF2PasswordHasher.iterations // 1000
    asked: ClassVar[list[int]] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self.asked.append(iterations or self.iterations)
        return super().encode(password, salt, iterations)


@pytest.fixture
def kinds(settings: Any) -> dict[str, Ask]:
    """For each kind, whom to try in a round; nobody is tried so often that the lockout makes another kind of them."""
    settings.PASSWORD_HASHERS = [HASHER if WHOLE else f"{__name__}.Counted"]
    encoded = make_password(PASSWORD)
    own = product.AXES_FAILURE_LIMIT - 1

    def people(many: int, **fields: Any) -> list[User]:
        users = [make_user(password=None, **fields) for _ in range(many)]
        User.objects.filter(pk__in=[user.pk for user in users]).update(password=encoded)
        return users

    real, inactive = people(MOST // own + 1), people(MOST // own + 1, is_active=False)
    locked = people(1)[0]
    refused(locked.email, WRONG, 0)
    AccessAttempt.objects.update(failures_since_start=product.AXES_FAILURE_LIMIT)
    return {
        "real": lambda number: (real[number // own].email, WRONG),
        "unknown": lambda number: (f"nobody{number}@fernshire.example", WRONG),
        "inactive": lambda number: (inactive[number // own].email, PASSWORD),
        "locked": lambda number: (locked.email, PASSWORD),
    }


def refused(email: str, password: str, number: int) -> tuple[float, float]:
    """One sign-in that fails, from an address of its own: seconds by the clock, and of the processor."""
    address = f"198.51.{number // 200}.{number % 200 + 1}"
    client = Client()
    began, own = time.perf_counter(), time.thread_time()
    answer = client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address)
    took = time.perf_counter() - began, time.thread_time() - own
    assert answer.status_code == 200
    return took


def relative(times: Times) -> Times:
    """Each time by the mean of its round."""
    means = [statistics.fmean(of_one_round) for of_one_round in zip(*times.values(), strict=True)]
    return {kind: [one / mean for one, mean in zip(own, means, strict=True)] for kind, own in times.items()}


def half_width(values: Sequence[float], chance: random.Random) -> float:
    """Half of the interval that holds the median in 95 of 100 draws."""
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(400))
    return (medians[389] - medians[10]) / 2


def spread(times: Times) -> float:
    """The slowest kind's median by the quickest's."""
    medians = [statistics.median(own) for own in times.values()]
    return max(medians) / min(medians)


def test_every_refused_sign_in_costs_one_hash(kinds: dict[str, Ask], settings: Any) -> None:
    """Trust 16, ACC-5: the hasher is asked for the same work, the database for as many statements give or take one."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    User.objects.update(password=make_password(PASSWORD))
    statements_of = {}
    for kind, ask in kinds.items():
        refused(*ask(0), 1)
        Counted.asked.clear()
        with CaptureQueriesContext(connection) as statements:
            refused(*ask(1), 2)
        statements_of[kind] = len(statements)
        assert Counted.asked == [Counted.iterations], kind
    assert max(statements_of.values()) - min(statements_of.values()) <= 1, statements_of


@pytest.mark.skipif(not WHOLE, reason="time is taken by `make trust`")
def test_every_refused_sign_in_takes_as_long(kinds: dict[str, Ask], record_property: Callable[..., None]) -> None:
    """Trust 16, ACC-5: medians within 5%."""
    chance = random.Random(16)
    by_clock: Times = {kind: [] for kind in kinds}
    by_processor: Times = {kind: [] for kind in kinds}
    for kind, ask in kinds.items():  # the first request of each pays for imports and connections
        refused(*(ask(0) if kind == "locked" else (f"warm-{kind}@fernshire.example", WRONG)), 0)
    number, width = 0, 1.0
    while number < LEAST or (width > PRECISE and number < MOST):
        AccessAttempt.objects.update(attempt_time=clock.now())  # on a slow machine a lockout would end meanwhile
        for _ in range(BATCH):
            for kind in chance.sample(sorted(kinds), k=len(kinds)):
                seconds, own = refused(*kinds[kind](number), number)
                by_clock[kind].append(seconds)
                by_processor[kind].append(own)
            number += 1
        width = max(half_width(own, chance) for own in relative(by_clock).values())
    precise = width <= 2 * PRECISE  # else the clock cannot tell a twentieth
    judged = by_clock if precise else by_processor
    medians = ", ".join(f"{kind} {statistics.median(own) * 1000:.1f} ms" for kind, own in judged.items())
    said = (
        f"sign-in timing: {number} rounds, {medians}; spread of medians {spread(judged) - 1:.1%}, "
        f"round by round {spread(relative(judged)) - 1:.1%} (known to {width:.1%}"
        f"{'' if precise else '; the machine was too busy, so processor time'})"
    )
    record_property("trust", said)
    assert spread(relative(judged)) <= TARGET, said


def test_a_kind_that_is_quicker_is_seen(settings: Any) -> None:
    """Trust 16: the measure itself: a difference of a tenth under noise of a fifth is found."""
    chance = random.Random(3)
    noise = [chance.lognormvariate(0, 0.2) for _ in range(MOST)]
    times = {kind: [load * part * chance.gauss(1, 0.02) for load in noise] for kind, part in (("a", 1.0), ("b", 0.9))}
    assert spread(relative(times)) > TARGET
    assert max(half_width(own, chance) for own in relative(times).values()) < PRECISE
    same = {kind: [load * chance.gauss(1, 0.02) for load in noise] for kind in ("a", "b")}
    assert spread(relative(same)) < TARGET
