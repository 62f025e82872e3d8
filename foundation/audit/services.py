"""The one way into the trail: `record` for what was done, `viewed` for what was looked at."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from foundation.audit.models import AccessEntry, AuditEntry
from foundation.common import clock, codes
from foundation.common.actors import Actor
from foundation.tenancy.models import Partnership, TenantModel
from foundation.tenancy.scope import ScopeError, current_partnership_id

_VERB = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")


def record(
    *, by: Actor, verb: str, subject: TenantModel | Partnership, case_id: UUID | None = None, **detail: object
) -> AuditEntry:
    """Write that `by` did `verb` (such as "case.opened") to `subject`; once written it stays.

    `detail` takes ids, numbers, dates and codes, and lists of them. Raises ValueError for anything else, for free
    text belongs in the record itself, and ScopeError when actor or subject are of another partnership.
    """
    if _VERB.fullmatch(verb) is None:
        raise ValueError("A verb is written as thing.done.")
    return AuditEntry.objects.create(
        **_who_and_what(by, subject, case_id),
        roles=sorted(by.roles),
        verb=str(verb),
        detail=codes.plain_values(detail),
    )


def viewed(*, by: Actor, subject: TenantModel, case_id: UUID | None = None, how: str = "page") -> AccessEntry:
    """Write that `by` looked at `subject`; `how` is a code: page, list, download, api (FAM-8)."""
    if not codes.is_code(how):
        raise ValueError("How something was looked at is a code.")
    return AccessEntry.objects.create(**_who_and_what(by, subject, case_id), how=str(how))


def _who_and_what(by: Actor, subject: TenantModel | Partnership, case_id: UUID | None) -> dict[str, Any]:
    if not (by.partnership_id == subject.partnership_id == current_partnership_id()):
        raise ScopeError("Actor, subject and scope are not of one partnership.")
    return {
        "at": clock.now(),
        "user_id": by.user_id,
        "agency_id": by.agency_id,
        "subject_kind": subject._meta.label_lower,
        "subject_id": subject.pk,
        "case_id": case_id,
    }
