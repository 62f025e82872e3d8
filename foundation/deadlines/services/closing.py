"""What ends with a clock: its reminders, its open pause, a request for more time."""

from __future__ import annotations

from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common.actors import Actor
from foundation.deadlines.enums import DeadlineVerb, ExtensionState
from foundation.deadlines.models import Deadline, Extension, Pause
from foundation.deadlines.services.steps import drop_reminders


def end_what_hangs_on(by: Actor, one: Deadline) -> None:
    """For services that end a clock and hold its row."""
    drop_reminders(one)
    withdraw_requests(by, one)
    Pause.objects.filter(deadline=one, resumed_at=None).update(resumed_at=clocks.now(), resumed_by=by.user_id)


def withdraw_requests(by: Actor, one: Deadline) -> None:
    """A request for more time that nobody answered is no longer needed."""
    asked = Extension.objects.filter(deadline=one, state=ExtensionState.ASKED)
    for extension in asked.select_for_update(of=("self",)):
        extension.withdraw()
        extension.save(update_fields=["state", "decided_at"])
        audit.record(by=by, verb=DeadlineVerb.EXTENSION_WITHDRAWN, subject=extension, case_id=one.case_id)
