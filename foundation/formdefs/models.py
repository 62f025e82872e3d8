"""A partnership's own forms, as data (EHA-3)."""

from __future__ import annotations

import pgtrigger
from django.db import models

from foundation.audit.history import tracked
from foundation.tenancy.models import TenantModel


@tracked
class FormDefinition(TenantModel):
    """One version of one form. Published, it never changes: what began with it keeps it."""

    key = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    body = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "key", "version"], name="form_definition_version_once"),
        ]
        triggers = [
            # What began on a version must find it as it was: for every writer, a slip in the code too (EHA-3).
            pgtrigger.Protect(
                name="published_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
