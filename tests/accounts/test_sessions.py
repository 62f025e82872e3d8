"""How long a session lasts, who says so, what counts, and what is said at its end (ACC-4)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from foundation.accounts import sessions, tasks
from foundation.accounts.enums import Role
from foundation.accounts.hats import own_memberships
from foundation.accounts.models import User
from foundation.accounts.sessions import SLACK, Limits, Standing, Why, limits_of
from foundation.common import clock
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD, make_agency, make_member, make_partnership, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
START = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
END = "/accounts/session/end/"
BACKGROUND = {"Eh-Background": "1"}


def after(**passed: float) -> dt.datetime:
    return START + dt.timedelta(**passed)


@pytest.fixture
def fernshire(db) -> Partnership:
    return make_partnership("fernshire", idle_minutes=30, session_hours=8)


@pytest.fixture
def person(fernshire) -> User:
    with tenant_scope(fernshire.pk):
        return make_member(agency=make_agency("Fernbank School")).user


@pytest.fixture
def client(person) -> Client:
    """Signed in at nine."""
    client = Client()
    with clock.at(START):
        assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client, moment: dt.datetime, path: str = "/fernshire/", **more) -> bool:
    """Whether a page is given at a moment."""
    with clock.at(moment):
        return client.get(path, **more).status_code == 200


class TestLimits:
    def test_idle_session_ends_and_says_why(self, client):
        """ACC-4: after thirty minutes without a click; the way back leads to the page asked for."""
        with clock.at(after(minutes=32)):
            sent = client.get("/fernshire/cases/?page=2")["Location"]
            assert sent == f"{LOGIN}?next=/fernshire/cases/%3Fpage%3D2"
            page = client.get(sent).content.decode()
        assert "You were signed out because nothing happened for 30 minutes." in page
        assert "What you wrote was kept" not in page

    def test_each_click_begins_the_idle_time_again(self, client):
        """ACC-4: work goes on as long as there is any."""
        assert all(is_in(client, after(minutes=minute)) for minute in range(25, 8 * 60, 25))

    def test_session_lasts_no_longer_than_its_hours_whatever_is_done(self, client):
        """ACC-4: the end that no click puts off."""
        for minute in range(20, 480, 20):
            assert is_in(client, after(minutes=minute))
        with clock.at(after(hours=8)):
            sent = client.get("/fernshire/")["Location"]
            assert "You were signed out because you signed in 8 hours ago." in client.get(sent).content.decode()

    @pytest.mark.parametrize("second", [0, 20, 59])
    def test_nobody_is_signed_out_before_the_time_is_over(self, client, second):
        """ACC-4: the last click counts whole, though it is written down at most once a minute."""
        assert is_in(client, after(minutes=5))
        assert is_in(client, after(minutes=5, seconds=second))
        assert is_in(client, after(minutes=35, seconds=second))

    def test_nobody_stays_longer_than_a_minute_more(self, client):
        """ACC-4: the most that writing it down seldom can add."""
        assert not is_in(client, after(minutes=30, seconds=SLACK))

    def test_being_seen_is_written_at_most_once_a_minute(self, client):
        """ACC-4: a click within the minute writes nothing."""
        is_in(client, after(minutes=2))
        before = Session.objects.get(pk=client.session.session_key).session_data
        is_in(client, after(minutes=2, seconds=59))
        assert Session.objects.get(pk=client.session.session_key).session_data == before
        is_in(client, after(minutes=3))
        assert Session.objects.get(pk=client.session.session_key).session_data != before

    def test_page_that_asks_by_itself_is_not_a_person(self, client):
        """ACC-4: progress and the time left can be asked for ever without keeping anyone signed in."""
        for minute in range(1, 31, 2):
            assert is_in(client, after(minutes=minute), headers=BACKGROUND)
        assert not is_in(client, after(minutes=31), headers=BACKGROUND)

    def test_stay_signed_in_counts_as_a_click(self, client):
        """ACC-4: that is what the button is for."""
        with clock.at(after(minutes=29)):
            answer = client.post("/accounts/session/", headers={"Accept": "application/json"}).json()
        assert answer["signed_in"]
        assert 30 * 60 <= answer["idle"] <= 31 * 60
        assert is_in(client, after(minutes=55))

    def test_stay_signed_in_without_script_is_a_page_of_its_own(self, client):
        """ACC-4: it opens beside what is being written."""
        with clock.at(after(minutes=29)):
            assert "You are still signed in" in client.post("/accounts/session/").content.decode()

    def test_asking_the_time_left_shows_it_and_changes_nothing(self, client):
        """ACC-4: for script; nobody's session says no more than that."""
        with clock.at(after(minutes=10)):
            left = client.get("/accounts/session/", headers=BACKGROUND).json()
        assert left["idle"] == 21 * 60
        assert left["whole"] == (8 * 60 - 10) * 60
        assert Client().get("/accounts/session/").json() == {"signed_in": False}

    def test_session_from_before_there_were_limits_begins_when_seen(self, client):
        """ACC-4: an update signs nobody out, and lets nobody stay for ever."""
        session = client.session
        del session[sessions.BEGAN], session[sessions.SEEN]
        session.save()
        assert is_in(client, after(hours=3))
        assert not is_in(client, after(hours=3, minutes=32))

    @pytest.mark.parametrize("nonsense", ["soon", None, [], {}, True])
    def test_nonsense_in_a_session_is_a_session_that_begins_now(self, client, nonsense):
        """ACC-4: never an error of ours."""
        session = client.session
        session[sessions.SEEN] = nonsense
        session.save()
        assert is_in(client, after(minutes=1))

    def test_pages_outside_a_partnership_end_as_well(self, client):
        """ACC-4: the account's page and the choice of hats are no way round."""
        with clock.at(after(minutes=40)):
            assert client.get("/accounts/")["Location"].startswith(LOGIN)
            assert client.get("/hats/")["Location"].startswith(LOGIN)


