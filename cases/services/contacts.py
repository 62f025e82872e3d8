"""Somebody turned to the family: written down once, whether they reached it or not (CLK-1)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from cases import clocks, policies, queries
from cases.enums import ContactHow, ContactResult, ContactVerb
from cases.models import Case, Contact
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.common.ids import new_id
from foundation.common.text import clean_note
from foundation.deadlines import services as deadlines
from foundation.partnership.enums import ClockKind

NOTE_LIMIT = 5_000
VERBS = {ContactResult.ATTEMPTED: ContactVerb.TRIED, ContactResult.REACHED: ContactVerb.REACHED}


@transaction.atomic
def record_contact(
    *,
    by: Actor,
    case_id: UUID,
    at: dt.datetime,
    how: str,
    result: str,
    note: str = "",
    form_key: UUID | None = None,
) -> Contact:
    """Write down that `by` turned to the family at a moment; what they say is theirs, so nobody else's is changed.

    First contact is sought by any of them, the family is engaged by one that reached it. `form_key` is the form's: the
    same form sent twice gives back the first. Raises NotAllowed for whoever does not work on the case, Clash for a
    form that was recorded with other words, and Invalid by field (`at`, `how`, `result`, `note`).
    """
    case = _locked(by, case_id)
    policies.check_can_record_contact(by=by, case=case)
    said = {"at": at, "how": how, "result": result, "note": _checked(case, at, how, result, note)}
    before = Contact.objects.filter(case=case, form_key=form_key).first() if form_key else None
    if before is not None:
        return _the_same(by, before, said)
    contact: Contact = Contact.objects.create(
        **said, case=case, made_by_id=by.person, agency_id=by.agency, form_key=form_key or new_id(),
        recorded_at=clock.now(),
    )  # fmt: skip
    verb = VERBS[ContactResult(result)]
    audit.record(by=by, verb=verb, subject=contact, case_id=case.pk, how=contact.how, happened=at)
    _meet(by, case, ClockKind.FIRST_CONTACT, at)
    if result == ContactResult.REACHED:
        _meet(by, case, ClockKind.FAMILY_ENGAGED, at)
    return contact


def _locked(by: Actor, case_id: UUID) -> Case:
    """The case, if the actor may see it. Its row is held, so that a form sent twice at once comes one after the other;
    reading goes on.
    """
    case = queries.visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
    if case is None:
        raise NotThere
    return case


def _checked(case: Case, at: dt.datetime, how: str, result: str, note: str) -> str:
    """The note as it is kept; Invalid, by field, for what cannot be."""
    problems: dict[str, str] = {}
    if at > clock.now():
        problems["at"] = "The contact must be in the past"
    elif at < case.enquired_or_opened_at.replace(second=0, microsecond=0):  # forms know minutes
        problems["at"] = "The contact must be after the enquiry about this family came"
    if how not in ContactHow.values:
        problems["how"] = "Select how you turned to the family"
    if result not in ContactResult.values:
        problems["result"] = "Select whether you reached them"
    try:
        note = clean_note(note, what="The note", limit=NOTE_LIMIT)
    except Invalid as refusal:
        problems["note"] = refusal.sentence
    if problems:
        raise Invalid(problems)
    return note


def _the_same(by: Actor, before: Contact, said: dict[str, object]) -> Contact:
    if before.made_by_id != by.user_id or any(getattr(before, name) != value for name, value in said.items()):
        raise Clash(
            "This form was recorded already, with other words. Open “Record contact” again for another contact; "
            "nothing was changed."
        )
    return before


def _meet(by: Actor, case: Case, kind: ClockKind, at: dt.datetime) -> None:
    """Meet the clock; one that a later contact had met is met by this earlier one instead."""
    if clocks.met_after(case, kind, at):
        deadlines.set_going_again(by=by, kind=kind, subject_id=case.pk)
    deadlines.meet_clock(by=by, kind=kind, subject_id=case.pk, at=at)
