"""The sender learns the decision: by a message, or by a letter or a call that a screener writes down (INT-9)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.documents import services as documents
from foundation.documents.models import Document
from foundation.notifications import services as notifications
from foundation.notifications.enums import NOT_ARRIVED, MailingState, Trouble
from foundation.notifications.models import Mailing, Message
from foundation.tenancy.scope import current_partnership_id
from intake import policies, queries, telling
from intake.enums import EnquiryState, EnquiryVerb, NotTold, ToldHow
from intake.models import Enquiry, Told
from intake.services import clocks

LETTER = "decision-letter"
SUBJECT = "enquiry"
NOON = dt.time(12)
OTHERWISE = (ToldHow.LETTER, ToldHow.PHONE, ToldHow.IN_PERSON)


def tell_decision(by: Actor, enquiry: Enquiry) -> Told:
    """Set a message to the sender on its way, in the decision's transaction; or say at once that none can reach them.

    For the service that decides, which holds the enquiry's row.
    """
    told = Told(enquiry=enquiry, how=ToldHow.MESSAGE, by_id=by.person, at=clock.now())
    if not queries.sender_can_read(enquiry):
        _fail(by, told, NotTold.NO_ACCOUNT)
        return told
    told.save()
    notifications.tell(
        to=[(enquiry.sent_by_id, enquiry.sent_for_id)],
        kind=telling.DECIDED,
        key=f"enquiry:{enquiry.pk}:decided",
        subject_kind=enquiry._meta.label_lower,
        subject_id=enquiry.pk,
        reference=enquiry.reference,
    )
    return told


@transaction.atomic
def record_told(*, by: Actor, enquiry_id: UUID, how: str, told_on: dt.date) -> Told:
    """Write down that a letter was posted, or that the sender was told otherwise, today or on an earlier day.

    Writing the same down twice changes nothing. Raises Clash before there is a decision, Invalid by field.
    """
    enquiry = refuse_undecided(by=by, enquiry_id=enquiry_id)
    at = _checked(enquiry, how, told_on)
    same = [each for each in queries.told_of(enquiry).filter(how=how) if _day(each.at) == told_on]
    if same:
        return same[0]
    told: Told = Told.objects.create(enquiry=enquiry, how=how, by_id=by.person, at=at, told_at=at)
    clocks.sender_told(by, enquiry, at)
    audit.record(by=by, verb=EnquiryVerb.TOLD, subject=enquiry, case_id=enquiry.case_id, how=how)
    return told


@transaction.atomic
def refuse_undecided(*, by: Actor, enquiry_id: UUID) -> Enquiry:
    """The enquiry, locked, if it is decided; Clash otherwise."""
    policies.check_can_screen(by=by)
    return _decided(by, enquiry_id)


@transaction.atomic
def ask_for_letter(*, by: Actor, enquiry_id: UUID) -> Document:
    """Have the letter to the sender made, to be printed and posted. Raises Clash before there is a decision."""
    enquiry = refuse_undecided(by=by, enquiry_id=enquiry_id)
    return documents.ask_for(by=by, kind=LETTER, subject_kind=SUBJECT, subject_id=enquiry.pk, case_id=None)


@transaction.atomic
def note_mailing(*, mailing: Mailing) -> None:
    """An e-mail that spoke of decisions was handed over, came back, or was not sent: each enquiry says so.

    Inside the scope and transaction of who moved the mailing.
    """
    if mailing.state in _UNDER_WAY:
        return
    spoken = Message.objects.filter(mailing=mailing, kind=telling.DECIDED).order_by("subject_id")
    for message in spoken:
        _note(mailing, message)


def _note(mailing: Mailing, message: Message) -> None:
    by = system(current_partnership_id())
    enquiry = Enquiry.objects.select_for_update(of=("self",)).filter(pk=message.subject_id).first()
    told = enquiry and enquiry.told.filter(how=ToldHow.MESSAGE, failed_at=None).order_by("-at", "-id").first()
    if enquiry is None or told is None or (told.told_at is not None and mailing.state not in NOT_ARRIVED):
        return
    told.mailing = mailing
    trouble = _trouble_of(mailing, message, enquiry)
    if trouble:
        _fail(by, told, trouble)
    elif told.told_at is None:
        told.told_at = message.read_at or clock.now()
        told.save()
        clocks.sender_told(by, enquiry, told.told_at)
        audit.record(by=by, verb=EnquiryVerb.TOLD, subject=enquiry, case_id=enquiry.case_id, how=ToldHow.MESSAGE)


_UNDER_WAY = (MailingState.WAITING, MailingState.CLAIMED)


def _trouble_of(mailing: Mailing, message: Message, enquiry: Enquiry) -> NotTold | None:
    """Why the sender was not told by it. Who has read the message was told, whatever became of the e-mail."""
    if message.read_at is not None:
        return None
    if mailing.state == MailingState.BOUNCED:
        return NotTold.BOUNCED
    if mailing.state == MailingState.FAILED:
        return NotTold.FAILED
    gone = mailing.state == MailingState.DROPPED and mailing.trouble in {Trouble.LEFT, Trouble.INACTIVE}
    return NotTold.NO_ACCOUNT if gone or not queries.sender_can_read(enquiry) else None


def _fail(by: Actor, told: Told, trouble: NotTold) -> None:
    was_told, told.told_at = told.told_at is not None, None
    told.failed_at, told.trouble = clock.now(), trouble
    told.save()
    enquiry = told.enquiry
    if was_told and not enquiry.told.filter(told_at__isnull=False).exists():
        clocks.sender_not_told(by, enquiry)
    audit.record(by=by, verb=EnquiryVerb.NOT_TOLD, subject=enquiry, case_id=enquiry.case_id, trouble=trouble)


def _decided(by: Actor, enquiry_id: UUID) -> Enquiry:
    enquiry: Enquiry | None = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=enquiry_id).first()
    if enquiry is None:
        raise NotThere
    if enquiry.state != EnquiryState.DECIDED:
        raise Clash("This enquiry is not decided yet, so there is nothing to tell its sender.")
    return enquiry


def _checked(enquiry: Enquiry, how: str, told_on: dt.date) -> dt.datetime:
    """The moment that stands for the day: now for today, noon for a day before, never before the decision."""
    decided_at = enquiry.decision_at
    problems = {}
    if how not in OTHERWISE:
        problems["how"] = "Select how they were told"
    if told_on > clock.today():
        problems["told_on"] = "The day must be today or in the past"
    elif told_on < _day(decided_at):
        problems["told_on"] = "The day must not be before the decision"
    if problems:
        raise Invalid(problems)
    if told_on == clock.today():
        return clock.now()
    return max(decided_at, dt.datetime.combine(told_on, NOON, clock.LONDON))


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.LONDON).date()
