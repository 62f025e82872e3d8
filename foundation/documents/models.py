"""A document that was made and is kept, with its hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.accounts.models import User
from foundation.audit.history import tracked
from foundation.common.ids import new_reference
from foundation.common.workflow import StateField
from foundation.documents.enums import UNDER_WAY, DocumentState
from foundation.documents.workflow import DocumentWorkflow
from foundation.tenancy.models import TenantModel


def new_document_reference() -> str:
    """What stands on the paper and names the file, so that neither names anybody."""
    return new_reference("DOC")


@tracked
class Document(DocumentWorkflow, TenantModel):
    """One rendered export. `kind` names who may build and see it; the subject is a kind and an id, never an import.

    `view_key` stands for what the asker was allowed to see when it was made, `unshown` counts characters that no
    typeface could show, `size` is in bytes, and `progress` in hundredths.
    """

    reference = models.CharField(max_length=20, default=new_document_reference)
    kind = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    subject_kind = models.SlugField(max_length=40)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True, blank=True)
    state = StateField(default=DocumentState.ASKED, choices=DocumentState.choices)
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    view_key = models.CharField(max_length=64, blank=True)
    unshown = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_for_agency = models.UUIDField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "reference"], name="document_reference_once"),
            models.UniqueConstraint(
                fields=["partnership", "asked_by", "asked_for_agency", "kind", "subject_kind", "subject_id"],
                condition=Q(state__in=UNDER_WAY),
                name="document_under_way_once",
            ),
            models.CheckConstraint(
                name="ready_document_has_file",
                condition=~Q(state=DocumentState.READY) | (~Q(file="") & ~Q(sha256="") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="failed_document_says_why", condition=~Q(state=DocumentState.FAILED) | ~Q(failure="")
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "subject_kind", "subject_id", "-asked_at"], name="document_by_subject"),
        ]
