"""Who changed what in setting up a partnership, in words (ACC-3). Inside its scope; nothing about any family."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from foundation.accounts.enums import AccountVerb, Role
from foundation.accounts.models import Agency, Invitation, Membership, Team
from foundation.accounts.queries import user_names
from foundation.audit.models import AuditEntry
from foundation.formdefs.enums import FormVerb
from foundation.formdefs.models import FormDefinition
from foundation.partnership import wording
from foundation.partnership.enums import PartnershipVerb
from foundation.partnership.models import PathwayPolicy, SettingsChange

# What can be narrowed to: a code, its words, and how the verbs begin.
KINDS = (
    ("agencies", "Agencies and teams", ("agency.", "team.")),
    ("people", "People and invitations", ("membership.", "invitation.", "member.", "person.")),
    ("partnership", "Words, colour and signing in", ("partnership.",)),
    ("pathway", "Pathway policy", ("pathway.",)),
    ("forms", "Forms", ("form.",)),
)
VERBS = {str(verb.value): str(verb.label) for enum in (AccountVerb, PartnershipVerb, FormVerb) for verb in enum}
NEWEST_FIRST = ("-at", "-id")
PRODUCT, OPERATOR = "Early Help itself", "An operator of this installation"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, as it was and as it became, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody did; `about` names what it was done to."""

    at: dt.datetime
    who: str
    what: str
    about: str
    changes: Sequence[Change]


def entries(*, kind: str = "", person: int | None = None) -> QuerySet[AuditEntry]:
    """What was done in setting the partnership up, in no order; `kind` is a code of KINDS."""
    found: QuerySet[AuditEntry] = AuditEntry.objects.filter(verb__in=verbs_of(kind), case_id=None)
    return found if person is None else found.filter(user_id=person)


def verbs_of(kind: str) -> list[str]:
    """The verbs of one kind, or of all. They are listed one by one: only equality finds its way past the wall fast."""
    begins = next((begins for code, _, begins in KINDS if code == kind), sum((begins for *_, begins in KINDS), ()))
    return [verb for verb in VERBS if verb.startswith(begins)]


def administrators() -> dict[int, str]:
    """Everybody who is or was an administrator here, by name."""
    held = Membership.objects.filter(role=Role.ADMINISTRATOR)
    return dict(held.order_by("user__full_name").values_list("user_id", "user__full_name").distinct())


def in_words(found: Sequence[AuditEntry]) -> Iterator[Line]:
    """The lines of a page of entries: one query for each kind of thing that they speak of, however many they are."""
    names = user_names({entry.user_id for entry in found if entry.user_id is not None})
    subjects = _subjects(found)
    changes = _changes(found)
    for entry in found:
        who = PRODUCT if entry.user_id is None else names.get(entry.user_id, OPERATOR)
        what = VERBS.get(entry.verb, entry.verb)
        about = subjects.get(entry.subject_id, "")
        yield Line(entry.at, who, what, about, changes.get(_revision(entry), ()))


def _subjects(found: Iterable[AuditEntry]) -> dict[UUID, str]:
    """The names that things have today, by id."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for entry in found:
        wanted[entry.subject_kind].add(entry.subject_id)
    named: dict[UUID, str] = {}
    for kind, ids in wanted.items():
        if kind in _NAMED:
            named |= _NAMED[kind](ids)
    return named


def _changes(found: Iterable[AuditEntry]) -> Mapping[int, Sequence[Change]]:
    revisions = {_revision(entry) for entry in found} - {0}
    if not revisions:
        return {}
    listed: dict[int, list[Change]] = defaultdict(list)
    for change in SettingsChange.objects.filter(revision__in=revisions).order_by("revision", "field"):
        before, after = (wording.say(change.field, value) for value in (change.before, change.after))
        listed[change.revision].append(Change(wording.label(change.field), before, after))
    return listed


def _revision(entry: AuditEntry) -> int:
    """Which revision of the settings an entry tells of; 0 for none."""
    if entry.verb != PartnershipVerb.SETTINGS_CHANGED:
        return 0
    return int((entry.detail or {}).get("revision", 0))


def _agencies(ids: set[UUID]) -> dict[UUID, str]:
    return {agency.pk: agency.name for agency in Agency.objects.filter(pk__in=ids)}


def _teams(ids: set[UUID]) -> dict[UUID, str]:
    found = Team.objects.filter(pk__in=ids).select_related("agency")
    return {team.pk: f"{team.name}, {team.agency.name}" for team in found}


def _memberships(ids: set[UUID]) -> dict[UUID, str]:
    found = Membership.objects.filter(pk__in=ids).select_related("agency", "user")
    return {each.pk: f"{each.user.full_name}: {each.get_role_display()}, {each.agency.name}" for each in found}


def _invitations(ids: set[UUID]) -> dict[UUID, str]:
    found = Invitation.objects.filter(pk__in=ids).select_related("agency")
    return {each.pk: f"{each.full_name}: {each.get_role_display()}, {each.agency.name}" for each in found}


def _policies(ids: set[UUID]) -> dict[UUID, str]:
    return {
        policy.pk: f"Version {policy.version}" for policy in PathwayPolicy.objects.filter(pk__in=ids).only("version")
    }


def _forms(ids: set[UUID]) -> dict[UUID, str]:
    found = FormDefinition.objects.filter(pk__in=ids).only("title", "version")
    return {form.pk: f"{form.title}, version {form.version}" for form in found}


_NAMED: dict[str, Callable[[set[UUID]], dict[UUID, str]]] = {
    "accounts.agency": _agencies,
    "accounts.team": _teams,
    "accounts.membership": _memberships,
    "accounts.invitation": _invitations,
    "partnership.pathwaypolicy": _policies,
    "formdefs.formdefinition": _forms,
}
