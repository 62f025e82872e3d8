"""A pathway with limits that tests reckon with, for partnerships made by `tests.walks`."""

from __future__ import annotations

from typing import Any

from foundation.common.actors import Actor, system
from foundation.partnership import presets
from foundation.partnership import services as pathways
from foundation.tenancy.models import Partnership

# 72 hours to seek contact, three working days to engage, ten to start and ten more to complete.
LIMITS: dict[str, dict[str, Any]] = {
    "first_contact": {"length": 72, "unit": "hours", "from": "enquiry_received"},
    "family_engaged": {"length": 3, "unit": "working_days", "from": "enquiry_received"},
    "assessment_started": {"length": 10, "unit": "working_days", "from": "case_opened"},
    "assessment_completed": {"length": 10, "unit": "working_days", "from": "assessment_started"},
}


def adopt(by: Actor, **settings: Any) -> None:
    """The next version of the policy, with these values besides `LIMITS`. Inside the partnership's scope."""
    version = Partnership.objects.get(pk=by.partnership_id).pathway_version
    body = presets.load("rotherham").body
    for key, value in {**LIMITS, **settings}.items():
        body["settings"][key] = {"value": value, "standing": "own"}
    pathways.adopt_policy(by=system(by.partnership_id), preset="rotherham", body=body, version=version)
