"""A case's transitions; each touches its own row alone."""

from __future__ import annotations

from typing import Any

from django_fsm import FSMModelMixin


class CaseWorkflow(FSMModelMixin):
    """Opened, and in time closed (closing comes with the plan: TAF-8)."""

    state: Any
