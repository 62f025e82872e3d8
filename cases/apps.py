"""The app's place in the house."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Families, people and cases."""

    name = "cases"
    label = "cases"

    def ready(self) -> None:
        """Say what the case itself knows of its path and its trail, and stand in the navigation."""
        from cases import enums, leading, panels, policies  # noqa: PLC0415 (models are not loaded before)
        from foundation.accounts import leaving  # noqa: PLC0415
        from foundation.deadlines import subjects  # noqa: PLC0415
        from foundation.ui import navigation  # noqa: PLC0415

        import_module("cases.receivers")
        leaving.add(leading.cases_led)
        panels.path.add(panels.opened, order=0)
        panels.next_steps.add(panels.contact_the_family, order=10)
        panels.add("cases/contacts_panel.html", panels.contacts_panel, order=10)
        panels.add("cases/latest_panel.html", panels.latest_panel, order=60)
        panels.happenings.know(enums.CaseVerb, told=panels.told_to_all)
        panels.happenings.know(enums.ContactVerb)
        subjects.know("cases.case", panels.clock_subject)
        panels.looked_at.know(
            "cases.case", page="The case", access_log="Who looked at the record", contacts="Contact with the family"
        )
        panels.looked_at.know("cases.unusuallook", page="An unusual look at the record")
        panels.looked_at.know("documents.document", download="A PDF")
        panels.looked_at.know("deadlines.deadline", page="A clock")
        navigation.add("Cases", "cases:list", lambda actor: policies.check_can_look.allows(by=actor), order=30)
        navigation.add(
            "Unusual looks", "cases:unusual", lambda actor: policies.check_manages.allows(by=actor), order=45
        )
