"""The app's place in the house."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """Clocks: what is due when, and who is reminded."""

    name = "foundation.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        """Say what the messages of clocks are, that mail waits while the sweep is behind, and stand in the menu."""
        from foundation.deadlines import policies, sweeping, telling  # noqa: PLC0415 (models are not loaded before)
        from foundation.notifications import holding, kinds  # noqa: PLC0415
        from foundation.partnership import places  # noqa: PLC0415
        from foundation.partnership.pathway import Kind  # noqa: PLC0415
        from foundation.ui import navigation  # noqa: PLC0415

        kinds.add(telling.REMINDER, words=telling.reminder_words, url=telling.link)
        kinds.add(telling.ASKED, words=telling.asked_words, url=telling.link)
        kinds.add(telling.ANSWERED, words=telling.answered_words, url=telling.link)
        kinds.add(telling.NOT_WORKED_OUT, words=telling.not_worked_out_words, url=telling.link)
        holding.add(sweeping.is_behind)
        navigation.add(
            "Late and due",
            "deadlines:late",
            lambda actor: policies.check_manages_clocks.allows(by=actor),
            order=35,
        )
        places.add(
            "Clocks and working days",
            "deadlines_policy:clocks",
            "By when things are due, who is reminded; office hours, closure days, reasons to pause.",
            before="partnership:configuration",
        )
        places.change_at(Kind.CLOCK, "deadlines_policy:clock", named="kind")
        places.change_at(Kind.HOURS, "deadlines_policy:hours")
        places.change_at(Kind.CLOSURES, "deadlines_policy:days")
        places.change_at("pause_reasons", "deadlines_policy:pause_reasons")
