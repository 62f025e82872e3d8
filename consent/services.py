"""Every way consent is written, and the one place that opens and shuts a case's doors (CON-1, CON-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from guardian.shortcuts import assign_perm, remove_perm

from cases.enums import GrantLevel
from cases.models import Case, CaseGrant, FamilyMember, Person
from consent import checks, policies, queries
from consent.enums import ConsentState, ConsentVerb
from consent.models import Consent, ConsentAgency, ConsentPerson
from consent.signals import consent_withdrawn
from foundation.accounts.models import Agency
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.tenancy.models import Partnership


@transaction.atomic
def record_consent(
    *,
    by: Actor,
    given_by: str,
    how: str,
    witness: str,
    paper_kept_at: str,
    information: Sequence[str],
    agencies: Mapping[Agency, GrantLevel],
    given_on: dt.date,
    ends_on: dt.date | None = None,
) -> Consent:
    """Write down what a family agreed to, under the privacy notice in use; it opens nothing yet (CON-1).

    `given_on` and `ends_on` are the first and the last day that it holds. Raises Invalid with a sentence for each
    field that breaks a rule.
    """
    policies.check_can_record(by=by)
    said = checks.consent(
        given_by=given_by, how=how, witness=witness, paper_kept_at=paper_kept_at, information=information,
        agencies=agencies, given_on=given_on, ends_on=ends_on,
    )  # fmt: skip
    consent = Consent.objects.create(
        **said,
        privacy_notice=Partnership.objects.only("privacy_notice").get(pk=by.partnership_id).privacy_notice,
        recorded_by_id=by.user_id,
        recorded_for_id=by.agency_id,
        recorded_at=clock.now(),
    )
    for agency, level in agencies.items():
        ConsentAgency.objects.create(consent=consent, agency=agency, level=level)
    audit.record(by=by, verb=ConsentVerb.RECORDED, subject=consent)
    return consent


@transaction.atomic
def open_doors(*, by: Actor, consent_id: UUID, case: Case, people: Sequence[Person]) -> None:
    """Let the agencies that a consent names into a case, to know about `people` (CON-2).

    Raises Clash when the consent has been withdrawn, has ended or belongs to another case, and Invalid when nobody
    is named or somebody is not of the case's family.
    """
    case = _locked_case(case.pk)
    consent = _locked_consent(consent_id)
    policies.check_can_open_doors(by=by, case=case)
    _must_hold(consent, case)
    persons = {person.pk for person in people}
    if not persons:
        raise Invalid({"people": "Choose at least one person whom the consent is about."})
    if FamilyMember.objects.filter(family=case.family_id, person__in=persons).count() != len(persons):
        raise Invalid({"people": "A consent can only be about people of this family."})
    consent.case = case
    consent.save(update_fields=["case"])
    for person_id in sorted(persons):
        ConsentPerson.objects.get_or_create(consent=consent, person_id=person_id)
    reckon_grants(case)
    audit.record(by=by, verb=ConsentVerb.OPENED_DOORS, subject=consent, case_id=case.pk)


@transaction.atomic
def record_for_case(*, by: Actor, case_id: UUID, people: Sequence[Person], **said: object) -> Consent:
    """Record a further consent for an open case and open its doors at once; `said` as for `record_consent`.

    Raises Clash when the very same consent is in force already: a form sent twice, or by two colleagues.
    """
    case = _locked_case(case_id)
    policies.check_can_record_for_case(by=by, case=case)
    consent = record_consent(by=by, **said)  # type: ignore[arg-type]
    open_doors(by=by, consent_id=consent.pk, case=case, people=people)
    if queries.said_before(case, consent):
        raise Clash("This consent is recorded for the case already, word for word. Nothing was changed.")
    return consent


@transaction.atomic
def withdraw(*, by: Actor, consent_id: UUID, told_by: str, agencies: Sequence[Agency] | None = None) -> Consent:
    """Record that the family takes a consent back, whole or for some agencies; their doors shut with it (CON-2).

    `told_by` says in words who of the family said so. Of several at once the first wins: the others get Clash.
    """
    consent = _locked_with_its_case(consent_id)
    policies.check_can_withdraw(by=by, consent=consent)
    teller = checks.told_by(told_by)
    shut = _entries_to_shut(consent, agencies)
    if len(shut) == len(queries.still_named(consent)):
        consent.withdraw(by_id=by.user_id, told_by=teller)
        consent.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_told_by"])
        verb = ConsentVerb.WITHDRAWN
    else:
        for entry in shut:
            entry.withdrawn_at, entry.withdrawn_by_id, entry.withdrawn_told_by = clock.now(), by.user_id, teller
            entry.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_told_by"])
        verb = ConsentVerb.AGENCIES_WITHDRAWN
    agency_ids = [entry.agency_id for entry in shut]
    if consent.case is not None:
        reckon_grants(consent.case)
    audit.record(by=by, verb=verb, subject=consent, case_id=consent.case_id, agencies=[str(key) for key in agency_ids])
    consent_withdrawn.send(sender=Consent, by=by, consent=consent, case=consent.case, agency_ids=agency_ids)
    return consent


@transaction.atomic
def reckon_grants(case: Case) -> None:
    """Make the grants of a case what the consents in force today say, and the same again when called again."""
    case = _locked_case(case.pk)
    wanted = queries.doors_of(case)
    wanted_keys = {(group.pk, level.value) for group, level in wanted}
    for grant in case.grants.select_related("group", "permission"):
        if (grant.group_id, grant.permission.codename) not in wanted_keys:
            remove_perm(grant.permission.codename, grant.group, case)
    for (group, level), until in wanted.items():
        grant = cast(CaseGrant, assign_perm(level.value, group, case))
        CaseGrant.objects.filter(pk=grant.pk).exclude(_ends_on(until)).update(until=until)


def _ends_on(until: dt.date | None) -> Q:
    return Q(until__isnull=True) if until is None else Q(until__isnull=False, until=until)


def _locked_case(case_id: UUID) -> Case:
    """The case, locked: whoever opens or shuts its doors waits here, and always before any consent is locked.

    Rows that only point at the case need not wait (NO KEY).
    """
    found = (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lead_agency__group")
        .filter(pk=case_id)
        .first()
    )
    if found is None:
        raise NotThere
    return found


def _locked_consent(consent_id: UUID) -> Consent:
    found = Consent.objects.select_for_update(of=("self",), no_key=True).filter(pk=consent_id).first()
    if found is None:
        raise NotThere
    return found


def _locked_with_its_case(consent_id: UUID) -> Consent:
    """A consent with its case, both locked, the case first."""
    case_id = Consent.objects.filter(pk=consent_id).values_list("case_id", flat=True).first()
    case = _locked_case(case_id) if case_id else None
    consent = _locked_consent(consent_id)
    if consent.case_id != case_id:
        raise Clash("A case has just been opened on this consent. Look at the case, and record the withdrawal there.")
    consent.case = case
    return consent


def _must_hold(consent: Consent, case: Case) -> None:
    if consent.state == ConsentState.WITHDRAWN:
        raise Clash("The family has withdrawn this consent, so it opens no case. Ask the family again.")
    if consent.ends_on is not None and consent.ends_on < clock.today():
        raise Clash("This consent has ended, so it opens no case. Ask the family again.")
    if consent.case_id == case.pk:
        raise Clash("The case has been opened on this consent already.")
    if consent.case_id is not None:
        raise Clash("This consent belongs to another case. Ask the family again for this one.")


def _entries_to_shut(consent: Consent, agencies: Sequence[Agency] | None) -> list[ConsentAgency]:
    entries = queries.still_named(consent)
    if not entries:
        raise Clash("The family has withdrawn this consent already. Nothing was changed.")
    if agencies is None:
        return entries
    chosen = {agency.pk for agency in agencies}
    if not chosen:
        raise Invalid({"agencies": "Choose at least one agency, or all of them."})
    shut = [entry for entry in entries if entry.agency_id in chosen]
    if len(shut) == len(chosen):
        return shut
    if ConsentAgency.objects.filter(consent=consent, agency__in=chosen).count() == len(chosen):
        raise Clash("The family has withdrawn the consent for one of these agencies already. Nothing was changed.")
    raise Invalid({"agencies": "Choose agencies that this consent names."})
