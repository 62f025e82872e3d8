"""Telling people: once each, by one statement however many, and one e-mail for all that waits (CLK-5)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.accounts.models import Membership
from foundation.notifications import kinds, services
from foundation.notifications.enums import MailChoice, MailingState
from foundation.notifications.models import Message
from foundation.outbox.kick import Kick
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import ScopeError, tenant_scope
from tests.factories import actor_of, make_agency, make_member
from tests.notifications.telling import KIND, SUBJECT, mailings, member_in, messages, only, tell, work

pytestmark = pytest.mark.django_db

SELECTED = """
SELECT m.user_id, m.agency_id, 'test.waits', 'due:' || m.id, '{"what": "plan"}'::jsonb, 'cases.case', m.id,
       NULL::uuid, 'EH-7KQ2-M9XD'
FROM accounts_membership m WHERE m.ended_at IS NULL AND m.role = %s
"""


def test_who_is_told_has_a_message_and_an_e_mail_under_way(partnership: Partnership, member: Membership) -> None:
    """CLK-5: all of it in the caller's transaction; the key is of version 7, made by the database (decision 001)."""
    assert tell(member, key="due:1", what="plan") == 1
    (message,) = messages(partnership)
    assert (message.user_id, message.agency_id, message.kind, message.key) == (
        member.user_id, member.agency_id, KIND, "due:1",
    )  # fmt: skip
    assert (message.subject_id, message.params, message.reference) == (SUBJECT, {"what": "plan"}, "EH-7KQ2-M9XD")
    assert (message.read_at, message.mailing_id, message.case_id) == (None, None, None)
    assert (message.pk.version, message.pk.variant) == (7, uuid.RFC_4122)
    mailing = only(partnership)
    assert (mailing.state, mailing.user_id, mailing.attempts) == (MailingState.WAITING, member.user_id, 0)
    assert work(partnership) == [mailing.pk]


def test_told_again_is_told_once(partnership: Partnership, member: Membership) -> None:
    """CLK-5: a sweep that runs twice tells nothing twice, within one call either."""
    colleague = member_in(partnership)
    assert tell(member, key="due:1") == 1
    assert tell(member, colleague, colleague, key="due:1") == 1
    assert tell(member, colleague, key="due:1") == 0
    assert len(messages(partnership)) == 2
    assert len(work(partnership)) == 2


def test_a_flood_of_300_messages_is_one_e_mail(partnership: Partnership, member: Membership) -> None:
    """CLK-5: at most one waits for a person."""
    for number in range(300):
        tell(member, key=f"due:{number}")
    assert len(messages(partnership)) == 300
    assert work(partnership) == [only(partnership).pk]


def test_what_is_taken_back_was_never_told(partnership: Partnership, member: Membership) -> None:
    """Style 9: message, e-mail and work stand or fall with what they tell of."""
    with tenant_scope(partnership.pk), transaction.atomic():
        services.tell(to=[(member.user_id, None)], kind=KIND, key="due:1", subject_kind="x", subject_id=SUBJECT)
        transaction.set_rollback(True)
    assert (messages(partnership), mailings(partnership), work(partnership)) == ([], [], [])


def test_nobody_to_tell_is_no_error(partnership: Partnership) -> None:
    """CLK-5: an act that concerns nobody."""
    with tenant_scope(partnership.pk), CaptureQueriesContext(connection) as asked:
        assert services.tell(to=[], kind=KIND, key="k", subject_kind="x", subject_id=SUBJECT) == 0
    assert [one for one in asked if "notifications" in one["sql"]] == []


