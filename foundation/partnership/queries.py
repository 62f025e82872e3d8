"""A partnership's pathway policy, and its whole configuration; none of it grows with the caseload."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from foundation.accounts.models import Agency, Team
from foundation.common.errors import NotThere
from foundation.formdefs.models import FormDefinition
from foundation.partnership import configuration, pathway
from foundation.partnership.models import PathwayPolicy
from foundation.tenancy.models import Partnership

EARLIER_SHOWN = 10


def current_policy() -> pathway.Policy:
    """The policy in force in the partnership whose scope is open, in one query; NotThere where none was chosen."""
    return policy_from(newest())


def newest() -> PathwayPolicy | None:
    """The version in force, with who made it; None where none was chosen."""
    found: PathwayPolicy | None = PathwayPolicy.objects.select_related("made_by").order_by("-version").first()
    return found


def version_of(number: int) -> PathwayPolicy:
    """One version, with who made it; NotThere where there is none of that number."""
    found: PathwayPolicy | None = PathwayPolicy.objects.select_related("made_by").filter(version=number).first()
    if found is None:
        raise NotThere
    return found


def earlier_than(version: int) -> QuerySet[PathwayPolicy]:
    """The versions just before one, newest first; at most ten."""
    earlier: QuerySet[PathwayPolicy] = PathwayPolicy.objects.filter(version__lt=version).select_related("made_by")
    return earlier.defer("body").order_by("-version")[:EARLIER_SHOWN]


def policy_from(row: PathwayPolicy | None) -> pathway.Policy:
    """The policy that a row holds; NotThere for none."""
    if row is None:
        raise NotThere("This partnership has not chosen its pathway policy yet.")
    return pathway.policy_of(version=row.version, preset=row.preset, body=row.body)


def present_value(partnership: Partnership, key: str, kept: Any) -> Any:
    """What a setting says at this moment: the partnership's own words where it has them, else what the policy keeps."""
    setting = pathway.setting_of(key)
    if setting is None or not setting.field:
        return kept
    return getattr(partnership, setting.field) or None


def left_to_confirm(policy: pathway.Policy, partnership: Partnership) -> int:
    """How many defaults wait; one whose words were changed meanwhile is the partnership's own."""
    held = (policy.held[key] for key in policy.to_confirm)
    return sum(present_value(partnership, one.setting.key, one.value) == one.value for one in held)


def standing_configuration(partnership: Partnership) -> dict[str, Any]:
    """How the partnership whose scope is open has set itself up, as its file says it: four queries, no person."""
    row = newest()
    return {
        "format": configuration.FORMAT,
        "version": configuration.VERSION,
        "words": {field: getattr(partnership, field) for field in configuration.WORDS},
        "colour": partnership.colour,
        "levels": partnership.levels,
        "session": {field: getattr(partnership, field) for field in configuration.SESSION},
        "pathway": configuration.without_people(row.preset, row.body) if row else None,
        "forms": [form.body for form in current_forms()],
        "agencies": [agency for agency in standing_agencies() if agency.pop("active")],
    }


def current_forms() -> QuerySet[FormDefinition]:
    """The version in use of every form, by key."""
    published: QuerySet[FormDefinition] = FormDefinition.objects.filter(published_at__isnull=False)
    return published.order_by("key", "-version").distinct("key")


def standing_agencies() -> list[dict[str, Any]]:
    """Every agency with its kind and its teams' names, by name; `active` says whether it is in use."""
    teams: dict[Any, list[str]] = {}
    for agency_id, name in Team.objects.order_by("name").values_list("agency_id", "name"):
        teams.setdefault(agency_id, []).append(name)
    return [
        {"name": agency.name, "kind": str(agency.kind), "teams": teams.get(agency.pk, []), "active": agency.active}
        for agency in Agency.objects.order_by("name", "pk")
    ]
