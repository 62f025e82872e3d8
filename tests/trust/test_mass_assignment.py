"""Fields that no form has, sent with every form: they change nothing (trust 5).

Each address that takes a post is asked twice from the same world, as it would be from its page and then with every
read-only, tenant, state, role and id field beside it. What stands afterwards must be the same.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from foundation.common import clock
from foundation.tenancy.models import TenantModel
from foundation.tenancy.scope import tenant_scope
from tests.trust.addresses import OUTSIDE_KWARGS, case_of
from tests.trust.ground import Ground, ground
from tests.trust.matrix import MATRIX, Outside, Row
from tests.trust.world import Target

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
__all__ = ["ground"]

WRITES = sorted(name for name, row in MATRIX.items() if isinstance(row, Row) and row.write)
# Whose post the table says will be taken, where it is not the practitioner's of what is their own.
BY = {
    "assessments:approve": ("manager", "own"),
    "cases:unusual_look": ("manager", "own"),
    "deadlines:answer": ("manager", "own"),
    "intake:take_oldest": ("screener", "here"),
    "intake:take": ("screener", "other"),
    "intake:give_back": ("screener", "taken"),
    "intake:enquiry": ("screener", "taken"),
    "intake:start": ("practitioner", "here"),
}
OFFICE = ("people:", "partnership:")
HOSTILE = (
    "is_superuser",
    "is_staff",
    "is_active",
    "role",
    "roles",
    "group",
    "groups",
    "permission",
    "admin",
    "approved",
)
PASSING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|[A-Z]{2,4}(-[0-9A-Z]{4}){2}"
)
# Counted on by the database, or different each time for good reason.
OF_THE_MOMENT = {
    "pgh_id", "pgh_created_at", "pgh_context", "digest", "hash", "seq", "frozen_sha256", "entry_at", "group_id",
}  # fmt: skip


def by_office(name: str, row: Row) -> tuple[str, str]:
    """The administrator's pages are the administrator's; whatever else is the practitioner's of what is their own."""
    role = "administrator" if name.startswith(OFFICE) else "practitioner"
    return role, "here" if row.about == "list" else "own"


def every_field_of_the_models() -> list[str]:
    """The name and the column of each field behind the wall, and the words that a guesser would try."""
    names = set(HOSTILE)
    for model in apps.get_models():
        if issubclass(model, TenantModel) and not model.__name__.endswith("Event"):
            names |= {name for field in model._meta.concrete_fields for name in (field.name, field.column)}
    return sorted(names)


def extras(ground: Ground, body: dict[str, Any]) -> dict[str, Any]:
    """A value for each field that the form does not have: the ids of another partnership, states, and plain truth."""
    south = ground.world.south
    target = south.cases["own", "writing"].ids
    stranger = str(south.people["administrator"].user_id)
    values: dict[str, Any] = {
        "partnership": str(south.partnership.pk), "partnership_id": str(south.partnership.pk), "state": "approved",
        "case": str(target["case_id"]), "case_id": str(target["case_id"]), "consent": str(target["consent_id"]),
        "consent_id": str(target["consent_id"]), "agency_id": str(south.agency.pk), "id": str(target["assessment_id"]),
        "version": "9", "position": "9", "risk_words": "none", "reference": "EH-0000-0000", "role": "administrator",
        "is_superuser": "on", "created_at": "2001-01-01", "sent_at": "2001-01-01", "until": "2001-01-01",
    }  # fmt: skip
    people = ("_by", "_by_id", "author", "author_id", "lead_id", "writer", "writer_id", "user", "user_id")
    sent = {}
    for name in every_field_of_the_models():
        if name not in body and f"answer-{name}" not in body:
            sent[name] = values.get(name, stranger if name.endswith(people) else "1")
    return sent


