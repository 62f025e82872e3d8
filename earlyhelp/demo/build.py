"""The whole demonstration, in order of time, in one transaction: it stands, or nothing of it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from heapq import heapify, heappop, heappush
from random import Random

from django.db import transaction

from earlyhelp.demo import places, stories
from earlyhelp.demo.diary import Diary
from earlyhelp.demo.families import Registry
from earlyhelp.demo.places import Town
from earlyhelp.demo.roles import OPERATOR_EMAIL, TWO_HATS_EMAIL, TWO_HATS_NAME, Place, address_of
from earlyhelp.demo.stages import Stage, plan_of
from earlyhelp.demo.walk import Walk
from foundation.accounts.models import User
from foundation.common import clock
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

MOST_FAMILIES = 200
SEED = 1
SET_UP_DAYS_AGO = 60


class NotEmpty(Exception):
    """The database holds something that the demonstration did not make."""


def stands() -> bool:
    """Whether the demonstration is there already; NotEmpty when something else is."""
    slugs = set(Partnership.objects.values_list("slug", flat=True))
    if slugs >= {place.slug for place in places.load()}:
        return True  # and whatever an operator has made in it since
    if slugs or User.objects.exists():
        raise NotEmpty
    return False


@transaction.atomic
def build(*, families: int | None = None, seed: int = SEED) -> dict[str, Counter[Stage]]:
    """Make every partnership, each with so many families or with its own number; how many stand at each stage."""
    now = clock.now()
    places.make_operator()
    return {
        place.slug: _build_one(place, families=families or place.families, seed=seed, now=now)
        for place in places.load()
    }


def walks_of(town: Town, *, families: int, seed: int, diary: Diary) -> list[Walk]:
    """Every family of a partnership before its first step; the same for the same seed, whatever the day."""
    taken = [*town.place.data["people"].values(), TWO_HATS_NAME]
    registry = Registry(town.place, seed=seed, today=clock.today(), taken=taken)
    known, words = stories.load(), town.words()
    walks = []
    for count in range(families):
        plan = plan_of(count)
        story = known[plan.stories[town.place.story_of(count)]]
        household = registry.household(story.data["family"], peoples=story.data.get("peoples", ()))
        random = Random(f"{seed} {town.place.slug} {count}")  # noqa: S311 (minutes of a day, not secrets)
        walks.append(Walk(town, diary, plan, stories.Tale(story, household, words), random))
    return walks


def in_order_of_time(walks: list[Walk]) -> None:
    """Take every step of every walk, the earliest first, each at its own moment."""
    ahead = [(next(steps), number, steps) for number, steps in enumerate(walk.steps() for walk in walks)]
    heapify(ahead)
    while ahead:
        moment, number, steps = heappop(ahead)
        with clock.at(moment):
            following = _next(steps)
        if following is not None:
            heappush(ahead, (following, number, steps))


def _next(steps: Iterator[datetime]) -> datetime | None:
    return next(steps, None)


def _build_one(place: Place, *, families: int, seed: int, now: datetime) -> Counter[Stage]:
    diary = Diary(now)
    since = diary.at(SET_UP_DAYS_AGO, 0)
    partnership = places.make_partnership(place, at=since)
    with tenant_scope(partnership.pk):
        town = places.set_up(place, partnership, at=since)
        walks = walks_of(town, families=families, seed=seed, diary=diary)
        in_order_of_time(walks)
    return Counter(walk.plan.stage for walk in walks)


def addresses() -> list[str]:
    """Every e-mail address by which somebody signs in to the demonstration."""
    seats = [address_of(key, place.slug) for place in places.load() for key in place.data["people"]]
    return [*seats, TWO_HATS_EMAIL, OPERATOR_EMAIL]
