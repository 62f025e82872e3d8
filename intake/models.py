"""What reaches the front door (INT-1)."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.enums import BirthDateKind, Part
from cases.models import Case, Person
from consent.models import Consent
from foundation.accounts.models import Agency, User
from foundation.audit.history import tracked
from foundation.common import clock, text
from foundation.common.workflow import StateField
from foundation.notifications.models import Mailing
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import TenantModel
from intake.enums import Decision, EnquiryState, Need, NotTold, ToldHow
from intake.workflow import EnquiryWorkflow


class EnquiryDraft(TenantModel):
    """An enquiry somebody is still writing: each page's answers as typed. Only its writer sees it."""

    writer = models.ForeignKey(User, models.PROTECT, related_name="+")
    agency = TenantForeignKey(Agency, related_name="+")
    pages = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()


@tracked
class Enquiry(EnquiryWorkflow, TenantModel):
    """A request for support for a named family, as it was told. It is never half there: a draft becomes it whole."""

    reference = models.CharField(max_length=16)
    draft_key = models.UUIDField()
    state = StateField(default=EnquiryState.WAITING, choices=EnquiryState.choices)
    received_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_for = TenantForeignKey(Agency, related_name="+")
    consent = TenantForeignKey(Consent, related_name="enquiries")
    family_name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    worries = models.TextField()
    working_well = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    wishes = models.TextField(blank=True)
    needs = ArrayField(models.CharField(max_length=20, choices=Need.choices))
    risk_words = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=30, choices=Decision.choices, blank=True)
    level = models.CharField(max_length=2, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    case = TenantForeignKey(Case, null=True, blank=True, related_name="enquiries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "reference"], name="enquiry_reference_once"),
            models.UniqueConstraint(fields=["partnership", "draft_key"], name="enquiry_sent_once"),
            models.CheckConstraint(
                name="waiting_enquiry_is_nobodys",
                condition=~Q(state=EnquiryState.WAITING) | Q(taken_by__isnull=True),
            ),
            models.CheckConstraint(
                name="taken_enquiry_says_who",
                condition=Q(state=EnquiryState.WAITING) | (Q(taken_by__isnull=False) & Q(taken_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="decided_enquiry_has_reason_and_level",
                condition=~Q(state=EnquiryState.DECIDED)
                | (
                    ~Q(decision="") & ~Q(level="") & ~Q(reason="")
                    & Q(decided_by__isnull=False) & Q(decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="required_eha_has_case", condition=~Q(decision=Decision.EHA_REQUIRED) | Q(case__isnull=False)
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["partnership", "state", "received_at", "id"], name="enquiry_oldest_first"),
            models.Index(fields=["partnership", "sent_for", "-received_at"], name="enquiry_by_sender"),
            models.Index(fields=["partnership", "family_name"], name="enquiry_by_family_name"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def age(self) -> str:
        """How long ago it came, in words (INT-4)."""
        return text.time_ago(self.received_at, clock.now())

    @property
    def decision_at(self) -> dt.datetime:
        """When it was decided. Raises ValueError before that."""
        if self.decided_at is None:
            raise ValueError("This enquiry is not decided.")
        return self.decided_at

    @property
    def need_words(self) -> list[str]:
        """Its presenting needs, in the words of the door."""
        return [str(Need(need).label) for need in self.needs]


@tracked
class EnquiryPerson(TenantModel):
    """A family member as the enquiry told of them; `person` is filled once a case opens."""

    enquiry = TenantForeignKey(Enquiry, models.CASCADE, related_name="people")
    position = models.PositiveSmallIntegerField()
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80)
    part = models.CharField(max_length=12, choices=Part.choices)
    born_on = models.DateField(null=True, blank=True)
    born_kind = models.CharField(max_length=10, choices=BirthDateKind.choices, default=BirthDateKind.UNKNOWN)
    nhs_number = models.CharField(max_length=10, blank=True)
    consent_covers = models.BooleanField(default=True)
    person = TenantForeignKey(Person, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "enquiry", "position"], name="enquiry_person_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@tracked
class Told(TenantModel):
    """One way in which an enquiry's sender is told of the decision (INT-9).

    `at` is when it was set on its way or written down. A message has told them (`told_at`) once a mail provider took
    its e-mail or they read it; until then it is on its way, and `failed_at` says that it will not arrive.
    """

    enquiry = TenantForeignKey(Enquiry, models.CASCADE, related_name="told")
    how = models.CharField(max_length=10, choices=ToldHow.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=12, choices=NotTold.choices, blank=True)
    mailing = TenantForeignKey(Mailing, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="told_or_not", condition=Q(told_at__isnull=True) | Q(failed_at__isnull=True, trouble="")
            ),
            models.CheckConstraint(
                name="not_told_says_why",
                condition=Q(failed_at__isnull=True, trouble="") | (Q(failed_at__isnull=False) & ~Q(trouble="")),
            ),
            models.CheckConstraint(
                name="only_a_message_is_on_its_way", condition=Q(how=ToldHow.MESSAGE) | Q(told_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["partnership", "enquiry"], condition=Q(failed_at__isnull=False), name="told_did_not_arrive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
