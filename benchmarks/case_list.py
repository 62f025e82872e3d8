"""The list of cases, as a practitioner opens it: the newest 25 of about 9,000, and of about 200."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from guardian.shortcuts import get_objects_for_user

from benchmarks import by_hand
from benchmarks.pages import Page, Patch, Person, Seat, Statement, answering, measure
from benchmarks.size import Ground
from cases import queries
from cases.models import Case
from cases.views.listing import CaseList

SAVED_FILTERS = """
SELECT id, name, query, is_default FROM cases_savedfilter
WHERE partnership_id = %(partnership)s AND user_id = %(user)s AND agency_id = %(agency)s ORDER BY name, id
"""
TEAMS = """
SELECT t.id, t.name, a.id, a.name FROM accounts_team t
JOIN accounts_agency a ON a.partnership_id = t.partnership_id AND a.id = t.agency_id
WHERE t.partnership_id = %(partnership)s AND t.agency_id = %(agency)s ORDER BY a.name, t.name
"""
NEWEST = f"""
SELECT c.id, c.reference, c.family_id, c.state, c.level, c.lead_id, c.lead_agency_id, c.team_id, g.opened_at,
       f.name, u.full_name, a.name, a.kind, {by_hand.OPEN_CLOCKS}
FROM (SELECT g.content_object_id, g.opened_at FROM {by_hand.DOORS.format(level="see_case")}
      ORDER BY g.opened_at DESC, g.content_object_id DESC LIMIT 26) g
JOIN cases_case c ON c.partnership_id = %(partnership)s AND c.id = g.content_object_id
JOIN cases_family f ON f.partnership_id = c.partnership_id AND f.id = c.family_id
JOIN accounts_user u ON u.id = c.lead_id
JOIN accounts_agency a ON a.partnership_id = c.partnership_id AND a.id = c.lead_agency_id
ORDER BY g.opened_at DESC, g.content_object_id DESC
"""
COUNT = f"SELECT count(*) FROM (SELECT FROM {by_hand.DOORS.format(level='see_case')} LIMIT 1000) doors"

STATEMENTS = 10
PEOPLE = (
    Person("practitioner", "council", "an agency of nine in ten cases"),
    Person("practitioner", "small", "an agency of two in a hundred"),
)


def main(*, rounds: int, alone: Ground, country: Ground) -> bool:
    """Print the tables; True when every target is met."""
    page = Page(
        name="case_list", path="/{slug}/cases/", view=CaseList, people=PEOPLE, statements=STATEMENTS,
        by_hand=written, given=given, stock=stock, shown=lambda context: len(context["page"].rows),
    )  # fmt: skip
    return measure(page, alone, country, rounds=rounds)


def written(seat: Seat) -> list[Statement]:
    """The page by hand, for the rows that it shows."""
    rows = _rows(seat)
    cases, families = [case.pk for case in rows], [case.family_id for case in rows]
    own = (SAVED_FILTERS, TEAMS, NEWEST, by_hand.COVERED, by_hand.MEMBERS, COUNT)
    return by_hand.page(seat, *own, cases=cases, families=families)


def given(seat: Seat, most: int) -> list[Patch]:
    """The same rows without a question which they are."""
    ids = [case.pk for case in _rows(seat)[:most]]
    return [(queries, "newest_cases", answering(lambda: _shown(Case.objects.filter(pk__in=ids))))]


def stock(seat: Seat) -> list[Patch]:
    """What guardian's own shortcut finds for a user who is in the agency's group."""

    def found() -> Any:
        return _shown(get_objects_for_user(seat.hat.user, "cases.see_case", klass=Case.objects.all()))

    return [(queries, "newest_cases", answering(found))]


def _shown(cases: Any) -> Any:
    cases = cases.annotate(newest=F("opened_at"), newest_id=F("id"))
    return cases.select_related("family", "lead", "lead_agency").defer(*queries.UNSEEN)


def _rows(seat: Seat) -> list[Case]:
    return list(queries.newest_cases(seat.hat.actor).order_by(*queries.NEWEST_FIRST)[:25])
