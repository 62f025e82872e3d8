"""The app's place in the house."""

from __future__ import annotations

from django.apps import AppConfig

from foundation.accounts.enums import Role
from foundation.ui import navigation


class PartnershipConfig(AppConfig):
    """A partnership's own settings: words, colour, limits, pathway policy, presets."""

    name = "foundation.partnership"
    label = "partnership"

    def ready(self) -> None:
        """An administrator finds all of it under one entry of the menu."""
        navigation.add("Set up", "partnership:home", lambda actor: actor.has(Role.ADMINISTRATOR), order=80)
