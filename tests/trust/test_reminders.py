"""Ten thousand reminders while everything that carries them is killed again and again (trust 11, CLK-5).

By default a few hundred, with shorter leases and a quicker beat; `make trust ARGS="-k reminders"` tries all with the
product's own. Half of them leave by SMTP, half by GOV.UK Notify.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from django.urls import reverse

from foundation.accounts.enums import Role
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.common.actors import system
from foundation.deadlines import services as deadlines
from foundation.deadlines import subjects
from foundation.deadlines.models import Deadline, Reminder
from foundation.deadlines.services.starting import Whose
from foundation.notifications.enums import MailingState
from foundation.notifications.models import Mailing, Message
from foundation.outbox import kick
from foundation.outbox.models import OutboxMessage
from foundation.partnership import presets
from foundation.partnership import services as pathways
from foundation.partnership.enums import ClockKind, StartEvent
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.embedded.conftest import make_root
from tests.factories import make_agency, make_member, make_partnership, sign_in
from tests.trust.reminding import Broker, Catcher, Crew, Notify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200), pytest.mark.django_db(transaction=True)]

WHOLE = os.environ.get("EARLYHELP_TRUST") == "whole"
HOUR = dt.timedelta(hours=1)
CLOCKS = {
    ClockKind.SCREENING_DECISION: StartEvent.ENQUIRY_RECEIVED,
    ClockKind.FIRST_CONTACT: StartEvent.CASE_OPENED,
    ClockKind.ASSESSMENT_COMPLETED: StartEvent.ASSESSMENT_STARTED,
    ClockKind.REVIEW: StartEvent.TAF_HELD,
    ClockKind.JOINT_VISIT: StartEvent.PANEL_HELD,
}
"""Each of an hour, from an event of its own: whoever has all five is reminded at five moments that we choose."""

CLOCKS_TAKE = 4
"""How much longer it takes to start somebody's five clocks than to make them: the first wave is to come after that."""

NOBODYS_ONE_IN = 20
"""So many things have no owner: their managers are reminded."""


@dataclass(frozen=True)
class Size:
    """Of one half. `seconds`: how long reminders fall due, and how long it rains."""

    people: int
    waves: int
    seconds: float
    rain: float
    kills: int
    patience: float


SIZE = Size(1_000, 6, 120, 150, 18, 480) if WHOLE else Size(30, 3, 8, 12, 3, 120)


@pytest.fixture
def broker() -> Iterator[Broker]:
    folders = make_root()
    made = Broker(next(folders))
    yield made
    made.stop()
    next(folders, None)


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    made = Catcher()
    yield made
    made.end()


@pytest.fixture
def notify(tmp_path: Path) -> Iterator[Notify]:
    made = Notify(tmp_path)
    yield made
    made.end()


