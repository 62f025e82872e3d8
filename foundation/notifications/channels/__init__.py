"""How e-mail leaves: by GOV.UK Notify where the installation has its key, else by the mail server."""

from __future__ import annotations

from django.conf import settings

from foundation.notifications.channels.base import FORGOTTEN, Channel, Fate, Found, Refused
from foundation.notifications.channels.notify import NotifyChannel
from foundation.notifications.channels.smtp import SmtpChannel

__all__ = ["FORGOTTEN", "Channel", "Fate", "Found", "Refused", "chosen"]


def chosen() -> Channel:
    """The channel of this installation."""
    if settings.NOTIFY_KEY and settings.NOTIFY_TEMPLATE:
        return NotifyChannel(settings.NOTIFY_KEY, settings.NOTIFY_TEMPLATE, settings.NOTIFY_URL)
    return SmtpChannel()
