"""Once a day, for who wants it so; what was lost on its way; and a model that a day's events are held against."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.notifications import posting, queries, services
from foundation.notifications.enums import MailChoice, MailingState, Trouble
from foundation.notifications.models import Choice, Mailing, Message
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_partnership
from tests.notifications.fake_notify import FakeNotify
from tests.notifications.telling import deliver, mailings, member_in, messages, only, tell, work

pytestmark = pytest.mark.django_db

LONDON = clock.LONDON
MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=LONDON)


def on(day: int, hour: int, minute: int = 0, *, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=LONDON)


def choose(member: Membership, mail_choice: MailChoice, at: dt.datetime = MONDAY) -> None:
    with clock.at(at), tenant_scope(member.partnership_id):
        services.choose(by=actor_of(member), mail=mail_choice)


def told(member: Membership, at: dt.datetime, **params: object) -> None:
    with clock.at(at):
        tell(member, **params)


def sweep(partnership: Partnership, at: dt.datetime) -> None:
    with clock.at(at):
        posting.sweep(partnership.pk)
    deliver(partnership, at)


def subjects() -> list[str]:
    return [letter.subject for letter in mail.outbox]


def test_who_chose_nothing_is_told_at_once(partnership: Partnership, member: Membership) -> None:
    """Own choice: immediate, unless they say otherwise."""
    with tenant_scope(partnership.pk):
        assert queries.choice_of(member.user_id) == MailChoice.IMMEDIATE


def test_the_morning_s_e_mail_is_one_a_day(partnership: Partnership, member: Membership) -> None:
    """Own choice: at 8:00 in London, about all that came since; nothing before, no second one, none about nothing."""
    choose(member, MailChoice.DAILY)
    told(member, on(23, 13), what="plan")
    told(member, on(23, 14))
    sweep(partnership, on(23, 15))
    sweep(partnership, on(24, 7, 59))
    assert subjects() == []
    sweep(partnership, on(24, 8))
    assert subjects() == ["Early Help: 2 things wait for you"]
    told(member, on(24, 9))
    sweep(partnership, on(24, 9, 1))
    sweep(partnership, on(24, 23))
    assert len(subjects()) == 1
    sweep(partnership, on(25, 11))
    assert subjects()[1:] == ["Early Help: 1 thing waits for you"], "caught up, though nobody swept at 8:00"
    sweep(partnership, on(26, 8))
    assert len(subjects()) == 2


@pytest.mark.parametrize(("day", "month"), [(28, 3), (29, 3), (24, 10), (25, 10)])
def test_eight_is_eight_in_london_when_the_clocks_change(
    partnership: Partnership, member: Membership, day: int, month: int
) -> None:
    """CLK-6: neither an hour early nor an hour late."""
    choose(member, MailChoice.DAILY, on(day, 9, month=month))
    told(member, on(day, 10, month=month))
    sweep(partnership, on(day + 1, 7, 59, month=month))
    assert subjects() == []
    sweep(partnership, on(day + 1, 8, month=month))
    assert len(subjects()) == 1


def test_what_was_read_meanwhile_is_not_told(partnership: Partnership, member: Membership) -> None:
    """Own choice: the e-mail is about what waits."""
    choose(member, MailChoice.DAILY)
    told(member, on(23, 13))
    with clock.at(on(23, 14)), tenant_scope(partnership.pk):
        services.mark_all_read(by=actor_of(member), until=clock.now())
    sweep(partnership, on(24, 8))
    assert subjects() == []
    assert only(partnership).trouble == Trouble.READ


def test_back_to_at_once_sends_what_waited(partnership: Partnership, member: Membership) -> None:
    """Own choice: nothing lies until a morning that will not come."""
    choose(member, MailChoice.DAILY)
    told(member, on(23, 13))
    choose(member, MailChoice.IMMEDIATE, on(23, 14))
    deliver(partnership, on(23, 14))
    assert len(subjects()) == 1
    with tenant_scope(partnership.pk):
        assert Choice.objects.count() == 1


def test_who_chooses_in_the_night_has_that_morning_s(partnership: Partnership, member: Membership) -> None:
    """Own choice: before 8:00 the coming morning is the first; after it, the next."""
    choose(member, MailChoice.DAILY, on(24, 2))
    told(member, on(24, 3))
    sweep(partnership, on(24, 8))
    assert len(subjects()) == 1


def test_two_sweeps_at_once_are_harmless(partnership: Partnership, member: Membership) -> None:
    """CLK-5: two beats; the second finds the day done."""
    choose(member, MailChoice.DAILY)
    told(member, on(23, 13))
    with clock.at(on(24, 8)), tenant_scope(partnership.pk):
        assert services.ask_digests() == 1
        assert services.ask_digests() == 0
    assert len(work(partnership)) == 1


def test_a_mailing_whose_work_was_lost_is_asked_for_again(partnership: Partnership, member: Membership) -> None:
    """CLK-7: else every later message would wait behind it for ever."""
    told(member, MONDAY)
    with tenant_scope(partnership.pk):
        OutboxMessage.objects.all().delete()
    sweep(partnership, MONDAY + dt.timedelta(minutes=59))
    assert subjects() == []
    sweep(partnership, MONDAY + dt.timedelta(minutes=60))
    assert len(subjects()) == 1


def test_what_no_mail_server_takes_within_a_day_is_shown(
    partnership: Partnership, member: Membership, notify: FakeNotify
) -> None:
    """Failed, with its reason; what is told afterwards is a new e-mail."""
    told(member, MONDAY)
    notify.post.broken = "500"
    for hours in range(26):
        sweep(partnership, MONDAY + dt.timedelta(hours=hours))
    mailing = only(partnership)
    assert (mailing.state, mailing.trouble) == (MailingState.FAILED, Trouble.NEVER_TAKEN)
    assert mailing.attempts > 12, "it was tried all day"
    notify.post.broken = ""
    told(member, MONDAY + dt.timedelta(hours=25))
    sweep(partnership, MONDAY + dt.timedelta(hours=25))
    assert len(notify.post.sent) == 1


def test_what_nobody_tried_for_days_is_tried_again_and_not_given_up(
    partnership: Partnership, member: Membership, notify: FakeNotify
) -> None:
    """CLK-7: workers that stood still over a weekend are no mail server that took nothing."""
    told(member, MONDAY)
    notify.post.broken = "500"
    sweep(partnership, MONDAY)
    notify.post.broken = ""
    sweep(partnership, MONDAY + dt.timedelta(days=3))
    assert len(notify.post.sent) == 1
    assert only(partnership).state == MailingState.HANDED_OVER


@pytest.mark.parametrize(
    ("says", "state", "trouble"),
    [
        ("delivered", MailingState.DELIVERED, ""),
        ("permanent-failure", MailingState.BOUNCED, Trouble.ADDRESS_REFUSED),
        ("temporary-failure", MailingState.FAILED, Trouble.MAILBOX),
        ("technical-failure", MailingState.FAILED, Trouble.SERVICE),
        ("sending", MailingState.HANDED_OVER, ""),
    ],
)
def test_notify_says_what_became_of_it(
    partnership: Partnership, member: Membership, notify: FakeNotify, says: str, state: MailingState, trouble: str
) -> None:
    """Asked by a later sweep, once it is due; a settled one is asked about no more."""
    told(member, MONDAY)
    deliver(partnership, MONDAY)
    notify.post.becomes(notify.post.references()[0], says)
    sweep(partnership, MONDAY + dt.timedelta(seconds=59))
    assert len(notify.post.asked) == 1
    sweep(partnership, MONDAY + dt.timedelta(seconds=60))
    mailing = only(partnership)
    assert (mailing.state, mailing.trouble) == (state, trouble)
    assert (mailing.look_at is None) == (says != "sending")
    sweep(partnership, MONDAY + dt.timedelta(seconds=61))
    assert len(notify.post.asked) == 2


def test_it_is_asked_less_and_less_often_and_not_for_ever(
    partnership: Partnership, member: Membership, notify: FakeNotify
) -> None:
    """A sweep a minute makes no thousand questions; after six days nobody will learn it any more."""
    told(member, MONDAY)
    deliver(partnership, MONDAY)
    minute = 0
    while only(partnership).state == MailingState.HANDED_OVER and minute < 20_000:
        minute += 90
        sweep(partnership, MONDAY + dt.timedelta(minutes=minute))
    assert len(notify.post.asked) < 15
    assert (only(partnership).state, only(partnership).trouble) == (MailingState.FAILED, Trouble.NO_WORD)


def test_what_notify_has_forgotten_is_not_known(
    partnership: Partnership, member: Membership, notify: FakeNotify
) -> None:
    """It keeps them for seven days; a service that is down is another matter."""
    told(member, MONDAY)
    deliver(partnership, MONDAY)
    notify.post.broken = "500"
    sweep(partnership, MONDAY + dt.timedelta(minutes=2))
    assert only(partnership).state == MailingState.HANDED_OVER
    notify.post.broken = ""
    notify.post.sent.clear()
    sweep(partnership, MONDAY + dt.timedelta(minutes=30))
    assert only(partnership).trouble == Trouble.NO_WORD


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["tell", "tell again", "deliver", "sweep", "daily", "immediate", "read"]),
        st.integers(min_value=1, max_value=600),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_whatever_happens_each_message_is_mailed_at_most_once_and_none_is_forgotten(events: list) -> None:
    """CLK-5: in any order of telling, reading, choosing, sweeping and sending, minutes or hours apart."""
    mail.outbox.clear()
    with transaction.atomic():
        partnership = make_partnership()
        member = member_in(partnership)
        now, keys, digests = MONDAY, 0, []
        for what, minutes in events:
            now += dt.timedelta(minutes=minutes)
            before = len(mail.outbox)
            if what in {"tell", "tell again"}:
                keys += what == "tell"
                told(member, now, key=f"due:{keys}")
            elif what == "read":
                with clock.at(now), tenant_scope(partnership.pk):
                    services.mark_all_read(by=actor_of(member), until=now)
            elif what in {"daily", "immediate"}:
                choose(member, MailChoice(what), now)
            elif what == "sweep":
                with tenant_scope(partnership.pk):
                    is_daily = queries.choice_of(member.user_id) == MailChoice.DAILY
                    under_way = Mailing.objects.filter(state=MailingState.WAITING).exists()
                sweep(partnership, now)
                if is_daily and not under_way and len(mail.outbox) > before:
                    digests.append(now.astimezone(LONDON))
            else:
                deliver(partnership, now)
            assert len([one for one in mailings(partnership) if one.state == MailingState.WAITING]) <= 1
        assert all(one.time() >= dt.time(8) for one in digests)
        assert len({one.date() for one in digests}) == len(digests), "two on one day"
        # Two mornings later nothing is left.
        for days in (1, 2):
            sweep(partnership, now.replace(hour=9) + dt.timedelta(days=days))
        with tenant_scope(partnership.pk):
            assert Message.objects.filter(mailing=None).count() == 0
        states = {one.state for one in mailings(partnership)}
        assert states <= {MailingState.HANDED_OVER, MailingState.DROPPED}
        links = [line for letter in mail.outbox for line in letter.body.splitlines() if is_a_link(line, partnership)]
        assert len(links) == len(set(links)), "told twice by e-mail"
        unread = [one for one in messages(partnership) if one.read_at is None]
        assert all(any(str(one.pk) in link for link in links) for one in unread), "never told by e-mail"
        transaction.set_rollback(True)
    connection.run_on_commit.clear()


def is_a_link(line: str, partnership: Partnership) -> bool:
    parts = line.rstrip("/").split("/")
    return f"/{partnership.slug}/inbox/" in line and len(parts[-1]) == 36
