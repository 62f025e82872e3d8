"""A demonstration partnership: founded from its area's preset, with the agencies and people of `places/*.toml`.

Its words, levels and colour are the preset's. Telephone numbers alone are the demonstration's own: it rings nobody.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from earlyhelp.demo.roles import (
    EVERYONE,
    OPERATOR_EMAIL,
    OPERATOR_NAME,
    TWO_HATS,
    TWO_HATS_EMAIL,
    TWO_HATS_NAME,
    Place,
    Worker,
    address_of,
)
from foundation.accounts import services as accounts
from foundation.accounts.enums import AgencyKind
from foundation.accounts.hats import actor_for
from foundation.accounts.models import Agency, Team, User
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.partnership import presets
from foundation.partnership.services import found_partnership
from foundation.tenancy.models import Partnership

PASSWORD = "early-help-demo"  # noqa: S105 (printed for everyone: it opens invented families only)
PLACES = Path(__file__).with_name("places")
OWN_NUMBERS = ("out_of_hours_phone", "adult_door")
SUFFIX = " (demonstration)"
_TELEPHONE = re.compile(r"\b0\d{2,4} \d{3,4} ?\d{3,4}\b")


@dataclass(frozen=True)
class Hand:
    """Somebody who acts in the demonstration, by the hat that they wear there."""

    user: User
    actor: Actor
    agency: Agency
    team: Team | None
    job: str

    @property
    def name(self) -> str:
        """As colleagues know them."""
        return self.user.full_name


@dataclass(frozen=True)
class Town:
    """A partnership that stands, with its agencies and the people who work in them, by the keys of its file."""

    place: Place
    agencies: Mapping[str, Agency]
    hands: Mapping[str, Hand]

    def words(self) -> dict[str, str]:
        """What a story's placeholders may name: agencies and workers."""
        agencies = {key: agency.name for key, agency in self.agencies.items()}
        return agencies | {f"worker_{key}": hand.name for key, hand in self.hands.items()}


def load() -> list[Place]:
    """The demonstration's partnerships, in the order of their names."""
    files = sorted(PLACES.glob("*.toml"))
    return [Place(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]


def make_partnership(place: Place, *, at: dt.datetime) -> Partnership:
    """The partnership itself, outside every scope, as if it stood since `at`."""
    with clock.at(at):
        name = presets.load(place.slug).name
        return found_partnership(by_user=None, preset=place.slug, slug=place.slug, name=name)


def make_operator() -> User:
    """Who sets up partnerships, and has a place in none."""
    user = _user(OPERATOR_EMAIL, OPERATOR_NAME)
    user.is_operator = True
    user.save(update_fields=["is_operator"])
    return user


def set_up(place: Place, partnership: Partnership, *, at: dt.datetime) -> Town:
    """Agencies, teams and people, inside the partnership's scope, as if they stood since `at`."""
    by = system(partnership.pk)
    _make_known(place, partnership)
    with clock.at(at):
        agencies, teams = _make_agencies(by, place)
        hands = {}
        for worker in EVERYONE:
            user = _user(address_of(worker.key, place.slug), place.data["people"][worker.key])
            hands[worker.key] = _give_a_hat(by, user, worker, agencies, teams)
        user = _user(TWO_HATS_EMAIL, TWO_HATS_NAME)
        for worker in TWO_HATS[place.slug]:
            hands[worker.key] = _give_a_hat(by, user, worker, agencies, teams)
    return Town(place, agencies, hands)


def _make_known(place: Place, partnership: Partnership) -> None:
    """It says what it is, has numbers that ring nowhere, and asks for the password alone."""
    partnership.name += SUFFIX
    for field in OWN_NUMBERS:
        setattr(partnership, field, place.data[field])
    partnership.emergency_wording = _TELEPHONE.sub(place.data["out_of_hours_phone"], partnership.emergency_wording)
    partnership.second_factor = False
    partnership.save(update_fields=["name", *OWN_NUMBERS, "emergency_wording", "second_factor"])


def _make_agencies(by: Actor, place: Place) -> tuple[dict[str, Agency], dict[str, Team]]:
    """Early help and its hub have stood since the founding."""
    early_help = Agency.objects.get(kind=AgencyKind.EARLY_HELP)
    agencies, teams = {"early_help": early_help}, {"hub": Team.objects.get(agency=early_help)}
    for key, agency in place.data["agencies"].items():
        if key not in agencies:
            agencies[key] = accounts.create_agency(by=by, name=agency["name"], kind=agency["kind"])
        for team, name in agency.get("teams", {}).items():
            teams[team] = accounts.create_team(by=by, agency=agencies[key], name=name)
    return agencies, teams


def _user(email: str, name: str) -> User:
    """A person who may sign in with PASSWORD, or the one who has this address already."""
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    user = User.objects.create_user(email, None, full_name=name)
    user.password = _hashed()
    user.save(update_fields=["password"])
    return user


_kept: dict[str, str] = {}


def _hashed() -> str:
    """Hashed once for all, since everybody has the same: a hash is slow on purpose."""
    if "hash" not in _kept:
        _kept["hash"] = make_password(PASSWORD)
    return _kept["hash"]


def _give_a_hat(
    by: Actor, user: User, worker: Worker, agencies: Mapping[str, Agency], teams: Mapping[str, Team]
) -> Hand:
    agency, team = agencies[worker.agency], teams.get(worker.team)
    accounts.add_membership(by=by, user=user, agency=agency, role=worker.role, team=team)
    return Hand(user, actor_for(user, agency), agency, team, worker.job)
