"""How long are 100,000 due reminders in being told, beside one statement that writes the same rows? (CLK-7)

The sweep claims, tells and marks in batches, each in a transaction of its own, and asks for the e-mails as well; the
floor is one statement that marks all reminders and writes all messages, with the recipients by owner and by team's
manager, and asks for no e-mail. Both run as the app's role inside the scope; before each, everything stands as it did.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, connections

from benchmarks.ground import quiet, told
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership, Team, User
from foundation.common import clock
from foundation.deadlines import sweeping
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

REMINDERS = 100_000
ROUNDS, WARM_UP = 5, 1
TEAMS, WORKERS = 20, 600
AT_MOST = 2.0

# Every third reminder is for the team's manager, the others for whoever does the work.
_DEADLINES = """
INSERT INTO deadlines_deadline (
    id, partnership_id, kind, subject_kind, subject_id, case_id, reference, owner_id, agency_id, team_id, state,
    policy_version, start_event, started_at, count, unit, for_figures, approval_first, left_out, original_due_at,
    due_at, cancel_reason)
SELECT earlyhelp_uuid7(), m.partnership_id, 'review', 'cases.case', s.id, s.id, 'EH-7KQ2-M9XD', m.user_id, m.agency_id,
       m.team_id, 'running', 1, 'taf_held', %(now)s - interval '42 days', 6, 'weeks', false, false, '[]',
       %(now)s - n * interval '0.1 second', %(now)s - n * interval '0.1 second', ''
FROM (SELECT n, earlyhelp_uuid7() AS id FROM generate_series(1, %(reminders)s) n) s
JOIN (SELECT *, row_number() OVER (ORDER BY user_id) - 1 AS place, count(*) OVER () AS every
      FROM accounts_membership WHERE role = 'practitioner') m ON m.place = s.n %% m.every
"""
_REMINDERS = """
INSERT INTO deadlines_reminder (id, partnership_id, deadline_id, step, "when", "to", clock_due_at, due_at)
SELECT earlyhelp_uuid7(), partnership_id, id, 1, 'at', CASE place %% 3 WHEN 0 THEN 'manager' ELSE 'worker' END,
       due_at, due_at
FROM (SELECT *, row_number() OVER (ORDER BY due_at) AS place FROM deadlines_deadline) d ORDER BY random()
"""
FLOOR = """
WITH due AS (
    UPDATE deadlines_reminder r SET done_at = %(now)s FROM deadlines_deadline d
    WHERE r.partnership_id = %(partnership)s AND r.done_at IS NULL AND r.due_at <= %(now)s
      AND d.partnership_id = r.partnership_id AND d.id = r.deadline_id AND d.state = 'running'
    RETURNING r.id AS reminder, r."when" AS at, r."to" AS whom, d.id AS deadline, d.kind, d.due_at, d.owner_id,
              d.agency_id, d.team_id, d.subject_kind, d.subject_id, d.case_id, d.reference
), told AS (
    SELECT due.*, owner_id AS user_id FROM due WHERE whom = 'worker'
    UNION ALL
    SELECT due.*, m.user_id FROM due
    JOIN accounts_membership m ON m.partnership_id = %(partnership)s AND m.agency_id = due.agency_id
     AND m.team_id = due.team_id AND m.role = 'manager' AND m.ended_at IS NULL
    WHERE whom = 'manager'
)
INSERT INTO notifications_message (
    id, partnership_id, user_id, agency_id, key, kind, params, subject_kind, subject_id, case_id, reference, at)
