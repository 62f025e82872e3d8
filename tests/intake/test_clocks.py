"""The clocks of an enquiry: started, handed over, met, counted, and whose they are to see (INT-4, INT-8, CLK-1)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from foundation.common import clock
from foundation.common.errors import Clash, NotAllowed, NotThere
from foundation.deadlines import queries as deadlines
from foundation.deadlines import services as clocks
from foundation.deadlines import subjects
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.models import Deadline
from foundation.deadlines.policies import check_works_on
from foundation.deadlines.reckoning import LONGEST, reckon
from foundation.partnership.enums import ClockKind, Unit
from foundation.partnership.lengths import Length
from foundation.partnership.queries import current_policy
from intake import queries, services
from intake.models import Enquiry
from tests.intake.places import Place, make_place

# The Thursday before Easter 2026.
MAUNDY = dt.datetime(2026, 4, 2, 11, 20, tzinfo=clock.LONDON)
TUESDAY_FIVE = dt.datetime(2026, 4, 7, 17, tzinfo=clock.LONDON)
DECISION, TOLD = ClockKind.SCREENING_DECISION, ClockKind.REFERRER_TOLD


def clock_of(enquiry: Enquiry, kind: ClockKind = DECISION) -> Deadline:
    return Deadline.objects.get(subject_id=enquiry.pk, kind=kind)


def kinds_of(enquiry: Enquiry) -> set[str]:
    return set(Deadline.objects.filter(subject_id=enquiry.pk).values_list("kind", flat=True))


@pytest.fixture
def limited(place: Place) -> Place:
    """A place whose policy has both clocks: a working day to decide, and one more to tell the sender."""
    place.limits()
    return place


class TestStarting:
    def test_an_enquiry_before_easter_is_due_on_the_tuesday_after(self, limited: Place) -> None:
        """INT-8, CLK-1: one working day, Good Friday and Easter Monday left out; nobody's until it is taken."""
        with clock.at(MAUNDY):
            enquiry = limited.enquiry()
        one = clock_of(enquiry)
        assert (one.started_at, one.due_at, one.start_event) == (MAUNDY, TUESDAY_FIVE, "enquiry_received")
        assert (one.subject_kind, one.reference) == ("intake.enquiry", enquiry.reference)
        assert (one.owner_id, one.agency_id, one.team_id, one.case_id) == (None, None, None, None)
        assert [name for _day, name in one.left_out] == ["Good Friday", "Easter Monday"]
        assert kinds_of(enquiry) == {DECISION}

    def test_telling_may_start_with_the_enquiry(self, place: Place) -> None:
        """INT-9, CLK-1: whichever event the policy names; both are met or run on their own."""
        place.limits(referrer_told=(24, "hours", "enquiry_received"))
        with clock.at(MAUNDY):
            enquiry = place.enquiry()
        assert kinds_of(enquiry) == {DECISION, TOLD}
        assert clock_of(enquiry, TOLD).due_at == MAUNDY + dt.timedelta(hours=24)

    def test_telling_starts_with_the_decision(self, limited: Place) -> None:
        """INT-9: the policy's event is the decision; whoever decides is to see to it."""
        enquiry = limited.taken()
        assert kinds_of(enquiry) == {DECISION}
        limited.decide(enquiry, by="hubmanager")
        one = clock_of(enquiry, TOLD)
        assert (one.state, one.owner_id) == ("running", limited.user("hubmanager").pk)
        assert one.started_at == Enquiry.objects.get().decided_at

    def test_sending_twice_starts_one(self, limited: Place) -> None:
        """Bad input: the button pressed twice."""
        draft = limited.draft()
        for _ in range(2):
            services.send_enquiry(by=limited.actor("teacher"), draft_id=draft.pk)
        assert Deadline.objects.count() == 1

    def test_without_a_policy_there_are_none_and_all_goes_on(self, place: Place) -> None:
        """CLK-1: a partnership that has not chosen its pathway has no limits."""
        enquiry = place.decide(place.taken())
        assert enquiry.state == "decided"
        assert not Deadline.objects.exists()

    def test_a_limit_that_is_not_set_is_no_clock(self, place: Place) -> None:
        """CLK-1."""
        place.limits(screening_decision=None, referrer_told=None)
        place.decide(place.taken())
        assert not Deadline.objects.filter(subject_kind="intake.enquiry").exists()

    def test_an_enquiry_that_stood_before_the_policy_has_none(self, place: Place) -> None:
        """CLK-2: nothing is started backwards; it is taken, given back and decided as ever."""
        enquiry = place.taken()
        place.limits(referrer_told=None)
        services.give_back_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk)
        services.take_enquiry(by=place.actor("screener"), enquiry_id=enquiry.pk)
        place.decide(enquiry)
        assert not Deadline.objects.filter(subject_kind="intake.enquiry").exists()


