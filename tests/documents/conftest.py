"""A kind of document for tests, and a person who may ask for it."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from pikepdf import Array, Dictionary, Pdf

from foundation.accounts.enums import Role
from foundation.accounts.models import Membership
from foundation.common.actors import Actor
from foundation.common.ids import new_id
from foundation.documents import kinds, queries, services
from foundation.documents.engine import Engine
from foundation.documents.models import Document
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_member, make_partnership

SAMPLE = """{% extends "pdf/base.html" %}{% load early_help %}
{% block content %}
<h2>What we are worried about</h2>
{{ worry|prose }}
<h2>Who lives at home</h2>
<table>
  <thead><tr><th scope="col">Name</th><th scope="col">Part</th></tr></thead>
  <tbody>{% for name, part in people %}
    <tr><th scope="row" dir="auto">{{ name }}</th><td>{{ part }}</td></tr>
  {% endfor %}</tbody>
</table>
{{ raw|safe }}
{% endblock %}"""


@dataclass
class Sample:
    """What the kind "sample" shows, and to whom; tests change it as they go."""

    allowed: bool = True
    view: str = "all"
    asked: list[Actor] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)

    def of(self, actor: Actor, document: Document) -> dict[str, Any]:
        self.asked.append(actor)
        plain = {"worry": "Ada is often late.", "people": [("Ada Fenwick-Test", "Child")], "raw": ""}
        return {**plain, **self.context}


@pytest.fixture
def sample(settings, monkeypatch) -> Sample:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["APP_DIRS"] = False
    templates[0]["OPTIONS"]["loaders"] = [
        ("django.template.loaders.locmem.Loader", {"sample.html": SAMPLE}),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = templates
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    made = Sample()
    kinds.add(
        "sample",
        kinds.DocumentKind(
            template="sample.html",
            title="Sample assessment",
            context=made.of,
            may_see=lambda actor, document: made.allowed and actor.has(Role.PRACTITIONER),
            view_key=lambda actor, document: made.view,
            subject_url=lambda slug, document: f"/{slug}/sample/{document.subject_id}/",
        ),
    )
    return made


@dataclass
class Desk:
    """One person's desk: they ask for documents, and a worker makes them."""

    partnership: Partnership
    member: Membership
    actor: Actor
    subject_id: UUID

    def ask(self, *, by: Actor | None = None, **changes: Any) -> Document:
        wanted = {"kind": "sample", "subject_kind": "sample", "subject_id": self.subject_id, "case_id": None, **changes}
        with tenant_scope(self.partnership.pk):
            return services.ask_for(by=by or self.actor, **wanted)

    def make(self, document: Document) -> Document:
        """What a worker does with the document; then the document as it stands."""
        services.render(partnership_id=self.partnership.pk, document_id=document.pk)
        return self.again(document)

    def made(self) -> Document:
        return self.make(self.ask())

    def again(self, document: Document) -> Document:
        with tenant_scope(self.partnership.pk):
            return Document.objects.get(pk=document.pk)

    def do(self, service: Any, document: Document, *, by: Actor | None = None, **more: Any) -> Any:
        with tenant_scope(self.partnership.pk):
            return service(by=by or self.actor, document_id=document.pk, **more)

    def list(self, *, by: Actor | None = None) -> list[Document]:
        with tenant_scope(self.partnership.pk):
            return queries.visible_documents(by or self.actor, "sample", self.subject_id)

    def colleague(self, *, agency: Any = None, role: Role = Role.PRACTITIONER) -> Actor:
        with tenant_scope(self.partnership.pk):
            return actor_of(make_member(role=role, agency=agency, name="Ben Holt"))


def a_desk(name: str = "Asha Okafor") -> Desk:
    partnership = make_partnership()
    with tenant_scope(partnership.pk):
        member = make_member(role=Role.PRACTITIONER, name=name)
        return Desk(partnership, member, actor_of(member), new_id())


@pytest.fixture
def desk(db, sample) -> Desk:
    return a_desk()


@pytest.fixture
def files(settings, tmp_path):
    """An empty place for files; returns every file kept in it."""
    storages = copy.deepcopy(settings.STORAGES)
    storages["default"]["OPTIONS"]["location"] = str(tmp_path)
    settings.STORAGES = storages
    assert default_storage.location == str(tmp_path)
    return lambda: sorted(path for path in tmp_path.rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def warm_engine():
    """One renderer for all tests of the renderer itself."""
    engine = Engine()
    engine.start()
    yield engine
    engine.stop()


def tags(document: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Every structure element in reading order: its tag, what a header heads, and how many headers a cell has."""
    found: list[tuple[str, dict[str, Any]]] = []

    def walk(element: Any) -> None:
        kids = element.get("/K")
        for kid in list(kids) if isinstance(kids, Array) else [kids]:
            if isinstance(kid, Dictionary) and "/S" in kid:
                about = kid.get("/A", {})
                facts = {"scope": str(about.get("/Scope", "")), "headers": len(about.get("/Headers", []))}
                found.append((str(kid["/S"]), facts))
                walk(kid)

    with Pdf.open(io.BytesIO(document)) as pdf:
        walk(pdf.Root["/StructTreeRoot"])
    return found
