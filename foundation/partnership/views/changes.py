"""Who changed what, the newest first (ACC-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from foundation.partnership import policies, trail
from foundation.partnership.forms.changes import ChangesFilter
from foundation.ui.components import Column
from foundation.ui.paging import page_by_key
from foundation.ui.views import PageView


class Changes(PageView):
    """Every act of setting the partnership up, with settings as they were and as they became."""

    policy = policies.check_can_change_settings
    template_name = "partnership/changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of lines, by kind and by person if that was asked for."""
        filters = ChangesFilter(self.request.GET, people=trail.administrators())
        page = page_by_key(
            trail.entries(**filters.chosen), order=trail.NEWEST_FIRST, after=self.request.GET.get("after")
        )
        return super().get_context_data(**kwargs) | {
            "filters": filters,
            "narrowed": any(filters.chosen.values()),
            "page": replace(page, rows=list(trail.in_words(page.rows))),
            "columns": [Column(label) for label in ("When", "Who", "What")],
        }
