"""What may be done to a partnership's own settings, and how a setting of its pathway stands."""

from django.db.models import TextChoices


class PartnershipVerb(TextChoices):
    """What may be done to a partnership, its words and its pathway, as the audit trail names it."""

    FOUNDED = "partnership.founded", "Partnership founded"
    SETTINGS_CHANGED = "partnership.settings_changed", "Words or limits changed"
    CONFIGURATION_TAKEN = "partnership.configuration_taken", "Configuration file taken over"
    POLICY_ADOPTED = "pathway.adopted", "Pathway policy adopted"
    DEFAULTS_CONFIRMED = "pathway.confirmed", "Product’s defaults confirmed"
