"""The app's place in the house."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from foundation.audit import partitions


def make_partitions(sender: Any, using: str, **kwargs: Any) -> None:
    """After each migration, make the months ahead (the owner alone can)."""
    if connections[using].vendor == "postgresql" and partitions.owns_the_logs(using):
        partitions.make_ahead(connections[using])


class AuditConfig(AppConfig):
    """Who did what, and who looked at what."""

    name = "foundation.audit"
    label = "audit"

    def ready(self) -> None:
        """Months are made ahead after every migration."""
        post_migrate.connect(make_partitions, sender=self, dispatch_uid="audit.partitions")
