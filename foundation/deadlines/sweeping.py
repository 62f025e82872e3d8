"""The sweep: whoever is to be reminded by now is told, once, whatever crashes or runs twice (CLK-5, CLK-7)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from foundation.common import clock
from foundation.deadlines import queries
from foundation.deadlines.telling import REMINDER
from foundation.notifications import services as notifications
from foundation.tenancy.scope import tenant_scope

BATCH = 5_000
"""Reminders told in one transaction: small enough that a killed worker loses little, large enough to be quick."""

_CLAIM = """
WITH due AS (
    SELECT id FROM deadlines_reminder
    WHERE partnership_id = %(partnership)s AND done_at IS NULL AND due_at <= %(now)s
    ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE deadlines_reminder r SET done_at = %(now)s FROM due WHERE r.id = due.id RETURNING r.id
"""

# Who is told. An owner who has left the agency, or cannot sign in, is nobody. The hub's clocks have no agency: its
# screeners do the work until one of them takes it. A team without a manager is the hub managers' to look after, and so
# is a hub without screeners, so that nothing is told to nobody. Whoever holds two roles is told once: the key says so.
_TOLD = """
WITH due AS MATERIALIZED (
    SELECT r.id AS reminder, r."when" AS at, r."to" AS whom, d.id AS deadline, d.kind, d.due_at, d.agency_id, d.team_id,
           d.subject_kind, d.subject_id, d.case_id, d.reference, (
               SELECT d.owner_id WHERE EXISTS (
                   SELECT FROM accounts_membership m
                   JOIN accounts_user u ON u.id = m.user_id AND u.is_active
                   JOIN accounts_agency a ON a.partnership_id = m.partnership_id AND a.id = m.agency_id AND a.active
                   WHERE m.partnership_id = d.partnership_id AND m.user_id = d.owner_id AND m.ended_at IS NULL
                     AND m.agency_id = COALESCE(d.agency_id, m.agency_id)
               )
           ) AS worker
    FROM deadlines_reminder r
    JOIN deadlines_deadline d ON d.partnership_id = r.partnership_id AND d.id = r.deadline_id
    WHERE r.partnership_id = %s AND r.id = ANY(%s::uuid[]) AND d.state = 'running' AND d.due_at = r.clock_due_at
), staff AS MATERIALIZED (
    SELECT m.user_id, m.agency_id, m.team_id, m.role
    FROM accounts_membership m
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    JOIN accounts_agency a ON a.partnership_id = m.partnership_id AND a.id = m.agency_id AND a.active
    WHERE m.partnership_id = %s AND m.ended_at IS NULL AND m.role IN ('manager', 'hub_manager', 'screener')
), managing AS MATERIALIZED (
    SELECT DISTINCT place.agency_id AS of_agency, place.team_id AS of_team, s.user_id, s.agency_id
    FROM (SELECT DISTINCT agency_id, team_id FROM due WHERE agency_id IS NOT NULL) place
    JOIN staff s ON s.role = 'manager' AND s.agency_id = place.agency_id
     AND (s.team_id IS NULL OR place.team_id IS NULL OR s.team_id = place.team_id)
), asked AS MATERIALIZED (
    SELECT due.*, CASE
               WHEN whom = 'worker' AND worker IS NOT NULL THEN 'worker'
               WHEN whom = 'worker' AND agency_id IS NULL
                    AND EXISTS (SELECT FROM staff WHERE role = 'screener') THEN 'screener'
               WHEN whom <> 'hub' AND EXISTS (
                   SELECT FROM managing m WHERE m.of_agency = due.agency_id
                   AND m.of_team IS NOT DISTINCT FROM due.team_id) THEN 'manager'
               ELSE 'hub_manager'
           END AS part
    FROM due
), told AS (
    SELECT asked.*, worker AS user_id, agency_id AS hat FROM asked WHERE part = 'worker'
    UNION ALL
    SELECT asked.*, m.user_id, m.agency_id FROM asked JOIN managing m
      ON m.of_agency = asked.agency_id AND m.of_team IS NOT DISTINCT FROM asked.team_id WHERE part = 'manager'
    UNION ALL
    SELECT asked.*, s.user_id, s.agency_id FROM asked JOIN staff s ON s.role = asked.part
    WHERE part IN ('screener', 'hub_manager')
)
SELECT user_id, hat, '{kind}', 'reminder:' || reminder, jsonb_build_object(
           'clock', kind, 'when', at, 'deadline', deadline,
           'due', to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')),
       subject_kind, subject_id, case_id, reference
FROM told
""".replace("{kind}", REMINDER)


def sweep_partnership(partnership_id: UUID, *, batch: int = BATCH) -> int:
    """Tell everything that is due in one partnership, in due order; how many reminders. Called outside any scope.

    Each batch is claimed, told and marked in one transaction: a worker that dies leaves it as it was. Two sweeps at
    once share no reminder.
    """
    done = 0
    while True:
        with tenant_scope(partnership_id):
            told = tell_due(partnership_id, most=batch)
        done += told
        if told < batch:
            return done


def tell_due(partnership_id: UUID, *, most: int) -> int:
    """One batch, inside the partnership's scope; how many reminders it took."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"partnership": partnership_id, "now": clock.now(), "most": most})
        claimed = [row[0] for row in cursor.fetchall()]
    if claimed:
        notifications.tell_selected(source=_TOLD, params=[partnership_id, claimed, partnership_id])
    return len(claimed)


def is_behind() -> bool:
    """Whether something is still to be told: mail waits for it a moment."""
    return queries.reminders_are_due()
