"""The inbox of a practitioner: the newest 25 of some hundred messages."""

from __future__ import annotations

from typing import Any

from benchmarks import by_hand
from benchmarks.pages import Page, Patch, Person, Seat, Statement, answering, measure
from benchmarks.size import Ground
from foundation.notifications import queries
from foundation.notifications.models import Message
from foundation.notifications.views import Inbox

MESSAGES = """
SELECT m.*, a.* FROM notifications_message m
LEFT JOIN accounts_agency a ON a.partnership_id = m.partnership_id AND a.id = m.agency_id
WHERE m.partnership_id = %(partnership)s AND m.user_id = %(user)s AND (m.agency_id IS NULL OR m.agency_id IN (
    SELECT s.agency_id FROM accounts_membership s
    JOIN accounts_agency b ON b.partnership_id = s.partnership_id AND b.id = s.agency_id AND b.active
    WHERE s.partnership_id = %(partnership)s AND s.user_id = %(user)s AND s.ended_at IS NULL))
ORDER BY m.at DESC, m.id DESC LIMIT 26
"""

STATEMENTS = 5
PEOPLE = (
    Person("practitioner", "council", "of the large agency"),
    Person("practitioner", "small", "of the small agency"),
)


def main(*, rounds: int, alone: Ground, country: Ground) -> bool:
    """Print the tables; True when every target is met."""
    page = Page(
        name="inbox", path="/{slug}/inbox/", view=Inbox, people=PEOPLE, statements=STATEMENTS, by_hand=written,
        given=given, stock=stock, shown=lambda context: len(context["page"].rows),
    )  # fmt: skip
    return measure(page, alone, country, rounds=rounds)


def written(seat: Seat) -> list[Statement]:
    """The page by hand."""
    return by_hand.page(seat, MESSAGES)


def given(seat: Seat, most: int) -> list[Patch]:
    """The same rows without a question which they are."""
    newest = queries.visible_to(seat.hat.actor).order_by(*queries.NEWEST_FIRST)[:most]
    ids = list(newest.values_list("pk", flat=True))
    return [(queries, "visible_to", answering(lambda: Message.objects.filter(pk__in=ids).select_related("agency")))]


def stock(seat: Seat) -> list[Patch]:
    """Guardian has no part in it: the page as it is."""
    same: Any = queries.visible_to
    return [(queries, "visible_to", same)]
