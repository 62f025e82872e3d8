"""One page measured as a whole and in its parts, in a small database and in a large one, side by side.

In each round every figure is taken once in each database and for each side of a comparison, in turning order, so that
the machine's moods meet all alike. Both sides of a comparison have the same role, transaction and set-up.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.test import RequestFactory, override_settings

from benchmarks.ground import quiet, told
from benchmarks.size import Ground
from foundation.tenancy.scope import tenant_scope

PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WARM_UP = 5
MOST_ROWS = 25
STOCK_ROUNDS = 20
BY_HAND, BY_IDS, BY_SIZE, MOST_STATEMENTS = 1.5, 2.0, 1.3, 15
SET_UP = re.compile(r"SAVEPOINT|set_config\('(?!earlyhelp)")
"""What frames a transaction, and what row history is told: no question to the database."""

Statement = tuple[str, Any]
Patch = tuple[Any, str, Any]
"""A module, the name of a function in it, and what stands in for the function."""


def answering(rows: Callable[[], Any]) -> Callable[..., Any]:
    """A stand-in for one of the view's queries, whatever it is asked."""
    return lambda *_asked, **_more: rows()


@dataclass(frozen=True)
class Person:
    """Who opens the page: a role of one of the agencies, in words for the table."""

    role: str
    agency: str
    words: str


@dataclass(frozen=True)
class Page:
    """A page to measure.

    `by_hand` gives its statements as somebody would write them; `given` and `stock` what stands in for the view's own
    queries: so many rows whose ids are known, and guardian's own shortcut. `shown` is how many rows a page shows.
    `statements` counts the questions to the database: not what begins, ends and scopes a transaction.
    """

    name: str
    path: str
    view: type[Any]
    people: Sequence[Person]
    statements: int
    by_hand: Callable[[Seat], list[Statement]]
    given: Callable[[Seat, int], list[Patch]]
    stock: Callable[[Seat], list[Patch]]
    shown: Callable[[dict[str, Any]], int]


@dataclass
class Figures:
    """What was measured of one person's page in one database, in milliseconds, round by round."""

    page: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)
    view: list[float] = field(default_factory=list)
    given: list[float] = field(default_factory=list)
    stock: list[float] = field(default_factory=list)
    noise: list[float] = field(default_factory=list)
    statements: tuple[int, int] = (0, 0)
    rows: int = 0


class Seat:
    """One person in front of the page in one database, ready to be measured."""

    def __init__(self, page: Page, ground: Ground, person: Person) -> None:
        self.page, self.ground, self.person = page, ground, person
        self.figures = Figures()
        with ground.stood_on():
            self.hat = ground.hat(person.role, person.agency)
            self.client = ground.client(person.role, person.agency)
            self.path = page.path.format(slug=ground.slug)
            for _ in range(3):  # the first visit writes when somebody came
                self.open()
            with tenant_scope(self.hat.partnership.pk):
                self.hat.user.groups.add(self.hat.agency.group_id)  # what the shortcut goes by; nothing else looks
                self.given, self.stock, one = page.given(self, MOST_ROWS), page.stock(self), page.given(self, 1)
                self.by_hand = page.by_hand(self)
                self.figures.rows = page.shown(self._context())
            self.statements = self._captured([])
            self.figures.statements = (_questions(self._captured(one)), _questions(self.statements))

    def open(self) -> None:
        """The page as a browser gets it, without a network."""
        answer = self.client.get(self.path, secure=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.path} answers {answer.status_code}.")

    def rounds(self, number: int) -> None:
        """Each figure once, in turning order."""
        figures = self.figures
        with self.ground.stood_on():
            figures.noise.append(_milliseconds(_same_work))
            figures.page.append(_milliseconds(self.open))
            sides = [(figures.asked, self.statements), (figures.by_hand, self.by_hand)]
            for kept, statements in _turned(sides, number):
                kept.append(self._run(statements))
            views: list[tuple[list[float], list[Patch]]] = [(figures.view, []), (figures.given, self.given)]
            if number < STOCK_ROUNDS:
                views.append((figures.stock, self.stock))
            for kept, patches in _turned(views, number):
                with _patched(patches), tenant_scope(self.hat.partnership.pk):
                    kept.append(_milliseconds(self._context))

    def _context(self) -> dict[str, Any]:
        """The view without its template: all that it reads and reckons."""
        view, request = self.page.view(), RequestFactory().get(self.path)
        for name, value in (
            ("user", self.hat.user), ("hat", self.hat), ("actor", self.hat.actor),
            ("partnership", self.hat.partnership), ("session", self.client.session),
        ):  # fmt: skip
            setattr(request, name, value)
        view.setup(request, partnership=self.ground.slug)
        return view.get_context_data()

    def _captured(self, patches: Sequence[Patch]) -> list[Statement]:
        """Every statement of the page, with its values, except savepoints."""
        found: list[Statement] = []

        def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not SET_UP.search(sql):
                found.append((sql, params))
            return execute(sql, params, many, context)

        with _patched(patches), connection.execute_wrapper(keep):
            self.open()
        return found

    def _run(self, statements: Sequence[Statement]) -> float:
        """All of them, one after the other, in one transaction that is rolled back; every row is fetched."""
        with transaction.atomic():
            raw = connection.connection.cursor()
            began = time.perf_counter()
            for sql, params in statements:
                raw.execute(sql, params)
                raw.fetchall()
            took = (time.perf_counter() - began) * 1000
            transaction.set_rollback(True)
        return took


