"""A document that was made and is kept, with its hash."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from foundation.accounts.models import User
from foundation.audit.history import tracked
from foundation.documents.enums import DocumentState
from foundation.documents.workflow import DocumentWorkflow
from foundation.tenancy.models import TenantModel


@tracked
class Document(DocumentWorkflow, TenantModel):
    """One rendered export. `kind` names who may build and see it; the subject is a kind and an id, never an import."""

    kind = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    subject_kind = models.SlugField(max_length=40)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True, blank=True)
    state = FSMField(default=DocumentState.ASKED, choices=DocumentState.choices, protected=True)
    progress = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_for_agency = models.UUIDField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
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
