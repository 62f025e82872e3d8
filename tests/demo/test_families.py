"""Invented households: the same for the same seed, nobody twice, no number that could be anybody's."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from cases.enums import BirthDateKind, Part
from earlyhelp.demo import places, stories
from earlyhelp.demo.families import Household, Registry, all_names, months_before
from earlyhelp.demo.roles import EVERYONE, SLUGS, TWO_HATS, TWO_HATS_NAME, Place
from earlyhelp.demo.stages import PLANS, Stage, plan_of
from foundation.common.text import age_in_words, nhs_number
from foundation.partnership import presets
from foundation.ui.colours import contrast

TODAY = dt.date(2026, 11, 18)
# Ofcom keeps these for drama: no telephone rings there.
DRAMA = re.compile(r"(07700 900 ?\d{3})|(01632 960 ?\d{3})|(020 7946 0\d{3})")


@pytest.fixture(params=places.load(), ids=lambda place: place.slug)
def place(request: pytest.FixtureRequest) -> Place:
    """Each partnership."""
    return request.param


def told_of(place: Place, count: int) -> dict[str, Any]:
    """The story of a partnership's family by its number."""
    return stories.load()[plan_of(count).stories[place.story_of(count)]].data


def households(place: Place, *, count: int = 20, seed: int = 1) -> list[Household]:
    registry = Registry(place, seed=seed, today=TODAY, taken=list(place.data["people"].values()))
    told = [told_of(place, each) for each in range(count)]
    return [registry.household(data["family"], peoples=data.get("peoples", ())) for data in told]


def test_the_same_seed_makes_the_same_families(place: Place) -> None:
    """Demo: names, dates, addresses and numbers; another seed makes others."""
    first = households(place)
    assert households(place) == first
    assert households(place, seed=2) != first


def test_more_families_do_not_change_the_first(place: Place) -> None:
    """Demo: `--families` adds at the end."""
    assert households(place, count=40)[:20] == households(place)


@pytest.mark.parametrize("count", [20, 200])
def test_nobody_has_the_full_name_of_another(place: Place, count: int) -> None:
    """Demo: workers included, also with as many families as there may be."""
    names = [member.name for home in households(place, count=count) for member in home.members if member.name]
    named = [name for name in names if " " in name]
    workers = [*place.data["people"].values(), TWO_HATS_NAME]
    assert len(set(named) | set(workers)) == len(named) + len(workers)


def test_families_of_a_partnership_have_names_of_their_own(place: Place) -> None:
    """Demo: so that a person can tell which family is meant."""
    families = [home.family_name for home in households(place)]
    assert len(set(families)) == len(families)


def test_nhs_numbers_are_from_the_range_that_nobody_has(place: Place) -> None:
    """FAM-1: 999 and a valid check digit, each once, of children alone."""
    members = [member for home in households(place, count=60) for member in home.members]
    given = [member.nhs_number for member in members if member.nhs_number]
    assert given
    assert all(one.startswith("999") and nhs_number(one) == one for one in given)
    assert len(set(given)) == len(given)
    assert all(bool(member.nhs_number) == (member.part == Part.CHILD) for member in members)


def test_telephones_are_from_the_ranges_kept_for_drama(place: Place) -> None:
    """Demo: families' and the partnership's own."""
    assert all(DRAMA.fullmatch(home.phone) for home in households(place, count=100))
    assert DRAMA.fullmatch(place.data["out_of_hours_phone"])
    assert DRAMA.search(place.data["adult_door"])


def test_people_are_as_old_as_their_story_says(place: Place) -> None:
    """Demo: on the day of making, whatever the seed."""
    for each, home in enumerate(households(place, count=40)):
        parts = told_of(place, each)["family"]
        for part, member in zip(parts, home.members, strict=True):
            if "age" in part:
                assert age_in_words(member.born_on, TODAY) == f"{part['age']} years"
            elif "months" in part:
                assert (
                    months_before(TODAY, part["months"] + 1) <= member.born_on <= months_before(TODAY, part["months"])
                )


def test_an_unborn_baby_has_an_expected_date_and_no_name() -> None:
    """FAM-1: and somebody of whom little is known has no date at all."""
    registry = Registry(places.load()[0], seed=3, today=TODAY)
    home = registry.household(stories.load()["newbaby"].data["family"])
    baby = home.member("baby")
    assert (baby.given_name, baby.born_kind) == ("", BirthDateKind.EXPECTED)
    assert baby.born_on > TODAY
    other = registry.household(stories.load()["separated"].data["family"]).member("partner")
    assert (other.born_on, other.born_kind) == (None, BirthDateKind.UNKNOWN)


def test_a_story_with_an_interpreter_is_told_of_a_family_who_needs_one(place: Place) -> None:
    """Demo: its names are of the peoples that it allows."""
    story = stories.load()["housing"].data
    registry = Registry(place, seed=5, today=TODAY)
    homes = [registry.household(story["family"], peoples=story["peoples"]) for _ in range(10)]
    assert {home.language for home in homes} <= {all_names()[people]["language"] for people in story["peoples"]}


def test_every_seat_has_a_name_in_every_partnership(place: Place) -> None:
    """Demo: and every seat's agency and team is there."""
    assert set(place.data["people"]) == {worker.key for worker in EVERYONE}
    assert {worker.agency for worker in EVERYONE} <= set(place.data["agencies"])
    teams = {team for agency in place.data["agencies"].values() for team in agency.get("teams", {})} | {"hub"}
    assert {worker.team for worker in EVERYONE if worker.team} == teams


def test_colours_are_seen_and_differ() -> None:
    """Demo: one knows by the bar at the top where one is; white can be read on it."""
    colours = [presets.load(place.slug).words["colour"] for place in places.load()]
    assert len(set(colours)) == len(colours)
    assert all(contrast(colour, "#ffffff") >= 4.5 for colour in colours)


def test_every_preset_has_a_demonstration_of_its_own() -> None:
    """§11: five partnerships, each with one of each stage at least; nobody works in two under one name by chance."""
    known = places.load()
    assert [place.slug for place in known] == presets.names() == list(SLUGS)
    assert all(place.families >= len(Stage) for place in known)
    workers = [name for place in known for name in place.data["people"].values()]
    assert len(set(workers) | {TWO_HATS_NAME}) == len(workers) + 1
    assert set(TWO_HATS) == set(SLUGS)


def test_places_tell_no_words_of_their_own(place: Place) -> None:
    """§11: what the front door is called stands in the preset alone, so there is one truth."""
    assert not {"name", "levels", "colour", "front_door", "lead_title", "emergency_wording"} & set(place.data)


def test_stories_take_turns() -> None:
    """Demo: two partnerships tell one story each of every plan, the others change between them."""
    turns = {place.slug: "".join(str(place.story_of(count)) for count in range(6)) for place in places.load()}
    assert turns == {
        "derby": "010101", "derbyshire": "101010", "devon": "001100", "rotherham": "000000", "tower-hamlets": "111111",
    }  # fmt: skip


def test_the_first_plans_are_one_of_each_stage() -> None:
    """Demo: a smaller demonstration leaves no stage out as long as it can."""
    assert {plan.stage for plan in PLANS[:13]} == set(Stage)
    assert len(Stage) == 13
    assert plan_of(len(PLANS)) == PLANS[0]
