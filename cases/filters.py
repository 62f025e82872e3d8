"""What the list of cases is narrowed by. It stands in the address as codes, ids and a date, never as a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode
from django_filters import Filter, FilterSet

from cases import queries
from cases.enums import CaseState
from cases.models import Case
from foundation.accounts.models import Team
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.tenancy.models import Partnership
from foundation.ui.fields import DateField, SelectField

ALL = "all"
WHOSE = {
    ALL: "All open to my agency",
    "agency": "My agency leads",
    "team": "My team’s",
    "mine": "I lead",
}


ORDER = ("whose", "state", "level", "team", "since")


class Pick(Filter):
    """One of few. A value that is not among them is refused with a sentence, and narrows nothing."""

    field_class = SelectField


class Day(Filter):
    """A date in three boxes."""

    field_class = DateField


@dataclass(frozen=True, slots=True)
class Tag:
    """One thing that the list is narrowed by, and the address of the list without it."""

    words: str
    url: str


def _refused(what: str) -> dict[str, str]:
    return {"invalid_choice": f"{what} cannot be chosen here, so the list is not narrowed by it"}


class CaseFilters(FilterSet):
    """The filters of one reader's list: `qs` is what they leave, `form` how they are drawn.

    Each filter is written out (`fields` is empty) and nothing is looked up where the class is made, for there no
    partnership's scope is open.
    """

    whose = Pick(label="Whose", method="of_whom", choices=[], error_messages=_refused("Whose cases"))
    state = Pick(
        label="State",
        field_name="state",
        choices=[("", "Open and closed"), *CaseState.choices],
        error_messages=_refused("That state"),
    )
    level = Pick(label="Level of need", field_name="level", choices=[], error_messages=_refused("That level"))
    team = Pick(label="Team", field_name="team_id", choices=[], error_messages=_refused("That team"))
    since = Day(label="Opened since", method="opened_since")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(
        self, data: Mapping[str, Any], *, actor: Actor, partnership: Partnership, teams: Iterable[Team]
    ) -> None:
        """`teams` are those of the reader's own agency."""
        super().__init__(data, queries.newest_cases(actor))
        self.actor = actor
        whose = [(value, words) for value, words in WHOSE.items() if value != "team" or actor.team_ids]
        levels = [(level["code"], f"{level['code']}: {level['words']}") for level in partnership.levels]
        own_teams = [(str(team.pk), team.name) for team in teams]
        self.filters["whose"].extra["choices"] = whose
        self.filters["level"].extra["choices"] = [("", "Any level"), *levels]
        self.filters["team"].extra["choices"] = [("", "Any team"), *own_teams]
        if not own_teams and not data.get("team"):
            del self.filters["team"]

    def of_whom(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Whose cases."""
        return queries.of_whom(cases, self.actor, value)

    def opened_since(self, cases: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Case]:
        """From the first moment of that day in London on; the grant's row knows when."""
        return cases.filter(newest__gte=_first_moment(value))

    @property
    def countable(self) -> QuerySet[Any]:
        """As many rows as `qs` has: of the grants alone where they know enough, which spares looking at each case."""
        if not self.said.keys() <= {"whose", "since"} or self.said["whose"] != ALL:
            return self.qs
        doors, since = queries.doors_to_see(self.actor), self.form.cleaned_data.get("since")
        doors = doors.filter(opened_at__gte=_first_moment(since)) if since else doors
        return doors.values("content_object_id")

    @property
    def said(self) -> dict[str, str]:
        """What holds, as it stands in an address: only what could be understood, and always whose."""
        self.errors  # noqa: B018 (checks the form, once)
        known = {name: str(value) for name, value in self.form.cleaned_data.items() if value}
        return {"whose": ALL, **known}

    @property
    def narrowed(self) -> bool:
        """Whether anything but whose cases narrows the list."""
        return len(self.said) > 1

    @property
    def tags(self) -> list[Tag]:
        """What the list is narrowed by, each with the way to take it away."""
        said = self.said
        return [
            Tag(self._words(name, value), address({**said, name: ALL if name == "whose" else ""}))
            for name, value in said.items()
            if value != ALL
        ]

    def _words(self, name: str, value: str) -> str:
        if name == "since":
            day = dt.date.fromisoformat(value)
            return f"Opened since {day.day} {day:%B %Y}"
        words = dict(self.form.fields[name].choices)[value]
        return f"Level {words}" if name == "level" else words


def _first_moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, clock.LONDON)


def address(said: Mapping[str, str]) -> str:
    """The list's address for what it is narrowed by, always in the same order."""
    return "?" + urlencode([(name, said[name]) for name in ORDER if said.get(name)])
