"""What the rooms above hang on the case page: panels, the path, the one next step, and words for the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, TextChoices
from django.http import HttpRequest

from cases.models import Case
from foundation.common.actors import Actor

PanelContext = Callable[[Actor, Case, HttpRequest], dict[str, Any]]
# Which entries of the trail a reader's agency is told of where it does not lead the case.
Told = Callable[[Actor, Case], Q]


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the case page: its template, and what the template needs besides `case`, `actor` and `request`."""

    template: str
    context: PanelContext


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next: in words, with the button that does it (FAM-10)."""

    words: str
    button: str
    url: str


@dataclass(frozen=True, slots=True)
class PathStep:
    """A stage of the partnership's path, and the day it was reached (None: not yet)."""

    words: str
    done_on: dt.date | None = None


StepsOf = Callable[[Actor, Sequence[Case]], Mapping[UUID, NextStep]]
StagesOf = Callable[[Sequence[Case]], Mapping[UUID, list[PathStep]]]


class Panels:
    """The panels of the case page, in order."""

    def __init__(self) -> None:
        self._panels: dict[str, tuple[int, Panel]] = {}

    def add(self, template: str, context_fn: PanelContext, order: int = 100) -> None:
        """Hang a panel on the page; the same template twice hangs once."""
        self._panels[template] = (order, Panel(template, context_fn))

    def __iter__(self) -> Iterator[Panel]:
        return (panel for _, panel in sorted(self._panels.values(), key=lambda entry: (entry[0], entry[1].template)))


class NextSteps:
    """Who can say what comes next. The first that has an answer for a case, in order, gives it."""

    def __init__(self) -> None:
        self._sources: list[tuple[int, StepsOf]] = []

    def add(self, fn: StepsOf, order: int = 100) -> None:
        """Ask `fn` for the next steps of several cases at once, by the case's key, after those of a lower order.

        It asks the database as often for many cases as for one: lists show a step beside each case.
        """
        self._sources = sorted([*self._sources, (order, fn)], key=lambda entry: entry[0])

    def of_many(self, actor: Actor, cases: Sequence[Case]) -> dict[UUID, NextStep]:
        """What this reader can do next in each of these cases; a case with nothing to do is left out."""
        found: dict[UUID, NextStep] = {}
        for _, ask in self._sources:
            if left := [case for case in cases if case.pk not in found]:
                found.update(ask(actor, left))
        return found

    def first(self, actor: Actor, case: Case) -> NextStep | None:
        """What this reader can do next in this case, if anything."""
        return self.of_many(actor, [case]).get(case.pk)


class Path:
    """Where a family is on the partnership's path: each room adds the stages that it knows (FAM-10)."""

    def __init__(self) -> None:
        self._sources: list[tuple[int, StagesOf]] = []

    def add(self, fn: StagesOf, order: int = 100) -> None:
        """Put the stages that `fn` gives, for several cases at once, after those of a lower order."""
        self._sources = sorted([*self._sources, (order, fn)], key=lambda entry: entry[0])

    def of_many(self, cases: Sequence[Case]) -> dict[UUID, list[PathStep]]:
        """All stages of each case, done and still to come."""
        stages: dict[UUID, list[PathStep]] = {case.pk: [] for case in cases}
        for _, ask in self._sources if cases else ():
            for case_id, steps in ask(cases).items():
                stages[case_id] += steps
        return stages

    def of(self, case: Case) -> list[PathStep]:
        """All stages of one case."""
        return self.of_many([case])[case.pk]


class LookedAt:
    """Words for what the access log says was looked at: "The case page" (FAM-8). Each room gives those of its kinds."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, str], str] = {}

    def know(self, kind: str, **words: str) -> None:
        """The words for looks at a kind of thing, by how it was looked at: `know("a.thing", page="The thing")`."""
        self._words.update({(kind, how): said for how, said in words.items()})

    def words(self, kind: str, how: str) -> str:
        """What was looked at, in words."""
        return self._words.get((kind, how), "Something else in the record")


class Happenings:
    """Words for what the trail holds of a case: "Ruth Adeyemi opened the case". A verb without words stays unsaid."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._told: dict[str, Told] = {}

    def know(self, verbs: type[TextChoices], *, told: Told | None = None) -> None:
        """Take the labels of a room's verbs as the words.

        The agency that leads is told of all of them; another agency of those that `told` gives, or without it of what
        was done for an agency that is let in today.
        """
        self._words.update((str(value), str(label)) for value, label in verbs.choices)
        self._told.update({str(value): told for value in verbs.values} if told else {})

    def words(self, verb: str) -> str | None:
        """The words of a verb, if a room has given any."""
        return self._words.get(verb)

    def verbs(self) -> list[str]:
        """Every verb that can be said."""
        return sorted(self._words)

    def told_to(self, actor: Actor, case: Case, *, otherwise: Q) -> Q:
        """What a reader whose agency does not lead is told of; `otherwise` is for rooms that said nothing."""
        condition = Q(verb__in=[verb for verb in self.verbs() if verb not in self._told]) & otherwise
        for told in dict.fromkeys(self._told.values()):
            verbs = [verb for verb, given in self._told.items() if given is told]
            condition |= Q(verb__in=verbs) & told(actor, case)
        return condition


panels = Panels()
next_steps = NextSteps()
path = Path()
happenings = Happenings()
looked_at = LookedAt()
