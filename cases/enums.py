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


class ContactVerb(TextChoices):
    """What is written in the trail of a case about reaching its family."""

    TRIED = "contact.tried", "tried to reach the family"
    REACHED = "contact.reached", "was in touch with the family"


class ContactHow(TextChoices):
    """In what way somebody turned to a family."""

    PHONE = "phone", "Phone call"
    VISIT = "visit", "Home visit"
    MEETING = "meeting", "Met at school or elsewhere"
    LETTER = "letter", "Letter"
    TEXT = "text", "Text or e-mail"


class ContactResult(TextChoices):
    """What came of it."""

    ATTEMPTED = "attempted", "Tried, and did not reach them"
    REACHED = "reached", "Reached them"


class UnusualLookState(TextChoices):
    """Whether a manager has asked about it."""

    FOUND = "found", "To look into"
    LOOKED_INTO = "looked_into", "Looked into"


class UnusualReason(TextChoices):
    """Why a look at a family's record is brought to the manager (FAM-8)."""

    OWN_NAME = "own_name", "Has the same family name as somebody in the family"
    SAME_ADDRESS = "same_address", "Lives at the family’s address"
    AFTER_HOURS = "after_hours", "Looked in the evening, at night or at a weekend, from outside the lead’s team"


class LookVerb(TextChoices):
    """What is written in the trail about unusual looks; no case's timeline tells it, for the person reads that too."""

    LOOKED_INTO = "unusual_look.looked_into", "looked into an unusual look"


# Which verb tells of which transition: a case has none yet (closing comes with the plan).
VERB_OF_TRANSITION: dict[str, LookVerb] = {"look_into": LookVerb.LOOKED_INTO}


# The roles that see the cases that consent has opened to their agency (practice model §2). A case's content never
# comes with the roles of administrators and analysts; auditors and social workers get theirs by other doors, later.
SEEING_ROLES = (
    Role.PRACTITIONER, Role.SCREENER, Role.HUB_MANAGER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD,
)  # fmt: skip
WORKING_ROLES = (Role.PRACTITIONER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD)
OPENING_ROLES = (Role.SCREENER, Role.HUB_MANAGER)
