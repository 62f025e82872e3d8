"""The words of consent (CON-1)."""

from django.db.models import TextChoices


class ConsentState(TextChoices):
    """Whether a consent opens doors."""

    IN_FORCE = "in_force", "In force"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ConsentHow(TextChoices):
    """How it was given."""

    PAPER = "paper", "On a signed paper form"
    SPOKEN = "spoken", "Spoken, with a witness"


class InformationKind(TextChoices):
    """Which kinds of information may be shared."""

    FAMILY = "family", "Who is in the family and how to reach them"
    EDUCATION = "education", "School and learning"
    HEALTH = "health", "Health and development"
    HOUSING = "housing", "Housing and money"
    POLICE = "police", "Police and community safety"
    SOCIAL_CARE = "social_care", "Social care"
