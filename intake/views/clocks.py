"""The clocks of enquiries as pages show them (INT-4, CLK-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast
from uuid import UUID

from django.http import HttpRequest

from foundation.deadlines import queries as deadlines
from foundation.deadlines.models import Deadline
from foundation.deadlines.words import ClockLine, line_of
from foundation.tenancy.models import Partnership
from foundation.ui.paging import Page
from intake import queries
from intake.models import Enquiry


def with_clocks(request: HttpRequest, page: Page) -> Page:
    """Each row of a page of enquiries beside the line of its clock, or None: one query for them all."""
    lines = lines_of(request, page.rows)
    return replace(page, rows=[{"enquiry": each, "clock": lines.get(each.pk)} for each in page.rows])


def lines_of(request: HttpRequest, enquiries: Iterable[Enquiry]) -> dict[UUID, ClockLine]:
    """By enquiry, the line of the clock of its decision."""
    return {key: line(request, one) for key, one in queries.clocks_of(enquiries).items()}


def all_lines(request: HttpRequest, enquiry: Enquiry) -> list[ClockLine]:
    """Every open clock of one enquiry, soonest first."""
    return [line(request, one) for one in deadlines.of_subjects([enquiry.pk])]


def line(request: HttpRequest, one: Deadline) -> ClockLine:
    """A clock's line at this moment."""
    partnership = cast(Partnership, request.partnership)  # type: ignore[attr-defined]
    return line_of(one, slug=partnership.slug, calendar=deadlines.calendar_for_pages(partnership))
