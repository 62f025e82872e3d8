"""Every address × method × role × ownership: no canary where it may not be, the status that the table says (trust 1)."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from foundation.accounts.enums import Role
from foundation.tenancy.scope import tenant_scope
from tests.trust.asking import Answer, Product, signed_in, tenant_tables
from tests.trust.canaries import Fact
from tests.trust.matrix import EVERY_ROLE, MATRIX, METHODS, OWNERSHIPS, REFUSED, SAFE, Outside, Row, may_know
from tests.trust.world import Side, Target, World, build_world, missing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NORTH = [f"north {role}" for role in sorted(EVERY_ROLE)]
STRANGERS = ["nobody", "former", *(f"south {role}" for role in sorted(EVERY_ROLE))]
ACTORS = ["anonymous", *STRANGERS, *NORTH]
# What reading may leave behind: that it was read.
READING_WRITES = {"audit_access", "audit_entry"}


@dataclass
class Ground:
    """The world while it stands, its product, and how to put it back as it was."""

    world: World
    product: Product
    sessions: dict[str, str]
    standing: str
    fingerprint: dict[str, str]
    texts: dict[str, bytes] = field(default_factory=dict)

    def put_back(self) -> None:
        transaction.savepoint_rollback(self.standing)


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """One world for the whole module, in a transaction that is never committed."""
    product = Product()
    logging.disable(logging.CRITICAL)  # a line for each of many thousand requests
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        users = {"nobody": world.nobody, "former": world.north.people["former"].user}
        for side in (world.north, world.south):
            users |= {f"{side.name} {role}": side.people[role].user for role in EVERY_ROLE}
        sessions = {name: signed_in(user) for name, user in users.items()} | {"anonymous": ""}
        made = Ground(world, product, sessions, transaction.savepoint(), fingerprint(world))
        with product.watched():
            yield made
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def fingerprint(world: World) -> dict[str, str]:
    """What stands in each table behind the wall, as one number for each partnership."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'partnership_id' "
            "WHERE c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, 'SELECT')"
        )
        tables = sorted(tenant_tables({name for (name,) in cursor.fetchall()}))
        hashes = " UNION ALL ".join(
            f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
            for name in tables
        )
        found = {}
        for side in (world.north, world.south):
            with tenant_scope(side.partnership.pk):
                cursor.execute(hashes)
                found |= {f"{side.name} {name}": number for name, number in cursor.fetchall()}
    return found


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


def test_every_address_is_mapped() -> None:
    """Trust 1: a pattern that nobody has thought about fails the build, and so does a line about none."""
    assert sorted(set(PATTERNS) ^ set(MATRIX)) == []
    assert frozenset(Role.values) == EVERY_ROLE
    for name, pattern in PATTERNS.items():
        inside = "partnership" in pattern.pattern.converters or name.partition(":")[1] or name == "home"
        assert bool(inside) == isinstance(MATRIX[name], Row), name


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
    names = kwargs_of(name) - {"partnership"}
    ids = {key: target.ids[key] for key in names} if target else {}
    if target and "agency" not in target.given:
        target.given["agencies"] = [str(world.north.scene.school.pk)]
    return Case(reverse(name, kwargs={"partnership": slug, **ids}), target, (slug, *ids.values()))


def kwargs_of(name: str) -> set[str]:
    return {key for key in get_resolver_params(name) if key}


def get_resolver_params(name: str) -> list[str]:
    namespace, _, last = name.rpartition(":")
    resolver: Any = get_resolver()
    if namespace:
        _, resolver = resolver.namespace_dict[namespace]
    possibilities = resolver.reverse_dict.getlist(last)
    return [key for key in possibilities[0][0][0][1] if key != "partnership"]


def target_of(row: Row, role: str, ownership: str, side: Side) -> Target | None:
    if row.about == "list":
        return None
    far = ownership.startswith("foreign")
    if row.about in {"case", "document"}:
        return side.cases["own" if far else ownership, row.stage]
    things = side.enquiries if row.about == "enquiry" else side.drafts
    if far or ownership == "own":
        return things.get(f"own {role}") or things["own practitioner"]
    return things[ownership]


@dataclass
class Tally:
    """What was tried, and what went wrong."""

    cells: int = 0
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def walk(ground: Ground, actor: str, tally: Tally) -> None:
    """Every address with every method in every ownership, as one actor."""
    _, _, role = actor.partition(" ")
    for name, row in MATRIX.items():
        if isinstance(row, Outside):
            outside(ground, actor, name, row, tally)
            continue
        viewer = role if actor.startswith("north") else "practitioner"
        cases = cases_of(name, row, viewer, ground.world)
        for method in METHODS:
            seen = {key: cell(ground, actor, name, row, method, key, case, tally) for key, case in cases.items()}
            across(f"{actor} {method} {name}", cases, seen, tally)


def cell(
    ground: Ground, actor: str, name: str, row: Row, method: str, ownership: str, case: Case, tally: Tally
) -> Answer:
    """One request, held against the table; afterwards all stands as before."""
    label = f"{actor} {method} {name} ({ownership})"
    body = row.body(case.target) if case.target and method not in SAFE else {}
    answer = ask(ground, actor, method, case.path, body, label, tally)
    want = expected(actor, row, method, ownership)
    if answer.status not in want:
        tally.wrong.append(f"{label}: {answer.status} instead of {sorted(want)}")
    told = look_for_facts(ground, actor, answer, label, case.asked, tally)
    parts = {fact.part for _, fact in told}
    if method == "GET" and row.shows and answer.status == 200 and row.shows not in parts:
        tally.wrong.append(f"{label}: shows nothing of “{row.shows}”, so its silence elsewhere proves nothing")
    check_writes(ground, answer, label, method, want, tally)
    if answer.written:
        ground.put_back()
    return answer


