"""The ground of every partnership: agencies, teams, workers, the assessment's form and the pathway's first version.

Every partnership has the same agencies. Of its cases a council's early help is let into nine in ten, a small charity
into two in a hundred, and some twenty others into a part each: so a list can be measured from a large and a small hat.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django_scopes import scopes_disabled

from earlyhelp.populate.ids import Keys
from earlyhelp.populate.names import Names
from earlyhelp.populate.tables import NULL
from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership, Team, User
from foundation.common import clock
from foundation.formdefs.models import FormDefinition
from foundation.formdefs.services import LIBRARY
from foundation.partnership import presets
from foundation.partnership.models import PathwayPolicy
from foundation.tenancy.models import Partnership

MAINTENANCE = "maintenance"
AT_ONCE = 2_000
PRESET = "derby"


@dataclass(frozen=True)
class Sort:
    """One agency that every partnership has. `leads` and `named` are its shares among those that lead, and among those
    that a consent names beside the one that leads and the council.
    """

    key: str
    name: str
    kind: AgencyKind
    leads: float
    named: float
    practitioners: int
    teams: tuple[str, ...] = ()


SCHOOLS = ("Alderbrook", "Birchfield", "Cedar Lane", "Dovecote", "Elmhurst", "Foxley", "Gorse Hill", "Hawthorn")
SORTS = (
    Sort("council", "Council Early Help", AgencyKind.EARLY_HELP, 50, 0, 40, ("Hub", "North", "South", "East")),
    Sort("small", "Lantern Family Project", AgencyKind.CHARITY, 1.2, 1.6, 3),
    *(Sort(f"school{place}", f"{name} School", AgencyKind.SCHOOL, 4, 5, 4) for place, name in enumerate(SCHOOLS)),
    Sort("health", "Community Health Trust", AgencyKind.HEALTH, 9, 18, 8),
    Sort("housing", "Meadow Homes", AgencyKind.HOUSING, 3, 10, 3),
    Sort("youth", "Compass Youth Work", AgencyKind.CHARITY, 4.8, 8, 4),
    Sort("social_care", "Children’s Social Care", AgencyKind.SOCIAL_CARE, 0, 12, 6),
    Sort("police", "Neighbourhood Police", AgencyKind.POLICE, 0, 10.4, 4),
)  # fmt: skip


@dataclass
class House:
    """An agency that stands, with the workers who act for it."""

    sort: Sort
    id: str
    group_id: int = 0
    teams: list[str] = field(default_factory=list)
    practitioners: list[int] = field(default_factory=list)
    screeners: list[int] = field(default_factory=list)
    managers: list[int] = field(default_factory=list)

    def team_of(self, worker: int) -> str:
        """The locality of a practitioner, as a row has it: the first team is the hub's."""
        if not self.teams:
            return NULL
        return self.teams[1 + self.practitioners.index(worker) % (len(self.teams) - 1)]


@dataclass
class Town:
    """A partnership that stands."""

    number: int
    id: UUID
    slug: str
    houses: list[House]
    definition_id: str
    random: Random
    keys: Keys

    @property
    def council(self) -> House:
        """The agency that is let into most cases."""
        return self.houses[0]


LED = list(accumulate(sort.leads for sort in SORTS))
NAMED = list(accumulate(sort.named for sort in SORTS))


def slug_of(number: int) -> str:
    """The first part of the addresses of a partnership, from `size-001`."""
    return f"size-{number:03}"


def address_of(role: str, agency: str, number: int) -> str:
    """By which one signs in, such as `practitioner.council@size-001.example`; roles: practitioner, manager."""
    return f"{role}.{agency}@{slug_of(number)}.example"


@scopes_disabled()
def build(*, partnerships: int, seed: int, password: str | None, milliseconds: int) -> list[Town]:
    """Write the ground of so many partnerships; with a password, those who have an address of a role can sign in."""
    towns = [_town(number, seed, milliseconds) for number in range(1, partnerships + 1)]
    Partnership.objects.using(MAINTENANCE).bulk_create(
        Partnership(
            id=town.id, slug=town.slug, name=f"Size {town.number:03}", second_factor=False, pathway_version=1
        )
        for town in towns
    )  # fmt: skip
    _agencies(towns)
    _workers(towns, Random(f"{seed} workers"), make_password(password))  # noqa: S311 (invented names)
    _forms(towns)
    _policies(towns)
    return towns


