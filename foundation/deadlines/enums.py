"""The words of clocks: how one stands, how an extension stands, and what the trail says of both."""

from django.db.models import TextChoices


class DeadlineState(TextChoices):
    """How a clock stands. Late is no state: it is running past its due time, or was met after it (CLK-2)."""

    UNKNOWN = "unknown", "Cannot be worked out yet"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    MET = "met", "Met"
    CANCELLED = "cancelled", "Cancelled"


OPEN = (DeadlineState.UNKNOWN, DeadlineState.RUNNING, DeadlineState.PAUSED)


class ExtensionState(TextChoices):
    """How a request for more time stands (CLK-3)."""

    ASKED = "asked", "Waiting for an answer"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "No longer needed"


class CancelReason(TextChoices):
    """Why a clock was stopped before anybody met it."""

    NO_CASE = "no_case", "the enquiry opened no case"
    CLOSED = "closed", "the case was closed"
    MISTAKE = "mistake", "it began by mistake"


class DeadlineVerb(TextChoices):
    """What may be done to a clock, as the audit trail names it."""

    STARTED = "deadline.started", "started a clock"
    WAITS = "deadline.waits", "started a clock whose end cannot be worked out yet"
    WORKED_OUT = "deadline.worked_out", "worked out when a clock ends"
    MET = "deadline.met", "met a clock"
    WENT_ON = "deadline.went_on", "set a clock going again"
    WAITS_AGAIN = "deadline.waits_again", "set a clock going again whose end cannot be worked out yet"
    PAUSED = "deadline.paused", "paused a clock"
    RESUMED = "deadline.resumed", "resumed a clock"
    CANCELLED = "deadline.cancelled", "stopped a clock"
    HANDED_OVER = "deadline.handed_over", "gave a clock to somebody else"
    EXTENSION_ASKED = "extension.asked", "asked for more time"
    EXTENSION_GRANTED = "extension.granted", "granted more time"
    EXTENSION_REFUSED = "extension.refused", "refused more time"
    EXTENSION_WITHDRAWN = "extension.withdrawn", "needs no more time"


VERB_OF_TRANSITION = {
    "work_out": DeadlineVerb.WORKED_OUT,
    "meet": DeadlineVerb.MET,
    "go_on": DeadlineVerb.WENT_ON,
    "wait_again": DeadlineVerb.WAITS_AGAIN,
    "pause": DeadlineVerb.PAUSED,
    "resume": DeadlineVerb.RESUMED,
    "cancel": DeadlineVerb.CANCELLED,
    "grant": DeadlineVerb.EXTENSION_GRANTED,
    "refuse": DeadlineVerb.EXTENSION_REFUSED,
    "withdraw": DeadlineVerb.EXTENSION_WITHDRAWN,
}
