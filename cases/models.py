"""Families, people, cases, and the grants that let an agency in."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase

from cases.enums import BirthDateKind, CaseState, GrantLevel, Part
from cases.workflow import CaseWorkflow
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
    """One spell of early help for one family, from an accepted enquiry to closure."""

    reference = models.CharField(max_length=16)
    family = TenantForeignKey(Family, related_name="cases")
    state = StateField(default=CaseState.OPEN, choices=CaseState.choices)
    level = models.CharField(max_length=2)
    lead = models.ForeignKey(User, models.PROTECT, related_name="+")
    lead_agency = TenantForeignKey(Agency, related_name="+")
    team = TenantForeignKey(Team, null=True, blank=True, related_name="+")
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
