"""Walks a partnership's chain and tells what was changed, removed, put in between or cut off (trust 14).

It reads in batches and by the app's own role: whoever may read the trail may check it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from foundation.audit import chain
from foundation.audit.checkpoints import Mark, in_database
from foundation.audit.enums import EntryKind
from foundation.audit.models import ChainLink
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

BATCH = 2_000

_ENTRIES = {
    EntryKind.AUDIT: f"SELECT id, detail::text, detail_digest, ARRAY[{chain.AUDIT_FIELDS}] FROM audit_entry",  # noqa: S608
    EntryKind.ACCESS: f"SELECT id, NULL, NULL, ARRAY[{chain.ACCESS_FIELDS}] FROM audit_access",  # noqa: S608
}
_UNLINKED = """
    SELECT e.id FROM {log} e WHERE e.partnership_id = %s AND NOT EXISTS (
        SELECT FROM audit_chain c WHERE c.partnership_id = e.partnership_id AND c.entry_id = e.id
        AND c.entry_kind = %s AND c.entry_at = e.at)
"""


@dataclass
class Verification:
    """One partnership's check. Iterate over `findings()`; the counts stand afterwards."""

    partnership: Partnership
    marks: Sequence[Mark] = ()
    links: int = 0
    erased: int = 0
    compared: int = 0
    last_seq: int = 0
    last_hash: bytes = b""
    _changed: set[UUID] = field(default_factory=set)

    def findings(self) -> Iterator[str]:
        """One sentence for each thing that is wrong; nothing when the trail is whole."""
        with tenant_scope(self.partnership.pk):
            marks = self._marks()
            for batch in _links():
                yield from self._check_links([link for link, _ in batch], marks)
                yield from self._check_entries(batch)
            yield from self._check_ends(marks)
            yield from self._check_unlinked()

    def _marks(self) -> dict[int, list[Mark]]:
        marks: dict[int, list[Mark]] = {}
        for mark in (*in_database(), *self.marks):
            marks.setdefault(mark.seq, []).append(mark)
        return marks

    def _check_links(self, links: Iterable[chain.Link], marks: dict[int, list[Mark]]) -> Iterator[str]:
        for link in links:
            self.links += 1
            if link.seq < 1:
                yield f"link {link.seq} was put in before the first."
                continue
            if link.seq != self.last_seq + 1:
                yield f"links {self.last_seq + 1} to {link.seq - 1} were removed."
            elif link.hash != chain.hash_of(self.partnership.pk, link, self.last_hash):
                yield f"link {link.seq} does not follow from the one before it: changed, put in or reordered."
            for mark in marks.pop(link.seq, ()):
                self.compared += 1
                if mark.hash != link.hash:
                    yield f"link {link.seq} is not the one that the checkpoint of {mark.taken_at} noted."
            self.last_seq, self.last_hash = link.seq, link.hash

    def _check_entries(self, batch: list[tuple[chain.Link, dt.datetime]]) -> Iterator[str]:
        for kind in EntryKind:
            links = {link.entry_id: link for link, _ in batch if link.entry_kind == kind}
            times = [at for link, at in batch if link.entry_kind == kind]
            if not links:
                continue
            found = self._digests(kind, list(links), (min(times), max(times)))
            missing = [entry_id for entry_id in links if entry_id not in found]
            if missing:  # gone, or with another time
                found |= self._digests(kind, missing, None)
            for entry_id, link in links.items():
                if entry_id not in found:
                    yield f"{kind} entry {entry_id} (link {link.seq}) was removed."
                elif found[entry_id] != link.digest:
                    self._changed.add(entry_id)
                    yield f"{kind} entry {entry_id} (link {link.seq}) was changed."

    def _digests(self, kind: EntryKind, ids: list[UUID], between: tuple[Any, Any] | None) -> dict[UUID, bytes]:
        """The digests of entries as they stand now; `between` spares the months that cannot hold them."""
        query = _ENTRIES[kind] + " WHERE partnership_id = %s AND id = ANY(%s::uuid[])"
        given: list[Any] = [self.partnership.pk, [str(entry_id) for entry_id in ids]]
        if between is not None:
            query += " AND at BETWEEN %s AND %s"
            given += between
        digests = {}
        with connection.cursor() as cursor:
            cursor.execute(query, given)
            for entry_id, detail, detail_digest, fields in cursor:
                kept: bytes | None = None
                if kind == EntryKind.AUDIT:
                    self.erased += detail is None
                    kept = bytes(detail_digest or b"") if detail is None else chain.digest_of_detail(detail)
                digests[entry_id] = chain.digest_of(kind.value, fields, kept)
        return digests

    def _check_ends(self, marks: dict[int, list[Mark]]) -> Iterator[str]:
        for seq in sorted(seq for seq in marks if seq > self.last_seq):
            for mark in marks[seq]:
                yield (
                    f"the chain was cut off: it ends at link {self.last_seq}, "
                    f"but the checkpoint of {mark.taken_at} noted link {seq}."
                )
        for entry_id in ChainLink.objects.filter(seq__isnull=True).values_list("entry_id", flat=True):
            yield f"the link of entry {entry_id} was never closed."

    def _check_unlinked(self) -> Iterator[str]:
        for kind, log in ((EntryKind.AUDIT, "audit_entry"), (EntryKind.ACCESS, "audit_access")):
            with connection.chunked_cursor() as cursor:
                cursor.execute(_UNLINKED.format(log=log), [self.partnership.pk, kind.value])
                for (entry_id,) in cursor:
                    if entry_id not in self._changed:
                        yield f"{kind} entry {entry_id} stands in no link: put in past the chain, or its link removed."


def _links() -> Iterator[list[tuple[chain.Link, dt.datetime]]]:
    """The chain of the open scope in order, a batch at a time, each link with its entry's time."""
    links = ChainLink.objects.filter(seq__isnull=False).order_by("seq")
    columns = ("seq", "entry_kind", "entry_id", "digest", "hash", "entry_at")
    rows = links.values_list(*columns)[:BATCH]
    while batch := [
        (chain.Link(seq, kind, entry_id, bytes(digest), bytes(closed or b"")), at)
        for seq, kind, entry_id, digest, closed, at in rows
    ]:
        yield batch
        rows = links.filter(seq__gt=batch[-1][0].seq).values_list(*columns)[:BATCH]
