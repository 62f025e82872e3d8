"""Early Help Assessments: one whole-family assessment in sections, on a form definition it keeps."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from assessments.enums import AssessmentState, SectionState
from assessments.workflow import AssessmentWorkflow
from cases.models import Case
from foundation.accounts.models import User
from foundation.audit.history import tracked
from foundation.common.workflow import StateField
from foundation.formdefs.models import FormDefinition
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import TenantModel


@tracked
class Assessment(AssessmentWorkflow, TenantModel):
    """One version of a family's EHA. Approved, it is frozen for good."""

    case = TenantForeignKey(Case, related_name="assessments")
    version = models.PositiveIntegerField(default=1)
    definition = TenantForeignKey(FormDefinition, related_name="+")
    state = StateField(default=AssessmentState.DRAFT, choices=AssessmentState.choices)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.CharField(max_length=160, blank=True)
    family_views = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approval_comment = models.TextField(blank=True)
    frozen: Any = models.JSONField(null=True, blank=True)
    frozen_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "case", "version"], name="assessment_version_once"),
            models.CheckConstraint(
                name="submitted_assessment_says_who",
                condition=~Q(state__in=[AssessmentState.SUBMITTED, AssessmentState.APPROVED])
                | (Q(submitted_by__isnull=False) & Q(submitted_at__isnull=False) & ~Q(agreed_by="")),
            ),
            models.CheckConstraint(
                name="approved_assessment_is_frozen",
                condition=~Q(state=AssessmentState.APPROVED)
                | (
                    Q(decided_by__isnull=False) & Q(decided_at__isnull=False)
                    & Q(frozen__isnull=False) & ~Q(frozen_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="nobody_approves_their_own",
                condition=~Q(state=AssessmentState.APPROVED)
                | (~Q(decided_by=models.F("author")) & ~Q(decided_by=models.F("submitted_by"))),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["partnership", "state", "submitted_at", "id"], name="assessment_to_approve")]
        triggers = [
            pgtrigger.Protect(
                name="approved_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=AssessmentState.APPROVED),
            ),
        ]


@tracked
class Section(TenantModel):
    """One page of answers. `revision` counts saves: a save that began from an older one is a clash (EHA-4)."""

    assessment = TenantForeignKey(Assessment, models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=40)
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=SectionState.choices, default=SectionState.NOT_STARTED)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "assessment", "key"], name="assessment_section_once"),
        ]
        triggers = [
            # An approved assessment is frozen with its sections, whoever writes: a slip in the code too (EHA-7).
            pgtrigger.Trigger(
                name="frozen_with_its_assessment",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    "IF EXISTS (SELECT 1 FROM assessments_assessment a "
                    "WHERE a.id IN (OLD.assessment_id, NEW.assessment_id) AND a.state = 'approved') "
                    "THEN RAISE EXCEPTION 'an approved assessment is frozen'; END IF; "
                    "RETURN COALESCE(NEW, OLD);"
                ),
            ),
        ]


@tracked
class ReturnComment(TenantModel):
    """What a manager asks for when an assessment goes back: about one section, or about all of it ("")."""

    assessment = TenantForeignKey(Assessment, models.CASCADE, related_name="comments")
    section_key = models.SlugField(max_length=40, blank=True)
    text = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
