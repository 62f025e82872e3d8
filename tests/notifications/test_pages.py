"""Inbox, own choice, and what did not arrive: pages for everybody, and one for the administrator."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts import services as accounts
from foundation.accounts.enums import Role
from foundation.accounts.models import Membership
from foundation.common import clock
from foundation.common.actors import system
from foundation.notifications import kinds, queries, services
from foundation.notifications.enums import MailChoice, MailingState, Trouble
from foundation.notifications.models import Message
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from foundation.ui.paging import page_by_key
from tests.factories import actor_of, make_agency, make_member, make_partnership, sign_in
from tests.markup import Markup, words
from tests.notifications.telling import KIND, deliver, mailings, member_in, messages, tell
from tests.trust.payloads import PAYLOADS

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def at_desk(member: Membership) -> Client:
    return sign_in(Client(), member.user, member.partnership, member.agency)


def url(partnership: Partnership, name: str, *args: Any) -> str:
    return reverse(name, args=[partnership.slug, *args])


def page(client: Client, address: str) -> Markup:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "UNDEFINED" not in answer.content.decode()
    return Markup.of(answer.content)


def rows(found: Markup) -> list[str]:
    return [words(row) for row in found.all("main tbody tr")]


def inbox(member: Membership) -> Markup:
    return page(at_desk(member), url(member.partnership, "notifications:inbox"))


def told_at(minute: int, *members: Membership, **given: Any) -> None:
    with clock.at(START + dt.timedelta(minutes=minute)):
        tell(*members, **given)


class TestInbox:
    def test_it_is_empty_at_first(self, member: Membership) -> None:
        """Pages: what is not here yet, and what will be; reached from every page's head."""
        found = inbox(member)
        assert "No messages" in found.text("main")
        assert found.all("main form") == []
        link = found.one(f"header a[href='{url(member.partnership, 'notifications:inbox')}']")
        assert words(link) == "Inbox"

    def test_the_newest_stands_first_and_unread_is_said_in_words(self, member: Membership) -> None:
        """Pages: words, reference and when; colour is never all that tells."""
        told_at(0, member, what="plan")
        told_at(1, member)
        with tenant_scope(member.partnership_id):
            services.mark_read(by=actor_of(member), message_id=Message.objects.get(at=START).pk)
        assert rows(inbox(member)) == [
            "Unread The review is due EH-7KQ2-M9XD Mon 23 November 2026 at 9:01am",
            "The plan is due EH-7KQ2-M9XD Mon 23 November 2026 at 9am",
        ]

    def test_a_page_of_25_and_on_by_key(self, member: Membership) -> None:
        """Lists: never by OFFSET."""
        for number in range(30):
            told_at(number, member, reference=f"EH-{number}")
        first = inbox(member)
        assert len(rows(first)) == 25
        following = first.one("a[rel=next]").get("href", "")
        second = page(at_desk(member), url(member.partnership, "notifications:inbox") + following)
        assert [row.split("EH-")[1].split()[0] for row in rows(second)] == ["4", "3", "2", "1", "0"]

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_asks_as_often_for_three_as_for_one(self, member: Membership, number: int) -> None:
        """Lists: a literal number of statements, and one for the list itself."""
        for minute in range(number):
            told_at(minute, member)
        client = at_desk(member)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url(member.partnership, "notifications:inbox"))
        assert len(rows(Markup.of(answer.content))) == number
        about = [one["sql"] for one in asked if "notifications_message" in one["sql"]]
        assert len(about) == 2, "the hats with their count, and the list"
        with tenant_scope(member.partnership_id), CaptureQueriesContext(connection) as listed:
            found = page_by_key(queries.visible_to(actor_of(member)), order=queries.NEWEST_FIRST, after=None)
            assert [one.agency.name for one in found.rows] == [member.agency.name] * number
        assert len([one for one in listed if "notifications_message" in one["sql"]]) == 1

    def test_another_person_s_is_not_there(self, member: Membership) -> None:
        """ACC-6: neither listed, nor opened, nor counted; a colleague's hat makes no difference."""
        colleague = member_in(member.partnership, member.agency)
        told_at(0, member)
        assert rows(inbox(colleague)) == []
        (message,) = messages(member.partnership)
        address = url(member.partnership, "notifications:open", message.pk)
        assert at_desk(colleague).get(address).status_code == 404
        assert messages(member.partnership)[0].read_at is None

    def test_what_a_kind_says_is_only_text(self, member: Membership) -> None:
        """Trust 17: whatever words a room gives."""
        said = PAYLOADS[:10]
        kinds.add(KIND, words=lambda message: said[int(message.params["n"])])
        for number in range(10):
            told_at(number, member, n=number)
        shown = inbox(member)
        assert shown.all("main script, main img, main svg, main iframe") == []
        assert len(rows(shown)) == 10

    def test_a_kind_that_this_release_does_not_know(self, member: Membership) -> None:
        """Trust 13: while an older server still runs, a newer one's message says that something waits."""
        told_at(0, member)
        kinds._kinds.pop(KIND)
        assert "Unread Something waits for you" in rows(inbox(member))[0]
        (message,) = messages(member.partnership)
        answer = at_desk(member).get(url(member.partnership, "notifications:open", message.pk))
        assert answer.headers["Location"] == url(member.partnership, "notifications:inbox")