@pytest.mark.parametrize("channel", ["catcher", "notify"])
def test_all_reminders_arrive_and_none_twice_whatever_is_killed(
    channel: str, broker: Broker, tmp_path: Path, request: pytest.FixtureRequest, record_property: Any
) -> None:
    """CLK-5, trust 11: none is missing; each message stands once in its inbox; a mail service that knows references
    gets each e-mail once, a mail server perhaps more than once, with the same Message-ID and for the same person.
    """
    mail: Catcher | Notify = request.getfixturevalue(channel)
    places = [make_partnership(), make_partnership()]
    random, began = Random(11), clock.now()
    people = [make_people(place, SIZE.people // 2) for place in places]
    first = clock.now() + CLOCKS_TAKE * (clock.now() - began)
    for place, members in zip(places, people, strict=True):
        start_clocks(place, members, random, first)
    wanted = {place: owed(place) for place in places}
    number = sum(len(pairs) for pairs in wanted.values())
    assert number == SIZE.people * len(CLOCKS)

    crew = Crew(tmp_path, broker, mail, seed=11, short=not WHOLE)
    started = time.monotonic()
    try:
        crew.start()
        time.sleep(max(0.0, (first - clock.now()).total_seconds()))
        crew.rain(kills=SIZE.kills, seconds=SIZE.rain, broker=broker, flushes=1)
        assert clock.now() > first + dt.timedelta(seconds=SIZE.seconds), "it rains longer than reminders fall due"
        wait_until(lambda: all(is_quiet(place) for place in places), SIZE.patience)
    finally:
        crew.end()
    assert sum(crew.kills.values()) == SIZE.kills
    for place in places:
        assert told(place) == wanted[place], "in each inbox what was owed, once"
    posted = {str(one.pk): one.user.email for place in places for one in mailings(place)}
    taken = mail.taken()
    assert set(taken) == set(posted), "each e-mail was taken, and nothing else"
    repeats = sum(len(got) - 1 for got in taken.values())
    if channel == "notify":
        assert repeats == 0
    else:
        assert all(set(got) == {posted[name]} for name, got in taken.items()), "a repeat goes to the same person"
    killed = ", ".join(f"{count} {sort}" for sort, count in sorted(crew.kills.items()))
    record_property(
        "trust",
        f"reminders by {mail.channel}: {number:,} due, 0 missing, each in its inbox once; {len(posted):,} e-mails, "
        f"{repeats} of them repeated; kill -9 {SIZE.kills} times ({killed}), broker emptied once; "
        f"{time.monotonic() - started:.0f} s",
    )


def make_people(place: Partnership, number: int) -> list[Membership]:
    """So many workers of one agency with a manager, in a partnership whose five clocks are an hour long."""
    with tenant_scope(place.pk):
        body = presets.load("derby").body
        for kind, event in CLOCKS.items():
            value = {"length": 1, "unit": "hours", "from": event.value}
            body["settings"][kind.value] = {"value": value, "standing": "own"}
        pathways.adopt_policy(by=system(place.pk), preset="derby", body=body, version=0)
        agency = make_agency()
        make_member(role=Role.MANAGER, agency=agency)
    members = []
    for _ in range(number):
        with tenant_scope(place.pk):
            members.append(make_member(agency=agency))
    return members


def start_clocks(place: Partnership, members: list[Membership], random: Random, first: dt.datetime) -> None:
    """For each of them five clocks that end in two of the waves."""
    for number, member in enumerate(members):
        waves = random.sample(range(SIZE.waves), 2)
        due = [first + dt.timedelta(seconds=SIZE.seconds * random.choice(waves) / SIZE.waves) for _ in CLOCKS]
        owner = None if number % NOBODYS_ONE_IN == 0 else member.user_id
        with tenant_scope(place.pk):
            deadlines.start_clocks(
                by=system(place.pk), kinds=list(CLOCKS), subject=member, reference="EH-7KQ2-M9XD",
                events={event: moment - HOUR for event, moment in zip(CLOCKS.values(), due, strict=True)},
                whose=Whose(owner, member.agency_id),
            )  # fmt: skip


def owed(place: Partnership) -> set[tuple[int, str]]:
    """Who is to be told of which reminder: the owner, or the manager of what is nobody's."""
    with tenant_scope(place.pk):
        (manager,) = Membership.objects.filter(role=Role.MANAGER).values_list("user_id", flat=True)
        at_end = Reminder.objects.filter(when="at").values_list("pk", "deadline__owner_id")
        return {(owner or manager, f"reminder:{key}") for key, owner in at_end}


def told(place: Partnership) -> set[tuple[int, str]]:
    """What stands in inboxes; every message went out in an e-mail."""
    with tenant_scope(place.pk):
        pairs = list(Message.objects.values_list("user_id", "key"))
        assert len(pairs) == len(set(pairs))
        assert not Message.objects.filter(mailing=None).exists()
        return set(pairs)


def mailings(place: Partnership) -> list[Mailing]:
    with tenant_scope(place.pk):
        return list(Mailing.objects.select_related("user"))


def is_quiet(place: Partnership) -> bool:
    """Whether nothing is left to do: not a reminder, not a piece of work, not an e-mail on its way."""
    with tenant_scope(place.pk):
        open_states = [MailingState.WAITING, MailingState.CLAIMED]
        assert not OutboxMessage.objects.filter(gave_up_at__isnull=False).exists()
        return not (
            Reminder.objects.filter(done_at=None, due_at__lte=clock.now()).exists()
            or OutboxMessage.objects.filter(done_at=None).exists()
            or Mailing.objects.filter(state__in=open_states).exists()
        )


def wait_until(happens: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < ends, "it did not come to rest in time"
        time.sleep(1)


@pytest.fixture
def own_line(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """This process speaks to the broker that can be stopped."""
    monkeypatch.setattr(current_app.conf, "broker_write_url", broker.url)
    kick._hang_up()
    yield broker
    kick._hang_up()
    kick._asked_again_at = 0.0


def test_a_request_that_tells_somebody_needs_no_broker(
    own_line: Broker, catcher: Catcher, tmp_path: Path, record_property: Any
) -> None:
    """CLK-5, trust 10: with the broker down a page that tells a manager answers as quickly, and the e-mail goes out
    once the broker is back.
    """
    place = make_partnership()
    start_clocks(place, make_people(place, 3), Random(1), clock.now() + HOUR / 2)
    with tenant_scope(place.pk):
        clocks = list(Deadline.objects.exclude(owner=None).select_related("owner", "agency"))
        (manager,) = Membership.objects.filter(role=Role.MANAGER).select_related("user")
    client = sign_in(Client(), clocks[0].owner, place, clocks[0].agency)
    until = clock.today() + dt.timedelta(days=9)
    sent = {"until": until.isoformat(), "reason": "They are away"}

    def ask(one: Deadline) -> float:
        began = time.monotonic()
        path = reverse("deadlines:ask", kwargs={"partnership": place.slug, "deadline_id": one.pk})
        assert client.post(path, sent).status_code == 302
        return time.monotonic() - began

    own = [one for one in clocks if one.owner_id == clocks[0].owner_id]
    with known_to_everybody():
        up = min(ask(one) for one in own[:2])
        own_line.stop()
        down = [ask(one) for one in own[2:]]
    assert min(down) < up + 0.5
    with tenant_scope(place.pk):
        keys = set(Message.objects.values_list("user_id", flat=True))
        assert keys == {manager.user_id}
        assert Message.objects.count() == len(own) == 5
    assert catcher.caught == {}

    own_line.start()
    crew = Crew(tmp_path, own_line, catcher, seed=1, short=True)
    try:
        crew.start()
        wait_until(lambda: is_quiet(place), SIZE.patience)
    finally:
        crew.end()
    (got,) = catcher.taken().values()
    assert got == [manager.user.email]
    record_property("trust", f"a request without a broker: {min(down) * 1000:.0f} ms, with one {up * 1000:.0f} ms")


@contextmanager
def known_to_everybody() -> Iterator[None]:
    """Clocks about people's own places may be seen by all: the rooms above say so of their things."""
    subject = subjects.Subject(
        visible_ids=lambda actor: Membership.objects.values("pk"),
        workable_ids=lambda actor: Membership.objects.values("pk"),
        describe=lambda actor, ids: {},
        url=lambda slug, key: f"/{slug}/",
    )
    before = dict(subjects._subjects)
    subjects.know("accounts.membership", subject)
    try:
        yield
    finally:
        subjects._subjects.clear()
        subjects._subjects.update(before)
