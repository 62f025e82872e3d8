"""What the assessment's tests stand on: one assessment at a state with its people's browsers, and the real form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.disclosure import AssessmentView
from assessments.enums import AssessmentState
from assessments.models import Assessment, Section
from cases.models import Case
from foundation.common.actors import Actor
from foundation.formdefs import forms
from foundation.formdefs.definitions import Field, Page
from foundation.formdefs.enums import Kind
from foundation.formdefs.services import LIBRARY
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import make_partnership, sign_in
from tests.walks import Scene, make_assessment, make_case, make_scene


class Stage:
    """One assessment at a state, and clients who have signed in as the people of its scene."""

    def __init__(self, partnership: Partnership, at: AssessmentState, **case: Any) -> None:
        self.partnership = partnership
        with self.scope():
            self.scene: Scene = make_scene()
            self.case = make_case(self.scene, **case)
            self.assessment = make_assessment(self.scene, at=at, case=self.case)

    @contextmanager
    def scope(self) -> Iterator[None]:
        with tenant_scope(self.partnership.pk):
            yield

    def as_(self, who: str, **how: Any) -> Client:
        return sign_in(Client(**how), self.scene.user(who))

    def url(self, name: str, **more: str) -> str:
        if name != "waiting":
            more["assessment_id"] = self.assessment.pk
        return reverse(f"assessments:{name}", kwargs={"partnership": self.partnership.slug, **more})

    def now(self) -> Assessment:
        with self.scope():
            return Assessment.objects.get(pk=self.assessment.pk)

    def section(self, key: str) -> Any:
        with self.scope():
            return self.assessment.sections.get(key=key)

    def save(self, who: str = "lead", **said: Any) -> Section:
        with self.scope():
            return save(self.scene, self.assessment, who, **said)


def save(scene: Scene, assessment: Assessment, who: str = "lead", **changed: Any) -> Section:
    """Save a section, that of the reason unless told otherwise, under the revision that stands."""
    said: dict[str, Any] = {"key": "reason", "answers": {"why": "Because"}, "complete": True, **changed}
    said.setdefault("revision", assessment.sections.get(key=said["key"]).revision)
    return services.save_section(by=scene.actor(who), assessment_id=assessment.pk, **said)


@contextmanager
def kept_for_a_module(blocker: Any) -> Iterator[None]:
    """A transaction round a module's tests, for a world that is built once; each test undoes its own changes in it."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


class Gallery:
    """One partnership with a case, and its assessment, in each state."""

    def __init__(self) -> None:
        self.partnership = make_partnership()
        with self.scope():
            self.scene = make_scene()
            self.ids = {}
            for state in AssessmentState:
                case = make_case(self.scene, family_name=f"{state.label} family")
                self.ids[state] = make_assessment(self.scene, at=state, case=case).pk

    @contextmanager
    def scope(self) -> Iterator[None]:
        with tenant_scope(self.partnership.pk):
            yield

    def stage(self, state: AssessmentState) -> Stage:
        """One of them with its people's browsers; stands outside the scope."""
        stage = Stage.__new__(Stage)
        stage.partnership, stage.scene = self.partnership, self.scene
        with self.scope():
            stage.assessment = self.at(state)
        stage.case = stage.assessment.case
        return stage

    def at(self, state: AssessmentState) -> Assessment:
        return Assessment.objects.select_related("case", "author", "definition").get(pk=self.ids[state])


@lru_cache
def library_form() -> dict[str, Any]:
    """The form that partnerships start with, seventeen pages."""
    return json.loads((LIBRARY / "eha.json").read_text(encoding="utf-8"))


def typed(page: Page, people: list[Any], words: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What somebody might type on a page: each question answered, a group once for each person whom it offers.

    Long texts hold their question's key, or what `words` has for it.
    """
    post: dict[str, Any] = {}
    for field in page:
        if field.kind != Kind.GROUP:
            post.update(_typed(field, f"answer-{field.key}", people[0], words or {}))
            continue
        about = next((inner for inner in field.fields if inner.kind == Kind.PERSON), None)
        each = [one for one in people if about and about.who in {"anyone", one.who}] or people[:1]
        post[f"answer-{field.key}-count"] = len(each)
        for number, person in enumerate(each):
            for inner in field.fields:
                post.update(_typed(inner, f"answer-{field.key}-{number}-{inner.key}", person, words or {}))
    return post


def _typed(field: Field, name: str, person: Any, words: Mapping[str, str]) -> dict[str, Any]:
    match field.kind:
        case Kind.CHOICE:
            return {name: field.options[-1].value}
        case Kind.MANY_CHOICES:
            return {name: [option.value for option in field.options[:2]]}
        case Kind.DATE | Kind.PARTIAL_DATE:
            return {f"{name}_day": "3", f"{name}_month": "4", f"{name}_year": "2026"}
        case Kind.NUMBER:
            return {name: "7"}
        case Kind.SCALE:
            return {name: "6"}
        case Kind.PERSON:
            return {name: person.id}
    said = f"Words on {field.key.replace('_', ' ')} of {person.name}."
    return {name: words.get(field.key, said)}


def fill(by: Actor, assessment: Assessment, words: Mapping[str, str] | None = None) -> None:
    """Complete every section of whatever form, as its pages would."""
    reader = AssessmentView(by, assessment)
    for page in reader.definition:
        form = forms.page_form(reader.definition, page.key, people=reader.people)(typed(page, reader.people, words))
        assert form.is_valid(), (page.key, form.errors)
        services.save_section(
            by=by, assessment_id=assessment.pk, key=page.key, revision=0,
            answers=forms.answers_from(form), complete=True,
        )  # fmt: skip


def approve(
    scene: Scene, assessment: Assessment, *, views: str = "It is fair.", comment: str = "Clear and kind."
) -> Any:
    """From complete to approved."""
    lead, eha = scene.actor("lead"), {"assessment_id": assessment.pk}
    services.agree_with_family(by=lead, **eha, agreed_by="Joanna Abara", family_views=views)
    services.submit(by=lead, **eha)
    return services.approve(by=scene.actor("manager"), **eha, comment=comment)


def a_case(scene: Scene, **said: Any) -> tuple[Case, Assessment]:
    """A case and the assessment that began with it."""
    case = make_case(scene, **said)
    return case, Assessment.objects.get(case=case)
