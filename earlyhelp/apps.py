"""The roof among the apps: commands and pages that look over all rooms."""

from django.apps import AppConfig

from earlyhelp import request_lines  # noqa: F401 -- its receivers listen from here on
from foundation.ui import navigation


class EarlyhelpConfig(AppConfig):
    """The roof."""

    name = "earlyhelp"
    label = "earlyhelp"

    def ready(self) -> None:
        """The way home stands first in the menu, for every hat."""
        navigation.add("My work", "home", lambda _: True, order=0)
