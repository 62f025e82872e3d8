"""Families, people, cases, and the grants that let an agency in."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from guardian.models import GroupObjectPermissionBase

from cases.enums import (
    BirthDateKind,
    CaseState,
    ContactHow,
    ContactResult,
    GrantLevel,
    Part,
    UnusualLookState,
    UnusualReason,
)
from cases.workflow import CaseWorkflow, UnusualLookWorkflow
from foundation.accounts.models import Agency, Team, User
from foundation.audit.history import tracked
from foundation.common.workflow import StateField
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import Partnership, TenantModel
from foundation.tenancy.scope import current_partnership_id_or_none


@tracked
class Person(TenantModel):
    """Someone in a family, or who matters to it; unborn babies too (FAM-1)."""

    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80)
    born_on = models.DateField(null=True, blank=True)
    born_kind = models.CharField(max_length=10, choices=BirthDateKind.choices, default=BirthDateKind.UNKNOWN)
    nhs_number = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_birth_date_as_its_kind_says",
                condition=Q(born_kind=BirthDateKind.UNKNOWN, born_on__isnull=True)
                | (~Q(born_kind=BirthDateKind.UNKNOWN) & Q(born_on__isnull=False)),
            ),
            models.CheckConstraint(name="person_nhs_number_ten_digits", condition=Q(nhs_number__regex=r"^(\d{10})?$")),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@tracked
class Family(TenantModel):
    """The household and everyone who matters to it."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


@tracked
class FamilyMember(TenantModel):
    """A person's part in a family; a child may belong to two families."""

    family = TenantForeignKey(Family, related_name="members")
    person = TenantForeignKey(Person, related_name="memberships")
    part = models.CharField(max_length=12, choices=Part.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "family", "person"], name="family_member_once"),
        ]


@tracked
class Case(CaseWorkflow, TenantModel):
    """One spell of early help for one family, from an accepted enquiry to closure.

    `enquired_at` is when the enquiry came from which it was opened; none where nobody said.
    """

    reference = models.CharField(max_length=16)
    family = TenantForeignKey(Family, related_name="cases")
    state = StateField(default=CaseState.OPEN, choices=CaseState.choices)
    level = models.CharField(max_length=2)
    lead = models.ForeignKey(User, models.PROTECT, related_name="+")
    lead_agency = TenantForeignKey(Agency, related_name="+")
    team = TenantForeignKey(Team, null=True, blank=True, related_name="+")
    enquired_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "reference"], name="case_reference_once"),
            models.UniqueConstraint(
                fields=["partnership", "family"], condition=Q(state=CaseState.OPEN), name="one_open_case_a_family"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "-opened_at", "-id"], name="case_newest_first")]
        default_permissions = ()
        permissions = [(GrantLevel.SEE.value, "See the case"), (GrantLevel.CONTRIBUTE.value, "Work on the case")]

    def __str__(self) -> str:
        return self.reference

    @property
    def enquired_or_opened_at(self) -> dt.datetime:
        """From when on somebody may have turned to the family about it."""
        return self.enquired_at or self.opened_at


@tracked
class Contact(TenantModel):
    """One time that somebody turned to a case's family, whether they reached it or not (CLK-1: first contact sought).

    `agency` is the one they did it for. `form_key` is of the form that it was written in: sent twice, it is recorded
    once. `note` is read by workers whose agency may work on the case.
    """

    case = TenantForeignKey(Case, related_name="contacts")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    agency = TenantForeignKey(Agency, related_name="+")
    at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=ContactHow.choices)
    result = models.CharField(max_length=10, choices=ContactResult.choices)
    note = models.TextField(blank=True)
    form_key = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "case", "form_key"], name="contact_recorded_once"),
            models.CheckConstraint(name="contact_was_before_it_was_recorded", condition=Q(at__lte=F("recorded_at"))),
        ]
        indexes = [models.Index(fields=["partnership", "case", "-at", "-id"], name="contact_latest_first")]

    def __str__(self) -> str:
        return str(self.pk)


class CaseGrant(GroupObjectPermissionBase):
    """The door: one agency (by its group) let into one case, by guardian. Only `consent.services` writes it.

    An agency that may work on a case holds two rows, one to see it and one to work on it, each with its own last day:
    a longer consent to see outlives a shorter one to work. `until` is that day (none: no end set), so that a door
    shuts by the date itself and not by a job that has to run. `opened_at` is the case's own, copied by the database
    when the row is made (it never changes): a page of the newest cases is then read from one index.
    """

    partnership = models.ForeignKey(
        Partnership,
        models.PROTECT,
        default=current_partnership_id_or_none,
        editable=False,
        related_name="+",
        db_index=False,
    )
    content_object = TenantForeignKey(Case, models.CASCADE, related_name="grants")
    until = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(editable=False)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["partnership", "group", "permission", "-opened_at", "-content_object"],
                include=["until"],
                name="grant_newest_first",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="carry_opened_at",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="NEW.opened_at := (SELECT opened_at FROM cases_case WHERE id = NEW.content_object_id); "
                "RETURN NEW;",
            ),
        ]


class SavedFilter(TenantModel):
    """What a person narrows the list of cases to, under a name of theirs; each hat has its own.

    `query` holds what stands in the list's address: codes, ids and a date, never a name. One may be the default, which
    the list opens with.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    agency = TenantForeignKey(Agency, related_name="+")
    name = models.CharField(max_length=60)
    query = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("partnership", "user", "agency", Lower("name"), name="saved_filter_name_once"),
            models.UniqueConstraint(
                fields=["partnership", "user", "agency"], condition=Q(is_default=True), name="one_default_filter"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class UnusualLook(UnusualLookWorkflow, TenantModel):
    """Looks by one person at one case for which a manager may want a reason (FAM-8).

    Until somebody has looked into it, further looks of the same person at the same case for the same reason are
    counted here (`times`, `last_at`); after that, the next one is a new row. `entry_id` is the first look's entry in
    the access log, and `agency` the one that the person looked for.
    """

    case = TenantForeignKey(Case, related_name="unusual_looks")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    agency = TenantForeignKey(Agency, null=True, related_name="+")
    reason = models.CharField(max_length=20, choices=UnusualReason.choices)
    common_name = models.BooleanField(default=False)
    entry_id = models.UUIDField()
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    state = StateField(default=UnusualLookState.FOUND, choices=UnusualLookState.choices)
    note = models.TextField(blank=True)
    looked_into_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    looked_into_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "case", "user", "reason"],
                condition=Q(state=UnusualLookState.FOUND),
                name="unusual_look_waits_once",
            ),
            models.CheckConstraint(
                name="looked_into_says_who_when_and_what",
                condition=~Q(state=UnusualLookState.LOOKED_INTO)
                | (Q(looked_into_by__isnull=False, looked_into_at__isnull=False) & ~Q(note="")),
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "-last_at", "-id"], name="unusual_look_newest_first")]

    def __str__(self) -> str:
        return str(self.pk)


class LooksRead(TenantModel):
    """How far the access log has been gone through for unusual looks: a place in the partnership's chain."""

    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership"], name="looks_read_once")]