class TestStrictest:
    def test_strictest_of_all_partnerships_binds_everywhere(self, person):
        """ACC-4: the shortest idle time of one and the shortest day of another."""
        for slug, idle, hours in (("marrowdale", 10, 12), ("strictshire", 60, 4)):
            with tenant_scope(make_partnership(slug, idle_minutes=idle, session_hours=hours).pk):
                make_member(user=person, role=Role.SCREENER)
        assert limits_of(own_memberships(person)) == Limits(idle_minutes=10, session_hours=4)

    def test_strict_partnership_signs_out_of_the_easy_one_too(self, client, person):
        """ACC-4: whichever hat is worn."""
        with tenant_scope(make_partnership("marrowdale", idle_minutes=5).pk):
            make_member(user=person, agency=make_agency("Marrow Hub"))
        assert not is_in(client, after(minutes=6))

    def test_ended_membership_binds_no_more(self, client, person):
        """ACC-4: policy is read anew with each click."""
        other = make_partnership("marrowdale", idle_minutes=5)
        with tenant_scope(other.pk):
            member = make_member(user=person)
            member.ended_at = START
            member.save()
        assert is_in(client, after(minutes=20))

    def test_changed_policy_holds_from_the_next_click(self, client, fernshire):
        """ACC-4: for sessions that are under way as well."""
        assert is_in(client, after(minutes=1))
        with tenant_scope(fernshire.pk):
            Partnership.objects.filter(pk=fernshire.pk).update(idle_minutes=5)
        assert not is_in(client, after(minutes=8))

    def test_person_without_membership_has_the_products_own(self):
        """ACC-4: operators, and people whose last role has ended."""
        assert limits_of(own_memberships(make_user())) == Limits(idle_minutes=30, session_hours=12)

    def test_end_is_whichever_comes_first(self):
        """ACC-4: the hours, when both are over at once."""
        limits = Limits(idle_minutes=30, session_hours=1)
        assert Standing(0.0, 3000.0, limits).over(3599.0) is None
        assert Standing(0.0, 3000.0, limits).over(3600.0) is Why.LONG
        assert Standing(0.0, 0.0, limits).over(1860.0) is Why.IDLE
        assert Standing(0.0, 0.0, limits).left(99_999.0) == {"idle": 0, "whole": 0}


