"""A place with clocks: a policy with short limits, people in every part, and a piece of work that clocks are about.

The piece is a team's row: its agency's people see it and the practitioners among them work on it, as the rooms above
say of cases and enquiries. `EASTER` is Fri 27 March 2026 at noon, ten working days before Tue 14 April.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from foundation.accounts.enums import AgencyKind, Role
from foundation.accounts.models import Agency, Membership, Team
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.clock import LONDON
from foundation.deadlines import services, subjects
from foundation.deadlines.models import Deadline, Extension, Reminder
from foundation.deadlines.services.starting import Whose
from foundation.notifications.models import Message
from foundation.partnership import presets
from foundation.partnership import services as pathways
from foundation.partnership.enums import ClockKind, StartEvent
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_partnership, make_team, sign_in

PIECE = "accounts.team"
REFERENCE = "EH-7KQ2-M9XD"
EASTER = dt.datetime(2026, 3, 27, 12, tzinfo=LONDON)
RECEIVED, PANEL, OPENED = StartEvent.ENQUIRY_RECEIVED, StartEvent.PANEL_HELD, StartEvent.CASE_OPENED
COMPLETED, CONTACT, SCREENING = ClockKind.ASSESSMENT_COMPLETED, ClockKind.FIRST_CONTACT, ClockKind.SCREENING_DECISION
REVIEW, ALLOCATION, ENGAGED = ClockKind.REVIEW, ClockKind.ALLOCATION, ClockKind.FAMILY_ENGAGED
WAIT = "The family asked to wait"

# Ten working days, 72 hours, six weeks, one working day, ten calendar days, and one that is counted only.
LIMITS: Mapping[ClockKind, dict[str, Any]] = {
    COMPLETED: {"length": 10, "unit": "working_days", "from": "panel_held"},
    CONTACT: {"length": 72, "unit": "hours", "from": "enquiry_received"},
    REVIEW: {"length": 6, "unit": "weeks", "from": "panel_held"},
    SCREENING: {"length": 1, "unit": "working_days", "from": "enquiry_received"},
    ALLOCATION: {"length": 10, "unit": "calendar_days", "from": "panel_held"},
    ENGAGED: {"length": 3, "unit": "working_days", "from": "panel_held", "for_figures": True},
}
_number = count(1)


def london(text: str) -> dt.datetime:
    """A moment as a wall clock in London shows it."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


@dataclass
class Place:
    """One partnership's clocks."""

    partnership: Partnership
    agency: Agency
    team: Team
    people: dict[str, Membership] = field(default_factory=dict)

    def scope(self) -> Any:
        return tenant_scope(self.partnership.pk)

    def actor(self, who: str) -> Actor:
        return actor_of(self.people[who])

    def user_id(self, who: str) -> int:
        return int(self.people[who].user_id)

    def client(self, who: str) -> Client:
        return sign_in(Client(), self.people[who].user, self.partnership, self.people[who].agency)

    def url(self, name: str, **ids: Any) -> str:
        return reverse(f"deadlines:{name}", kwargs={"partnership": self.partnership.slug, **ids})

    @property
    def whose(self) -> Whose:
        """The worker's, in the north team."""
        return Whose(self.user_id("worker"), self.agency.pk, self.team.pk)

    def start(
        self,
        *kinds: ClockKind,
        at: dt.datetime = EASTER,
        subject: Team | None = None,
        whose: Whose | None = None,
        by: str = "worker",
        reference: str = REFERENCE,
    ) -> Deadline:
        """Start clocks at a moment, which is the present; gives back the first."""
        with clock.at(at):
            return services.start_clocks(
                by=self.actor(by), kinds=kinds or (COMPLETED,), subject=subject or self.team, reference=reference,
                events={RECEIVED: at, PANEL: at, OPENED: at}, whose=whose or self.whose,
            )[0]  # fmt: skip

    def more_pieces(self, number: int) -> Iterator[Team]:
        """So many more pieces of work."""
        return (make_team(self.agency, f"Piece {next(_number)}") for _ in range(number))

    def ask(
        self, one: Deadline, until: str = "2026-04-21", by: str = "worker", at: str = "2026-04-01 10:00"
    ) -> Extension:
        """Somebody asks for more time."""
        with clock.at(london(at)):
            return services.ask_for_more_time(
                by=self.actor(by), deadline_id=one.pk, until=dt.date.fromisoformat(until), reason="Dad is away at sea."
            )


