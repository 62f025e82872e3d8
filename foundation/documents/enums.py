"""The states of a stored document, and the words of the trail about it."""

from django.db.models import TextChoices


class DocumentState(TextChoices):
    """From asked for to there, or why not."""

    ASKED = "asked", "Waiting to be made"
    RENDERING = "rendering", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
    CANCELLED = "cancelled", "Cancelled"


# While it stands in one of these, asking for the same again gives the same document.
UNDER_WAY = (DocumentState.ASKED, DocumentState.RENDERING)


class DocumentVerb(TextChoices):
    """What is written in the trail: one for each transition, and for what changes no state."""

    ASKED = "document.asked", "asked for a document"
    BEGUN = "document.begun", "began to make the document"
    FINISHED = "document.finished", "made and kept the document"
    FAILED = "document.failed", "could not make the document"
    DAMAGED = "document.damaged", "found the kept document missing or changed"
    CANCELLED = "document.cancelled", "cancelled the document"
    ASKED_AGAIN = "document.asked_again", "asked for the document once more"
    DOWNLOADED = "document.downloaded", "downloaded the document"


# Which verb tells of which transition (a test holds the two lists together).
VERB_OF_TRANSITION = {
    "begin": DocumentVerb.BEGUN,
    "finish": DocumentVerb.FINISHED,
    "fail": DocumentVerb.FAILED,
    "find_damaged": DocumentVerb.DAMAGED,
    "cancel": DocumentVerb.CANCELLED,
    "ask_again": DocumentVerb.ASKED_AGAIN,
}
