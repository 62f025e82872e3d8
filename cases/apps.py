"""The app's place in the house."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Families, people and cases."""

    name = "cases"
    label = "cases"

    def ready(self) -> None:
        """Say what the case itself knows of its path and its trail, and stand in the navigation."""
        from cases import enums, panels, policies  # noqa: PLC0415 (models are not loaded before)
        from foundation.ui import navigation  # noqa: PLC0415

        panels.path.add(panels.opened, order=0)
        panels.add("cases/latest_panel.html", panels.latest_panel, order=60)
        panels.happenings.know(enums.CaseVerb, told=panels.told_to_all)
        navigation.add("Cases", "cases:list", lambda actor: policies.check_can_look.allows(by=actor), order=30)