SELECT earlyhelp_uuid7(), %(partnership)s, user_id, agency_id, 'reminder:' || reminder, 'deadlines.reminder',
       jsonb_build_object('clock', kind, 'when', at, 'deadline', deadline,
                          'due', to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')),
       subject_kind, subject_id, case_id, reference, %(now)s
FROM told
"""
_TOLD = "SELECT user_id, key, kind, params, agency_id, subject_id FROM notifications_message ORDER BY key, user_id"


class Ground:
    """One partnership with so many due reminders, which can be put back as they were."""

    def __init__(self, reminders: int) -> None:
        self.reminders = reminders
        self.partnership = Partnership.objects.create(slug="bench", name="Bench")
        with tenant_scope(self.partnership.pk):
            _people()
        self._own("ALTER TABLE deadlines_deadline DISABLE TRIGGER USER")  # no history, which nobody reads here
        self._maintain(_DEADLINES, now=clock.now(), reminders=reminders)
        self._own("ALTER TABLE deadlines_deadline ENABLE TRIGGER USER")
        self._own("VACUUM ANALYZE deadlines_deadline", "VACUUM ANALYZE accounts_membership")

    def put_back(self) -> None:
        """Nobody was told anything, and every reminder is due; tables and indexes are as new."""
        told_in = "notifications_message, notifications_mailing, outbox_outboxmessage"
        self._own(f"TRUNCATE deadlines_reminder, {told_in} CASCADE")
        self._maintain(_REMINDERS)
        self._own("VACUUM ANALYZE deadlines_reminder", "VACUUM ANALYZE notifications_message")

    def sweep(self) -> None:
        """The product's own."""
        sweeping.sweep_partnership(self.partnership.pk)

    def floor(self) -> None:
        """One statement."""
        with tenant_scope(self.partnership.pk), connection.cursor() as cursor:
            cursor.execute(FLOOR, {"now": clock.now(), "partnership": self.partnership.pk})

    def told(self) -> list[Any]:
        """Who was told what; keys are of this round's reminders."""
        with connections["maintenance"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM deadlines_reminder WHERE done_at IS NULL")
            assert cursor.fetchone() == (0,), "a reminder is left"
            cursor.execute(_TOLD)
            return [(user, params, agency, subject) for user, _, _, params, agency, subject in cursor.fetchall()]

    def _maintain(self, statement: str, **given: Any) -> None:
        with connections["maintenance"].cursor() as cursor:
            cursor.execute(statement, given)

    def _own(self, *statements: str) -> None:
        with connections["owner"].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


@quiet()
def main(*, rounds: int, reminders: int = REMINDERS) -> bool:
    """Print the table; True when the target is met and both told the same people the same."""
    ground = Ground(reminders)
    took: dict[str, list[float]] = {"sweep": [], "floor": []}
    told_by: dict[str, list[Any]] = {}
    number_of_rounds = min(rounds, ROUNDS)
    for number in range(-WARM_UP, number_of_rounds):
        sides: list[tuple[str, Callable[[], None]]] = [("sweep", ground.sweep), ("floor", ground.floor)]
        for name, work in sides if number % 2 else reversed(sides):
            ground.put_back()
            began = time.perf_counter()
            work()
            if number >= 0:
                took[name].append((time.perf_counter() - began) * 1000)
            told_by[name] = sorted(ground.told(), key=str)
    same = told_by["sweep"] == told_by["floor"]
    _print_table(ground, took, len(told_by["sweep"]), same)
    return same and _ratio(took) <= AT_MOST


def _ratio(took: dict[str, list[float]]) -> float:
    return statistics.median(took["sweep"]) / statistics.median(took["floor"])


def _print_table(ground: Ground, took: dict[str, list[float]], messages: int, same: bool) -> None:
    print(
        f"\nsweep: {ground.reminders:,} due reminders, {messages:,} messages, {len(took['sweep'])} rounds of each side"
    )
    print("  milliseconds: median (least – most)")
    for name, words in (("sweep", f"the sweep, batches of {sweeping.BATCH:,}"), ("floor", "one statement")):
        a_second = ground.reminders / statistics.median(took[name]) * 1000
        print(f"  {words:46}{told(took[name]):>34}{a_second:>12,.0f} a second")
    met = _ratio(took) <= AT_MOST
    print(f"  {'sweep / one statement':46}{_ratio(took):>34.2f}   {'met' if met else 'MISSED'} (at most {AT_MOST})")
    print(f"  {'both told the same people the same':46}{'yes' if same else 'NO':>34}   {'met' if same else 'MISSED'}")


def _people() -> None:
    agency = Agency.objects.create(
        name="Bench", kind=AgencyKind.EARLY_HELP, group=Group.objects.create(name="bench sweep")
    )
    teams = Team.objects.bulk_create(Team(agency=agency, name=f"Team {number}") for number in range(TEAMS))
    users = User.objects.bulk_create(
        User(email=f"worker{number}@bench.example", full_name="Bench Worker", password="!")
        for number in range(TEAMS + WORKERS)
    )
    Membership.objects.bulk_create(
        Membership(
            user=user, agency=agency, team=teams[place % TEAMS],
            role=Role.MANAGER if place < TEAMS else Role.PRACTITIONER,
        )
        for place, user in enumerate(users)
    )  # fmt: skip
