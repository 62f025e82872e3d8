"""More time: asked for with a reason, answered by a manager; the original due time stays (CLK-3)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock as clocks
from foundation.common import text
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.deadlines import policies, queries
from foundation.deadlines.calendar import known_years
from foundation.deadlines.enums import DeadlineState, DeadlineVerb, ExtensionState
from foundation.deadlines.models import Deadline, Extension
from foundation.deadlines.reckoning import closing, day_in_words
from foundation.deadlines.services.steps import renew_reminders, stands_at
from foundation.deadlines.telling import tell_answer, tell_asked, who_can_answer

LONGEST_DAYS = 732
NOBODY_ANSWERS = (
    "Nobody can answer this: it takes a manager of the team who neither asks nor does the work. "
    "Ask an administrator to name one more. The clock goes on meanwhile."
)


@transaction.atomic
def ask_for_more_time(*, by: Actor, deadline_id: UUID, until: dt.date, reason: str) -> Extension:
    """Ask a manager to make a clock end at the close of a later day.

    Raises Invalid by field (`until`, `reason`) and where nobody could answer, Clash where one is asked for already or
    the clock does not run.
    Asked after the due time it is flagged as late, or refused where the policy wants it granted before.
    """
    one = _locked(by, deadline_id)
    policies.check_works_on(by=by, deadline=one)
    _must_run(one)
    if Extension.objects.filter(deadline=one, state=ExtensionState.ASKED).exists():
        raise Clash("More time has been asked for already. A manager has to answer that first.")
    due = one.due_at
    if due is None:
        raise Clash("When this is due is not known yet, so it needs no more time.")
    answering = who_can_answer(one, asked_by=by.person)
    if not answering:
        raise Invalid(NOBODY_ANSWERS)
    late = due < clocks.now()
    if late and one.approval_first:
        raise Invalid("This was due already. Here more time must be granted before a clock is due.")
    extension: Extension = Extension.objects.create(
        deadline=one, until=_until(one, due, until), reason=_written(reason, "reason", "Say why more time is needed."),
        late=late, due_before=due, asked_by_id=by.person, asked_at=clocks.now(),
    )  # fmt: skip
    _record(by, DeadlineVerb.EXTENSION_ASKED, extension, until=until, late=late)
    tell_asked(extension, answering)
    return extension


@transaction.atomic
def grant_more_time(*, by: Actor, extension_id: UUID, answer: str = "") -> Extension:
    """Give the time that was asked for. Raises Clash, saying who was first, where it has been answered."""
    one, extension = _to_answer(by, extension_id)
    if one.approval_first and extension.due_before < clocks.now():
        raise Invalid("The clock is past its due time, and here more time must be granted before. Refuse it instead.")
    if extension.until <= clocks.now():
        raise Invalid("The day asked for has passed. Refuse it, and ask for a later day.")
    extension.grant(by_id=by.person, answer=text.clean_note(answer, what="Your answer"))
    extension.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    one.due_at = extension.until
    one.save(update_fields=["due_at"])
    renew_reminders(one)
    _record(by, DeadlineVerb.EXTENSION_GRANTED, extension, due=one.due_at)
    tell_answer(extension)
    return extension


@transaction.atomic
def refuse_more_time(*, by: Actor, extension_id: UUID, answer: str) -> Extension:
    """Leave the due time as it is, and say why. Raises Invalid without a reason, Clash where it has been answered."""
    _, extension = _to_answer(by, extension_id)
    extension.refuse(by_id=by.person, answer=_written(answer, "answer", "Say why, so that whoever asked knows."))
    extension.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    _record(by, DeadlineVerb.EXTENSION_REFUSED, extension)
    tell_answer(extension)
    return extension


@transaction.atomic
def take_back_request(*, by: Actor, extension_id: UUID) -> Extension:
    """Whoever asked needs it no more. Raises NotThere for somebody else's, Clash where it has been answered."""
    _, extension = _locked_request(by, extension_id)
    if extension.asked_by_id != by.user_id:
        raise NotThere
    _must_wait(by, extension)
    extension.withdraw()
    extension.save(update_fields=["state", "decided_at"])
    _record(by, DeadlineVerb.EXTENSION_WITHDRAWN, extension)
    return extension


def _locked(by: Actor, deadline_id: UUID) -> Deadline:
    one = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=deadline_id).first()
    if one is None:
        raise NotThere
    return one


def _locked_request(by: Actor, extension_id: UUID) -> tuple[Deadline, Extension]:
    """The clock first, then the request: whoever meets or pauses the clock locks in the same order."""
    found = Extension.objects.filter(pk=extension_id).first()
    if found is None:
        raise NotThere
    one = _locked(by, found.deadline_id)
    extension = Extension.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=extension_id)
    extension.deadline = one
    return one, extension


def _to_answer(by: Actor, extension_id: UUID) -> tuple[Deadline, Extension]:
    one, extension = _locked_request(by, extension_id)
    policies.check_can_answer(by=by, extension=extension)
    _must_wait(by, extension)
    _must_run(one)
    return one, extension


def _must_wait(by: Actor, extension: Extension) -> None:
    if extension.state == ExtensionState.ASKED:
        return
    if extension.decided_by is None:
        raise Clash(
            "This request is no longer needed: it was taken back, or the clock has ended or was paused. "
            "Nothing was changed."
        )
    who = "You have" if extension.decided_by_id == by.user_id else f"{extension.decided_by.full_name} has"
    done = "given the time" if extension.state == ExtensionState.GRANTED else "left the due time as it was"
    raise Clash(f"{who} answered this request already, and {done}. Nothing was changed.")


def _must_run(one: Deadline) -> None:
    if one.state != DeadlineState.RUNNING:
        raise Clash(f"This cannot be done now: the clock is not running. It stands at “{stands_at(one)}”.")


def _until(one: Deadline, due: dt.datetime, day: dt.date) -> dt.datetime:
    """The close of that day; Invalid unless it is worked, lies ahead and after the due time, and within two years."""
    if day <= clocks.today():
        raise Invalid({"until": "Choose a day after today."})
    if day > clocks.today() + dt.timedelta(days=LONGEST_DAYS) or day.year > known_years()[1]:
        raise Invalid({"until": "Choose a day within the next two years."})
    calendar = queries.calendar_of(queries.policy_of(one.policy_version))
    if why := calendar.why_closed(day):
        raise Invalid({"until": f"Choose a working day. {day_in_words(day)} is not one: {why}."})
    until = closing(day, calendar)
    if until <= due:
        raise Invalid(
            {"until": f"Choose a day after {day_in_words(due.astimezone(clocks.LONDON).date())}, when it is due."}
        )
    return until


def _written(words: str, field: str, missing: str) -> str:
    try:
        clean = text.clean_note(words, what="What you wrote")
    except Invalid as refusal:
        raise Invalid({field: refusal.sentence}) from None
    if not clean:
        raise Invalid({field: missing})
    return clean


def _record(by: Actor, verb: DeadlineVerb, extension: Extension, **detail: object) -> None:
    audit.record(by=by, verb=verb, subject=extension, case_id=extension.deadline.case_id, **detail)
