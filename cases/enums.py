"""The words of a case and of the people in it."""

from django.db.models import TextChoices

from foundation.accounts.enums import Role


class CaseState(TextChoices):
    """One spell of early help."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class BirthDateKind(TextChoices):
    """How sure a date of birth is (FAM-1)."""

    EXACT = "exact", "Exact"
    ESTIMATED = "estimated", "Estimated"
    EXPECTED = "expected", "Expected (not born yet)"
    UNKNOWN = "unknown", "Not known"


class Part(TextChoices):
    """What someone is in the family."""

    CHILD = "child", "Child or young person"
    UNBORN = "unborn", "Unborn baby"
    MOTHER = "mother", "Mother"
    FATHER = "father", "Father"
    CARER = "carer", "Step-parent or other carer"
    GRANDPARENT = "grandparent", "Grandparent"
    OTHER = "other", "Someone else who matters"


class GrantLevel(TextChoices):
    """What a consent lets an agency do: guardian's permissions on a case (CON-2)."""

    SEE = "see_case", "See the case"
    CONTRIBUTE = "contribute_case", "See the case and work on it"


class CaseVerb(TextChoices):
    """What is written in the trail of a case."""

    OPENED = "case.opened", "opened the case"


# Which verb tells of which transition: a case has none yet (closing comes with the plan).
VERB_OF_TRANSITION: dict[str, CaseVerb] = {}


# The roles that see the cases that consent has opened to their agency (practice model §2). A case's content never
# comes with the roles of administrators and analysts; auditors and social workers get theirs by other doors, later.
SEEING_ROLES = (
    Role.PRACTITIONER, Role.SCREENER, Role.HUB_MANAGER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD,
)  # fmt: skip
WORKING_ROLES = (Role.PRACTITIONER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD)
OPENING_ROLES = (Role.SCREENER, Role.HUB_MANAGER)