class TestWarning:
    def test_page_says_how_long_there_is_with_and_without_script(self, client):
        """ACC-4: seconds for script; for a browser without, a banner that comes two minutes before."""
        with clock.at(after(minutes=10)):
            html = client.get("/fernshire/").content.decode()
        assert 'data-idle="1860"' in html
        assert 'data-minutes="30"' in html
        assert "--eh-session-warn:1740s" in html
        assert "In 2 minutes you will be signed out" in html

    def test_warning_of_the_end_that_cannot_be_put_off_offers_no_button(self, client):
        """ACC-4: it says so instead."""
        for minute in range(25, 460, 25):
            is_in(client, after(minutes=minute))
        with clock.at(after(minutes=470)):
            html = client.get("/fernshire/").content.decode()
        assert "--eh-session-warn:480s" in html
        assert "which is as long as one sign-in lasts" in html
        assert "Stay signed in (" not in html

    def test_nobodys_page_holds_no_warning(self):
        """ACC-4: the sign-in page itself never ends."""
        html = Client().get(LOGIN).content.decode()
        assert "data-session" not in html
        assert "--eh-session-warn" not in html


class TestEnd:
    def test_script_ends_a_session_that_is_over(self, client, person):
        """ACC-4: the words come from elsewhere; the way leads to the sign-in page and back."""
        old = client.session.session_key
        with clock.at(after(minutes=30, seconds=30)):
            answer = client.post(END, {"eh-page": "/fernshire/cases/"}, headers=BACKGROUND)
            assert answer.json() == {"url": f"{LOGIN}?next=%2Ffernshire%2Fcases%2F"}
            assert "nothing happened for 30 minutes" in client.get(answer.json()["url"]).content.decode()
        assert not Session.objects.filter(pk=old).exists()

    def test_tab_that_is_late_does_not_end_a_session_in_use(self, client):
        """ACC-4: another tab was busy: the answer says how long there still is."""
        with clock.at(after(minutes=20)):
            client.get("/fernshire/")
        with clock.at(after(minutes=31)):
            answer = client.post(END, {"eh-page": "/fernshire/"}, headers=BACKGROUND)
            assert answer.status_code == 409
            assert answer.json()["signed_in"]
        assert is_in(client, after(minutes=32))

    @pytest.mark.parametrize(
        "page", ["https://evil.example/", "//evil.example/x/", "/accounts/logout/", "", "x", "/\\e"]
    )
    def test_end_leads_to_no_other_site(self, client, page):
        """ACC-4: only to a page of a partnership."""
        with clock.at(after(minutes=30, seconds=50)):
            assert client.post(END, {"eh-page": page}, headers=BACKGROUND).json()["url"] == f"{LOGIN}?next=%2Fhats%2F"

    def test_next_sign_in_begins_anew(self, client, person):
        """ACC-4: and the notice is gone."""
        with clock.at(after(minutes=40)):
            client.get("/fernshire/")
            client.post(LOGIN, {"login": person.email, "password": PASSWORD})
            assert sessions.ENDED not in client.session
        assert is_in(client, after(minutes=65))

    def test_script_that_asks_after_the_end_hears_it_as_data(self, client):
        """ACC-4: 401 with the sentence and the way back to the page that the form stood on."""
        with clock.at(after(minutes=40)):
            answer = client.post(
                "/fernshire/cases/",
                {"x": ""},
                headers={"Accept": "application/json", "Referer": "http://testserver/fernshire/"},
            )
        assert answer.status_code == 401
        assert answer.json() == {
            "sentence": "You were signed out because nothing happened for 30 minutes.",
            "url": f"{LOGIN}?next=%2Ffernshire%2F",
            "kept": False,
        }

    def test_old_sessions_are_swept_away(self, client):
        """ACC-4: rows past their time do not pile up."""
        Session.objects.update(expire_date=clock.now() - dt.timedelta(days=1))
        tasks.sweep()
        assert not Session.objects.exists()
