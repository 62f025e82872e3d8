"""Where each chain stood, in the database and in a file that belongs somewhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import UUID

import structlog

from foundation.audit.models import ChainLink, Checkpoint
from foundation.common import clock
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope

logger = structlog.get_logger("audit")


@dataclass(frozen=True, slots=True)
class Mark:
    """The hash that stood at `seq` of a partnership's chain when it was noted."""

    partnership_id: UUID
    seq: int
    hash: bytes
    taken_at: str


def take(partnership: Partnership) -> Mark | None:
    """Note the end of one chain; None when it has not grown since the last note (or is empty).

    The note goes to the log as well, which usually leaves the machine: an anchor that nobody has to remember.
    """
    with tenant_scope(partnership.pk):
        last = ChainLink.objects.filter(seq__isnull=False).order_by("-seq").first()
        if last is None or Checkpoint.objects.filter(seq=last.seq, hash=last.hash).exists():
            return None
        noted = Checkpoint.objects.create(taken_at=clock.now(), seq=last.seq, hash=last.hash)
    mark = _mark(noted)
    logger.info("audit.checkpoint", partnership_id=str(partnership.pk), seq=mark.seq, hash=mark.hash.hex())
    return mark


def latest(partnership: Partnership) -> Mark | None:
    """The last note in the database."""
    with tenant_scope(partnership.pk):
        noted = Checkpoint.objects.order_by("-seq", "-taken_at").first()
    return _mark(noted) if noted is not None else None


def in_database() -> Iterator[Mark]:
    """Every note of the partnership whose scope is open, by its place in the chain."""
    for noted in Checkpoint.objects.order_by("seq").iterator(chunk_size=1000):
        yield _mark(noted)


def write(marks: Iterable[Mark], file: Path) -> None:
    """Add notes to a file, one JSON object a line."""
    with file.open("a", encoding="utf-8") as lines:
        for mark in marks:
            kept = {"partnership": str(mark.partnership_id), "seq": mark.seq, "hash": mark.hash.hex()}
            lines.write(json.dumps(kept | {"taken_at": mark.taken_at}) + "\n")


def read(file: Path) -> list[Mark]:
    """The notes of a file; raises ValueError naming the first line that is none."""
    marks = []
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                kept = json.loads(line)
                digest = bytes.fromhex(kept["hash"])
                marks.append(Mark(UUID(kept["partnership"]), int(kept["seq"]), digest, str(kept["taken_at"])))
            except (ValueError, KeyError, TypeError):
                raise ValueError(f"Line {number} of {file} is no checkpoint.") from None
    return marks


def _mark(noted: Checkpoint) -> Mark:
    return Mark(cast("UUID", noted.partnership_id), noted.seq, bytes(noted.hash), noted.taken_at.isoformat())
