"""What the case page shows of consent: who may see the case and why, and what the family agreed to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cases import queries as cases
from cases.disclosure import Disclosure
from cases.models import Case
from consent import policies, queries
from foundation.common.actors import Actor


def consent_panel(actor: Actor, case: Case, request: HttpRequest) -> dict[str, Any]:
    """Agencies that are let in with the reason, and the consents that this reader may know of, newest first."""
    known = {member.person_id for member in Disclosure(actor, case).people()}
    leads = actor.agency_id == case.lead_agency_id
    consents = [queries.Story.of(consent, known, whole=leads) for consent in queries.consents_of(actor, case)]
    return {
        "reasons": queries.reasons_of(case, cases.agencies_let_in(case)),
        "consents": consents,
        "leads": leads,
        "may_record": policies.check_can_record_for_case.allows(by=actor, case=case),
        "withdrawable": [
            story.consent.pk
            for story in consents
            if story.holds and policies.check_can_withdraw.allows(by=actor, consent=story.consent)
        ],
    }
