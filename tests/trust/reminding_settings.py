"""The product's settings for the processes that are killed: real mail, and in the short version a quicker beat."""

from __future__ import annotations

import os

from earlyhelp.settings.test import *  # noqa: F403
from earlyhelp.settings.test import CELERY_BEAT_SCHEDULE

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EVERY_MINUTE = 60.0
BEAT = float(os.environ.get("REMINDING_BEAT", EVERY_MINUTE))
for _entry in CELERY_BEAT_SCHEDULE.values():
    if _entry["schedule"] == EVERY_MINUTE:
        _entry |= {"schedule": BEAT, "options": {"expires": BEAT - 1}}
