"""What becomes of the clocks of a family's case in the demonstration: more time asked for and given, a pause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from earlyhelp.demo.stages import Moved
from foundation.common import clock
from foundation.deadlines import queries, services
from foundation.deadlines.enums import DeadlineState
from foundation.deadlines.models import Deadline
from foundation.partnership import queries as partnership

if TYPE_CHECKING:
    from earlyhelp.demo.walk import Walk

# On day 0, minutes after nine, the earliest and the latest.
ASKED, ANSWERED = (20, 100), (200, 400)
DAY = dt.timedelta(days=1)
WHY = "The family has somebody in hospital and asked us to come back in a few days."
GIVEN = "Take the time that they need, and ring them in between."


def steps(walk: Walk, case_id: UUID) -> Iterator[datetime]:
    """What the plan says of the case's clock that is due first; nothing where no clock of it runs."""
    moved = walk.plan.clock
    if moved is Moved.NOT:
        return
    yield _at(walk, ASKED)
    one = _next(case_id)
    if one is None or one.due_at is None:
        return
    lead = walk.lead().actor
    if moved is Moved.PAUSED:
        if not one.is_late:
            services.pause_clock(by=lead, deadline_id=one.pk, reason=partnership.current_policy().pause_reasons[0])
        return
    until = _worked_day(one, max(walk.diary.today, clock.today() + DAY, _day(one.due_at) + DAY))
    asked = services.ask_for_more_time(by=lead, deadline_id=one.pk, until=until, reason=WHY)
    if moved is Moved.GRANTED:
        yield _at(walk, ANSWERED)
        manager = walk.town.hands["manager" if walk.plan.lead == "practitioner" else "manager2"]
        services.grant_more_time(by=manager.actor, extension_id=asked.pk, answer=GIVEN)


def _at(walk: Walk, minutes: tuple[int, int]) -> datetime:
    return walk.diary.at(0, walk.random.randint(*minutes))


def _next(case_id: UUID) -> Deadline | None:
    return queries.of_cases([case_id]).filter(state=DeadlineState.RUNNING).first()


def _worked_day(one: Deadline, day: dt.date) -> dt.date:
    """That day, or the next that is worked by the clock's own policy."""
    calendar = queries.calendar_of(queries.policy_of(one.policy_version))
    return calendar.working_day(1, day - dt.timedelta(days=1))


def _day(moment: datetime) -> dt.date:
    return moment.astimezone(clock.LONDON).date()
