"""What clocks are about. Rooms above fill this; a kind that nobody added is seen by no one.

In `AppConfig.ready()`:

    subjects.know("cases.case", Subject(visible_ids=…, workable_ids=…, describe=…, url=…))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation.common.actors import Actor

IdsOf = Callable[[Actor], QuerySet[Any, Any]]
Describe = Callable[[Actor, Iterable[UUID]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """How one kind of thing stands behind its clocks.

    `visible_ids` and `workable_ids` are queries of one column, the ids that an actor may see, or work on: the things'
    own, or with `ids_of="case_id"` their cases'. `describe` gives for such ids, where the actor may see them, their
    name on a page, such as the family's; for others it gives nothing. `url` is the thing's page in a partnership.
    """

    visible_ids: IdsOf
    workable_ids: IdsOf
    describe: Describe
    url: Callable[[str, UUID], str]
    ids_of: str = "subject_id"


_subjects: dict[str, Subject] = {}


def know(kind: str, subject: Subject) -> None:
    """Add a kind of thing, by its model's label such as "cases.case"; the last one given wins."""
    _subjects[kind] = subject


def find(kind: str) -> Subject | None:
    """The kind of that label, or None, which every caller takes as a refusal."""
    return _subjects.get(kind)


def seen_by(actor: Actor) -> Q:
    """Which clocks are about something that the actor may see; none where no room has said anything."""
    return _any_of(actor, lambda subject: subject.visible_ids)


def worked_on_by(actor: Actor) -> Q:
    """Which clocks are about something that the actor may work on."""
    return _any_of(actor, lambda subject: subject.workable_ids)


def _any_of(actor: Actor, pick: Callable[[Subject], IdsOf]) -> Q:
    """Asked clock by clock: a page of them never makes the database list all that the actor may see.

    Kinds of which the same is asked, such as whether the case may be seen, are asked together.
    """
    alike: dict[tuple[str, IdsOf], list[str]] = {}
    for kind, subject in _subjects.items():
        alike.setdefault((subject.ids_of, pick(subject)), []).append(kind)
    wanted = Q(pk__in=[])
    for (column, ids_for), kinds in alike.items():
        ids = ids_for(actor)
        (own_column,) = ids.query.values_select
        wanted |= Q(subject_kind__in=kinds) & Q(Exists(ids.filter(**{own_column: OuterRef(column)})))
    return wanted


class About(Protocol):
    """What a clock says of what it is about."""

    pk: UUID
    subject_kind: str
    subject_id: UUID
    case_id: UUID | None


def names_of(actor: Actor, clocks: Iterable[About]) -> dict[UUID, str]:
    """What many clocks are about, by clock, as far as the actor may see it: all of a case by one question."""
    alike: dict[Describe, dict[UUID, UUID]] = {}
    for one in clocks:
        if (subject := find(one.subject_kind)) is not None:
            alike.setdefault(subject.describe, {})[one.pk] = getattr(one, subject.ids_of)
    names: dict[UUID, str] = {}
    for describe, ids in alike.items():
        known = describe(actor, set(ids.values()))
        names.update((key, known[about]) for key, about in ids.items() if about in known)
    return names


def url_of(slug: str, kind: str, key: UUID) -> str:
    """The page of what a clock is about; "" where nobody has one."""
    subject = find(kind)
    return subject.url(slug, key) if subject else ""
