"""The base of every background task: it opens its partnership's scope before its work begins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import Task

from foundation.tenancy.scope import tenant_scope


class TenantTask(Task):
    """A task whose first argument is its partnership's id; it carries ids only and may run twice."""

    abstract = True

    def __call__(self, partnership_id: str, *args: Any, **kwargs: Any) -> Any:
        """Run inside the partnership's scope and one transaction."""
        with tenant_scope(UUID(partnership_id)):
            return super().__call__(partnership_id, *args, **kwargs)