def make_place(slug: str | None = None, **settings: Any) -> Place:
    """Made with no scope open. `settings` are more values of the policy: a kind of clock, `closure_days`…"""
    partnership = make_partnership(slug)
    with tenant_scope(partnership.pk):
        agency = make_agency("Fernshire Early Help", kind=AgencyKind.EARLY_HELP)
        team = make_team(agency, "North locality")
        place = Place(partnership, agency, team)
        for who, name, role, of in (
            ("worker", "Asha Okafor", Role.PRACTITIONER, team),
            ("colleague", "Colin Marsh", Role.PRACTITIONER, team),
            ("manager", "Mariam Oyelaran", Role.MANAGER, team),
            ("second", "Seth Amadi", Role.MANAGER, None),
            ("south", "Otis Grant", Role.MANAGER, make_team(agency, "South locality")),
            ("screener", "Sian Pugh", Role.SCREENER, None),
            ("hub", "Hugh Bell", Role.HUB_MANAGER, None),
            ("admin", "Carol Denton", Role.ADMINISTRATOR, None),
            ("auditor", "Ann Reader", Role.AUDITOR, None),
        ):
            place.people[who] = make_member(role=role, agency=agency, team=of, name=name)
        place.people["stranger"] = make_member(role=Role.MANAGER, agency=make_agency(), name="Stan Ray")
        adopt(place, **settings)
    return place


def adopt(place: Place, **settings: Any) -> int:
    """The next version of the policy, with these values; gives back its number. Inside the scope."""
    version = Partnership.objects.get(pk=place.partnership.pk).pathway_version
    body = presets.load("rotherham").body
    for key, value in {**{kind.value: limit for kind, limit in LIMITS.items()}, **settings}.items():
        body["settings"][key] = {"value": value, "standing": "own"}
    pathways.adopt_policy(by=place.actor("admin"), preset="rotherham", body=body, version=version)
    return version + 1


def know_pieces() -> None:
    """What the rooms above would say of a piece of work."""

    def of_agency(actor: Actor) -> Any:
        return Team.objects.filter(agency_id=actor.agency_id).values("pk")

    def worked_on(actor: Actor) -> Any:
        return of_agency(actor) if actor.has(Role.PRACTITIONER) else of_agency(actor).none()

    def names(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
        own = Team.objects.filter(agency_id=actor.agency_id, pk__in=list(ids))
        return dict(own.values_list("pk", "name"))

    subjects.know(PIECE, subjects.Subject(of_agency, worked_on, names, lambda slug, key: f"/{slug}/"))


@contextmanager
def later(text: str) -> Iterator[None]:
    """At a moment as London's clocks show it."""
    with clock.at(london(text)):
        yield


def again(one: Deadline) -> Deadline:
    """The same clock as the database has it now."""
    return Deadline.objects.get(pk=one.pk)


def due(one: Deadline) -> str:
    """When a clock is due, as London's clocks show it."""
    return shown(again(one).due_at)


def shown(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}" if moment else ""


def reminders(one: Deadline, **only: Any) -> list[tuple[str, str, str]]:
    """Each reminder of a clock: before, at or after; to whom; when."""
    found = Reminder.objects.filter(deadline=one, **only).order_by("due_at", "step")
    return [(each.when, each.to, shown(each.due_at)) for each in found]


def told(place: Place, kind: str = "deadlines.reminder") -> list[tuple[str, str]]:
    """Who was told of which moment, in order of names (no scope open)."""
    names = {int(member.user_id): who for who, member in place.people.items()}
    with place.scope():
        found = Message.objects.filter(kind=kind)
        return sorted((names[one.user_id], str(one.params.get("when", ""))) for one in found)
