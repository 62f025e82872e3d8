"""What may be done to a partnership's own settings, and the words that its pathway is written in."""

from django.db.models import TextChoices


class PartnershipVerb(TextChoices):
    """What may be done to a partnership, its words and its pathway, as the audit trail names it."""

    FOUNDED = "partnership.founded", "Partnership founded"
    SETTINGS_CHANGED = "partnership.changed", "Words, colour or limits changed"
    CONFIGURATION_TAKEN = "partnership.configuration_taken", "Configuration file taken over"
    POLICY_ADOPTED = "pathway.adopted", "Pathway policy adopted"
    DEFAULTS_CONFIRMED = "pathway.confirmed", "Product’s defaults confirmed"
    CLOCK_CHANGED = "pathway.clock_changed", "A clock’s limit or reminders changed"
    HOURS_CHANGED = "pathway.hours_changed", "Office hours changed"
    CLOSURES_CHANGED = "pathway.closures_changed", "Closure days changed"
    PAUSE_REASONS_CHANGED = "pathway.pause_reasons_changed", "Reasons to pause a clock changed"


class Standing(TextChoices):
    """Where a setting of the pathway comes from."""

    SOURCE = "source", "From published guidance"
    DEFAULT = "default", "The product’s default: confirm"
    CONFIRMED = "confirmed", "Confirmed"
    OWN = "own", "The partnership’s own"
    NONE = "none", "Not set"


class Unit(TextChoices):
    """What the length of a clock is counted in (CLK-1)."""

    HOURS = "hours", "hour"
    CALENDAR_DAYS = "calendar_days", "calendar day"
    WORKING_DAYS = "working_days", "working day"
    WEEKS = "weeks", "week"
    MONTHS = "months", "month"


class ReminderWhen(TextChoices):
    """On which side of the due time somebody is reminded; the label follows a length (CLK-5)."""

    BEFORE = "before", "before"
    AT = "at", "when it is due"
    AFTER = "after", "after"


class ReminderTo(TextChoices):
    """Whom a step of a clock reminds (CLK-5)."""

    WORKER = "worker", "the worker"
    MANAGER = "manager", "the team’s manager"
    HUB = "hub", "the hub’s manager"


class ClockKind(TextChoices):
    """The clocks of a pathway, each with its own limit (CLK-1)."""

    SCREENING_DECISION = "screening_decision", "Screening decision"
    REFERRER_TOLD = "referrer_told", "Referrer told"
    ALLOCATION = "allocation", "Allocation"
    FIRST_CONTACT = "first_contact", "First contact sought"
    FAMILY_ENGAGED = "family_engaged", "Family engaged"
    CONTRIBUTION = "contribution", "Contribution due"
    STEP_UP_ANSWER = "step_up_answer", "Answer to a step up"
    ASSESSMENT_STARTED = "assessment_started", "Assessment started"
    ASSESSMENT_COMPLETED = "assessment_completed", "Assessment completed"
    FIRST_TAF = "first_taf", "First TAF meeting"
    REVIEW = "review", "Review"
    JOINT_VISIT = "joint_visit", "Step-down joint visit"
    CONSENT_REVISIT = "consent_revisit", "Consent asked again"
    EHA_AGE = "eha_age", "Reuse an EHA within"
    CLOSURE_CHECK_IN = "closure_check_in", "Check-in after closure"
    DISAGREEMENT_STAGE = "disagreement_stage", "Stage of a disagreement"


class StartEvent(TextChoices):
    """What sets a clock going; the label follows "from"."""

    ENQUIRY_RECEIVED = "enquiry_received", "receiving the enquiry"
    ENQUIRY_DECIDED = "enquiry_decided", "the screening decision"
    PANEL_HELD = "panel_held", "the panel"
    CASE_OPENED = "case_opened", "opening the case"
    CONSENT_GIVEN = "consent_given", "the consent"
    CONTRIBUTION_ASKED = "contribution_asked", "asking for it"
    ASSESSMENT_STARTED = "assessment_started", "starting the assessment"
    ASSESSMENT_COMPLETED = "assessment_completed", "completing the assessment"
    TAF_HELD = "taf_held", "the TAF meeting"
    STEP_UP_SENT = "step_up_sent", "sending the step up"
    DISAGREEMENT_RAISED = "disagreement_raised", "raising the disagreement"
    CASE_CLOSED = "case_closed", "closing the case"


_OPENING = (StartEvent.ENQUIRY_RECEIVED, StartEvent.ENQUIRY_DECIDED, StartEvent.CASE_OPENED, StartEvent.CONSENT_GIVEN)
# From what each clock is started, by the rooms that there are; from anything else it never begins. Kinds that are not
# named have no room yet: their limits are kept and nothing is counted.
STARTS: dict[ClockKind, tuple[StartEvent, ...]] = {
    ClockKind.SCREENING_DECISION: (StartEvent.ENQUIRY_RECEIVED,),
    ClockKind.REFERRER_TOLD: (StartEvent.ENQUIRY_RECEIVED, StartEvent.ENQUIRY_DECIDED),
    ClockKind.FIRST_CONTACT: _OPENING,
    ClockKind.FAMILY_ENGAGED: _OPENING,
    ClockKind.ASSESSMENT_STARTED: _OPENING,
    ClockKind.ASSESSMENT_COMPLETED: (*_OPENING, StartEvent.ASSESSMENT_STARTED),
}
