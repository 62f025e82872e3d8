"""Which stage each family of a partnership has reached, with which story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """How far along the path a family is; the value says it in words."""

    DRAFT = "an enquiry that is not sent yet"
    WAITING = "waiting in the queue"
    TAKEN = "being screened"
    NO_FURTHER_ACTION = "decided: no further action"
    OPEN = "case open, assessment not started"
    IN_PROGRESS = "assessment in progress, several agencies writing"
    AGREED = "assessment agreed with the family"
    SUBMITTED = "assessment waiting for approval"
    RETURNED = "assessment returned with comments"
    APPROVED = "assessment approved, its PDF asked for"
    WITHDRAWN = "consent withdrawn for the school"
    ENDED = "consent ended"
    NOT_COVERED = "one of the family not covered by the consent"


class Contact(Enum):
    """What has come of turning to the family."""

    NONE = "nobody has turned to them yet"
    TRIED = "tried twice, not reached"
    REACHED = "tried, then reached"


class Moved(Enum):
    """What has been asked for a clock of the case."""

    NOT = "nothing"
    ASKED = "more time, which waits for an answer"
    GRANTED = "more time, which was given until today or the next working day"
    PAUSED = "to stand still"


@dataclass(frozen=True)
class Plan:
    """One family: its stage, two stories of which each partnership tells one, who leads and how long ago.

    `days` is how many working days before day 0 the enquiry was sent; None: within the last hour. `contact` says
    whether the lead has turned to the family, and `clock` what has become of a clock of the case.
    """

    stage: Stage
    stories: tuple[str, str]
    days: int | None
    lead: str = "practitioner"
    contact: Contact = Contact.REACHED
    clock: Moved = Moved.NOT


# The first thirteen are one of each stage; what follows makes lists of a length that people meet.
PLANS = (
    Plan(Stage.WAITING, ("quiet", "quiet"), 1),
    Plan(Stage.TAKEN, ("money", "sleep"), 1),
    Plan(Stage.IN_PROGRESS, ("mornings", "grandmother"), 9, clock=Moved.GRANTED),
    Plan(Stage.SUBMITTED, ("separated", "housing"), 14),
    Plan(Stage.APPROVED, ("newbaby", "mornings"), 24),
    Plan(Stage.RETURNED, ("autism", "separated"), 16),
    Plan(Stage.AGREED, ("housing", "newbaby"), 12),
    Plan(Stage.OPEN, ("newbaby", "autism"), 4, contact=Contact.NONE, clock=Moved.ASKED),
    Plan(Stage.WITHDRAWN, ("grandmother", "mornings"), 18),
    Plan(Stage.NOT_COVERED, ("separated", "grandmother"), 11, clock=Moved.PAUSED),
    Plan(Stage.ENDED, ("mornings", "separated"), 32),
    Plan(Stage.NO_FURTHER_ACTION, ("speech", "newarrivals"), 7),
    Plan(Stage.DRAFT, ("sleep", "money"), 0),
    Plan(Stage.WAITING, ("outlate", "arguments"), None),
    Plan(Stage.WAITING, ("arguments", "outlate"), 2),
    Plan(Stage.WAITING, ("sleep", "speech"), 0),
    Plan(Stage.IN_PROGRESS, ("autism", "housing"), 9, "colleague"),
    Plan(Stage.SUBMITTED, ("grandmother", "autism"), 15),
    Plan(Stage.OPEN, ("housing", "newbaby"), 3, "colleague", contact=Contact.TRIED, clock=Moved.PAUSED),
    Plan(Stage.NO_FURTHER_ACTION, ("newarrivals", "speech"), 12),
    Plan(Stage.OPEN, ("mornings", "separated"), 8, clock=Moved.GRANTED),
)


def plan_of(number: int) -> Plan:
    """The plan of a partnership's family by its number, from 0; the list begins again when it is used up."""
    return PLANS[number % len(PLANS)]
