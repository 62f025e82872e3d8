"""The field that a workflow moves: only transitions change it, and migrations know it as plain text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.writer import MigrationWriter

from consent.enums import ConsentState
from consent.models import Consent
from foundation.common.workflow import StateField

ROOT = Path(__file__).resolve().parents[2]


def state_fields() -> list[tuple[type[models.Model], StateField]]:
    return [
        (model, field) for model in apps.get_models() for field in model._meta.fields if isinstance(field, StateField)
    ]


def test_migrations_write_a_char_field():
    """A state in a migration would listen to every model that migrations put together."""
    field = StateField(default="draft", choices=ConsentState.choices)
    field.set_attributes_from_name("state")
    name, path, args, kwargs = field.deconstruct()
    assert (name, path, list(args)) == ("state", "django.db.models.CharField", [])
    assert "protected" not in kwargs
    assert kwargs["default"] == "draft"
    assert kwargs["choices"] == ConsentState.choices
    same = models.CharField(**kwargs)
    assert (same.max_length, same.default) == (field.max_length, "draft")
    assert "models.CharField" in MigrationWriter.serialize(field)[0]


def test_a_clone_is_a_state_field_no_more_only_in_migrations():
    """The product's own field keeps guarding; its choices and length are those of the database."""
    assert all(field.protected for _, field in state_fields())
    assert all(field.deconstruct()[1] == "django.db.models.CharField" for _, field in state_fields())


def test_a_state_cannot_be_assigned():
    """Architecture §5: the one way from state to state is a transition."""
    consent = Consent(state=ConsentState.IN_FORCE)
    with pytest.raises(AttributeError, match="Direct state modification is not allowed"):
        consent.state = ConsentState.WITHDRAWN
    assert consent.state == ConsentState.IN_FORCE


def test_every_state_of_the_product_is_guarded_and_has_a_beginning():
    """Architecture §5: each workflow starts in a state that is one of its choices, and fits its column."""
    found = state_fields()
    assert len(found) >= 5
    for model, field in found:
        states = {value for value, _ in field.choices or ()}
        assert field.default in states, model
        assert all(len(state) <= field.max_length for state in states), model


def test_no_migration_names_the_state_field():
    """Migrations stand on the database alone."""
    for path in ROOT.glob("**/migrations/*.py"):
        if ".venv" in path.parts or "node_modules" in path.parts:
            continue
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert not names & {"StateField", "FSMField"}, path
