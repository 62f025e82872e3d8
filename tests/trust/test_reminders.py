"""Ten thousand reminders while everything that carries them is killed again and again (trust 11, CLK-5).

By default a few hundred, with shorter leases and a quicker beat; `make trust ARGS="-k reminders"` tries all with the
product's own. Half of them leave by SMTP, half by GOV.UK Notify.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db.models import Q

from foundation.accounts.enums import Role
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.common.actors import system
from foundation.deadlines import services as deadlines
from foundation.deadlines.models import Reminder
from foundation.deadlines.services.starting import Whose
from foundation.notifications.enums import MailingState
from foundation.notifications.models import Mailing, Message
from foundation.outbox.models import OutboxMessage
from foundation.partnership import presets
from foundation.partnership import services as pathways
from foundation.partnership.enums import ClockKind, StartEvent
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.embedded.conftest import make_root
from tests.factories import make_agency, make_member, make_partnership
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


SIZE = Size(1_000, 6, 120, 150, 18, 480) if WHOLE else Size(30, 3, 8, 10, 3, 90)


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
    random, first = Random(11), clock.now() + dt.timedelta(seconds=SIZE.people / 25)
    for place in places:
        start_clocks(place, SIZE.people // 2, random, first)
    wanted = {place: owed(place) for place in places}
    number = sum(len(pairs) for pairs in wanted.values())
    assert number == SIZE.people * len(CLOCKS)

    crew = Crew(tmp_path, broker, mail, seed=11, short=not WHOLE)
    began = time.monotonic()
    try:
        crew.start()
        crew.rain(kills=SIZE.kills, seconds=SIZE.rain, broker=broker, flushes=1)
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
        f"{time.monotonic() - began:.0f} s",
    )


def start_clocks(place: Partnership, people: int, random: Random, first: dt.datetime) -> None:
    """So many people, each with five clocks of an hour that end in two of the waves."""
    with tenant_scope(place.pk):
        by = system(place.pk)
        body = presets.load("derby").body
        for kind, event in CLOCKS.items():
            value = {"length": 1, "unit": "hours", "from": event.value}
            body["settings"][kind.value] = {"value": value, "standing": "own"}
        pathways.adopt_policy(by=by, preset="derby", body=body, version=0)
        agency = make_agency()
        make_member(role=Role.MANAGER, agency=agency)
    for number in range(people):
        waves = random.sample(range(SIZE.waves), 2)
        due = [first + dt.timedelta(seconds=SIZE.seconds * random.choice(waves) / SIZE.waves) for _ in CLOCKS]
        with tenant_scope(place.pk):
            member = make_member(agency=agency)
            deadlines.start_clocks(
                by=by, kinds=list(CLOCKS), subject=member, reference="EH-7KQ2-M9XD",
                events={event: moment - HOUR for event, moment in zip(CLOCKS.values(), due, strict=True)},
                whose=Whose(None if number % NOBODYS_ONE_IN == 0 else member.user_id, agency.pk),
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
            Reminder.objects.filter(when="at", done_at=None).exists()
            or OutboxMessage.objects.filter(done_at=None).exists()
            or Mailing.objects.filter(Q(state__in=open_states)).exists()
        )


def wait_until(happens: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < ends, "it did not come to rest in time"
        time.sleep(1)
