"""What assessments do when something below them happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from assessments import services
from cases.models import Case
from cases.signals import case_opened
from foundation.common.actors import Actor
from foundation.partnership.enums import StartEvent


@receiver(case_opened, dispatch_uid="assessments.start")
def start_with_the_case(
    sender: Any, *, by: Actor, case: Case, events: Mapping[StartEvent, dt.datetime], **kwargs: Any
) -> None:
    """A case that opens has its assessment at once, in the same transaction, led by its lead professional."""
    services.start_assessment(by=by, case=case, author=case.lead, events=events)
