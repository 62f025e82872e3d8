"""What a clock tells people, and the words of it: a reference and a link, no name and no concern (CLK-5, INT-9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from foundation.accounts import queries as accounts
from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.deadlines.models import Deadline, Extension
from foundation.deadlines.reckoning import moment_in_words
from foundation.notifications import services as notifications
from foundation.partnership.enums import ClockKind, ReminderWhen

if TYPE_CHECKING:
    from foundation.notifications.models import Message

REMINDER, ASKED, ANSWERED = "deadlines.reminder", "deadlines.asked", "deadlines.answered"
NOT_WORKED_OUT = "deadlines.not_worked_out"
SWEPT_BY = dt.timedelta(minutes=10)
"""Told later than that after the due time, "is due now" would be untrue."""


def who_can_answer(one: Deadline, *, asked_by: int) -> list[tuple[int, UUID]]:
    """Who may answer a request for more time, each with the agency they do it for; maybe nobody.

    The managers of the clock's agency and team, of the hub's the hub managers; but neither whoever asks nor whoever
    does the work (CLK-3).
    """
    found = accounts.memberships_in_force().exclude(user_id__in=[asked_by, one.owner_id or asked_by])
    if one.agency_id is None:
        return list(found.filter(role=Role.HUB_MANAGER).values_list("user_id", "agency_id"))
    held = found.filter(role=Role.MANAGER, agency_id=one.agency_id).values_list("user_id", "agency_id", "team_id")
    able = [(user, agency) for user, agency, team in held if team is None or one.team_id in (None, team)]
    return list(dict.fromkeys(able))


def tell_asked(extension: Extension, to: Iterable[tuple[int, UUID]]) -> None:
    """Those who may answer, that more time is asked for."""
    _tell(extension, to, ASKED, "asked")


def tell_answer(extension: Extension) -> None:
    """Whoever asked, whatever hat they wear by now, and who does the work, that it was answered."""
    one = extension.deadline
    people: dict[int, UUID | None] = {extension.asked_by_id: None}
    if one.owner_id is not None:
        people[one.owner_id] = one.agency_id
    to = [pair for pair in people.items() if pair[0] != extension.decided_by_id]
    _tell(extension, to, ANSWERED, "answered")


def reminder_words(message: Message) -> str:
    """Such as "Assessment completed is due Tue 14 April 2026 at 5pm", true at the moment at which it is told."""
    said = message.params.get("due")
    due = dt.datetime.fromisoformat(str(said)) if said else message.at
    if message.at < due:
        return f"{_clock(message)} is due {_moment(due)}"
    if message.params.get("when") != ReminderWhen.AFTER and message.at < due + SWEPT_BY:
        return f"{_clock(message)} is due now"
    return f"{_clock(message)} is late: it was due {_moment(due)}"


def asked_words(message: Message) -> str:
    """Such as "More time is asked for: Assessment completed"."""
    return f"More time is asked for: {_clock(message)}"


def answered_words(message: Message) -> str:
    """Such as "More time was granted: Assessment completed"."""
    granted = message.params.get("state") == "granted"
    return f"More time was {'granted' if granted else 'refused'}: {_clock(message)}"


def not_worked_out_words(message: Message) -> str:
    """For administrators, where the list of bank holidays ends too soon."""
    return "A clock ends after the last year whose bank holidays are known. Ask for this installation to be updated"


def link(slug: str, message: Message) -> str:
    """The clock's page."""
    deadline = message.params.get("deadline")
    if not deadline:
        return reverse("home", kwargs={"partnership": slug})
    return reverse("deadlines:detail", kwargs={"partnership": slug, "deadline_id": deadline})


def _tell(extension: Extension, to: Iterable[tuple[int, UUID | None]], kind: str, what: str) -> None:
    one = extension.deadline
    notifications.tell(
        to=to,
        kind=kind,
        key=f"extension:{extension.pk}:{what}",
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        case_id=one.case_id,
        reference=one.reference,
        clock=one.kind,
        deadline=one.pk,
        state=extension.state,
    )


def _clock(message: Message) -> str:
    kind = message.params.get("clock", "")
    return ClockKind(kind).label if kind in ClockKind.values else "A clock"


def _moment(due: dt.datetime) -> str:
    return moment_in_words(due.astimezone(clock.LONDON))