def standing(ground: Ground, tables: set[str]) -> list[str]:
    """Every row of these tables in both partnerships, without what is another each time, in an order of its own."""
    rows = []
    for side in (ground.world.north, ground.world.south):
        with tenant_scope(side.partnership.pk), connection.cursor() as cursor:
            for table in sorted(tables):
                cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t')
                for (row,) in cursor.fetchall():
                    told = json.loads(row) if isinstance(row, str) else row
                    kept = {key: value for key, value in told.items() if key not in OF_THE_MOMENT}
                    kept.pop("id" if isinstance(told.get("id"), int) else "", None)  # a number from a sequence
                    rows.append(f"{side.name} {table} {json.dumps(kept, sort_keys=True)}")
    return rows


def effect(ground: Ground, actor: str, path: str, body: dict[str, Any], before: set[str]) -> tuple[int, list[str]]:
    """What one post answers and which rows it makes or changes; new ids are only "new"."""
    with clock.at(ground.moment):
        answer = ground.product.ask("POST", path, session=ground.sessions[actor], body=body)
    tables = {table for table in answer.written if table in ground.tables}
    tables |= {f"{table}event" for table in tables if f"{table}event" in ground.tables}
    changed = []
    for row in standing(ground, tables):
        if row not in before:
            changed.append(PASSING.sub(lambda found: found[0] if found[0].lower() in ground.known else "new", row))
    return answer.status, sorted(changed)


@pytest.mark.parametrize("name", WRITES)
def test_fields_that_the_form_has_not_change_nothing(ground: Ground, name: str) -> None:
    """Trust 5: the same post with and without them has the same answer and leaves the same rows."""
    row = MATRIX[name]
    assert isinstance(row, Row)
    role, ownership = BY.get(name) or by_office(name, row)
    actor = f"north {role}"
    case = case_of(name, row, role, ownership, ground.world)
    body = dict(row.body(case.target or Target({})))
    page = ground.product.ask("GET", case.path, session=ground.sessions[actor]).body.decode() if row.read else ""
    ground.put_back()
    asked = set(re.findall(r'name="([^"]+)"', page))  # the page's own fields are no extras, nor is a date in one piece
    asked |= {box.removesuffix("_day") for box in asked}
    added = {key: value for key, value in extras(ground, body).items() if key not in asked}
    assert len(added) > 60, "hardly anything was tried"
    before = set(standing(ground, ground.tables))
    plain = effect(ground, actor, case.path, body, before)
    ground.put_back()
    hostile = effect(ground, actor, case.path, {**body, **added}, before)
    ground.put_back()
    assert plain[0] in row.write(role, ownership), "the post itself was not taken"
    assert hostile[0] == plain[0]
    assert set(hostile[1]) ^ set(plain[1]) == set()
    assert len(hostile[1]) == len(plain[1])


def test_nobody_becomes_more_by_the_pages_of_their_own_account(ground: Ground) -> None:
    """Trust 5: sign-in, password, second factor and hats take no role, no partnership and no superuser."""
    actor = "north practitioner"
    user = ground.world.north.people["practitioner"].user
    south = ground.world.south
    added = extras(ground, {}) | {"agency": str(south.agency.pk), "next": f"/{south.partnership.slug}/"}
    changed = []
    for name, row in MATRIX.items():
        if not isinstance(row, Outside):
            continue
        path = reverse(name, kwargs=OUTSIDE_KWARGS.get(name, {}))
        answer = ground.product.ask("POST", path, session=ground.sessions[actor], body=added)
        assert answer.status < 500
        now = type(user).objects.filter(pk=user.pk).values().get()
        kept = ("is_superuser", "is_active", "email", "password")
        changed += [f"{name}: {key}" for key in kept if now[key] != getattr(user, key)]
        if answer.written & ground.tables:
            changed.append(f"{name}: {sorted(answer.written & ground.tables)}")
        if name == "hats" and south.partnership.slug in answer.location:
            changed.append(f"{name}: led to {answer.location}")
        ground.put_back()
    assert changed == []