def measure(page: Page, alone: Ground, country: Ground, *, rounds: int) -> bool:
    """Print the table; True when every target is met."""
    with quiet(), override_settings(STORAGES=PLAIN_STATIC):
        seats = {person: [Seat(page, ground, person) for ground in (alone, country)] for person in page.people}
        for number in range(-WARM_UP, rounds):
            for pair in seats.values():
                for seat in _turned(pair, number):
                    if number == 0:
                        _forget(seat.figures)
                    seat.rounds(number if number >= 0 else rounds)
    met = [_print_person(page, person, *pair) for person, pair in seats.items()]
    return all(met)


def _print_person(page: Page, person: Person, alone: Seat, country: Seat) -> bool:
    print(f"\n{page.name}, {person.words}; {len(alone.figures.page)} rounds; milliseconds: median (least – most)")
    print(f"  {'':46}{alone.ground.words:>24}{country.ground.words:>24}")
    for words, name in (
        ("the page as a browser gets it", "page"), ("its statements", "asked"), ("the same written by hand", "by_hand"),
        ("the view without its template", "view"), ("the same over rows given by their ids", "given"),
        ("the same by get_objects_for_user", "stock"), ("the machine: the same work each time", "noise"),
    ):  # fmt: skip
        pair = [told(getattr(seat.figures, name)) for seat in (alone, country)]
        print(f"  {words:46}{pair[0]:>24}{pair[1]:>24}")
    met = [
        _told_target("statements / by hand", alone, country, "asked", "by_hand", BY_HAND),
        _told_target("view / over given ids", alone, country, "view", "given", BY_IDS),
    ]
    larger = _median(country.figures.page) / _median(alone.figures.page)
    met.append(
        _verdict(f"{'the page: many / alone':46}{'':24}{larger:>24.2f}", larger <= BY_SIZE, f"at most {BY_SIZE}")
    )
    counts = [seat.figures.statements for seat in (alone, country)]
    right = all(count == page.statements <= MOST_STATEMENTS for both in counts for count in both)
    asked = " and ".join(f"{one} for one row, {many} for {country.figures.rows}" for one, many in counts)
    met.append(_verdict(f"{'statements of a page':36}{asked:>58}", right, f"{page.statements}, whatever the rows"))
    return all(met)


def _told_target(words: str, alone: Seat, country: Seat, one: str, other: str, most: float) -> bool:
    ratios = [_median(getattr(seat.figures, one)) / _median(getattr(seat.figures, other)) for seat in (alone, country)]
    return _verdict(f"{words:46}{ratios[0]:>24.2f}{ratios[1]:>24.2f}", max(ratios) <= most, f"at most {most}")


def _verdict(line: str, met: bool, target: str) -> bool:
    print(f"  {line}   {'met' if met else 'MISSED'} ({target})")
    return met


def _median(figures: Sequence[float]) -> float:
    return statistics.median(figures)


def _turned(sides: Sequence[Any], number: int) -> Sequence[Any]:
    place = number % len(sides)
    return [*sides[place:], *sides[:place]]


def _forget(figures: Figures) -> None:
    for kept in (
        figures.page,
        figures.asked,
        figures.by_hand,
        figures.view,
        figures.given,
        figures.stock,
        figures.noise,
    ):
        kept.clear()


@contextmanager
def _patched(patches: Sequence[Patch]) -> Iterator[None]:
    with ExitStack() as stack:
        for target, name, other in patches:
            stack.enter_context(mock.patch.object(target, name, other))
        yield


def _questions(statements: Sequence[Statement]) -> int:
    return sum("set_config" not in sql for sql, _ in statements)


def _same_work() -> None:
    """A little of what a page does: some reckoning, and one question that is no work for the database."""
    sum(number * number for number in range(5_000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _milliseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
