"""What is kept of an assessment for good when it is approved (EHA-7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from assessments.models import Assessment
from cases.models import FamilyMember
from foundation.accounts.models import User


def as_it_stands(assessment: Assessment, *, approved_by: User) -> dict[str, Any]:
    """The answers, the form's version, and everybody's names and details as they stand at this moment."""
    members = FamilyMember.objects.filter(family_id=assessment.case.family_id).select_related("person")
    return {
        "form": {"key": assessment.definition.key, "version": assessment.definition.version},
        "version": assessment.version,
        "family": assessment.case.family.name,
        "author": assessment.author.full_name,
        "approved_by": approved_by.full_name,
        "agreed_by": assessment.agreed_by,
        "family_views": assessment.family_views,
        "people": [
            {
                "id": str(member.person_id),
                "name": str(member.person),
                "part": member.part,
                "born_on": member.person.born_on.isoformat() if member.person.born_on else None,
                "born_kind": member.person.born_kind,
            }
            for member in members.order_by("position", "id")
        ],
        "answers": {section.key: section.answers for section in assessment.sections.order_by("key")},
    }


def sha256_of(frozen: Mapping[str, Any]) -> str:
    """The hash that is kept beside it, in the trail too."""
    return hashlib.sha256(json.dumps(frozen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
