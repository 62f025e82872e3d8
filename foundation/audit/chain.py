"""What the chain hashes, reckoned a second time outside the database, so that neither need be believed alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

# The fields of each log in the order in which the digest takes them, written by PostgreSQL as text.
_WHO = "coalesce(user_id::text, ''), coalesce(agency_id::text, '')"
_WHAT = "subject_kind, subject_id::text, coalesce(case_id::text, '')"
_START = "partnership_id::text, id::text, ((extract(epoch FROM at) * 1000000)::bigint)::text"
AUDIT_FIELDS = f"{_START}, {_WHO}, array_to_string(roles, ','), verb, {_WHAT}"
ACCESS_FIELDS = f"{_START}, {_WHO}, how, {_WHAT}"


@dataclass(frozen=True, slots=True)
class Link:
    """One link as it stands in `audit_chain`."""

    seq: int
    entry_kind: str
    entry_id: UUID
    digest: bytes
    hash: bytes


def digest_of(kind: str, fields: list[str], detail: bytes | None = None) -> bytes:
    """The digest of an entry from its fields as text; `detail` is the digest of its detail, for what was done."""
    parts = [kind, *fields]
    if detail is not None:
        parts.append(detail.hex())
    return hashlib.sha256("|".join(parts).encode()).digest()


def digest_of_detail(detail: str) -> bytes:
    """The digest of a detail, from PostgreSQL's own writing of its JSON; it outlives an erased detail."""
    return hashlib.sha256(detail.encode()).digest()


def hash_of(partnership_id: UUID, link: Link, before: bytes) -> bytes:
    """The hash that a link must bear after one whose hash is `before` (nothing for the first)."""
    line = f"{partnership_id}|{link.seq}|{link.entry_kind}|{link.entry_id}|{link.digest.hex()}"
    return hashlib.sha256(before + line.encode()).digest()
