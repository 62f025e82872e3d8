"""Every address of the product, and how to write it for each way in which a thing may stand to a viewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.trust.matrix import FIXED, OWNERSHIPS, Outside, Row
from tests.trust.world import Side, Target, World, missing

OUTSIDE_KWARGS = {
    "operator_partnership": {"slug": "nowhere"},
    "set_up": {"token": "x" * 43},
    "account_invitation": {"token": "nonsense"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
}


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the URLconf by its full name; a pattern without a name cannot be mapped and is refused."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from patterns(pattern, inner)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{prefix}{pattern.name}", pattern


PATTERNS = dict(patterns())


@dataclass(frozen=True)
class Case:
    """One address for one ownership."""

    path: str
    target: Target | None
    asked: tuple[object, ...]


def cases_of(name: str, row: Row, role: str, world: World) -> dict[str, Case]:
    """The address of each ownership, for somebody in a role."""
    return {ownership: case_of(name, row, role, ownership, world) for ownership in OWNERSHIPS[row.about]}


def case_of(name: str, row: Row, role: str, ownership: str, world: World) -> Case:
    side = world.south if ownership.startswith("foreign") else world.north
    slug = {"foreign_there": world.south.partnership.slug, "nowhere": "nowhere-wall"}.get(
        ownership, world.north.partnership.slug
    )
    target = missing() if ownership in {"missing", "nowhere"} else target_of(row, role, ownership, side)
    fixed = FIXED.get(name, {})
    ids = {key: fixed.get(key) or target.ids[key] for key in kwargs_of(name)} if target else dict(fixed)
    if target and "agency" not in target.given:
        target.given["agencies"] = [str(world.north.scene.school.pk)]
    # A short number may stand anywhere: it is asked for only where it is a step of the address.
    asked = [f"/{value}/" if isinstance(value, int) else value for value in ids.values()]
    return Case(reverse(name, kwargs={"partnership": slug, **ids}), target, (slug, *asked))


def kwargs_of(name: str) -> list[str]:
    """What an address names besides its partnership."""
    namespace, _, last = name.rpartition(":")
    resolver: Any = get_resolver()
    if namespace:
        _, resolver = resolver.namespace_dict[namespace]
    possibilities = resolver.reverse_dict.getlist(last)
    return [key for key in possibilities[0][0][0][1] if key != "partnership"]


def target_of(row: Row, role: str, ownership: str, side: Side) -> Target | None:
    if row.about == "list":
        return None
    if row.about == "office":
        return side.office
    far = ownership.startswith("foreign")
    if row.about in {"case", "document"}:
        return side.cases["own" if far else ownership, row.stage]
    kinds = {
        "enquiry": side.enquiries, "draft": side.drafts, "filter": side.filters, "look": side.looks,
        "message": side.messages,
    }  # fmt: skip
    things = kinds[row.about]
    if far or ownership == "own":
        return things.get(f"own {role}") or things.get("own practitioner") or things["own manager"]
    return things[ownership]


def path_of(name: str, row: Row | Outside, role: str, world: World) -> str:
    """An address that leads somewhere for somebody in this role, if it does for anybody."""
    if isinstance(row, Row):
        return case_of(name, row, role, OWNERSHIPS[row.about][0], world).path
    return reverse(name, kwargs=OUTSIDE_KWARGS.get(name, {}))
