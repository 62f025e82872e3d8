"""A clock explained, and the manager's list of what is late and what will be (CLK-2, REP-4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from foundation.accounts import queries as accounts
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.deadlines import history, policies, queries, subjects
from foundation.deadlines.enums import DeadlineState, ExtensionState
from foundation.deadlines.models import Deadline
from foundation.deadlines.words import explained, line_of, standing
from foundation.ui.components import Column
from foundation.ui.paging import page_by_key
from foundation.ui.views import PageView

BANDS = {"late": "Late now", "today": "Due today", "soon": "Due in the next five working days"}
COLUMNS = (
    Column("About"),
    Column("What is due"),
    Column("Due", sorted="ascending"),
    Column("Who does it"),
    Column("Team"),
)


def may_see(request: HttpRequest, *, deadline_id: UUID, **kwargs: Any) -> None:
    """A clock's page: it is found for the reader, or is not there."""
    asked = cast(Any, request)
    asked.deadline = queries.deadline_for(asked.actor, deadline_id)


class ShowClock(PageView):
    """Why is this due then, what happened to it, and what can I do about it?"""

    policy = staticmethod(may_see)
    template_name = "deadlines/clock_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The arithmetic sentence by sentence, its history, and the buttons of this reader."""
        asked = cast(Any, self.request)
        one: Deadline = asked.deadline
        partnership = asked.partnership
        note_look(self.actor, one)
        asked_for = one.extensions.filter(state=ExtensionState.ASKED).select_related("asked_by").first()
        works = policies.check_works_on.allows(by=self.actor, deadline=one)
        pauses = policies.check_may_pause.allows(by=self.actor, deadline=one)
        in_full = policies.reads_what_was_said(self.actor, one)
        if asked_for:
            asked_for.deadline = one
        return super().get_context_data(
            deadline=one,
            about=about(self.actor, one),
            about_url=subjects.url_of(partnership.slug, one.subject_kind, one.subject_id),
            line=line_of(one, slug=partnership.slug, calendar=queries.calendar_for_pages(partnership)),
            standing=standing(one),
            sentences=explained(one, in_full=in_full),
            events=history.of(one, in_full=in_full),
            in_full=in_full,
            asked_for=asked_for,
            own_request=asked_for is not None and asked_for.asked_by_id == self.actor.user_id,
            may_answer=asked_for is not None and policies.check_can_answer.allows(by=self.actor, extension=asked_for),
            may_ask=works and one.state == DeadlineState.RUNNING and asked_for is None,
            may_pause=pauses and one.state == DeadlineState.RUNNING and not one.is_late,
            may_resume=pauses and one.state == DeadlineState.PAUSED,
            **kwargs,
        )


class Late(PageView):
    """What is out of time, what will be, and who asks for more? (REP-4)"""

    policy = policies.check_manages_clocks
    template_name = "deadlines/late.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One band of clocks, the counts of all three, and the requests for more time."""
        partnership = cast(Any, self.request).partnership
        calendar, now = queries.calendar_for_pages(partnership), clock.now()
        band = self.request.GET.get("band", "late")
        band = band if band in BANDS else "late"
        managed = queries.managed_by(self.actor)
        teams, team_id = self.teams()
        clocks = managed.filter(team_id=team_id) if team_id else managed
        found, after = queries.bands_of(clocks, now, calendar), self.request.GET.get("after")
        opening = None if after else found.opening(band)
        in_band = queries.in_band(band, clocks, now, calendar) if opening is None else opening
        page = page_by_key(in_band, order=queries.BY_DUE, after=after)
        names = subjects.names_of(self.actor, page.rows)
        rows = [
            {
                "clock": one,
                "line": line_of(one, slug=partnership.slug, calendar=calendar),
                "about": names.get(one.pk, one.reference),
                "url": subjects.url_of(partnership.slug, one.subject_kind, one.subject_id),
            }
            for one in page.rows
        ]
        return super().get_context_data(
            page=replace(page, rows=rows),
            columns=COLUMNS,
            band=band,
            caption=BANDS[band],
            bands=[(key, words, found.counts[key], self.address(key, team_id)) for key, words in BANDS.items()],
            teams=[(str(one.pk), one.name, self.address(band, one.pk), one.pk == team_id) for one in teams],
            all_teams_url=self.address(band, None),
            team_id=team_id,
            requests=list(queries.extensions_to_answer(self.actor, managed)[:10]),
            **kwargs,
        )

    def teams(self) -> tuple[list[Any], UUID | None]:
        """The manager's teams to choose from, and the one chosen in the address."""
        teams = list(accounts.teams([self.actor.agency]))
        if self.actor.team_ids:
            teams = [one for one in teams if one.pk in self.actor.team_ids]
        return teams, next((one.pk for one in teams if str(one.pk) == self.request.GET.get("team")), None)

    def address(self, band: str, team_id: UUID | None) -> str:
        """The same page with a band and a team."""
        return f"?band={band}" + (f"&team={team_id}" if team_id else "")


def about(actor: Actor, one: Deadline) -> str:
    """What a clock is about, in the words of the room that knows; its reference where the reader may not see more."""
    return subjects.names_of(actor, [one]).get(one.pk, one.reference)


def note_look(actor: Actor, one: Deadline) -> None:
    """A page that names a family was looked at (FAM-8)."""
    audit.viewed(by=actor, subject=one, case_id=one.case_id)


def clock_url(slug: str, deadline_id: UUID) -> str:
    """A clock's page."""
    return reverse("deadlines:detail", kwargs={"partnership": slug, "deadline_id": deadline_id})
