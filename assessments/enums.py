"""The states of an assessment (EHA-5)."""

from django.db.models import TextChoices


class AssessmentState(TextChoices):
    """Where an EHA stands."""

    DRAFT = "draft", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    AGREED = "agreed", "Agreed with the family"
    SUBMITTED = "submitted", "Waiting for approval"
    RETURNED = "returned", "Returned with comments"
    APPROVED = "approved", "Approved"


# While it stands in one of these, its sections may be written.
WRITABLE = (AssessmentState.DRAFT, AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)


class SectionState(TextChoices):
    """What a task list shows of a section."""

    NOT_STARTED = "not_started", "Not started yet"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Completed"
    # Words were typed into it after it was completed, and nobody has said since that it is complete.
    CHANGED = "changed", "Changed since completed"


class AssessmentVerb(TextChoices):
    """What is written in the trail: one for each transition, and for what changes no state."""

    STARTED = "eha.started", "started an Early Help Assessment"
    BEGUN = "eha.begun", "began to write the assessment"
    SECTION_SAVED = "eha.section_saved", "saved a section of the assessment"
    AGREED = "eha.agreed", "recorded that the family agrees with the assessment"
    REOPENED = "eha.reopened", "opened the assessment for more writing"
    SUBMITTED = "eha.submitted", "sent the assessment for approval"
    RETURNED = "eha.returned", "returned the assessment with comments"
    APPROVED = "eha.approved", "approved the assessment"


# Which verb tells of which transition (a test holds the two lists together).
VERB_OF_TRANSITION = {
    "begin": AssessmentVerb.BEGUN,
    "agree": AssessmentVerb.AGREED,
    "reopen": AssessmentVerb.REOPENED,
    "submit": AssessmentVerb.SUBMITTED,
    "give_back": AssessmentVerb.RETURNED,
    "approve": AssessmentVerb.APPROVED,
}
