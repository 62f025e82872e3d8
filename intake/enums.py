"""The words of the front door."""

from django.db.models import TextChoices

from cases.enums import OPENING_ROLES, WORKING_ROLES
from foundation.accounts.enums import Role

# Who writes enquiries, who screens them, who sees their whole agency's (practice model §2).
WRITERS = WORKING_ROLES
SCREENERS = OPENING_ROLES
AGENCY_OVERSEERS = (Role.MANAGER, Role.SAFEGUARDING_LEAD)


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


class EnquiryVerb(TextChoices):
    """What the audit trail says happened to an enquiry: one verb for its making and one for each transition."""

    SENT = "enquiry.sent", "Enquiry sent"
    TAKEN = "enquiry.taken", "Enquiry taken for screening"
    TAKEN_OVER = "enquiry.taken_over", "Enquiry taken over by a hub manager"
    GIVEN_BACK = "enquiry.given_back", "Enquiry given back to the queue"
    DECIDED = "enquiry.decided", "Enquiry decided"


# Which verb tells of which transition (a test holds the two lists together).
VERB_OF_TRANSITION = {
    "take": EnquiryVerb.TAKEN,
    "take_over": EnquiryVerb.TAKEN_OVER,
    "give_back": EnquiryVerb.GIVEN_BACK,
    "decide": EnquiryVerb.DECIDED,
}
