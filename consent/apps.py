"""The app's place in the house."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consent: what opens and closes a case to an agency."""

    name = "consent"
    label = "consent"

    def ready(self) -> None:
        """Tell the case whom consent covers, and hang consent on its page."""
        from cases import disclosure, panels  # noqa: PLC0415 (models are not loaded before)
        from consent import enums, queries  # noqa: PLC0415
        from consent.panels import consent_panel  # noqa: PLC0415

        disclosure.guard.fill(queries.covered, queries.may_reach)
        panels.add("consent/case_panel.html", consent_panel, order=80)
        panels.happenings.know(enums.ConsentVerb, told=queries.entries_told)
        panels.looked_at.know("consent.consent", page="A consent")
