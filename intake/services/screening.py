"""Screening: one screener takes an enquiry, and it ends in one decision (INT-4, INT-7)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from cases.models import Case, Person
from cases.services import NewPerson, open_case
from cases.signals import case_opened
from consent.enums import ConsentState
from consent.models import Consent
from consent.services import open_doors
from foundation.accounts.models import Membership
from foundation.audit import services as audit
from foundation.common import clock, text
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.tenancy.models import Partnership
from foundation.ui.templatetags.early_help import when
from intake import policies, queries
from intake.enums import Decision, EnquiryState, EnquiryVerb
from intake.models import Enquiry, EnquiryPerson
from intake.services import clocks, telling


@transaction.atomic
def take_enquiry(*, by: Actor, enquiry_id: UUID, over: bool = False) -> Enquiry:
    """Take a waiting enquiry; with `over` a hub manager takes it from whoever has it.

    Raises Clash, saying who has it since when, if somebody was there first. Taking what one has changes nothing.
    """
    policies.check_can_screen(by=by)
    return _take(by, _locked(by, enquiry_id), over=over)


@transaction.atomic
def take_oldest(*, by: Actor) -> Enquiry | None:
    """Take what has waited longest and nobody is taking at this moment; None when nothing waits."""
    policies.check_can_screen(by=by)
    oldest = queries.oldest_waiting(by).select_for_update(of=("self",), skip_locked=True).first()
    return _take(by, oldest, over=False) if oldest else None


@transaction.atomic
def give_back_enquiry(*, by: Actor, enquiry_id: UUID) -> Enquiry:
    """Put an enquiry back into the queue, with the age it has."""
    policies.check_can_screen(by=by)
    enquiry = _locked(by, enquiry_id)
    if enquiry.state == EnquiryState.WAITING:
        return enquiry
    _refuse_decided(by, enquiry)
    _refuse_other_hands(by, enquiry)
    policies.check_can_decide(by=by, enquiry=enquiry)
    enquiry.give_back()
    enquiry.save(update_fields=["state", "taken_by", "taken_at"])
    audit.record(by=by, verb=EnquiryVerb.GIVEN_BACK, subject=enquiry)
    clocks.hand_over(by, enquiry)
    return enquiry


@transaction.atomic
def decide_enquiry(
    *,
    by: Actor,
    enquiry_id: UUID,
    decision: str,
    level: str,
    reason: str,
    lead_id: int | None = None,
    agency_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Enquiry:
    """End a screening in a decision with its level of need and its reason (INT-7).

    "EHA required" opens a case in the same transaction: its lead must work in an agency that the family's consent,
    in force, lets work on it, and exactly the agencies of that consent are let in (CON-2). Its clock is met, and
    the sender is told in the same transaction (INT-8, INT-9). Raises Clash if somebody
    else has it or it is decided, Invalid by field otherwise.
    """
    enquiry = refuse_if_not_theirs(by=by, enquiry_id=enquiry_id)
    reason = _checked(by, decision, level, reason)
    if decision == Decision.EHA_REQUIRED:
        _open_case(by, enquiry, level=level, lead=_lead(enquiry, lead_id, agency_id, team_id))
    enquiry.decide(by_id=by.user_id, decision=decision, level=level, reason=reason)
    enquiry.save(update_fields=["state", "decision", "level", "reason", "decided_by", "decided_at", "case"])
    audit.record(by=by, verb=EnquiryVerb.DECIDED, subject=enquiry, case_id=enquiry.case_id, decision=decision)
    clocks.decided(by, enquiry)
    telling.tell_decision(by, enquiry)
    if enquiry.case_id:
        case_opened.send(sender=Case, case=enquiry.case, by=by, events=clocks.of_the_case(enquiry))
    return enquiry


@transaction.atomic
def refuse_if_not_theirs(*, by: Actor, enquiry_id: UUID) -> Enquiry:
    """The enquiry, locked, if `by` may decide it now; Clash, saying who decided it or has it, otherwise."""
    policies.check_can_screen(by=by)
    enquiry = _locked(by, enquiry_id)
    _refuse_decided(by, enquiry)
    _refuse_other_hands(by, enquiry)
    policies.check_can_decide(by=by, enquiry=enquiry)
    return enquiry


def _locked(by: Actor, enquiry_id: UUID) -> Enquiry:
    enquiry = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=enquiry_id).first()
    if enquiry is None:
        raise NotThere()
    return enquiry


def _take(by: Actor, enquiry: Enquiry, *, over: bool) -> Enquiry:
    _refuse_decided(by, enquiry)
    if enquiry.state == EnquiryState.TAKEN:
        if enquiry.taken_by_id == by.user_id:
            return enquiry
        if not over:
            raise Clash(_who_has(enquiry))
        policies.check_can_take_over(by=by)
        enquiry.take_over(by_id=by.user_id)
        verb = EnquiryVerb.TAKEN_OVER
    else:
        enquiry.take(by_id=by.user_id)
        verb = EnquiryVerb.TAKEN
    enquiry.save(update_fields=["state", "taken_by", "taken_at"])
    audit.record(by=by, verb=verb, subject=enquiry)
    clocks.hand_over(by, enquiry)
    return enquiry


def _refuse_decided(by: Actor, enquiry: Enquiry) -> None:
    if enquiry.state == EnquiryState.DECIDED:
        who = "You" if enquiry.decided_by_id == by.user_id else str(enquiry.decided_by)
        words = enquiry.get_decision_display()
        raise Clash(f"{who} decided this enquiry on {when(enquiry.decided_at)}: {words}. Nothing was changed.")


def _refuse_other_hands(by: Actor, enquiry: Enquiry) -> None:
    if enquiry.state == EnquiryState.WAITING:
        raise Clash("Nobody has taken this enquiry. Take it first, so that two people never work on the same one.")
    if not policies.check_can_decide.allows(by=by, enquiry=enquiry):
        raise Clash(f"{_who_has(enquiry)} Nothing was changed.")


def _who_has(enquiry: Enquiry) -> str:
    return f"{enquiry.taken_by} has been screening this enquiry since {when(enquiry.taken_at)}."


def _checked(by: Actor, decision: str, level: str, reason: str) -> str:
    problems: dict[str, str] = {}
    if decision not in Decision.values:
        problems["decision"] = "Choose a decision"
    if not any(each["code"] == level for each in Partnership.objects.only("levels").get(pk=by.partnership_id).levels):
        problems["level"] = "Choose a level of need"
    try:
        reason = text.clean_note(reason, what="The reason")
        if not reason:
            problems["reason"] = "Give the reason for the decision. The sender will read it."
    except Invalid as error:
        problems["reason"] = error.sentence
    if problems:
        raise Invalid(problems)
    return reason


def _lead(enquiry: Enquiry, lead_id: int | None, agency_id: UUID | None, team_id: UUID | None) -> Membership:
    """The membership by which somebody leads; Invalid unless the consent lets their agency work on the case."""
    if lead_id is None or agency_id is None:
        raise Invalid({"lead": "Choose who will lead"})
    leads = queries.possible_leads(enquiry.consent_id).filter(user_id=lead_id, agency_id=agency_id)
    lead = leads.filter(team_id=team_id).first() if team_id else leads.first()
    if lead is None:
        raise Invalid({"lead": "Choose someone who works in an agency that the family's consent lets work with them."})
    return lead


def _open_case(by: Actor, enquiry: Enquiry, *, level: str, lead: Membership) -> None:
    _refuse_consent_not_in_force(enquiry.consent_id)
    told = list(enquiry.people.order_by("position"))
    case, people = open_case(
        by=by,
        family_name=enquiry.family_name,
        address=enquiry.address,
        phone=enquiry.phone,
        people=[_new_person(each) for each in told],
        level=level,
        lead=lead.user,
        lead_agency=lead.agency,
        team=lead.team,
    )
    for each, person in zip(told, people, strict=True):
        each.person = person
    EnquiryPerson.objects.bulk_update(told, ["person"])
    covered: list[Person] = [person for each, person in zip(told, people, strict=True) if each.consent_covers]
    open_doors(by=by, consent_id=enquiry.consent_id, case=case, people=covered)
    enquiry.case = case


def _new_person(told: EnquiryPerson) -> NewPerson:
    return NewPerson(
        given_name=told.given_name,
        family_name=told.family_name,
        part=told.part,
        born_on=told.born_on,
        born_kind=told.born_kind,
        nhs_number=told.nhs_number,
    )


def _refuse_consent_not_in_force(consent_id: UUID) -> None:
    """Its row stays locked, so that a withdrawal waits for this decision and then closes what it opened."""
    consent = Consent.objects.select_for_update(of=("self",), no_key=True).get(pk=consent_id)
    if consent.state == ConsentState.WITHDRAWN:
        why = f"The family withdrew their consent on {when(consent.withdrawn_at)}."
    elif consent.ends_on and consent.ends_on < clock.today():
        why = f"The family's consent ended on {consent.ends_on.day} {consent.ends_on:%B %Y}."
    else:
        return
    raise Invalid({"decision": f"{why} No case can be opened. Ask the family again, or decide on no further action."})
