"""The app's place in the house."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Enquiries and their screening."""

    name = "intake"
    label = "intake"

    def ready(self) -> None:
        """Stand in the navigation of those who write and those who screen."""
        from cases import panels  # noqa: PLC0415 (models are not loaded before)
        from foundation.ui import navigation  # noqa: PLC0415
        from intake import policies  # noqa: PLC0415

        navigation.add("Queue", "intake:queue", lambda actor: policies.check_can_screen.allows(by=actor), order=10)
        navigation.add("My enquiries", "intake:mine", lambda actor: policies.check_can_write.allows(by=actor), order=40)
        navigation.add(
            "Make an enquiry", "intake:start", lambda actor: policies.check_can_write.allows(by=actor), order=50
        )
        panels.looked_at.know("intake.enquiry", page="The enquiry")
