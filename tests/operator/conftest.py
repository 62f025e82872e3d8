"""An operator, and a product in which nobody is one yet."""

from __future__ import annotations

import pytest
from django.test import Client

from foundation.accounts.models import User
from tests.factories import make_user, sign_in


@pytest.fixture
def operator(db: None) -> User:
    return make_user("Oona Quill", email="oona@early-help.example", is_operator=True)


@pytest.fixture
def desk(operator: User, settings) -> Client:
    """The operator of a demonstration, who has signed in."""
    settings.DEMO = True
    return sign_in(Client(), operator)
