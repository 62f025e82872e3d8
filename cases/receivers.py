"""What cases do when something happens to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from cases import services
from cases.models import Case
from cases.signals import case_opened
from foundation.common.actors import Actor
from foundation.partnership.enums import StartEvent


@receiver(case_opened, dispatch_uid="cases.begin")
def begin(sender: Any, *, by: Actor, case: Case, events: Mapping[StartEvent, dt.datetime], **kwargs: Any) -> None:
    """The clocks of reaching the family start with the case, in the same transaction."""
    services.begin_case(by=by, case=case, events=events)
