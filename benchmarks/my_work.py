"""My work, as a practitioner opens it between two lessons: what they have to write, and the cases that they lead."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from guardian.shortcuts import get_objects_for_user

from assessments import queries as assessments
from assessments.models import Assessment
from benchmarks import by_hand
from benchmarks.pages import Page, Patch, Person, Seat, Statement, answering, measure
from benchmarks.size import Ground
from cases import queries as cases
from cases.models import Case
from earlyhelp.home import MOST, Home
from foundation.deadlines import queries as deadlines
from foundation.deadlines.models import Deadline

SEE, WORK = by_hand.DOORS.format(level="see_case"), by_hand.DOORS.format(level="contribute_case")
TO_WRITE = f"""
SELECT e.*, c.id, c.reference, c.state, c.lead_agency_id, f.id, f.name
FROM cases_case c
JOIN assessments_assessment e ON e.partnership_id = c.partnership_id AND e.case_id = c.id
JOIN cases_family f ON f.partnership_id = c.partnership_id AND f.id = c.family_id
WHERE c.partnership_id = %(partnership)s AND e.partnership_id = %(partnership)s AND e.author_id = %(user)s
  AND c.lead_agency_id = %(agency)s AND e.state IN ('draft', 'in_progress', 'returned', 'agreed')
  AND EXISTS (SELECT FROM {SEE} AND g.content_object_id = c.id)
ORDER BY CASE e.state WHEN 'returned' THEN 0 WHEN 'agreed' THEN 1 ELSE 2 END, e.created_at, e.id LIMIT {MOST + 1}
"""
DRAFTS = f"""
SELECT id, pages, created_at, saved_at FROM intake_enquirydraft
WHERE partnership_id = %(partnership)s AND agency_id = %(agency)s AND writer_id = %(user)s
ORDER BY saved_at DESC, id DESC LIMIT {MOST + 1}
"""
MY_CASES = f"""
SELECT c.id, c.reference, c.family_id, c.state, c.level, c.team_id, c.opened_at, f.name, u.full_name, a.name, a.kind,
       {by_hand.OPEN_CLOCKS},
       c.state = 'open' AND EXISTS (SELECT FROM {WORK} AND g.content_object_id = c.id),
       (SELECT d.due_at FROM deadlines_deadline d
        WHERE d.partnership_id = %(partnership)s AND d.case_id = c.id AND NOT d.for_figures AND d.state = 'running'
        ORDER BY d.due_at LIMIT 1) next_due_at
FROM cases_case c
JOIN cases_family f ON f.partnership_id = c.partnership_id AND f.id = c.family_id
JOIN accounts_user u ON u.id = c.lead_id
JOIN accounts_agency a ON a.partnership_id = c.partnership_id AND a.id = c.lead_agency_id
WHERE c.partnership_id = %(partnership)s AND c.lead_id = %(user)s AND c.lead_agency_id = %(agency)s AND c.state = 'open'
  AND EXISTS (SELECT FROM {SEE} AND g.content_object_id = c.id)
ORDER BY next_due_at NULLS LAST, c.opened_at DESC, c.id DESC LIMIT {MOST + 1}
"""
LATEST = """
SELECT e.*, u.id, u.full_name FROM assessments_assessment e JOIN accounts_user u ON u.id = e.author_id
WHERE e.partnership_id = %(partnership)s AND e.case_id = ANY(%(cases)s::uuid[]) ORDER BY e.version DESC
"""
# The reader's own clocks, of what they may see.
CLOCKS = f"""
SELECT d.* FROM deadlines_deadline d
WHERE d.partnership_id = %(partnership)s AND d.owner_id = %(user)s
  AND (d.agency_id = %(agency)s OR d.agency_id IS NULL) AND d.state = 'running' AND NOT d.for_figures
  AND (d.subject_kind IN ('cases.case', 'assessments.assessment')
        AND EXISTS (SELECT FROM {SEE} AND g.content_object_id = d.case_id)
    OR d.subject_kind = 'intake.enquiry' AND EXISTS (
        SELECT FROM intake_enquiry q WHERE q.partnership_id = %(partnership)s AND q.id = d.subject_id
        AND q.sent_by_id = %(user)s AND q.sent_for_id = %(agency)s))
ORDER BY d.due_at, d.id LIMIT {MOST + 1}
"""

STATEMENTS = 11
PEOPLE = (
    Person("practitioner", "council", "of an agency of nine in ten cases"),
    Person("practitioner", "small", "of an agency of two in a hundred"),
)


def main(*, rounds: int, alone: Ground, country: Ground) -> bool:
    """Print the tables; True when every target is met."""
    page = Page(
        name="my_work", path="/{slug}/", view=Home, people=PEOPLE, statements=STATEMENTS, by_hand=written, given=given,
        stock=stock, shown=lambda context: len(context["my_cases"]),
    )  # fmt: skip
    return measure(page, alone, country, rounds=rounds)


def written(seat: Seat) -> list[Statement]:
    """The page by hand, for the rows that it shows."""
    rows = _led(seat)
    own = (TO_WRITE, DRAFTS, MY_CASES, by_hand.COVERED, by_hand.MEMBERS, LATEST, CLOCKS)
    known = {"cases": [case.pk for case in rows], "families": [case.family_id for case in rows]}
    return by_hand.page(seat, *own, **known)


def given(seat: Seat, most: int) -> list[Patch]:
    """The same rows without a question which they are."""
    led = [case.pk for case in _led(seat)[:most]]
    written = [one.pk for one in assessments.to_write(seat.hat.actor)[: min(most, MOST + 1)]]
    own = [one.pk for one in deadlines.own(seat.hat.actor).filter(case_id__in=led)[:most]]
    return [
        (cases, "newest_cases", answering(lambda: _shown(Case.objects.filter(pk__in=led)))),
        (assessments, "to_write", answering(lambda: _begun(written))),
        (deadlines, "own", answering(lambda: Deadline.objects.filter(pk__in=own).order_by(*deadlines.BY_DUE))),
    ]


def stock(seat: Seat) -> list[Patch]:
    """What guardian's own shortcut finds for a user who is in the agency's group."""

    def seen() -> Any:
        return get_objects_for_user(seat.hat.user, "cases.see_case", klass=Case.objects.all())

    def found(actor: Any, *, whose: str = "") -> Any:
        return cases.of_whom(_shown(seen()), actor, whose)

    return [(cases, "newest_cases", found), (cases, "visible_to", answering(seen))]


def _shown(found: Any) -> Any:
    found = found.annotate(newest=F("opened_at"), newest_id=F("id"))
    return found.select_related("family", "lead", "lead_agency").defer(*cases.UNSEEN)


def _begun(ids: list[Any]) -> Any:
    return Assessment.objects.filter(pk__in=ids).select_related("case__family").order_by("id")


def _led(seat: Seat) -> list[Case]:
    return cases.my_cases(seat.hat.actor, MOST + 1)
