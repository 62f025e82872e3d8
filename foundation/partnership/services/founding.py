"""How a partnership begins: from a preset, whole or not at all (§11)."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from foundation.accounts import services as accounts
from foundation.accounts.enums import AgencyKind
from foundation.accounts.models import User
from foundation.audit import services as audit
from foundation.common.actors import Actor, system
from foundation.common.errors import Invalid
from foundation.common.text import clean_line
from foundation.formdefs import services as formdefs
from foundation.partnership import policies, presets
from foundation.partnership.enums import PartnershipVerb
from foundation.partnership.services.pathway import add_version
from foundation.tenancy.models import RESERVED_SLUGS, Partnership
from foundation.tenancy.scope import tenant_scope

SLUG_LIMIT, NAME_LIMIT = 40, 120
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN = "Another partnership has this address already. Choose another."
_ENDINGS = (" partnership", " early help", " safeguarding children", " children’s", " children's")


@transaction.atomic
def found_partnership(*, by_user: User | None, preset: str, slug: str, name: str) -> Partnership:
    """A partnership with a preset's words and pathway policy, the library's forms, and the council's early help agency.

    For use outside every scope; `by_user` is the operator, None for a command. Raises NotAllowed for anybody else, and
    Invalid with a sentence for `preset`, `slug` or `name`.
    """
    policies.check_can_found(by_user=by_user)
    start, slug, name = _checked(preset, slug, name)
    try:
        with transaction.atomic():
            partnership = Partnership.objects.create(slug=slug, name=name, **start.words)
    except IntegrityError:
        raise Invalid({"slug": _TAKEN}) from None
    with tenant_scope(partnership.pk):
        _set_up(partnership, start, founder=Actor(partnership.pk, by_user.pk if by_user else None))
    return partnership


def slug_fault(slug: str) -> str:
    """Why an address cannot be a partnership's, in a sentence; nothing where it can."""
    if not slug:
        return "Enter the address."
    if len(slug) > SLUG_LIMIT:
        return f"The address must be {SLUG_LIMIT} characters or fewer."
    if _SLUG.fullmatch(slug) is None:
        return "The address may only have lower-case letters, digits, and single hyphens between them: north-fernshire."
    if slug in RESERVED_SLUGS:
        return "This address is kept for the product itself. Choose another."
    if Partnership.objects.filter(slug=slug).exists():
        return _TAKEN
    return ""


def early_help_name(name: str) -> str:
    """What the council's early help is called: "Rutland Early Help" for "Rutland Safeguarding Children Partnership"."""
    area = name
    while ending := next((ending for ending in _ENDINGS if area.lower().endswith(ending)), ""):
        area = area[: -len(ending)].rstrip()
    return f"{area} Early Help"


def _checked(preset: str, slug: str, name: str) -> tuple[presets.Preset, str, str]:
    """All three, or Invalid with a sentence for each that is wrong."""
    wrong: dict[str, str] = {}
    start = None
    try:
        start = presets.load(preset)
    except Invalid as refusal:
        wrong |= refusal.fields
    slug = slug.strip()
    if fault := slug_fault(slug):
        wrong["slug"] = fault
    try:
        name = clean_line(name, what="The name", limit=NAME_LIMIT)
        if not name:
            wrong["name"] = "Enter the partnership’s name."
    except Invalid as refusal:
        wrong["name"] = refusal.sentence
    if start is None or wrong:
        raise Invalid(wrong)
    return start, slug, name


def _set_up(partnership: Partnership, start: presets.Preset, *, founder: Actor) -> None:
    """What stands inside from the first moment. The operator founds; the rest the product does by itself."""
    by = system(partnership.pk)
    audit.record(by=founder, verb=PartnershipVerb.FOUNDED, subject=partnership, preset=start.key, slug=partnership.slug)
    made = add_version(by=founder, preset=start.key, body=start.body, version=1, made_by_id=founder.user_id)
    audit.record(by=founder, verb=PartnershipVerb.POLICY_ADOPTED, subject=made, version=1, preset=start.key)
    formdefs.publish_library(by=by)
    agency = accounts.create_agency(by=by, name=early_help_name(partnership.name), kind=AgencyKind.EARLY_HELP)
    accounts.create_team(by=by, agency=agency, name=partnership.front_door)
