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


class ToldHow(TextChoices):
    """How the sender of an enquiry is told of its decision (INT-9)."""

    MESSAGE = "message", "By message and e-mail"
    LETTER = "letter", "By letter"
    PHONE = "phone", "By telephone"
    IN_PERSON = "in_person", "In person"


class NotTold(TextChoices):
    """Why a message did not tell the sender; the label follows their name."""

    NO_ACCOUNT = "no_account", "can no longer open this enquiry here"
    BOUNCED = "bounced", "did not get the e-mail: it came back"
    FAILED = "failed", "did not get the e-mail: it could not be sent"


class EnquiryVerb(TextChoices):
    """What the audit trail says happened to an enquiry: its making, each transition, and what its sender was told."""

    SENT = "enquiry.sent", "Enquiry sent"
    TAKEN = "enquiry.taken", "Enquiry taken for screening"
    TAKEN_OVER = "enquiry.taken_over", "Enquiry taken over by a hub manager"
    GIVEN_BACK = "enquiry.given_back", "Enquiry given back to the queue"
    DECIDED = "enquiry.decided", "Enquiry decided"
    TOLD = "enquiry.told", "Sender told of the decision"
    NOT_TOLD = "enquiry.not_told", "Message to the sender did not arrive"


# Which verb tells of which transition (a test holds the two lists together).
VERB_OF_TRANSITION = {
    "take": EnquiryVerb.TAKEN,
    "take_over": EnquiryVerb.TAKEN_OVER,
    "give_back": EnquiryVerb.GIVEN_BACK,
    "decide": EnquiryVerb.DECIDED,
}
