"""What happened to one clock, newest first, read off the audit trail (CLK-2)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.deadlines.enums import DeadlineVerb
from foundation.deadlines.models import Deadline
from foundation.deadlines.reckoning import moment_in_words
from foundation.ui.components import Event

MOST = 50


def of(one: Deadline) -> list[Event]:
    """At most 50 lines: who started, paused, extended or met it, and what was said; two questions."""
    extensions = {extension.pk: extension for extension in one.extensions.all()}
    about = Q(subject_id=one.pk) | Q(subject_id__in=list(extensions))
    entries = AuditEntry.objects.filter(about, verb__in=DeadlineVerb.values).select_related("user")
    return [_event(entry, extensions.get(entry.subject_id)) for entry in entries.order_by("-at", "-id")[:MOST]]


def _event(entry: AuditEntry, extension: object) -> Event:
    words = str(DeadlineVerb(entry.verb).label)
    said = _said(entry, extension)
    due = (entry.detail or {}).get("due")
    until = f"Due {_moment(due)}." if due else ""
    by = entry.user.full_name if entry.user else "the product itself"
    return Event(words[:1].upper() + words[1:], entry.at, by, "\n\n".join(filter(None, [until, said])))


def _said(entry: AuditEntry, extension: object) -> str:
    if extension is None:
        return ""
    if entry.verb == DeadlineVerb.EXTENSION_ASKED:
        return str(getattr(extension, "reason", ""))
    answered = {DeadlineVerb.EXTENSION_GRANTED, DeadlineVerb.EXTENSION_REFUSED}
    return str(getattr(extension, "answer", "")) if entry.verb in answered else ""


def _moment(iso: object) -> str:
    return moment_in_words(dt.datetime.fromisoformat(str(iso)).astimezone(clock.LONDON))
