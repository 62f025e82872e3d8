"""What must reach the outside: a row in the same transaction as what it tells of."""

from __future__ import annotations

from django.db import models

from foundation.tenancy.models import TenantModel


class OutboxMessage(TenantModel):
    """One piece of work to carry out after the commit. The payload holds ids and codes only, never a name."""

    topic = models.SlugField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["partnership", "due_at"],
                condition=models.Q(done_at__isnull=True, gave_up_at__isnull=True),
                name="outbox_waiting",
            ),
        ]
