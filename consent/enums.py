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


class ConsentVerb(TextChoices):
    """What is written in the trail of a consent."""

    RECORDED = "consent.recorded", "recorded a consent"
    OPENED_DOORS = "consent.opened_doors", "opened the case to the agencies that a consent names"
    WITHDRAWN = "consent.withdrawn", "recorded that the family withdrew a consent"
    AGENCIES_WITHDRAWN = "consent.agencies_withdrawn", "recorded that the family withdrew a consent for some agencies"


# Which verb tells of which transition (a test holds the two lists together).
VERB_OF_TRANSITION = {"withdraw": ConsentVerb.WITHDRAWN}
