"""A demonstration that stands months away: people sign in, stay signed in, are locked out and let in again (ACC-4)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client

from foundation.common import clock
from foundation.tenancy.scope import tenant_scope
from tests.factories import PASSWORD, make_member, make_partnership

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[-240, 400])
def away(request, monkeypatch) -> dt.timedelta:
    """The clock of this process, so many days from the machine's."""
    ahead = dt.timedelta(days=request.param)
    monkeypatch.setattr(clock, "_ahead", ahead)
    return ahead


@pytest.fixture
def member(away):
    partnership = make_partnership("fernshire")
    with tenant_scope(partnership.pk):
        return make_member()


def sign_in(member, password: str = PASSWORD) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": member.user.email, "password": password})
    return browser


def test_the_pages_open_and_say_at_what_date_they_stand(member, away, settings):
    """Demo: nobody takes the date for today's."""
    settings.DEMO = True
    assert abs(clock.now() - dt.datetime.now(dt.UTC) - away) < dt.timedelta(minutes=1)
    answer = sign_in(member).get("/fernshire/")
    assert answer.status_code == 200
    day = clock.today()
    assert f"This demonstration stands at {day:%a} {day.day} {day:%B %Y}." in answer.content.decode()


def test_a_session_ends_by_the_clock_that_began_it(member):
    """ACC-4: 29 minutes without a click are allowed, 32 are not, wherever the clock stands."""
    browser, began = sign_in(member), clock.now()
    with clock.at(began + dt.timedelta(minutes=29)):
        assert browser.get("/fernshire/").status_code == 200
    with clock.at(began + dt.timedelta(minutes=62)):
        assert browser.get("/fernshire/").status_code == 302


def test_a_lockout_holds_there_too(member):
    """ACC-1: ten wrong passwords shut the door to the right one."""
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(member, "wrong-wrong-wrong")
    assert sign_in(member).get("/fernshire/").status_code == 302


def test_where_nobody_travels_nothing_is_said(settings):
    """Demo: the line is of one that stands elsewhere alone."""
    settings.DEMO = True
    assert "stands at" not in Client().get("/accounts/login/").content.decode()
