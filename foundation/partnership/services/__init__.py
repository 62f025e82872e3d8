"""The write paths of a partnership's own settings; each is one call."""

from foundation.partnership.services.configuration import look_at_configuration, take_configuration
from foundation.partnership.services.founding import found_partnership
from foundation.partnership.services.pathway import adopt_policy, confirm_default, start_from_preset
from foundation.partnership.services.settings import SettingsClash, change_settings

__all__ = [
    "SettingsClash",
    "adopt_policy",
    "change_settings",
    "confirm_default",
    "found_partnership",
    "look_at_configuration",
    "start_from_preset",
    "take_configuration",
]