class TestCount:
    def shown(self, member: Membership, address: str = "home") -> str:
        return page(at_desk(member), url(member.partnership, address)).text("header a[href$='/inbox/']")

    def test_every_page_says_how_much_is_unread(self, member: Membership) -> None:
        """Screens: of oneself alone, with whatever hat."""
        assert self.shown(member) == "Inbox"
        other = member_in(member.partnership, user=member.user)
        stranger = member_in(member.partnership)
        told_at(0, member, other, stranger, key="due:1")
        told_at(1, other)
        assert self.shown(member) == "Inbox: 2 unread"
        assert self.shown(other, "notifications:choices") == "Inbox: 2 unread"

    def test_it_counts_no_further_than_a_hundred(self, member: Membership) -> None:
        """Scaling: the price of a page does not grow with somebody's inbox."""
        for number in range(103):
            told_at(0, member, key=f"due:{number}")
        assert self.shown(member) == "Inbox: 100 or more unread"

    def test_it_costs_no_statement(self, member: Membership) -> None:
        """Scaling: it is read by the query that finds the hats."""
        told_at(0, member)
        client = at_desk(member)
        with CaptureQueriesContext(connection) as asked:
            client.get(url(member.partnership, "home"))
        speaking = [one["sql"] for one in asked if "notifications_message" in one["sql"]]
        assert len(speaking) == 1
        assert '"accounts_agency"."name"' in speaking[0]

    def test_outside_a_partnership_there_is_none(self, member: Membership) -> None:
        """ACC-6: nothing of a partnership is shown before one is chosen."""
        told_at(0, member)
        assert page(at_desk(member), reverse("account")).all("header a[href$='/inbox/']") == []


class TestOpening:
    def test_it_marks_as_read_and_leads_to_the_thing(self, member: Membership) -> None:
        """Pages: one click; the first time is kept."""
        told_at(0, member, what="plan")
        (message,) = messages(member.partnership)
        address = url(member.partnership, "notifications:open", message.pk)
        client = at_desk(member)
        assert client.head(address).status_code == 302
        assert messages(member.partnership)[0].read_at is None, "a look at the headers is no reading"
        with clock.at(START):
            answer = client.get(address)
        assert answer.headers["Location"] == f"/{member.partnership.slug}/cases/?plan"
        client.get(address)
        assert messages(member.partnership)[0].read_at == START

    def test_another_hat_s_is_said_to_be_so(self, member: Membership) -> None:
        """ACC-2: the inbox says for which agency, offers to change, and the way leads to the thing."""
        other = member_in(member.partnership, user=member.user)
        told_at(0, other, what="plan")
        (message,) = messages(member.partnership)
        address = url(member.partnership, "notifications:open", message.pk)
        found = inbox(member)
        assert f"This is for your work at {other.agency.name}. Change to it and open" in rows(found)[0]
        change = f"{reverse('hats')}?next={quote(address, safe='')}"
        assert found.all(f"main a[href='{address}']") == []
        assert len(found.all(f"main a[href='{change}']")) == 1

        client = at_desk(member)
        said = page(client, address)
        assert other.agency.name in said.text("h1")
        assert len(said.all(f"main a[href='{change}']")) == 1
        assert messages(member.partnership)[0].read_at is None, "it has not been seen yet"
        answer = client.post(reverse("hats"), {"agency": str(other.agency_id), "next": address})
        assert answer.headers["Location"] == address
        assert client.get(address).headers["Location"] == f"/{member.partnership.slug}/cases/?plan"
        assert messages(member.partnership)[0].read_at is not None

    def test_a_hat_that_has_ended_takes_its_messages_along(self, member: Membership) -> None:
        """ACC-2: what was for an agency since left is not theirs; what was for the person still is."""
        member_in(member.partnership, user=member.user, agency=None)
        gone = member_in(member.partnership, user=member.user)
        told_at(0, gone, what="plan")
        told_at(1, gone, hat=False)
        with tenant_scope(member.partnership_id):
            accounts.end_membership(by=system(member.partnership_id), membership_id=gone.pk)
        found = inbox(member)
        assert len(rows(found)) == 1
        assert "review" in rows(found)[0]
        assert "1 unread" in found.text("header a[href$='/inbox/']")


