"""Unusual looks: found by a sweep, looked into by a manager (FAM-8)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from cases import looked, policies
from cases.enums import LookVerb, UnusualLookState
from cases.looked import Found
from cases.models import LooksRead, UnusualLook
from foundation.audit import queries as trail
from foundation.audit import services as audit
from foundation.common.actors import Actor
from foundation.common.errors import Clash, Invalid
from foundation.common.text import clean_note

AT_ONCE = 500
NOTE_LIMIT = 2_000


@transaction.atomic
def find_unusual_looks(*, by: Actor, at_most: int = AT_ONCE) -> int:
    """Go through the next `at_most` entries of the partnership's trail; how many were read, 0 when none is left.

    What was found and how far was read are one transaction, under a lock: a second sweep at the same time reads
    nothing, and one that was cut off begins again where the last whole one ended.
    """
    if not LooksRead.objects.exists():
        LooksRead.objects.bulk_create([LooksRead()], ignore_conflicts=True)
    mark = LooksRead.objects.select_for_update(of=("self",), skip_locked=True).first()
    if mark is None:
        return 0
    last, looks = trail.looks_after(mark.seq, at_most)
    read = last - mark.seq
    if looks:
        _gather(list(looked.unusual_among(looks)))
    if read:
        mark.seq = last
        mark.save(update_fields=["seq"])
    return read


def _gather(found: Iterable[Found]) -> None:
    """One row for a person, a case and a reason while it waits; what a row has counted already counts no more."""
    found = list(found)
    these = UnusualLook.objects.filter(
        case__in={one.look.case_id for one in found}, user__in={one.look.user_id for one in found}
    )
    locked = these.filter(state=UnusualLookState.FOUND).select_for_update(of=("self",))
    waiting = {(row.case_id, row.user_id, row.reason): row for row in locked.order_by("pk")}
    counted = {
        (row["case_id"], row["user_id"], row["reason"]): row["latest"]
        for row in these.order_by().values("case_id", "user_id", "reason").annotate(latest=Max("last_at"))
    }
    new: list[UnusualLook] = []
    for one in found:
        at = one.look.at
        if one.key in counted and at <= counted[one.key]:
            continue
        counted[one.key] = at
        if (row := waiting.get(one.key)) is not None:
            row.times, row.last_at = row.times + 1, at
        else:
            waiting[one.key] = row = UnusualLook(
                case_id=one.case_id, user_id=one.user_id, agency_id=one.look.agency_id, at=at, last_at=at,
                reason=one.reason, common_name=one.common_name, entry_id=one.look.pk,
            )  # fmt: skip
            new.append(row)
    added = {row.pk for row in new}
    UnusualLook.objects.bulk_create(new)
    UnusualLook.objects.bulk_update([row for row in waiting.values() if row.pk not in added], ["times", "last_at"])


@transaction.atomic
def look_into(*, by: Actor, look_id: UUID, note: str) -> UnusualLook:
    """A manager has asked about an unusual look; `note` says what came of it (at most `NOTE_LIMIT` characters).

    Raises NotThere for a look that is not theirs to know of, NotAllowed for their own, Clash when a colleague was
    quicker, and Invalid for a note that is missing or too long.
    """
    policies.check_manages(by=by)
    row = UnusualLook.objects.select_for_update(of=("self",)).get(pk=looked.unusual_look(by, look_id).pk)
    policies.check_can_look_into(by=by, look=row)
    if row.state != UnusualLookState.FOUND:
        raise Clash(
            "A colleague has looked into this already. Their note stands on its page; nothing of yours was kept."
        )
    said = clean_note(note, what="The note", limit=NOTE_LIMIT)
    if not said:
        raise Invalid({"note": "Say what you found out, and what you did about it"})
    row.look_into(by_id=by.person, note=said)
    row.save(update_fields=["state", "note", "looked_into_by", "looked_into_at"])
    audit.record(by=by, verb=LookVerb.LOOKED_INTO, subject=row, case_id=row.case_id, reason=row.reason)
    return row
