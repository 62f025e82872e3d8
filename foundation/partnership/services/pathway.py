"""The write paths of the pathway policy. Versions are only added; what began under one keeps it (§11, CLK-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid, NotThere
from foundation.partnership import checks, policies, presets, queries
from foundation.partnership.enums import PartnershipVerb, Standing
from foundation.partnership.models import PathwayPolicy
from foundation.tenancy.models import Partnership


@transaction.atomic
def adopt_policy(*, by: Actor, preset: str, body: Mapping[str, Any], version: int) -> PathwayPolicy:
    """Make the next version of the policy. `version` is the one that the person saw: 0 for none.

    Raises Clash where another has been made meanwhile, and Invalid with a sentence for each fault of the body.
    """
    policies.check_can_change_settings(by=by)
    presets.load(preset)
    checks.check_policy(body)
    lock_newest(by=by, version=version)
    made = add_version(by=by, preset=preset, body=body, version=version + 1, made_by_id=by.user_id)
    audit.record(by=by, verb=PartnershipVerb.POLICY_ADOPTED, subject=made, version=made.version, preset=preset)
    return made


@transaction.atomic
def start_from_preset(*, by: Actor, preset: str, version: int) -> PathwayPolicy:
    """Give a partnership that has no policy yet its first one, a preset's. Its own words stay as they are."""
    if version:
        raise Clash("This partnership has a pathway policy already. Look at it before you choose another.")
    return adopt_policy(by=by, preset=preset, body=presets.load(preset).body, version=0)


@transaction.atomic
def confirm_default(*, by: Actor, version: int, key: str | None = None) -> PathwayPolicy:
    """Confirm one of the product's defaults, or all that are left (no key); a new version says who and when.

    What is confirmed of the partnership's own words is what they say now. Raises Clash where another version has been
    made meanwhile or nothing is left to confirm, and NotThere for a setting that is none.
    """
    policies.check_can_change_settings(by=by)
    partnership, newest = lock_newest(by=by, version=version)
    policy = queries.policy_from(newest)
    if key is not None and key not in policy.held:
        raise NotThere
    keys = [name for name in policy.to_confirm if key in (None, name)]
    if not keys:
        raise Clash("This has been confirmed already. Nothing else was changed.")
    body = _confirmed(newest.body, keys, by=by, partnership=partnership) if newest else {}
    made = add_version(by=by, preset=policy.preset, body=body, version=version + 1, made_by_id=by.user_id)
    audit.record(by=by, verb=PartnershipVerb.DEFAULTS_CONFIRMED, subject=made, version=made.version, settings=keys)
    return made


def lock_newest(*, by: Actor, version: int) -> tuple[Partnership, PathwayPolicy | None]:
    """Make whoever else changes this policy wait, and see that it is still the version that the person saw.

    The partnership's row is the lock, as a lock that other writers' foreign keys do not wait for.
    """
    partnership = Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=by.partnership_id)
    newest = queries.newest()
    if (newest.version if newest else 0) != version:
        raise Clash(
            "Another administrator changed the pathway policy while you were reading it. Nothing of theirs was lost. "
            "Look at the policy as it stands now, and confirm what still needs it."
        )
    return partnership, newest


def add_version(
    *, by: Actor, preset: str, body: Mapping[str, Any], version: int, made_by_id: int | None
) -> PathwayPolicy:
    """One more row, checked. For the services of this room, which have asked the policy and hold the lock.

    The partnership's row says which version counts, so that pages need not ask for it.
    """
    checks.check_policy(body)
    Partnership.objects.filter(pk=by.partnership_id).update(pathway_version=version)
    made: PathwayPolicy = PathwayPolicy.objects.create(
        version=version, preset=preset, body=dict(body), made_by_id=made_by_id, made_at=clock.now()
    )
    return made


def confirmed_item(value: Any, *, by: Actor) -> dict[str, Any]:
    """A value with who confirmed it and when."""
    item: dict[str, Any] = {"value": value, "standing": Standing.CONFIRMED.value}
    if by.user_id is not None:
        item["confirmed_by"] = by.user_id
    return item | {"confirmed_at": clock.now().isoformat(timespec="seconds")}


def _confirmed(body: Mapping[str, Any], keys: Iterable[str], *, by: Actor, partnership: Partnership) -> dict[str, Any]:
    settings = dict(body["settings"])
    for key in keys:
        settings[key] = confirmed_item(queries.present_value(partnership, key, settings[key]["value"]), by=by)
    try:
        checks.check_policy({"settings": settings})
    except Invalid:
        raise Clash(
            "One of the partnership’s own words has markup in it, so it cannot be confirmed. Mend it on the page "
            "“Words and colour” first."
        ) from None
    return {"settings": settings}
