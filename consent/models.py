"""Consent as data: who gave it, for whom, how, to which agencies, for what, from when to when (CON-1)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.enums import GrantLevel
from cases.models import Case, Person
from consent.enums import ConsentHow, ConsentState, InformationKind
from consent.workflow import ConsentWorkflow
from foundation.accounts.models import Agency, User
from foundation.audit.history import tracked
from foundation.common.workflow import StateField
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import TenantModel


@tracked
class Consent(ConsentWorkflow, TenantModel):
    """What a family agreed to. Recorded with an enquiry it stands alone; once a case opens it opens doors."""

    case = TenantForeignKey(Case, null=True, blank=True, related_name="consents")
    state = StateField(default=ConsentState.IN_FORCE, choices=ConsentState.choices)
    given_by = models.CharField(max_length=160)
    how = models.CharField(max_length=10, choices=ConsentHow.choices)
    witness = models.CharField(max_length=160, blank=True)
    paper_kept_at = models.CharField(max_length=200, blank=True)
    privacy_notice = models.CharField(max_length=40)
    information = ArrayField(models.CharField(max_length=20, choices=InformationKind.choices))
    given_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_for = TenantForeignKey(Agency, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_told_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="spoken_consent_has_witness", condition=~Q(how=ConsentHow.SPOKEN) | ~Q(witness="")
            ),
            models.CheckConstraint(
                name="paper_consent_says_where", condition=~Q(how=ConsentHow.PAPER) | ~Q(paper_kept_at="")
            ),
            models.CheckConstraint(name="consent_names_information", condition=Q(information__len__gt=0)),
            models.CheckConstraint(
                name="consent_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("given_on")),
            ),
            models.CheckConstraint(
                name="withdrawn_consent_says_who",
                condition=~Q(state=ConsentState.WITHDRAWN)
                | (Q(withdrawn_at__isnull=False) & Q(withdrawn_by__isnull=False) & ~Q(withdrawn_told_by="")),
            ),
        ]


@tracked
class ConsentAgency(TenantModel):
    """One agency that a consent names, and how far it may go. The family may take back one agency alone."""

    consent = TenantForeignKey(Consent, models.CASCADE, related_name="agencies")
    agency = TenantForeignKey(Agency, related_name="+")
    level = models.CharField(max_length=20, choices=GrantLevel.choices)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_told_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="withdrawn_agency_says_who",
                condition=Q(withdrawn_at__isnull=True) | (Q(withdrawn_by__isnull=False) & ~Q(withdrawn_told_by="")),
            ),
            models.UniqueConstraint(fields=["partnership", "consent", "agency"], name="consent_names_agency_once"),
        ]


@tracked
class ConsentPerson(TenantModel):
    """One person whom a consent is about, once they are known as a person."""

    consent = TenantForeignKey(Consent, models.CASCADE, related_name="people")
    person = TenantForeignKey(Person, related_name="consents")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "consent", "person"], name="consent_covers_person_once"),
        ]
