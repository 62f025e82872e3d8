"""What is late, as a manager opens it in the morning: the first 25 of their agency's, and how many there are in all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from guardian.shortcuts import get_objects_for_user

from benchmarks import by_hand
from benchmarks.case_list import TEAMS
from benchmarks.pages import MOST_ROWS, Page, Patch, Person, Seat, Statement, answering, measure
from benchmarks.size import Ground
from cases import queries as cases
from cases.models import Case
from foundation.common import clock
from foundation.deadlines import queries
from foundation.deadlines.models import Deadline
from foundation.deadlines.views.reading import Late

SEE = by_hand.DOORS.format(level="see_case")
# What the manager may see of what the agency's clocks are about, kind by kind.
CLOCKS = f"""
deadlines_deadline d
WHERE d.partnership_id = %(partnership)s AND d.agency_id = %(agency)s AND d.state = 'running' AND NOT d.for_figures
  AND (d.subject_kind IN ('cases.case', 'assessments.assessment')
        AND EXISTS (SELECT FROM {SEE} AND g.content_object_id = d.case_id)
    OR d.subject_kind = 'intake.enquiry' AND EXISTS (
        SELECT FROM intake_enquiry q WHERE q.partnership_id = %(partnership)s AND q.id = d.subject_id
        AND q.sent_for_id = %(agency)s))
"""
# Those that the counting has shown to be the first.
ROWS = """
SELECT c.*, u.*, t.*
FROM deadlines_deadline c
LEFT JOIN accounts_user u ON u.id = c.owner_id
LEFT JOIN accounts_team t ON t.partnership_id = c.partnership_id AND t.id = c.team_id
WHERE c.partnership_id = %(partnership)s AND c.id = ANY(%(clocks)s::uuid[])
ORDER BY c.due_at, c.id LIMIT 26
"""
CASE_NAMES = f"""
SELECT c.id, f.name FROM cases_case c
JOIN cases_family f ON f.partnership_id = c.partnership_id AND f.id = c.family_id
WHERE c.partnership_id = %(partnership)s AND c.id = ANY(%(cases)s::uuid[])
  AND EXISTS (SELECT FROM {SEE} AND g.content_object_id = c.id)
"""
COUNTED = f"SELECT d.due_at, d.id::text FROM {CLOCKS} AND d.due_at < %(after_soon)s ORDER BY d.due_at, d.id LIMIT 1001"
ASKED = f"""
SELECT x.*, c.*, u.*
FROM deadlines_extension x
JOIN (SELECT d.* FROM {CLOCKS}) c ON c.partnership_id = x.partnership_id AND c.id = x.deadline_id
JOIN accounts_user u ON u.id = x.asked_by_id
WHERE x.partnership_id = %(partnership)s AND x.state = 'asked' AND x.asked_by_id <> %(user)s
  AND (c.owner_id <> %(user)s OR c.owner_id IS NULL)
ORDER BY x.asked_at, x.id LIMIT 10
"""

STATEMENTS = 9
"""For one clock as for 25."""

PEOPLE = (
    Person("manager", "council", "of an agency that leads half of all cases"),
    Person("manager", "health", "of an agency that leads one in eleven"),
)


def main(*, rounds: int, alone: Ground, country: Ground) -> bool:
    """Print the tables; True when every target is met."""
    page = Page(
        name="late", path="/{slug}/clocks/", view=Late, people=PEOPLE, statements=STATEMENTS, by_hand=written,
        given=given, stock=stock, shown=lambda context: len(context["page"].rows),
    )  # fmt: skip
    return measure(page, alone, country, rounds=rounds)


def written(seat: Seat) -> list[Statement]:
    """The page by hand, for the rows that it shows."""
    rows, now, today = _rows(seat), clock.now(), clock.today()
    last = queries.calendar_for_pages(seat.hat.partnership).working_day(queries.SOON, today)
    return by_hand.page(
        seat, TEAMS, COUNTED, ROWS, CASE_NAMES, ASKED,
        now=now, after_soon=_midnight_after(last), cases=[one.case_id for one in rows],
        clocks=[one.pk for one in _rows(seat, MOST_ROWS + 1)],
    )  # fmt: skip


def _midnight_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, clock.LONDON)


def given(seat: Seat, most: int) -> list[Patch]:
    """The same rows without a question which they are."""
    ids = [one.pk for one in _rows(seat)[:most]]
    return [
        (queries, "managed_by", answering(lambda: Deadline.objects.filter(pk__in=ids).select_related("owner", "team")))
    ]


def stock(seat: Seat) -> list[Patch]:
    """What guardian's own shortcut finds for a user who is in the agency's group."""
    return [
        (
            cases,
            "visible_to",
            answering(lambda: get_objects_for_user(seat.hat.user, "cases.see_case", klass=Case.objects.all())),
        )
    ]


def _rows(seat: Seat, most: int = MOST_ROWS) -> list[Any]:
    return list(queries.late(queries.managed_by(seat.hat.actor), clock.now()).order_by(*queries.BY_DUE)[:most])
