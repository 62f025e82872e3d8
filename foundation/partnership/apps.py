"""The app's place in the house."""

from __future__ import annotations

from django.apps import AppConfig


class PartnershipConfig(AppConfig):
    """A partnership's own settings: words, colour, limits, pathway policy, presets."""

    name = "foundation.partnership"
    label = "partnership"
