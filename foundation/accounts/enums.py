"""The roles of practice model §2, and the kinds of agency."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a membership makes of a person in one agency."""

    PRACTITIONER = "practitioner", "Practitioner"
    SCREENER = "screener", "Hub screener"
    HUB_MANAGER = "hub_manager", "Hub manager"
    MANAGER = "manager", "Team manager"
    COORDINATOR = "coordinator", "Coordinator"
    SAFEGUARDING_LEAD = "safeguarding_lead", "Designated safeguarding lead"
    BUSINESS_SUPPORT = "business_support", "Business support"
    SOCIAL_WORKER = "social_worker", "Social worker"
    AUDITOR = "auditor", "Quality auditor"
    ANALYST = "analyst", "Performance analyst"
    ADMINISTRATOR = "administrator", "Partnership administrator"


class AgencyKind(TextChoices):
    """What sort of organisation an agency is."""

    EARLY_HELP = "early_help", "Council early help"
    SOCIAL_CARE = "social_care", "Children's social care"
    SCHOOL = "school", "School or college"
    HEALTH = "health", "Health"
    POLICE = "police", "Police"
    HOUSING = "housing", "Housing"
    CHARITY = "charity", "Charity or community group"


# Whose work may be to lead a family's plan: who has none of these in an agency any more leads nothing for it (FAM-9).
LEADING_ROLES = frozenset({Role.PRACTITIONER, Role.MANAGER, Role.COORDINATOR, Role.SAFEGUARDING_LEAD})


class InvitationState(TextChoices):
    """Where an invitation stands. One past its date is still waiting: its date says the rest."""

    WAITING = "waiting", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AccountVerb(TextChoices):
    """What may be done to agencies, teams, memberships and invitations, as the audit trail names it."""

    AGENCY_CREATED = "agency.created", "Agency created"
    AGENCY_CHANGED = "agency.changed", "Agency's name or kind changed"
    AGENCY_CLOSED = "agency.closed", "Agency closed"
    AGENCY_REOPENED = "agency.reopened", "Agency opened again"
    TEAM_CREATED = "team.created", "Team created"
    TEAM_RENAMED = "team.renamed", "Team renamed"
    MEMBERSHIP_ADDED = "membership.added", "Membership added"
    MEMBERSHIP_ENDED = "membership.ended", "Membership ended"
    INVITATION_SENT = "invitation.sent", "Invitation sent"
    INVITATION_SENT_AGAIN = "invitation.sent_again", "Invitation sent again"
    INVITATION_ACCEPTED = "invitation.accepted", "Invitation accepted"
    INVITATION_WITHDRAWN = "invitation.withdrawn", "Invitation withdrawn"


VERB_OF_TRANSITION = {"accept": AccountVerb.INVITATION_ACCEPTED, "withdraw": AccountVerb.INVITATION_WITHDRAWN}
