"""What happened to one clock, newest first, read off the audit trail (CLK-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q

from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.deadlines.enums import DeadlineVerb
from foundation.deadlines.models import Deadline, Extension, Pause
from foundation.deadlines.reckoning import moment_in_words
from foundation.ui.components import Event

MOST = 50


def of(one: Deadline, *, in_full: bool) -> list[Event]:
    """At most 50 lines: when it was started, paused, extended or met; three questions.

    With `in_full` they say who did it and what was written, which is for the agency whose clock it is (CON-2).
    """
    written: dict[str, Extension | Pause] = {str(each.pk): each for each in one.extensions.all()}
    written |= {str(each.pk): each for each in one.pauses.all()}
    about = Q(subject_id=one.pk) | Q(subject_id__in=list(written))
    entries = AuditEntry.objects.filter(about, verb__in=DeadlineVerb.values).select_related("user")
    return [_event(entry, written, in_full=in_full) for entry in entries.order_by("-at", "-id")[:MOST]]


def _event(entry: AuditEntry, written: Mapping[str, Extension | Pause], *, in_full: bool) -> Event:
    words = str(DeadlineVerb(entry.verb).label).replace("a clock", "this clock")
    detail = entry.detail or {}
    due = detail.get("due")
    until = f"Due {_moment(due)}." if due else ""
    title = words[:1].upper() + words[1:]
    if not in_full:
        return Event(title, entry.at, text=until)
    by = entry.user.full_name if entry.user else "the product itself"
    said = _said(entry.verb, written.get(str(detail.get("pause", entry.subject_id))))
    return Event(title, entry.at, by, "\n\n".join(filter(None, [until, said])))


def _said(verb: str, about: Extension | Pause | None) -> str:
    match about, verb:
        case Extension(), DeadlineVerb.EXTENSION_ASKED:
            return about.reason
        case Extension(), DeadlineVerb.EXTENSION_GRANTED | DeadlineVerb.EXTENSION_REFUSED:
            return about.answer
        case Pause(), DeadlineVerb.PAUSED:
            return "\n\n".join(filter(None, [f"{about.reason}.", about.note]))
    return ""


def _moment(iso: object) -> str:
    return moment_in_words(dt.datetime.fromisoformat(str(iso)).astimezone(clock.LONDON))
