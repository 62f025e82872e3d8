"""The write paths of a partnership's own settings; each is one call."""

from foundation.partnership.services.clocks import (
    add_closure_days,
    change_clock,
    change_office_hours,
    change_pause_reasons,
    remove_closure_day,
)
from foundation.partnership.services.configuration import look_at_configuration, take_configuration
from foundation.partnership.services.founding import found_partnership
from foundation.partnership.services.pathway import adopt_policy, confirm_default, start_from_preset
from foundation.partnership.services.settings import SettingsClash, change_settings

__all__ = [
    "SettingsClash",
    "add_closure_days",
    "adopt_policy",
    "change_clock",
    "change_office_hours",
    "change_pause_reasons",
    "change_settings",
    "confirm_default",
    "found_partnership",
    "look_at_configuration",
    "remove_closure_day",
    "start_from_preset",
    "take_configuration",
]
