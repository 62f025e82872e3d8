"""The trail, read in the order in which it was committed."""

from __future__ import annotations

from typing import Any

from foundation.audit.enums import EntryKind
from foundation.audit.models import AccessEntry, ChainLink


def looks_after(seq: int, limit: int) -> tuple[int, list[AccessEntry]]:
    """The looks at people's records among the next `limit` links of the chain after `seq`, in its order.

    Comes with the number of the last link read (`seq` itself when there is none). The chain's order is that of the
    commits: a look whose request ended later has a later place, whenever it began, so that nothing is stepped over.
    """
    links: Any = ChainLink.objects.filter(seq__gt=seq).order_by("seq")
    read = list(links.values_list("seq", "entry_kind", "entry_id", "entry_at")[:limit])
    if not read:
        return seq, []
    looks = {entry_id: at for _, kind, entry_id, at in read if kind == EntryKind.ACCESS}
    if not looks:
        return read[-1][0], []
    between = (min(looks.values()), max(looks.values()))  # spares the months that cannot hold them
    entries = AccessEntry.objects.filter(pk__in=looks, at__range=between, case_id__isnull=False, user__isnull=False)
    found = entries.in_bulk()
    return read[-1][0], [found[entry_id] for entry_id in looks if entry_id in found]
