"""The trail: who did what, who looked at what, and the chain that shows when either was tampered with.

The two logs are partitioned by month, which Django's models do not know: their tables are made by hand in the
first migration, where the primary key is `(partnership_id, id, at)`.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_scopes import ScopedManager

from foundation.audit.enums import EntryKind
from foundation.tenancy.models import Partnership, TenantModel
from foundation.tenancy.scope import current_partnership_id_or_none


class Entry(TenantModel):
    """What both logs say: who, for which agency, when, about what. No user: the product itself."""

    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    agency_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True)

    class Meta:
        abstract = True


class AuditEntry(Entry):
    """One thing done. An erased `detail` leaves its digest behind, so that the chain still verifies."""

    roles = ArrayField(models.CharField(max_length=20), default=list)
    verb = models.CharField(max_length=60)
    detail = models.JSONField(default=dict, null=True)
    detail_digest = models.BinaryField(null=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["partnership", "subject_id", "at"], name="audit_entry_by_subject"),
            models.Index(
                fields=["partnership", "case_id", "at"], condition=Q(case_id__isnull=False), name="audit_entry_by_case"
            ),
            # What is done to no case is told by kind to administrators; acts on cases do not pay for this one.
            models.Index(
                fields=["partnership", "verb", "at"], condition=Q(case_id__isnull=True), name="audit_entry_by_verb"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_detail_or_its_digest",
                condition=Q(detail__isnull=False, detail_digest__isnull=True)
                | Q(detail__isnull=True, detail_digest__isnull=False),
            ),
        ]


class AccessEntry(Entry):
    """One look at something that is about people (FAM-8): on a page, in a document, over the API."""

    how = models.CharField(max_length=20)

    class Meta:
        db_table = "audit_access"
        indexes = [
            models.Index(
                fields=["partnership", "case_id", "at"], condition=Q(case_id__isnull=False), name="audit_access_by_case"
            ),
        ]


class ChainLink(models.Model):
    """One link of a partnership's chain, written by the database alone when an entry is committed.

    `digest` stands for the entry, `hash` for this link and, through the one before it, for all earlier ones.
    """

    entry_id = models.UUIDField(primary_key=True)
    partnership = models.ForeignKey(
        Partnership,
        models.PROTECT,
        default=current_partnership_id_or_none,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    entry_kind = models.CharField(max_length=6, choices=EntryKind.choices)
    entry_at = models.DateTimeField()
    digest = models.BinaryField()
    seq = models.BigIntegerField(null=True)
    hash = models.BinaryField(null=True)

    objects = ScopedManager(partnership="partnership_id")

    class Meta:
        db_table = "audit_chain"
        constraints = [models.UniqueConstraint(fields=["partnership", "seq"], name="audit_chain_in_order")]

    def __str__(self) -> str:
        return f"Link {self.seq}"


class Checkpoint(TenantModel):
    """Where a chain stood at a moment: what was cut off later is missed by it. Copies belong outside (trust 14)."""

    taken_at = models.DateTimeField()
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_checkpoint"
        constraints = [models.UniqueConstraint(fields=["partnership", "seq", "taken_at"], name="audit_checkpoint_once")]
