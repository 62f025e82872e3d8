"""Taking a configuration file over: all of it, or nothing (§11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from foundation.accounts import services as accounts
from foundation.accounts.models import Agency
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid
from foundation.formdefs import services as formdefs
from foundation.partnership import configuration, policies, queries
from foundation.partnership.enums import PartnershipVerb, Standing
from foundation.partnership.models import PathwayPolicy, SettingsChange
from foundation.partnership.services.pathway import add_version, confirmed_item, lock_newest
from foundation.partnership.services.settings import SettingsClash, change_settings
from foundation.tenancy.models import Partnership

CLASH = (
    "Another administrator changed this partnership’s settings after you looked at the file. Nothing of the file was "
    "taken over. Choose it once more to see what it changes now."
)


@transaction.atomic
def look_at_configuration(*, by: Actor, raw: bytes) -> dict[str, Any]:
    """What a file holds, checked as `take_configuration` will check it; changes nothing.

    The words are tried and taken back, so that what their page refuses (a pale colour) is told at the first look.
    """
    policies.check_can_change_settings(by=by)
    wanted = configuration.read(raw)
    with transaction.atomic():
        partnership = Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=by.partnership_id)
        _take_words(by, _take_levels(by, partnership, wanted["levels"]), wanted)
        transaction.set_rollback(True)
    return wanted


@transaction.atomic
def take_configuration(*, by: Actor, raw: bytes, revision: int, version: int) -> list[configuration.Change]:
    """Make the partnership's words, limits, pathway and forms those of a file, and add the agencies that it lacks.

    `revision` and `version` are the settings' and the policy's that the person saw. No agency, team, form or level's
    case is removed. Gives back what changed. Raises Clash where somebody changed something meanwhile, and Invalid with
    a sentence for each fault of the file; then nothing is changed at all.
    """
    policies.check_can_change_settings(by=by)
    wanted = configuration.read(raw)
    try:
        partnership, newest = lock_newest(by=by, version=version)
    except Clash:
        raise Clash(CLASH) from None
    if partnership.revision != revision:
        raise Clash(CLASH)
    now, agencies = queries.standing_configuration(partnership), queries.standing_agencies()
    changes = list(configuration.changes(now, wanted, agencies))
    partnership = _take_levels(by, partnership, wanted["levels"])
    _take_words(by, partnership, wanted)
    _take_pathway(by, newest, wanted["pathway"])
    for form, _known in configuration.differing_forms(now["forms"], wanted["forms"]):
        formdefs.publish(by=by, key=form["key"], title=form["title"], body=form)
    _make_agencies(by, agencies, wanted["agencies"])
    audit.record(
        by=by, verb=PartnershipVerb.CONFIGURATION_TAKEN, subject=partnership, changes=len(changes), version=version
    )
    return changes


def _take_levels(by: Actor, partnership: Partnership, levels: list[dict[str, str]]) -> Partnership:
    """Levels with other codes are another pathway, which the page of words does not change: so they are set here."""
    if [level["code"] for level in levels] == [level["code"] for level in partnership.levels]:
        return partnership
    before, partnership.levels = partnership.levels, levels
    partnership.revision += 1
    partnership.save(update_fields=["levels", "revision"])
    SettingsChange.objects.create(
        revision=partnership.revision, field="levels", before=before, after=levels, changed_by_id=by.user_id,
        changed_at=clock.now(),
    )  # fmt: skip
    audit.record(
        by=by,
        verb=PartnershipVerb.SETTINGS_CHANGED,
        subject=partnership,
        revision=partnership.revision,
        fields=["levels"],
    )
    return partnership


def _take_words(by: Actor, partnership: Partnership, wanted: Mapping[str, Any]) -> None:
    """The words and limits by their own service."""
    changes = {**wanted["words"], **wanted["session"], "colour": wanted["colour"], "levels": wanted["levels"]}
    try:
        change_settings(by=by, revision=partnership.revision, changes=changes)
    except SettingsClash:
        raise Clash(CLASH) from None
    except Invalid as refusal:
        told = {field: f"{field.replace('_', ' ').capitalize()}: {why}" for field, why in refusal.fields.items()}
        raise Invalid(told) from None


def _take_pathway(by: Actor, newest: PathwayPolicy | None, wanted: Mapping[str, Any] | None) -> None:
    """The next version, if the file's policy is another; who takes a confirmed value over confirms it."""
    if wanted is None or (newest and configuration.without_people(newest.preset, newest.body) == wanted):
        return
    kept = newest.body["settings"] if newest else {}
    settings = {}
    for key, item in wanted["settings"].items():
        if item["standing"] == Standing.CONFIRMED:
            own = kept.get(key, {})
            same = own.get("standing") == Standing.CONFIRMED and own["value"] == item["value"]
            settings[key] = own if same else confirmed_item(item["value"], by=by)
        else:
            settings[key] = item
    number = newest.version + 1 if newest else 1
    made = add_version(
        by=by, preset=wanted["preset"], body={"settings": settings}, version=number, made_by_id=by.user_id
    )
    audit.record(
        by=by, verb=PartnershipVerb.POLICY_ADOPTED, subject=made, version=made.version, preset=wanted["preset"]
    )


def _make_agencies(by: Actor, standing: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    for agency, teams in configuration.missing_agencies(standing, wanted):
        if agency.get("stands"):
            owner = Agency.objects.get(name=agency["name"])
        else:
            owner = accounts.create_agency(by=by, name=agency["name"], kind=agency["kind"])
        for team in teams:
            accounts.create_team(by=by, agency=owner, name=team)