@pytest.mark.parametrize("people", [1, 40])
def test_many_are_told_by_as_many_statements_as_one(partnership: Partnership, people: int) -> None:
    """CLK-7: a day's reminders at once; a worker is kicked once."""
    with tenant_scope(partnership.pk):
        agency = make_agency()
        for number in range(people):
            make_member(agency=agency, name=f"Person {number}")
    with tenant_scope(partnership.pk), CaptureQueriesContext(connection) as asked:
        assert services.tell_selected(source=SELECTED, params=["practitioner"]) == people
        kicks = [entry[1] for entry in connection.run_on_commit if isinstance(entry[1], Kick)]
        assert kicks == [Kick(partnership.pk)]
    written = [one["sql"] for one in asked if "INSERT INTO" in one["sql"]]
    assert len(written) == 3, written
    assert len(work(partnership)) == people
    with tenant_scope(partnership.pk):
        assert services.tell_selected(source=SELECTED, params=["practitioner"]) == 0


def test_nobody_is_told_across_the_wall(partnership: Partnership, member: Membership) -> None:
    """Trust 2: a SELECT sees its own partnership alone, and what it writes stands there."""
    from tests.factories import make_partnership

    elsewhere = member_in(make_partnership())
    with tenant_scope(partnership.pk):
        assert services.tell_selected(source=SELECTED, params=["practitioner"]) == 1
    assert [one.user_id for one in messages(partnership)] == [member.user_id]
    assert messages(elsewhere.partnership) == []
    with pytest.raises(ScopeError):
        services.tell_selected(source=SELECTED, params=["practitioner"])


def test_an_unknown_kind_is_refused(partnership: Partnership, member: Membership) -> None:
    """Architecture §2: a registry that nobody filled refuses; nothing is half told."""
    with tenant_scope(partnership.pk), pytest.raises(kinds.UnknownKind):
        services.tell(to=[(member.user_id, None)], kind="test.never", key="k", subject_kind="x", subject_id=SUBJECT)
    with tenant_scope(partnership.pk):
        with pytest.raises(kinds.UnknownKind):
            services.tell_selected(source=SELECTED.replace("test.waits", "test.never"), params=["practitioner"])
        assert Message.objects.count() == 0


@pytest.mark.parametrize("words", ["Maria Kowalska", "Kowalska", "worried about neglect"])
def test_a_message_names_nobody(partnership: Partnership, member: Membership, words: str) -> None:
    """OPS-2, architecture §7: codes alone, in Python and in the database."""
    with tenant_scope(partnership.pk), pytest.raises(ValueError, match="what is neither"):
        services.tell(to=[(member.user_id, None)], kind=KIND, key="k", subject_kind="x", subject_id=SUBJECT, what=words)
    for column, good in (("'due:' || m.id", "key"), ("'EH-7KQ2-M9XD'", "reference"), ("'cases.case'", "kinds")):
        with tenant_scope(partnership.pk), pytest.raises(IntegrityError, match="message_"), transaction.atomic():
            services.tell_selected(source=SELECTED.replace(column, f"'{words[:14]} x'"), params=["practitioner"])
        assert messages(partnership) == [], good


def test_who_wants_the_morning_gets_no_e_mail_at_once(partnership: Partnership, member: Membership) -> None:
    """Own choice: the inbox has it all the same; others told with them are not affected."""
    colleague = member_in(partnership)
    with tenant_scope(partnership.pk):
        services.choose(by=actor_of(member), mail=MailChoice.DAILY)
    assert tell(member, colleague) == 2
    assert [one.user_id for one in mailings(partnership)] == [colleague.user_id]


def test_put_many_writes_one_kick_and_no_free_text(partnership: Partnership, django_assert_num_queries: Any) -> None:
    """Architecture §6: the outbox takes a thousand pieces of work as it takes one."""
    from foundation.outbox import services as outbox

    with tenant_scope(partnership.pk):
        with django_assert_num_queries(1):
            assert outbox.put_many(topic="test.note", payloads=[{"n": number} for number in range(50)]) == 50
        with django_assert_num_queries(0):
            assert outbox.put_many(topic="test.note", payloads=[]) == 0
        with pytest.raises(ValueError, match="to is neither"):
            outbox.put_many(topic="test.note", payloads=[{"to": "Maria Kowalska"}])
    with pytest.raises(ScopeError):
        outbox.put_many(topic="test.note", payloads=[{"n": 1}])
