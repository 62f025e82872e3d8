"""The roof among the apps: commands and pages that look over all rooms."""

from django.apps import AppConfig


class EarlyhelpConfig(AppConfig):
    """The roof."""

    name = "earlyhelp"
    label = "earlyhelp"
