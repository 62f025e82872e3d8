"""What every page asks and what both lists ask, as somebody would write it in SQL.

Each statement answers what the page's own answers, from the same values: a hat's ids, today, and the ids that an
earlier statement brought. Row-level security holds for these as for the page's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from benchmarks.pages import Seat, Statement
from foundation.common import clock

SESSION = """
SELECT session_key, session_data, expire_date FROM django_session
WHERE session_key = %(session)s AND expire_date > %(now)s
"""
USER = """
SELECT id, password, last_login, is_superuser, email, full_name, is_active, is_operator, home_key, joined_at
FROM accounts_user WHERE id = %(user)s
"""
MEMBERSHIPS = """
SELECT m.*, p.* FROM accounts_membership m JOIN tenancy_partnership p ON p.id = m.partnership_id
WHERE m.user_id = %(user)s AND m.ended_at IS NULL ORDER BY p.name
"""
HATS = """
SELECT id, partnership_id, name, kind, group_id, active, cardinality(ARRAY(
    SELECT 1 FROM notifications_message m
    WHERE m.partnership_id = %(partnership)s AND m.user_id = %(user)s AND m.read_at IS NULL
      AND (m.agency_id IS NULL OR m.agency_id IN (
          SELECT s.agency_id FROM accounts_membership s
          JOIN accounts_agency b ON b.partnership_id = s.partnership_id AND b.id = s.agency_id AND b.active
          WHERE s.partnership_id = %(partnership)s AND s.user_id = %(user)s AND s.ended_at IS NULL))
    LIMIT 100))
FROM accounts_agency
WHERE partnership_id = %(partnership)s AND id = %(agency)s AND active ORDER BY name
"""
THIS_USER = "SELECT set_config('earlyhelp.user', %(user)s::text, true)"
NO_USER = "SELECT set_config('earlyhelp.user', '', true)"
THIS_PARTNERSHIP = "SELECT set_config('earlyhelp.partnership', %(partnership)s::text, true)"
NO_PARTNERSHIP = "SELECT set_config('earlyhelp.partnership', '', true)"

# The doors that stand open today for an agency, and no more: what `cases.queries.visible_to` says.
DOORS = """
cases_casegrant g
WHERE g.partnership_id = %(partnership)s
  AND g.group_id = (SELECT group_id FROM accounts_agency
                    WHERE partnership_id = %(partnership)s AND id = %(agency)s AND active)
  AND g.permission_id = (SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
                         WHERE t.app_label = 'cases' AND t.model = 'case' AND p.codename = '{level}')
  AND (g.until IS NULL OR g.until >= %(today)s)
"""
COVERED = """
SELECT DISTINCT c.case_id, p.person_id, n.agency_id, a.name
FROM consent_consent c
JOIN consent_consentagency n ON n.partnership_id = c.partnership_id AND n.consent_id = c.id
JOIN accounts_agency a ON a.partnership_id = n.partnership_id AND a.id = n.agency_id
JOIN consent_consentperson p ON p.partnership_id = c.partnership_id AND p.consent_id = c.id
WHERE c.partnership_id = %(partnership)s AND c.case_id = ANY(%(cases)s::uuid[]) AND c.state = 'in_force'
  AND c.given_on <= %(today)s AND (c.ends_on IS NULL OR c.ends_on >= %(today)s)
  AND n.withdrawn_at IS NULL AND a.active
"""
MEMBERS = """
SELECT m.id, m.family_id, m.part, m.position, p.id, p.given_name, p.family_name, p.born_on, p.born_kind, p.nhs_number
FROM cases_familymember m JOIN cases_person p ON p.partnership_id = m.partnership_id AND p.id = m.person_id
WHERE m.partnership_id = %(partnership)s AND m.family_id = ANY(%(families)s::uuid[]) ORDER BY m.position, m.id
"""

# The open clocks of a case `c`, in its own row.
OPEN_CLOCKS = """
ARRAY(SELECT jsonb_build_object('id', d.id, 'kind', d.kind, 'state', d.state, 'due_at', d.due_at,
                                'paused_at', d.paused_at)
      FROM deadlines_deadline d
      WHERE d.partnership_id = %(partnership)s AND d.case_id = c.id AND NOT d.for_figures
        AND d.state IN ('running', 'paused', 'unknown'))
"""


def values(seat: Seat) -> dict[str, Any]:
    """What every statement may name."""
    return {
        "session": seat.client.session.session_key, "now": timezone.now(), "today": clock.today(),
        "user": seat.hat.user.pk, "agency": str(seat.hat.agency.pk), "partnership": str(seat.hat.partnership.pk),
    }  # fmt: skip


def page(seat: Seat, *own: str, **more: Sequence[UUID] | Any) -> list[Statement]:
    """A page's own statements where they stand in a request; `more` are the values that only they name.

    What a value of the same name was before gives way.
    """
    lists = {name: [str(one) for one in value] if isinstance(value, list) else value for name, value in more.items()}
    known = values(seat) | lists
    statements = (
        SESSION, USER, THIS_USER, MEMBERSHIPS, NO_USER, THIS_PARTNERSHIP, HATS, *own, NO_PARTNERSHIP,
    )  # fmt: skip
    return [(statement, known) for statement in statements]