def ask(ground: Ground, actor: str, method: str, path: str, body: Any, label: str, tally: Tally) -> Answer:
    tally.cells += 1
    ground.product.errors.clear()
    answer = ground.product.ask(method, path, session=ground.sessions[actor], body=body)
    if answer.status >= 500 or ground.product.errors:
        tally.wrong.append(f"{label}: {answer.status} {ground.product.errors!r}")
    return answer


def expected(actor: str, row: Row, method: str, ownership: str) -> frozenset[int]:
    if actor == "anonymous":
        return frozenset({302})
    if actor in STRANGERS:
        return frozenset({404})
    return row.expected(method, actor.partition(" ")[2], ownership)


def look_for_facts(
    ground: Ground, actor: str, answer: Answer, label: str, asked: tuple[object, ...], tally: Tally
) -> list[tuple[str, Fact]]:
    """Every canary in the answer, its headers and its PDF; one that the actor may not know is a leak."""
    found = list(ground.world.canaries.seen_in(answer.head + b"\n" + text_of(ground, answer)))
    own_words = {str(one).lower() for one in asked}
    for word, fact in found:
        knows = actor.startswith("north") and may_know(actor.partition(" ")[2], fact)
        if not knows and word not in own_words:
            tally.leaks.append(f"{label}: {fact}")
    return found


def text_of(ground: Ground, answer: Answer) -> bytes:
    """The body; of a PDF its text, read once."""
    if not answer.body.startswith(b"%PDF"):
        return answer.body
    key = hashlib.sha256(answer.body).hexdigest()
    if key not in ground.texts:
        reader = PdfReader(io.BytesIO(answer.body))
        ground.texts[key] = "\n".join(page.extract_text() for page in reader.pages).encode()
    return ground.texts[key]


def check_writes(
    ground: Ground, answer: Answer, label: str, method: str, want: frozenset[int], tally: Tally
) -> None:
    """A refusal changes nothing at all; reading leaves no more than that it was read."""
    written = tenant_tables(answer.written)
    refused = want <= REFUSED | {405} or label.startswith("anonymous")
    if refused and written and fingerprint(ground.world) != ground.fingerprint:
        tally.wrong.append(f"{label}: was refused, yet changed {sorted(written)}")
    if method in SAFE and not written <= READING_WRITES:
        tally.wrong.append(f"{label}: reading wrote {sorted(written)}")


def across(label: str, cases: dict[str, Case], seen: dict[str, Answer], tally: Tally) -> None:
    """ACC-6: what stands behind the wall answers as what does not exist, to the byte."""
    for there, nowhere in (("foreign_here", "missing"), ("foreign_there", "nowhere")):
        if there not in seen:
            continue
        one, other = (seen[key].masked(*cases[key].asked) for key in (there, nowhere))
        if one != other:
            tally.leaks.append(f"{label}: {there} differs from {nowhere}: {one[0]} {other[0]}")


def outside(ground: Ground, actor: str, name: str, row: Outside, tally: Tally) -> None:
    """Sign-in, hats and health: nothing of any family, for anybody, with any method."""
    kwargs = {"uidb36": "1", "key": "set-password"} if name == "account_reset_password_from_key" else {}
    path = reverse(name, kwargs=kwargs)
    for method in METHODS:
        label = f"{actor} {method} {name}"
        answer = ask(ground, actor, method, path, {}, label, tally)
        if method == "GET" and answer.status not in row.get:
            tally.wrong.append(f"{label}: {answer.status} instead of {sorted(row.get)}")
        for _, fact in ground.world.canaries.seen_in(answer.head + answer.body):
            tally.leaks.append(f"{label}: {fact}")
        if tenant_tables(answer.written):
            tally.wrong.append(f"{label}: wrote {sorted(answer.written)}")
        if answer.written:
            ground.put_back()


@pytest.mark.parametrize("actor", ACTORS)
def test_nobody_sees_or_does_what_is_not_theirs(ground: Ground, actor: str, record_property: Any) -> None:
    """Trust 1, CON-2, ACC-6: the table of `matrix.py`, cell by cell."""
    tally = Tally()
    import time
    t0, c0 = time.time(), time.process_time()
    walk(ground, actor, tally)
    print("TIMED", actor, tally.cells, "wall", time.time() - t0, "cpu", time.process_time() - c0)
    record_property("matrix", (tally.cells, len(tally.leaks)))
    found = [*tally.leaks, *tally.wrong]
    shown = "\n".join(found[:60])
    assert not found, f"{len(tally.leaks)} leaks, {len(tally.wrong)} wrong answers of {tally.cells}:\n{shown}"


def test_a_post_without_its_token_is_refused_everywhere(ground: Ground) -> None:
    """Trust 1: a form sent from another site changes nothing, whoever is signed in."""
    accepted = []
    for name, row in MATRIX.items():
        for actor in ("north practitioner", "north manager", "north hub_manager"):
            path = (
                cases_of(name, row, actor.partition(" ")[2], ground.world)["own" if row.about != "list" else "here"].path
                if isinstance(row, Row)
                else reverse(name, kwargs={"uidb36": "1", "key": "x"} if "from_key" in name and "done" not in name else {})
            )
            answer = ground.product.ask("POST", path, session=ground.sessions[actor], csrf=False)
            if answer.status not in {302, 403, 404, 405} or tenant_tables(answer.written):
                accepted.append(f"{actor} {name}: {answer.status} {sorted(answer.written)}")
            if answer.written:
                ground.put_back()
    assert accepted == []
