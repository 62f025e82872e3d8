"""The words of the front door."""

from django.db.models import TextChoices


class EnquiryState(TextChoices):
    """Where an enquiry stands."""

    WAITING = "waiting", "Waiting"
    TAKEN = "taken", "Being screened"
    DECIDED = "decided", "Decided"


class Decision(TextChoices):
    """What a screening may end in (INT-7; the others come with what they lead to)."""

    EHA_REQUIRED = "eha_required", "Early Help Assessment required"
    NO_FURTHER_ACTION = "no_further_action", "No further action"


class Need(TextChoices):
    """Presenting needs, in the words of the door."""

    BEHAVIOUR = "behaviour", "Behaviour"
    ATTENDANCE = "attendance", "School attendance"
    PARENTING = "parenting", "Parenting and routines"
    MENTAL_HEALTH = "mental_health", "Mental health and wellbeing"
    HEALTH = "health", "Physical health or development"
    DISABILITY = "disability", "Learning difficulty or disability"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse"
    SUBSTANCES = "substances", "Alcohol or drugs"
    MONEY = "money", "Money, work or benefits"
    HOUSING = "housing", "Housing"
    CARING = "caring", "A child who cares for someone"
    EXPLOITATION = "exploitation", "Risk of exploitation or crime"
