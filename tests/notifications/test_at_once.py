"""Several at once, on connections of their own: no message falls between, none is sent twice (CLK-5, trust 10, 11)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.test import Client

from foundation.accounts.models import Membership
from foundation.notifications import services
from foundation.notifications.enums import MailingState
from foundation.notifications.models import Mailing, Message
from foundation.outbox import kick
from foundation.outbox import services as outbox
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_agency, make_member, make_partnership
from tests.notifications.fake_notify import FakeNotify
from tests.notifications.telling import KIND, SUBJECT, deliver, mailings, member_in, messages, tell, work

pytestmark = pytest.mark.django_db(transaction=True)


class Beside(threading.Thread):
    """A piece of work on a connection of its own; `finish` waits for it and passes its trouble on."""

    def __init__(self, does: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.does, self.trouble, self.gave = does, None, None
        self.start()

    def run(self) -> None:
        try:
            self.gave = self.does()
        except BaseException as error:
            self.trouble = error
        finally:
            connection.close()

    def finish(self) -> Any:
        self.join(30)
        assert not self.is_alive(), "it still waits"
        if self.trouble is not None:
            raise self.trouble
        return self.gave


@contextmanager
def telling(partnership: Partnership, member: Membership, key: str) -> Iterator[threading.Event]:
    """Somebody is told in a transaction that is open until the block ends; the event says that it has been done."""
    told, end = threading.Event(), threading.Event()

    def work_on() -> None:
        with tenant_scope(partnership.pk):
            services.tell(to=[(member.user_id, None)], kind=KIND, key=key, subject_kind="x", subject_id=SUBJECT)
            told.set()
            assert end.wait(20)

    beside = Beside(work_on)
    assert told.wait(20)
    yield told
    end.set()
    beside.finish()


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def until(happens: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_claim_waits_for_who_is_telling_and_takes_that_message_too() -> None:
    """CLK-5: told before the claim, committed after it began: in this e-mail."""
    partnership = make_partnership()
    member = member_in(partnership)
    tell(member, key="first")
    (mailing_id,) = work(partnership)

    def claim() -> Any:
        with tenant_scope(partnership.pk):
            return services.claim(mailing_id=mailing_id)

    with telling(partnership, member, "second"):
        claiming = Beside(claim)
        until(waits_for_a_lock)
    assert "2 things" in claiming.finish().letter.subject
    assert {message.mailing_id for message in messages(partnership)} == {mailing_id}


def test_who_tells_while_a_claim_is_open_makes_a_second_e_mail() -> None:
    """CLK-5: too late for this e-mail: a new one waits for it, and its work is in the outbox."""
    partnership = make_partnership()
    member = member_in(partnership)
    tell(member, key="first")
    (first,) = work(partnership)
    with tenant_scope(partnership.pk):
        assert services.claim(mailing_id=first) is not None
        late = Beside(lambda: tell(member, key="second"))
        until(waits_for_a_lock)
    assert late.finish() == 1
    by_key = {message.key: message.mailing_id for message in messages(partnership)}
    assert by_key == {"first": first, "second": None}
    waiting = [one.pk for one in mailings(partnership) if one.state == MailingState.WAITING]
    assert len(waiting) == 1
    assert set(work(partnership)) == {first, *waiting}


def test_two_claims_at_once_are_one() -> None:
    """Trust 10: the second waits for the first and finds the mailing taken."""
    partnership = make_partnership()
    tell(member_in(partnership))
    (mailing_id,) = work(partnership)
    start = threading.Barrier(2)

    def claim() -> Any:
        start.wait(20)
        with tenant_scope(partnership.pk):
            return services.claim(mailing_id=mailing_id)

    gave = [one.finish() for one in [Beside(claim), Beside(claim)]]
    assert len([one for one in gave if one is not None]) == 1
    with tenant_scope(partnership.pk):
        assert Mailing.objects.get().attempts == 1


def test_many_tell_and_send_at_once_and_nothing_is_lost_or_doubled(notify: FakeNotify) -> None:
    """CLK-5, trust 11: 4 tellers of the same 5 people beside 2 workers: each message in just one e-mail sent once."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency = make_agency()
        people = [make_member(agency=agency, name=f"Person {number}") for number in range(5)]
    telling_done = threading.Event()

    def teller(number: int) -> None:
        for turn in range(15):
            order = people if number % 2 else people[::-1]
            tell(*order, key=f"due:{number}:{turn}")

    def worker() -> None:
        while not telling_done.is_set() or outbox.deliver_due(partnership_id=partnership.pk):
            outbox.deliver_due(partnership_id=partnership.pk)

    workers = [Beside(worker) for _ in range(2)]
    tellers = [Beside(lambda number=number: teller(number)) for number in range(4)]
    for one in tellers:
        one.finish()
    telling_done.set()
    for one in workers:
        one.finish()
    deliver(partnership)
    sent = notify.post.references()
    assert len(sent) == len(set(sent))
    assert len(messages(partnership)) == 4 * 15 * 5
    with tenant_scope(partnership.pk):
        assert Message.objects.filter(mailing=None).count() == 0
        told_of = set(Message.objects.values_list("mailing_id", flat=True))
    assert {str(one) for one in told_of} == set(sent)
    assert {one.state for one in mailings(partnership)} == {MailingState.HANDED_OVER}


def test_two_who_tell_the_same_people_in_other_orders_do_not_lock_each_other_out() -> None:
    """Trust 10: rows are written in one order, whatever order the caller names people in."""
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        agency = make_agency()
        people = [make_member(agency=agency, name=f"Person {number}") for number in range(30)]
    start = threading.Barrier(2)

    def both(order: list[Membership], name: str) -> None:
        start.wait(20)
        for turn in range(10):
            tell(*order, key=f"due:{turn}")
            tell(*order, key=f"{name}:{turn}")

    for one in [Beside(lambda: both(people, "a")), Beside(lambda: both(people[::-1], "b"))]:
        one.finish()
    assert len(messages(partnership)) == 30 * 10 * 3


def test_a_request_that_tells_succeeds_quickly_while_the_broker_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust 10: the message stands in the inbox, its e-mail waits as a row, and nobody waits for the broker."""
    partnership = make_partnership()
    member = member_in(partnership)
    monkeypatch.setattr(kick, "_asked_again_at", 0.0)
    kick._hang_up()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        took = []
        for _ in range(4):
            began = time.monotonic()
            tell(member)
            took.append(time.monotonic() - began)
    kick._hang_up()
    kick._asked_again_at = 0.0
    assert took[0] < 2.5
    assert max(took[1:]) < 0.3
    assert len(messages(partnership)) == 4
    assert deliver(partnership) == 1


def test_a_page_that_fails_tells_nobody(client: Client) -> None:
    """Style 9: with the rest of what it wrote."""
    partnership = make_partnership()
    member = member_in(partnership)

    def fails() -> None:
        with tenant_scope(partnership.pk), transaction.atomic():
            services.tell(to=[(member.user_id, None)], kind=KIND, key="k", subject_kind="x", subject_id=SUBJECT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert (messages(partnership), work(partnership)) == ([], [])