def _town(number: int, seed: int, milliseconds: int) -> Town:
    random = Random(f"{seed} {number}")  # noqa: S311 (invented families, not secrets)
    keys = Keys(random)
    keys.go_to(milliseconds)
    houses = [House(sort, keys.next()) for sort in SORTS]
    return Town(number, UUID(keys.next()), slug_of(number), houses, keys.next(), random, keys)


def _agencies(towns: list[Town]) -> None:
    every = [(town, house) for town in towns for house in town.houses]
    groups = Group.objects.using(MAINTENANCE).bulk_create(
        [Group(name=f"agency:{house.id}") for _, house in every], batch_size=AT_ONCE
    )
    for (_, house), group in zip(every, groups, strict=True):
        house.group_id = group.pk
    Agency.objects.using(MAINTENANCE).bulk_create(
        [
            Agency(
                id=house.id, partnership_id=town.id, name=house.sort.name, kind=house.sort.kind, group_id=house.group_id
            )
            for town, house in every
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    teams = []
    for town, house in every:
        for name in house.sort.teams:
            house.teams.append(town.keys.next())
            teams.append(Team(id=house.teams[-1], partnership_id=town.id, agency_id=house.id, name=name))
    Team.objects.using(MAINTENANCE).bulk_create(teams, batch_size=AT_ONCE)


def _workers(towns: list[Town], random: Random, password: str) -> None:
    """The first practitioner and manager of each agency can be signed in; nobody else has a password."""
    first, last = Names("women", random), Names("surnames", random)
    seats = [(town, house, *seat) for town in towns for house in town.houses for seat in _seats(house)]
    nobodys = make_password(None)
    people = []
    for place, (town, house, role, number) in enumerate(seats):
        known = number == 0 and role in (Role.PRACTITIONER, Role.MANAGER)
        email = address_of(role, house.sort.key, town.number) if known else f"worker{place}@{town.slug}.example"
        people.append(
            User(email=email, full_name=f"{first.next()} {last.next()}", password=password if known else nobodys)
        )
    users = User.objects.using(MAINTENANCE).bulk_create(people, batch_size=AT_ONCE)
    memberships = []
    for (town, house, role, _), user in zip(seats, users, strict=True):
        {Role.MANAGER: house.managers, Role.SCREENER: house.screeners}.get(role, house.practitioners).append(user.pk)
        # Screeners are the hub's; practitioners are shared out among the other teams.
        team = house.team_of(user.pk) if role == Role.PRACTITIONER else NULL
        if role == Role.SCREENER:
            team = house.teams[0]
        memberships.append(
            Membership(
                id=town.keys.next(), partnership_id=town.id, user_id=user.pk,
                agency_id=house.id, role=role, team_id=None if team == NULL else team,
            )
        )  # fmt: skip
    Membership.objects.using(MAINTENANCE).bulk_create(memberships, batch_size=AT_ONCE)


def _seats(house: House) -> Iterator[tuple[Role, int]]:
    council = house.sort.kind == AgencyKind.EARLY_HELP
    for role, number in (
        (Role.PRACTITIONER, house.sort.practitioners),
        (Role.MANAGER, 1),
        (Role.SCREENER, 4 * council),
    ):
        for place in range(number):
            yield role, place


def form() -> dict[str, Any]:
    """The assessment's form, as the product brings it."""
    body: dict[str, Any] = json.loads((LIBRARY / "eha.json").read_text(encoding="utf-8"))
    return body


def _forms(towns: list[Town]) -> None:
    body = form()
    FormDefinition.objects.using(MAINTENANCE).bulk_create(
        FormDefinition(
            id=town.definition_id, partnership_id=town.id, key=body["key"], version=1, title=body["title"], body=body,
            published_at=clock.now(),
        )
        for town in towns
    )  # fmt: skip


def _policies(towns: list[Town]) -> None:
    preset = presets.load(PRESET)
    PathwayPolicy.objects.using(MAINTENANCE).bulk_create(
        PathwayPolicy(
            id=town.keys.next(), partnership_id=town.id, version=1, preset=PRESET, body=preset.body, made_at=clock.now()
        )
        for town in towns
    )  # fmt: skip
