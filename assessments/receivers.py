"""What assessments do when something below them happens."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from assessments import services
from cases.models import Case
from cases.signals import case_opened
from foundation.common.actors import Actor


@receiver(case_opened, dispatch_uid="assessments.start")
def start_with_the_case(sender: Any, *, by: Actor, case: Case, **kwargs: Any) -> None:
    """A case that opens has its assessment at once, in the same transaction, led by its lead professional."""
    services.start_assessment(by=by, case=case, author=case.lead)
