"""What the front door hears from elsewhere."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from foundation.notifications.models import Mailing
from foundation.notifications.signals import mailing_moved
from intake import services


@receiver(mailing_moved, dispatch_uid="intake.mailing_moved")
def note_mailing(*, mailing: Mailing, **kwargs: Any) -> None:
    """An e-mail about decisions was taken by the mail provider, came back or was not sent (INT-9)."""
    services.note_mailing(mailing=mailing)