class TestHands:
    def test_it_goes_with_the_enquiry(self, limited: Place) -> None:
        """INT-4: taken, taken over, given back; its due time stays."""
        enquiry = limited.enquiry()
        due = clock_of(enquiry).due_at
        services.take_enquiry(by=limited.actor("screener"), enquiry_id=enquiry.pk)
        assert clock_of(enquiry).owner == limited.user("screener")
        services.take_enquiry(by=limited.actor("hubmanager"), enquiry_id=enquiry.pk, over=True)
        assert clock_of(enquiry).owner == limited.user("hubmanager")
        services.give_back_enquiry(by=limited.actor("hubmanager"), enquiry_id=enquiry.pk)
        assert (clock_of(enquiry).owner, clock_of(enquiry).due_at) == (None, due)
        assert services.take_oldest(by=limited.actor("screener2")) == enquiry
        assert clock_of(enquiry).owner == limited.user("screener2")

    def test_the_decision_meets_it(self, limited: Place) -> None:
        """INT-8: at the moment of the decision, in time or late."""
        with clock.at(MAUNDY):
            early, late = limited.taken(), limited.taken()
        with clock.at(TUESDAY_FIVE):
            limited.decide(early)
        with clock.at(TUESDAY_FIVE + dt.timedelta(minutes=1)):
            limited.decide(late)
        assert [(clock_of(each).state, clock_of(each).is_late) for each in (early, late)] == [
            ("met", False), ("met", True),
        ]  # fmt: skip
        assert clock_of(early).met_at == TUESDAY_FIVE

    def test_a_decision_that_is_undone_leaves_it_running(self, limited: Place) -> None:
        """INT-7: one transaction."""
        enquiry = limited.taken()
        with pytest.raises(NotAllowed):
            limited.decide(enquiry, by="teacher")
        assert clock_of(enquiry).state == "running"


class TestWhoSees:
    def test_whoever_sees_the_enquiry_sees_its_clock(self, limited: Place) -> None:
        """CLK-2: the hub, the sender and their overseers, and nobody else; the family's name as far as that."""
        enquiry = limited.enquiry()
        one = clock_of(enquiry)
        for who in limited.members:
            actor = limited.actor(who)
            sees = who in {"teacher", "head", "screener", "screener2", "hubmanager"}
            assert deadlines.visible_to(actor).filter(pk=one.pk).exists() == sees, who
            named = subjects.names_of(actor, [one])
            assert named == ({one.pk: "Quillfeather"} if sees else {}), who
            assert check_works_on.allows(by=actor, deadline=one) == (who in {"screener", "screener2", "hubmanager"}), (
                who
            )

    def test_another_partnerships_is_not_there(self, site: Place) -> None:
        """Trust 1."""
        with site.scope():
            site.limits()
            one = clock_of(site.enquiry())
        elsewhere = make_place()
        with elsewhere.scope(), pytest.raises(NotThere):
            deadlines.deadline_for(elsewhere.actor("hubmanager"), one.pk)

    def test_only_the_hub_counts(self, limited: Place) -> None:
        """INT-4: clocks of the queue are the hub's."""
        limited.enquiry()
        assert queries.screening_clocks(limited.actor("screener")).count() == 1
        for who in ("teacher", "head", "analyst"):
            assert not queries.screening_clocks(limited.actor(who)).exists()


