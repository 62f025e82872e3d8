"""The words of a case and of the people in it."""

from django.db.models import TextChoices


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
