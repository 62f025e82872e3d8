"""The pathway policy, version by version, and every change of a partnership's words and limits."""

from __future__ import annotations

from django.db import models

from foundation.accounts.models import User
from foundation.tenancy.models import TenantModel


class PathwayPolicy(TenantModel):
    """One version of how a partnership works: its clocks, limits and ways (practice model §11). The highest counts.

    `body` is checked against `schema/pathway-policy.schema.json`. Versions are only added: what began under one keeps
    it. `made_by` is None where a command or the product itself made it.
    """

    version = models.PositiveIntegerField()
    preset = models.CharField(max_length=40)
    body = models.JSONField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "version"], name="pathway_policy_version_once"),
            models.CheckConstraint(name="pathway_policy_counts_from_one", condition=models.Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


class SettingsChange(TenantModel):
    """One field of the partnership's words or limits, as it was and as it became; only added."""

    revision = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    before = models.JSONField()
    after = models.JSONField()
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "revision", "field"], name="settings_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} at revision {self.revision}"
