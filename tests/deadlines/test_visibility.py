"""Who sees a clock: whoever may see what it is about, as the rooms above say; what nobody said is refused (ACC-6)."""

from __future__ import annotations

from itertools import chain

import pytest

from foundation.common import clock
from foundation.common.errors import NotThere
from foundation.deadlines import policies, queries, subjects
from foundation.deadlines.models import Deadline
from foundation.deadlines.services.starting import Whose
from tests.deadlines.making import (
    CONTACT,
    EASTER,
    ENGAGED,
    PIECE,
    SCREENING,
    Place,
    know_pieces,
    london,
    make_place,
)


def test_by_what_it_is_about(inside: Place) -> None:
    """ACC-6: the agency's people do, another agency's do not, and for those it is not there."""
    one = inside.start()
    for who in ("worker", "colleague", "manager", "south", "auditor"):
        assert list(queries.visible_to(inside.actor(who))) == [one]
    assert not queries.visible_to(inside.actor("stranger")).exists()
    with pytest.raises(NotThere):
        queries.deadline_for(inside.actor("stranger"), one.pk)


def test_a_kind_of_thing_that_no_room_added_is_seen_by_no_one(inside: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Architecture §2: a registry that guards and that nobody filled refuses."""
    one = inside.start()
    actor = inside.actor("worker")
    monkeypatch.setattr(subjects, "_subjects", {})
    assert not queries.visible_to(actor).exists()
    assert not queries.own(actor).exists()
    assert not queries.managed_by(inside.actor("manager")).exists()
    assert not policies.check_works_on.allows(by=inside.actor("colleague"), deadline=one)
    assert subjects.names_of(actor, [one]) == {}
    assert subjects.url_of("fernshire", PIECE, inside.team.pk) == ""
    know_pieces()
    assert queries.visible_to(actor).exists()


def test_an_id_of_one_kind_opens_nothing_of_another(inside: Place) -> None:
    """ACC-6: a clock about something else with the same id is another clock."""
    one = inside.start()
    Deadline.objects.filter(pk=one.pk).update(subject_kind="cases.case")
    assert not queries.visible_to(inside.actor("worker")).exists()


def test_another_partnerships_is_not_there(place: Place) -> None:
    """Trust 1: neither to read nor by its id."""
    other = make_place()
    with other.scope():
        one = other.start()
    with place.scope():
        assert not Deadline.objects.filter(pk=one.pk).exists()
        with pytest.raises(NotThere):
            queries.deadline_for(place.actor("worker"), one.pk)


def test_a_managers_clocks_are_their_teams(inside: Place) -> None:
    """REP-4: theirs and those of no team; the hub's are the hub manager's; those for the figures nobody's."""
    pieces = list(inside.more_pieces(4))
    team = inside.start(subject=pieces[0])
    no_team = inside.start(subject=pieces[1], whose=Whose(inside.user_id("worker"), inside.agency.pk))
    hub = inside.start(SCREENING, subject=pieces[2], whose=Whose())
    inside.start(ENGAGED, subject=pieces[3])
    seen = {who: set(queries.managed_by(inside.actor(who))) for who in ("manager", "second", "south", "hub", "worker")}
    assert seen == {
        "manager": {team, no_team}, "second": {team, no_team}, "south": {no_team}, "hub": {hub}, "worker": set(),
    }  # fmt: skip


def test_a_managers_list_holds_only_what_they_may_see(inside: Place) -> None:
    """FAM-7: a restricted case stands in nobody's list of what is late, its reference neither."""
    one = inside.start(subject=next(inside.more_pieces(1)))
    Deadline.objects.filter(pk=one.pk).update(subject_id=inside.people["stranger"].agency_id)
    assert not queries.managed_by(inside.actor("manager")).exists()
    assert not queries.own(inside.actor("worker")).exists()


def test_ones_own_are_for_the_agency_whose_hat_one_wears(inside: Place) -> None:
    """ACC-2: soonest first, the hub's among them."""
    pieces = list(inside.more_pieces(2))
    later = inside.start(subject=pieces[0])
    sooner = inside.start(CONTACT, subject=pieces[1], whose=Whose(inside.user_id("worker")))
    assert list(queries.own(inside.actor("worker"))) == [sooner, later]
    assert not queries.own(inside.actor("colleague")).exists()


def test_the_bands_share_nothing_and_leave_nothing_out(inside: Place) -> None:
    """REP-4: late to the minute, today until midnight, then five working days, over Easter."""
    # fmt: off
    dues = {
        "late": ["2026-04-01 11:59"],
        "today": ["2026-04-01 12:00", "2026-04-01 23:59"],
        "soon": ["2026-04-02 00:00", "2026-04-06 17:00", "2026-04-10 23:59"],
        "beyond": ["2026-04-11 00:00"],
    }
    # fmt: on
    for piece, due_at in zip(inside.more_pieces(7), chain(*dues.values()), strict=True):
        one = inside.start(subject=piece)
        Deadline.objects.filter(pk=one.pk).update(due_at=london(due_at))
    now = london("2026-04-01 12:00")
    clocks = queries.managed_by(inside.actor("manager"))
    calendar = queries.calendar_for_pages(inside.partnership)
    found = {
        "late": queries.late(clocks, now), "today": queries.due_today(clocks, now),
        "soon": queries.due_soon(clocks, now, calendar),
    }  # fmt: skip
    for band, those in found.items():
        assert sorted(one.due_at for one in those) == [london(each) for each in dues[band]], band


def test_past_the_years_that_are_known_soon_is_a_week(inside: Place) -> None:
    """CLK-1: the manager's list opens all the same."""
    now = london("2090-01-01 12:00")
    clocks = queries.managed_by(inside.actor("manager"))
    with clock.at(now):
        assert list(queries.due_soon(clocks, now, queries.calendar_for_pages(inside.partnership))) == []


def test_of_things_and_of_cases(inside: Place) -> None:
    """CLK-2: for callers who have shown that the reader may see them: open ones, soonest first."""
    one = inside.start()
    sooner = inside.start(CONTACT)
    Deadline.objects.filter(pk=one.pk).update(case_id=inside.team.pk)
    assert list(queries.of_subjects([inside.team.pk])) == [sooner, one]
    assert list(queries.of_cases([inside.team.pk])) == [one]
    assert list(queries.all_of_case(inside.team.pk)) == [one]
    assert one.started_at == EASTER