class TestReading:
    def test_all_is_marked_at_once(self, member: Membership) -> None:
        """Pages: a button; what came after the page was made stays unread, and nobody else's is touched."""
        colleague = member_in(member.partnership)
        told_at(0, member, colleague, key="due:1")
        told_at(1, member)
        client = at_desk(member)
        with clock.at(START + dt.timedelta(minutes=2)):
            found = page(client, url(member.partnership, "notifications:inbox"))
        seen_at = found.one("main input[name=seen_at]").get("value", "")
        told_at(3, member, what="plan")
        answer = client.post(url(member.partnership, "notifications:read_all"), {"seen_at": seen_at})
        assert answer.headers["Location"] == url(member.partnership, "notifications:inbox")
        unread = [one for one in messages(member.partnership) if one.read_at is None]
        assert [(one.user_id, one.params.get("what")) for one in unread] == [
            (colleague.user_id, None), (member.user_id, "plan"),
        ]  # fmt: skip
        after = inbox(member)
        assert "Unread The plan" in rows(after)[0]
        assert "Unread" not in rows(after)[1]

    @pytest.mark.parametrize("seen_at", ["", "soon", "2026-13-45T00:00", "2026-11-23T09:00", "2999-01-01T00:00:00Z"])
    def test_a_moment_that_is_none_is_now(self, member: Membership, seen_at: str) -> None:
        """Pages: bad input is no error here, and no future is marked."""
        told_at(0, member)
        client = at_desk(member)
        with clock.at(START + dt.timedelta(minutes=1)):
            assert (
                client.post(url(member.partnership, "notifications:read_all"), {"seen_at": seen_at}).status_code == 302
            )
        assert messages(member.partnership)[0].read_at == START + dt.timedelta(minutes=1)


class TestChoice:
    def test_it_is_kept_and_shown(self, member: Membership) -> None:
        """Own choice: at once is where one begins."""
        client, address = at_desk(member), url(member.partnership, "notifications:choices")
        assert page(client, address).one("main input[checked]").get("value") == "immediate"
        assert client.post(address, {"mail": "daily"}).headers["Location"] == url(
            member.partnership, "notifications:inbox"
        )
        assert page(client, address).one("main input[checked]").get("value") == "daily"
        with tenant_scope(member.partnership_id):
            assert queries.choice_of(member.user_id) == MailChoice.DAILY
        elsewhere = make_partnership()
        with tenant_scope(elsewhere.pk):
            assert queries.choice_of(member.user_id) == MailChoice.IMMEDIATE

    @pytest.mark.parametrize("said", [{}, {"mail": ""}, {"mail": "hourly"}, {"mail": "\x00"}])
    def test_no_answer_is_asked_again(self, member: Membership, said: dict[str, str]) -> None:
        """Pages: a clear sentence beside the field, never a 5xx."""
        answer = at_desk(member).post(url(member.partnership, "notifications:choices"), said)
        assert answer.status_code == 400
        assert Markup.of(answer.content).all(".govuk-error-message")