class TestCounts:
    def test_late_today_and_the_rest(self, limited: Place) -> None:
        """INT-4: by the open clocks alone; what is paused or decided counts no more."""
        with clock.at(MAUNDY - dt.timedelta(days=2)):
            late, decided = limited.enquiry(), limited.taken()
        with clock.at(MAUNDY - dt.timedelta(days=1)):
            today, paused = limited.enquiry(), limited.enquiry()
            reason = current_policy().pause_reasons[0]
            clocks.pause_clock(by=limited.actor("screener"), deadline_id=clock_of(paused).pk, reason=reason)
        with clock.at(MAUNDY):
            ahead = limited.enquiry()
            limited.decide(decided)
            by = limited.actor("screener")
            counts = queries.queue_counts(by)
            assert (counts.late, counts.today, counts.waiting) == (1, 1, 4)
            assert set(queries.queue(by, state="late")) == {late}
            assert set(queries.queue(by, state="today")) == {today}
            assert set(queries.clocks_of([late, today, ahead])) == {late.pk, today.pk, ahead.pk}

    def test_they_are_bounded(self, limited: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        """Architecture §4: counted among those that are due first, so that what is late is found first."""
        for days in (9, 8, 2):
            with clock.at(MAUNDY - dt.timedelta(days=days)):
                limited.enquiry()
        monkeypatch.setattr(queries, "COUNT_BOUND", 1)
        with clock.at(MAUNDY):
            assert queries.queue_counts(limited.actor("screener")).late == 2


DAYS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2026, 6, 1), timezones=st.just(clock.LONDON))


@given(one=DAYS, other=DAYS, unit=st.sampled_from(list(Unit)), count=st.integers(1, 60))
def test_the_clock_that_began_first_is_due_first(one: dt.datetime, other: dt.datetime, unit: Unit, count: int) -> None:
    """INT-4, decision 026: by one policy the queue's order, by arrival, is the order in which decisions fall due."""
    length = Length(min(count, LONGEST[unit]), unit)
    earlier, later = sorted([one.astimezone(dt.UTC), other.astimezone(dt.UTC)])
    due = [reckon(start=start, length=length, calendar=Calendar()).due_at for start in (earlier, later)]
    assert due[0] <= due[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["decide", "take_over"])
def test_deciding_beside_a_rival(rival: str) -> None:
    """Trust 7: decided twice, or decided while a hub manager takes it over: one decision, its clock met once."""
    site = make_place()
    with site.scope():
        site.limits()
        enquiry = site.taken()

    def decide() -> None:
        site.decide(enquiry, decision="no_further_action", level="1")

    def take_over() -> None:
        services.take_enquiry(by=site.actor("hubmanager"), enquiry_id=enquiry.pk, over=True)

    outcomes = at_once(site, decide, decide if rival == "decide" else take_over)
    assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, Clash)], outcomes
    with site.scope():
        enquiry.refresh_from_db()
        one = clock_of(enquiry)
        if enquiry.state == "decided":
            assert (one.state, one.met_at, enquiry.told.count()) == ("met", enquiry.decided_at, 1)
            assert clock_of(enquiry, TOLD).owner == enquiry.decided_by
        else:  # the hub manager was first, and the screener heard so
            assert (one.state, one.owner, enquiry.told.count()) == ("running", site.user("hubmanager"), 0)
        assert sum(isinstance(each, Clash) for each in outcomes) == 1


def at_once(site: Place, *acts) -> list[Exception | None]:
    """Each in a thread and a transaction of its own, let go together; what each raised."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act) -> None:
        try:
            start.wait(timeout=20)
            with site.scope():
                act()
            outcomes.append(None)
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
