"""The gallery's addresses and templates."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def gallery(settings: Any, db: None) -> str:
    """The address of the page of every component; beside it the form of every field and every error."""
    settings.ROOT_URLCONF = "tests.ui.urls"
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    return "/help/gallery/"
