"""The foreign key inside a partnership."""

from __future__ import annotations

from typing import Any

from django.db import models


class TenantForeignKey(models.ForeignKey):
    """A foreign key whose constraint is `(partnership_id, this)`, made by `SecureTenantTable`.

    A plain foreign key would let a row point across the wall: its check passes row-level security by.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False  # the operation makes an index that the partnership leads
        super().__init__(to, on_delete, **kwargs)
