"""Row history: every version of a row, written by the database itself, whoever writes (bulk and raw too)."""

from __future__ import annotations

from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def tracked(model: M) -> M:
    """Keep each insert, update and delete of a model in its `…Event` table, with who and which hat.

    The context travels inside each event (no table of its own, which would stand outside the wall), and an event
    outlives its row. Put the event model behind the wall too: `SecureTenantTable("CaseEvent", app="SELECT, INSERT")`.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # its own documentation says: None leaves the column out
        obj_field=pghistory.ObjForeignKey(db_constraint=False, related_name="history"),
    )(model)
