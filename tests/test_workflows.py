"""Workflows and the trail hold together, whatever room they stand in (architecture §5)."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django_fsm import FSMField, FSMModelMixin

WORKFLOWS = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.local_fields
    if isinstance(field, FSMField) and not model.__name__.endswith("Event")
]


@pytest.mark.parametrize(("model", "field"), WORKFLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_transition_has_its_verb(model: type[models.Model], field: FSMField) -> None:
    """Architecture §5: each transition has an audit verb, and the two lists are the same."""
    transitions = {move.name for move in field.get_all_transitions(model)}
    verbs = import_module(f"{model._meta.app_config.name}.enums")
    table = getattr(verbs, "VERB_OF_TRANSITION", {})
    assert transitions <= set(table), "a transition without a verb"
    assert set(table) == {
        move.name
        for other, state in WORKFLOWS
        if other._meta.app_label == model._meta.app_label
        for move in state.get_all_transitions(other)
    }, "a verb for a transition that there is not"
    assert len({str(verb) for verb in table.values()}) == len(table), "two transitions share a verb"


@pytest.mark.parametrize(("model", "field"), WORKFLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_state_is_protected_and_refreshes(model: type[models.Model], field: FSMField) -> None:
    """Libraries, workflows: assignment is refused, and `refresh_from_db` works."""
    assert field.protected
    assert issubclass(model, FSMModelMixin)


def test_the_diagrams_are_fresh() -> None:
    """Architecture §5: the page in docs/ is what the code says."""
    call_command("workflows", "--check")
