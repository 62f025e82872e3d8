"""The clocks of one partnership's work: met ones of the past, running ones of today, their reminders and messages.

Each enquiry has its screening clock, each assessment its own, each open case a review to come and each closed one a
review that was held. Of the running ones a few are late, and a few are due today. What the past has told of
a clock stands in the inboxes of the two agencies whose pages are measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from earlyhelp.populate import tables
from earlyhelp.populate.country import House, Town
from earlyhelp.populate.moments import CLOSES, DAYS, OPENS, Moments
from earlyhelp.populate.tables import NULL, Table
from earlyhelp.populate.trail import Rows
from foundation.deadlines.enums import DeadlineState, ExtensionState
from foundation.deadlines.telling import REMINDER
from foundation.notifications.enums import MailingState
from foundation.partnership.enums import ClockKind, StartEvent, Unit

LATE, LATE_WORK, TODAY = 0.04, 0.25, 0.02
"""How many of the running clocks are late, how many of those of unfinished assessments, and how many are due today."""

LATE_DAYS, AHEAD_DAYS = 20, 42
ASKS_ONE_IN = 25
TOLD_ONE_IN, MAILED_TOGETHER = 5, 4
UNREAD_DAYS = 60
INBOXES = ("council", "small")
"""The agencies whose workers have messages: of every second clock of theirs that was met."""

_LENGTHS = {
    ClockKind.SCREENING_DECISION: (StartEvent.ENQUIRY_RECEIVED, 1, Unit.WORKING_DAYS),
    ClockKind.FIRST_CONTACT: (StartEvent.ENQUIRY_RECEIVED, 72, Unit.HOURS),
    ClockKind.ASSESSMENT_COMPLETED: (StartEvent.ASSESSMENT_STARTED, 10, Unit.WORKING_DAYS),
    ClockKind.REVIEW: (StartEvent.TAF_HELD, 6, Unit.WEEKS),
}
_STEPS = ("before\tworker", "at\tworker", "after\tmanager")
_RUNNING, _MET = DeadlineState.RUNNING.value, DeadlineState.MET.value


@dataclass(frozen=True)
class About:
    """What a clock is about (a kind and a key, the case's key or NULL, a reference), and who does the work.

    Without a house it is the hub's.
    """

    kind: str
    key: str
    case: str
    reference: str
    owner: int | str
    house: House | None = None

    @property
    def words(self) -> str:
        """As columns of a row."""
        agency = self.house.id if self.house else NULL
        team = self.house.team_of(self.owner) if self.house and isinstance(self.owner, int) else NULL
        return f"{self.kind}\t{self.key}\t{self.case}\t{self.reference}\t{self.owner}\t{agency}\t{team}"


class Clocks:
    """Writes those of one partnership; `put` writes a row with its history."""

    def __init__(self, town: Town, rows: Rows, moments: Moments, put: Callable[[Table, str, str], None]) -> None:
        self._rows, self._moments, self._put = rows, moments, put
        self._random, self._key, self._id = town.random.random, town.keys.next, str(town.id)
        self._met = self._running = 0
        self._mailings: dict[int, tuple[int, str]] = {}

    def met(self, kind: ClockKind, about: About, since: str, due: int, at: int | str) -> None:
        """One that began at a moment, was due when the office closed on a day, and met at a moment or on a day."""
        met_at = self._moments.text(min(at, DAYS), OPENS) if isinstance(at, int) else at
        key = self._clock(kind, about, _MET, since, self._moments.text(due, CLOSES), met_at)
        self._met += 1
        measured = about.house is not None and about.house.sort.key in INBOXES
        if self._met % (2 if measured else TOLD_ONE_IN) == 0:
            day = min(max(due - 1, 0), DAYS)
            reminder = self._reminder(key, 0, due, day, OPENS)
            if measured:
                self._message(kind, about, key, reminder, day, due)

    def runs(self, kind: ClockKind, about: About, begun: int, length: int) -> None:
        """One that is open today, of something that began on a day; it has run for at most its length."""
        due = max(self._due(LATE_WORK if kind is ClockKind.ASSESSMENT_COMPLETED else LATE), begun + 1)
        since = self._moments.text(max(begun, due - length), OPENS)
        key = self._clock(kind, about, _RUNNING, since, self._moments.text(due, CLOSES), NULL)
        for step, day, second in ((0, due - 1, OPENS), (1, due, CLOSES), (2, due + 1, OPENS)):
            self._reminder(key, step, due, day, second)
        self._running += 1
        if self._running % ASKS_ONE_IN == 0:
            self._asks(key, about, due)

    def screening(self, about: About, since: str) -> None:
        """That of an enquiry in the queue, which came on the last day: due today, one in eight yesterday."""
        self._running += 1
        day = DAYS - (self._running % 8 == 0)
        key = self._clock(ClockKind.SCREENING_DECISION, about, _RUNNING, since, self._moments.text(day, CLOSES), NULL)
        self._reminder(key, 1, day, day, CLOSES)
        self._reminder(key, 2, day, day + 1, OPENS)

    def _due(self, late: float) -> int:
        draw, more = self._random(), self._random()
        if draw < late:
            return self._moments.working[DAYS - 1 - int(more * LATE_DAYS)]
        return DAYS if draw < late + TODAY else self._moments.working[DAYS + 1 + int(more * AHEAD_DAYS)]

    def _clock(self, kind: ClockKind, about: About, state: str, since: str, due: str, met: str) -> str:
        key, (event, count, unit) = self._key(), _LENGTHS[kind]
        self._put(
            tables.DEADLINE, key,
            f"{key}\t{self._id}\t{kind.value}\t{about.words}\t{state}\t1\t{event.value}\t{since}\t{count}\t{unit.value}\t"
            f"f\tf\t[]\t{due}\t{due}\t{met}\t{NULL}\t{NULL}\t",
        )  # fmt: skip
        return key

    def _reminder(self, clock: str, step: int, due: int, day: int, second: int) -> str:
        """One of the three steps of a clock that is due on a day; told already, if the office has opened since."""
        key, at = self._key(), self._moments.text(day, second)
        done = at if (day, second) <= (DAYS, OPENS) else NULL
        self._rows[tables.REMINDER.name].append(
            f"{key}\t{self._id}\t{clock}\t{step}\t{_STEPS[step]}\t{self._moments.text(due, CLOSES)}\t{at}\t{done}"
        )
        return key

    def _asks(self, clock: str, about: About, due: int) -> None:
        key, asked = self._key(), self._moments.text(DAYS - 1, OPENS + self._running % 3600)
        until, before = self._moments.text(due + 10, CLOSES), self._moments.text(due, CLOSES)
        self._put(
            tables.EXTENSION, key,
            f"{key}\t{self._id}\t{clock}\t{ExtensionState.ASKED.value}\t{until}\tThe family is away\t"
            f"{'t' if due < DAYS else 'f'}\t{before}\t{about.owner}\t{asked}\t{NULL}\t{NULL}\t",
        )  # fmt: skip

    def _message(self, kind: ClockKind, about: About, clock: str, reminder: str, day: int, due: int) -> None:
        """What the owner was told, read unless it is new, in an e-mail together with three others."""
        if about.house is None or not isinstance(about.owner, int):
            return
        at = self._moments.text(day, OPENS)
        number, mailing = self._mailings.get(about.owner, (0, ""))
        if number % MAILED_TOGETHER == 0:
            mailing = self._mailing(about.owner, at)
        self._mailings[about.owner] = (number + 1, mailing)
        read = NULL if DAYS - day < UNREAD_DAYS and number % 2 else self._moments.text(day, CLOSES)
        words = f'{{"due": "{self._moments.days[due]}T17:00:00+00:00", "when": "before", "clock": "{kind.value}"'
        self._rows[tables.MESSAGE.name].append(
            f"{self._key()}\t{self._id}\t{about.owner}\t{about.house.id}\treminder:{reminder}\t{REMINDER}\t"
            f'{words}, "deadline": "{clock}"}}\t{about.kind}\t{about.key}\t{about.case}\t{about.reference}\t{at}\t'
            f"{read}\t{mailing}"
        )

    def _mailing(self, owner: int, at: str) -> str:
        key = self._key()
        self._rows[tables.MAILING.name].append(
            f"{key}\t{self._id}\t{owner}\t{MailingState.DELIVERED.value}\t{at}\t{at}\t{NULL}\t{at}\t{at}\t{NULL}\t1\t"
            f"notify\t{key}\t"
        )
        return key