class TestNotArrived:
    @pytest.fixture
    def admin(self, partnership: Partnership) -> Membership:
        return member_in(partnership, role=Role.ADMINISTRATOR, name="Mariam Oyelaran")

    def bounced(self, partnership: Partnership, number: int) -> list[Membership]:
        people = [member_in(partnership, name=f"Tomasz Nowak {one}") for one in range(number)]
        for minute, person in enumerate(people):
            moment = START + dt.timedelta(minutes=minute)
            told_at(minute, person)
            deliver(partnership, moment)
            with clock.at(moment), tenant_scope(partnership.pk):
                services.settle(
                    mailing_id=max(one.pk for one in mailings_inside()), state=MailingState.BOUNCED,
                    trouble=Trouble.ADDRESS_REFUSED,
                )  # fmt: skip
        return people

    def test_whose_when_and_why(self, partnership: Partnership, admin: Membership) -> None:
        """In words, with a link to the person; no e-mail address on it."""
        (person,) = self.bounced(partnership, 1)
        found = page(at_desk(admin), url(partnership, "mail:not_arrived"))
        assert rows(found) == [
            "Tomasz Nowak 0 Mon 23 November 2026 at 9am Came back: Their mail server does not know this address"
        ]
        assert found.one("main tbody a").get("href") == url(partnership, "people:person", person.user_id)
        assert person.user.email not in found.text("main")
        assert url(partnership, "mail:not_arrived") in [
            link.get("href") for link in page(at_desk(admin), url(partnership, "partnership:home")).all("main a")
        ]

    def test_the_person_s_own_page_says_so_until_one_arrives(self, partnership: Partnership, admin: Membership) -> None:
        """Beside the address, and about the last e-mail only."""
        (person,) = self.bounced(partnership, 1)
        address = url(partnership, "people:person", person.user_id)
        said = "The last e-mail, on 23 November 2026, did not arrive: Their mail server does not know this address."
        assert said in page(at_desk(admin), address).text("main")
        told_at(10, person)
        assert said in page(at_desk(admin), address).text("main"), "it is only on its way"
        deliver(partnership)
        assert "did not arrive" not in page(at_desk(admin), address).text("main")

    def test_when_all_has_arrived(self, partnership: Partnership, admin: Membership) -> None:
        """Pages: says what would stand here."""
        assert "Everything has arrived" in page(at_desk(admin), url(partnership, "mail:not_arrived")).text("main")

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_asks_as_often_for_three_as_for_one(
        self, partnership: Partnership, admin: Membership, number: int
    ) -> None:
        """Lists: a literal number of statements; the newest first."""
        self.bounced(partnership, number)
        client = at_desk(admin)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url(partnership, "mail:not_arrived"))
        assert [row[:14] for row in rows(Markup.of(answer.content))] == [f"Tomasz Nowak {n}" for n in range(number)][
            ::-1
        ]
        assert len([one for one in asked if "notifications_mailing" in one["sql"]]) == 1

    def test_it_is_the_administrator_s(self, partnership: Partnership, member: Membership) -> None:
        """ACC-3: nobody else's."""
        assert at_desk(member).get(url(partnership, "mail:not_arrived")).status_code == 403

    def test_a_reason_that_this_release_does_not_know(self, partnership: Partnership, admin: Membership) -> None:
        """Trust 13: a later release's code is no error."""
        self.bounced(partnership, 1)
        with tenant_scope(partnership.pk):
            mailing = max(mailings_inside(), key=lambda one: one.pk)
            mailing.trouble = "eaten"
            mailing.save()
        assert "It did not arrive" in rows(page(at_desk(admin), url(partnership, "mail:not_arrived")))[0]


def mailings_inside() -> list[Any]:
    from foundation.notifications.models import Mailing

    return list(Mailing.objects.all())


def test_two_partnerships_have_two_inboxes(partnership: Partnership, member: Membership) -> None:
    """Trust 2: one person in both sees in each what is of it."""
    elsewhere = make_partnership()
    with tenant_scope(elsewhere.pk):
        there = make_member(agency=make_agency(), user=member.user)
    told_at(0, there)
    assert rows(inbox(member)) == []
    assert len(rows(inbox(there))) == 1
    (message,) = messages(elsewhere)
    assert at_desk(member).get(url(partnership, "notifications:open", message.pk)).status_code == 404
    assert mailings(partnership) == []
