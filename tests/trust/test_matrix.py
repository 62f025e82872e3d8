"""Every address × method × role × ownership: no canary where it may not be, and the status of the table (trust 1)."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from foundation.accounts.enums import Role
from tests.trust.addresses import OUTSIDE_KWARGS, PATTERNS, Case, cases_of, path_of
from tests.trust.asking import Answer, tenant_tables
from tests.trust.canaries import Fact
from tests.trust.ground import Ground, ground
from tests.trust.matrix import ACROSS, EVERY_ROLE, MATRIX, METHODS, OWNERSHIPS, REFUSED, SAFE, Outside, Row, may_know
from tests.trust.world import Target

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
__all__ = ["ground"]

NORTH = [f"north {role}" for role in sorted(EVERY_ROLE)]
STRANGERS = ["nobody", "former", *(f"south {role}" for role in sorted(EVERY_ROLE))]
ACTORS = ["anonymous", *STRANGERS, *NORTH]
WHOLE = os.environ.get("EARLYHELP_MATRIX") == "whole"
# Outside a partnership, and where the middleware stops strangers, roles do not matter: these try each method there.
EVERY_METHOD = {"anonymous", "nobody", "north practitioner", "south practitioner"}
# What reading may leave behind: that it was read.
READING_WRITES = {"audit_access", "audit_entry"}
# What is no record: an enquiry that is being written, messages on their way, and what a person does with their inbox.
OWN_PAPERS = {
    "intake_enquirydraft", "outbox_outboxmessage", "accounts_lastsignin", "accounts_keptwords", "cases_savedfilter",
    "notifications_message", "notifications_choice",
}  # fmt: skip


def test_every_address_is_mapped() -> None:
    """Trust 1: a pattern that nobody has thought about fails the build, and so does a line about none."""
    assert sorted(set(PATTERNS) ^ set(MATRIX)) == []
    assert frozenset(Role.values) == EVERY_ROLE
    for name, pattern in PATTERNS.items():
        inside = "partnership" in pattern.pattern.converters or name.partition(":")[1] or name == "home"
        assert bool(inside) == isinstance(MATRIX[name], Row), name


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
        for method in methods_tried(actor, name, row.offers):
            tried = ownerships_tried(actor, name, row, method)
            seen = {key: cell(ground, actor, name, row, method, key, cases[key], tally) for key in tried}
            across(f"{actor} {method} {name}", cases, seen, tally)


def methods_tried(actor: str, name: str, offered: frozenset[str]) -> list[str]:
    """Those that the address offers, and another by turns: each role has its own. All of them for some, and in the
    whole matrix. To strangers, whom the middleware stops before any view, one by turns.
    """
    if actor == "anonymous" or actor in EVERY_METHOD or WHOLE:
        return list(METHODS)
    turn = ACTORS.index(actor) + sorted(MATRIX).index(name)
    tried = list(dict.fromkeys([*sorted(offered), METHODS[turn % len(METHODS)]]))
    return [tried[turn % len(tried)]] if actor in STRANGERS else tried


def ownerships_tried(actor: str, name: str, row: Row, method: str) -> list[str]:
    """All of them for a method that the address offers. Of one that it does not, and of HEAD, one ownership, another
    for each role, address and method; two of what is closed to a role however it stands. All of them as well where
    `EARLYHELP_MATRIX=whole`.

    To people who have no place in the north everything there is as nothing: its own and what is nowhere.
    """
    if actor in STRANGERS or actor == "anonymous":
        return [OWNERSHIPS[row.about][0], "nowhere"]
    groups = [(key,) for key in OWNERSHIPS[row.about] if key not in ACROSS]
    groups += (
        [("foreign_there", "nowhere")]
        if row.about == "list"
        else [("foreign_here", "missing"), ("foreign_there", "nowhere")]
    )
    turn = ACTORS.index(actor) + METHODS.index(method) + sorted(MATRIX).index(name)
    if not WHOLE and (method == "HEAD" or method not in row.offers):
        groups = [groups[turn % len(groups)]]
    elif not WHOLE and all(expected(actor, row, method, key) <= REFUSED for group in groups for key in group):
        groups = [groups[turn % len(groups)], groups[(turn + 1) % len(groups)]]
    return [key for group in groups for key in group]


def cell(
    ground: Ground, actor: str, name: str, row: Row, method: str, ownership: str, case: Case, tally: Tally
) -> Answer:
    """One request, held against the table; afterwards all stands as before."""
    label = f"{actor} {method} {name} ({ownership})"
    body = row.body(case.target or Target({})) if method not in SAFE else {}
    answer = ask(ground, actor, method, case.path, body, label, tally)
    want = expected(actor, row, method, ownership)
    if answer.status not in want:
        tally.wrong.append(f"{label}: {answer.status} instead of {sorted(want)}")
    told = look_for_facts(ground, actor, answer, label, case.asked, tally)
    parts = {fact.part for _, fact in told}
    if method == "GET" and row.shows and answer.status == 200 and row.shows not in parts:
        tally.wrong.append(f"{label}: shows nothing of “{row.shows}”, so its silence elsewhere proves nothing")
    check_writes(ground, answer, label, method, want, tally, row)
    tally.wrong += [f"{label}: {gap}" for gap in not_written_down(row, method, answer)]
    if answer.written:
        ground.put_back()
    return answer


def ask(ground: Ground, actor: str, method: str, path: str, body: Any, label: str, tally: Tally) -> Answer:
    tally.cells += 1
    ground.product.errors.clear()
    answer = ground.product.ask(method, path, session=ground.sessions[actor], body=body)
    if answer.status >= 500 or ground.product.errors:
        tally.wrong.append(f"{label}: {answer.status} {ground.product.errors!r}")
    tally.wrong += [f"{label}: {trouble}" for trouble in unsafe(ground, answer)]
    return answer


def unsafe(ground: Ground, answer: Answer) -> Iterator[str]:
    """Trust 17: on every page a policy that runs no script but our own, under a nonce that was never used before."""
    if b"Content-Type: text/html" not in answer.head:
        return
    found = re.search(rb"^Content-Security-Policy: (.*)$", answer.head, re.MULTILINE)
    policy = found[1] if found else b""
    if b"script-src 'self'" not in policy or b"default-src 'none'" not in policy or b"unsafe" in policy:
        yield f"policy {policy!r}"
    for nonce in re.findall(rb"'nonce-([^']+)'", policy)[:1]:
        if nonce in ground.nonces:
            yield "a nonce used twice"
        ground.nonces.add(nonce)
        if any(other != nonce for other in re.findall(rb'nonce="([^"]+)"', answer.body)):
            yield "a nonce that the policy does not name"


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
    ground: Ground, answer: Answer, label: str, method: str, want: frozenset[int], tally: Tally, row: Row
) -> None:
    """A refusal changes nothing at all; reading leaves no more than that it was read."""
    written = tenant_tables(answer.written)
    refused = want <= REFUSED | {405} or label.startswith("anonymous")
    if refused and written and not ground.as_it_stood():
        tally.wrong.append(f"{label}: was refused, yet changed {sorted(written)}")
    may_note = row.reading_notes if method == "GET" else frozenset()
    if method in SAFE and not written <= READING_WRITES | may_note:
        tally.wrong.append(f"{label}: reading wrote {sorted(written)}")


def not_written_down(row: Row, method: str, answer: Answer) -> Iterator[str]:
    """Trust 14: what is changed is in the trail, and who reads of a family is in the access log.

    A draft is its writer's own paper: it becomes a record, and is written down, when it is sent. So is a saved filter.
    """
    changed = tenant_tables(answer.written) - READING_WRITES - OWN_PAPERS
    changed = {table for table in changed if not table.endswith("event")}
    if changed and "audit_entry" not in answer.written and not row.keeps_no_trail:
        yield f"changed {sorted(changed)}, and the trail does not say so"
    tells = row.shows and not row.reference_only and row.about not in {"draft", "filter"}
    looked = method == "GET" and tells and answer.status == 200
    if looked and "audit_access" not in answer.written:
        yield f"showed “{row.shows}”, and the access log does not say so"


def across(label: str, cases: dict[str, Case], seen: dict[str, Answer], tally: Tally) -> None:
    """ACC-6: what stands behind the wall answers as what does not exist, to the byte."""
    pairs = [("foreign_here", "missing"), ("foreign_there", "nowhere")]
    if not {"missing", "foreign_there"} & set(seen) and "own" in seen and "nowhere" in seen:
        pairs = [("own", "nowhere")]
    for there, nowhere in pairs:
        if there not in seen or nowhere not in seen:
            continue
        one, other = (seen[key].masked(*cases[key].asked) for key in (there, nowhere))
        if one != other:
            tally.leaks.append(f"{label}: {there} differs from {nowhere}: {first_difference(one, other)}")


def first_difference(one: tuple[int, bytes, bytes], other: tuple[int, bytes, bytes]) -> str:
    """Where two answers part, with a few words on either side."""
    left, right = (b"\n".join([str(answer[0]).encode(), *answer[1:]]) for answer in (one, other))
    place = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), 0)
    start = max(place - 60, 0)
    return f"{left[start : place + 60]!r} / {right[start : place + 60]!r}"


def outside(ground: Ground, actor: str, name: str, row: Outside, tally: Tally) -> None:
    """Sign-in, hats and health: nothing of any family, for anybody, with any method."""
    path = reverse(name, kwargs=OUTSIDE_KWARGS.get(name, {}))
    for method in METHODS if actor in EVERY_METHOD or WHOLE else ("GET", "POST"):
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
    walk(ground, actor, tally)
    record_property("matrix", (tally.cells, len(tally.leaks)))
    found = [*tally.leaks, *tally.wrong]
    shown = "\n".join(found[:60])
    assert not found, f"{len(tally.leaks)} leaks, {len(tally.wrong)} wrong answers of {tally.cells}:\n{shown}"


def test_a_post_without_its_token_is_refused_everywhere(ground: Ground) -> None:
    """Trust 1: a form sent from another site changes nothing, whoever is signed in."""
    accepted = []
    for name, row in MATRIX.items():
        for role in ("practitioner", "manager", "hub_manager"):
            path = path_of(name, row, role, ground.world)
            answer = ground.product.ask("POST", path, session=ground.sessions[f"north {role}"], csrf=False)
            if answer.status not in {302, 403, 404, 405} or tenant_tables(answer.written):
                accepted.append(f"{role} {name}: {answer.status} {sorted(answer.written)}")
            if answer.written:
                ground.put_back()
    assert accepted == []
