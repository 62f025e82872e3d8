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
