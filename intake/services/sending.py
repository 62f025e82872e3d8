"""Sending: a draft becomes an enquiry whole, with its people and its consent, or not at all (INT-1, INT-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.enums import GrantLevel
from consent.models import Consent
from consent.services import record_consent
from foundation.accounts.models import Agency
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Invalid, NotThere
from foundation.common.ids import new_reference
from intake import policies, queries, risk, rules
from intake.enums import EnquiryVerb
from intake.models import Enquiry, EnquiryPerson
from intake.services import clocks, drafts

TOLD = ("worries", "working_well", "tried", "wishes")


@transaction.atomic
def send_enquiry(*, by: Actor, draft_id: UUID) -> Enquiry:
    """Make a draft into an enquiry in the queue.

    Every page is asked again, because days may have passed; Invalid names the pages that are not right. A draft that
    was sent already gives the enquiry that it became, however often or at the same moment it is sent. With the enquiry
    start the clocks that the policy starts then (INT-8).
    """
    policies.check_can_write(by=by)
    try:
        draft = drafts.locked(by, draft_id)
    except NotThere:
        sent = queries.sent_as(by, draft_id)
        if sent is None:
            raise
        return sent
    pages = _whole(draft.pages)
    enquiry = _make(by, draft_id, pages, _record_consent(by, pages["consent"]))
    draft.delete()
    audit.record(by=by, verb=EnquiryVerb.SENT, subject=enquiry)
    clocks.start_received(by, enquiry)
    return enquiry


def problems_of(pages: Mapping[str, Any]) -> dict[str, str]:
    """What keeps a draft from being sent: page → the first sentence of what is wrong there; empty when it is whole."""
    return {page: sentence for page, check in _checks(pages).items() if (sentence := _first_problem(check))}


def _whole(pages: Mapping[str, Any]) -> dict[str, Any]:
    problems = problems_of(pages)
    if problems:
        raise Invalid(problems)
    return {page: check() for page, check in _checks(pages).items()}


def _checks(pages: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    agency_ids = drafts.agency_ids()
    return {
        "family": lambda: rules.family(pages.get("family", {})),
        "people": lambda: rules.people(pages.get("people", [])),
        "story": lambda: rules.story(pages.get("story", {})),
        "consent": lambda: rules.consent(
            pages.get("consent", {}), people_keys=drafts.people_keys(pages), agency_ids=agency_ids
        ),
    }


def _first_problem(check: Callable[[], Any]) -> str:
    try:
        check()
    except Invalid as error:
        return next(iter(error.fields.values()))
    return ""


def _record_consent(by: Actor, page: Mapping[str, Any]) -> Consent:
    level = dict.fromkeys(page["see"], GrantLevel.SEE) | dict.fromkeys(page["work"], GrantLevel.CONTRIBUTE)
    return record_consent(
        by=by,
        given_by=page["given_by"],
        how=page["how"],
        witness=page["witness"],
        paper_kept_at=page["paper_kept_at"],
        information=page["information"],
        agencies={agency: level[str(agency.pk)] for agency in Agency.objects.filter(pk__in=level)},
        given_on=dt.date.fromisoformat(page["given_on"]),
        ends_on=_date(page["ends_on"]),
    )


def _make(by: Actor, draft_id: UUID, pages: Mapping[str, Any], consent: Consent) -> Enquiry:
    story = pages["story"]
    enquiry = Enquiry.objects.create(
        reference=new_reference("EN"),
        draft_key=draft_id,
        received_at=clock.now(),
        sent_by_id=by.user_id,
        sent_for_id=by.agency_id,
        consent=consent,
        risk_words=risk.found_in(story[field] for field in TOLD),
        **pages["family"],
        **story,
    )
    EnquiryPerson.objects.bulk_create(
        EnquiryPerson(
            enquiry=enquiry,
            position=position,
            given_name=person["given_name"],
            family_name=person["family_name"],
            part=person["part"],
            born_on=_date(person["born_on"]),
            born_kind=person["born_kind"],
            nhs_number=person["nhs_number"],
            consent_covers=person["key"] in pages["consent"]["covers"],
        )
        for position, person in enumerate(pages["people"])
    )
    return enquiry


def _date(iso: str | None) -> dt.date | None:
    return dt.date.fromisoformat(iso) if iso else None
