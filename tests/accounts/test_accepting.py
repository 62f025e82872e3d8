"""An invitation's link in everybody's hands: the person it is for, somebody else, too late, twice, damaged (ACC-3)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
from django.core import mail
from django.test import Client

from foundation.accounts import services, tokens
from foundation.accounts.enums import AccountVerb, InvitationState, Role
from foundation.accounts.hats import hats_of
from foundation.accounts.models import Invitation, Membership, User
from foundation.accounts.offers import Trouble
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.ids import new_id
from foundation.outbox import services as outbox
from foundation.tenancy.scope import tenant_scope
from tests.accounts.office import LINK, Office, make_office
from tests.accounts.test_second_factor import code_of, enter, set_up
from tests.factories import PASSWORD, make_agency, make_member, make_partnership, make_team, make_user, sign_in
from tests.markup import Markup

pytestmark = pytest.mark.django_db

JOIN = {"full_name": "Petra Lund", "password1": PASSWORD, "password2": PASSWORD}
EMAIL = "petra.lund@oak.example"


def again(office: Office, invitation: Invitation) -> str:
    """Send it again, an hour on; the new link."""
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        with office.scope():
            services.send_invitation_again(by=office.by, invitation_id=invitation.pk)
        outbox.deliver_due(partnership_id=office.partnership.pk)
    return LINK.search(str(mail.outbox[-1].body))[1]


def main(answer: Any) -> str:
    return Markup.of(answer.content).text("main")


def roles_of(office: Office, email: str = EMAIL) -> list[str]:
    with office.scope():
        held = Membership.objects.filter(user__email=email, ended_at=None)
        return list(held.order_by("created_at").values_list("role", flat=True))


class TestSomebodyNew:
    def test_joins_with_a_name_and_a_password(self, office, client):
        """ACC-3: told what they join; then signed in, in the new hat, and in the trail."""
        with office.scope():
            team = make_team(make_agency("Oak School"), "Year 7")
        invitation, link = office.invited(team.agency, team=team, role=Role.MANAGER)
        page = client.get(link)
        assert page.status_code == 200
        for shown in ("Fernshire", "Oak School, Year 7", "Team manager", EMAIL):
            assert shown in main(page)
        assert Markup.of(page.content).by_id("id_full_name")[0].get("value") == "Petra Lund"
        answer = client.post(link, {**JOIN, "full_name": "Petra  Lund-Hale"})
        assert answer.url == "/fernshire/"
        assert client.get(answer.url).status_code == 200
        user = User.objects.get(email=EMAIL)
        assert user.full_name == "Petra Lund-Hale"
        assert user.check_password(PASSWORD)
        assert [hat.label for hat in hats_of(user)] == ["Oak School: Team manager"]
        with office.scope():
            invitation.refresh_from_db()
            assert (invitation.state, invitation.accepted_by) == (InvitationState.ACCEPTED, user)
            own = AuditEntry.objects.filter(user=user).order_by("at", "pk").values_list("verb", flat=True)
            assert list(own) == [AccountVerb.MEMBERSHIP_ADDED, AccountVerb.INVITATION_ACCEPTED]

    def test_sets_up_a_second_step_before_anything_else(self, office, client):
        """ACC-1: where the partnership demands one."""
        with office.scope():
            office.partnership.second_factor = True
            office.partnership.save()
        _, link = office.invited()
        assert "second step" in main(client.get(link))
        home = client.get(client.post(link, JOIN).url)
        assert home.status_code == 302
        assert "/accounts/2fa/" in home.url

    def test_session_is_a_new_one(self, office, client):
        """Trust 15: what somebody planted before is worth nothing after."""
        _, link = office.invited()
        client.get(link)
        session = client.session
        session["planted"] = True
        session.save()
        before = session.session_key
        client.post(link, JOIN)
        assert client.session.session_key != before

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({}, "Enter your name"),
            ({**JOIN, "full_name": " "}, "Enter your name"),
            ({**JOIN, "full_name": "x" * 121}, "120 characters or fewer"),
            ({**JOIN, "password2": "something-else-9"}, "The two passwords are not the same"),
            ({**JOIN, "password1": "short", "password2": "short"}, "at least 12 characters"),
            ({**JOIN, "password1": EMAIL, "password2": EMAIL}, "too similar"),
            ({**JOIN, "password1": "x" * 2_000, "password2": "x" * 2_000}, "must be shorter"),
        ],
    )
    def test_mistakes_come_back_and_make_no_account(self, office, client, data, sentence):
        """ACC-3: 400, the sentence in the summary, no password sent back, and the link still works."""
        _, link = office.invited()
        answer = client.post(link, data)
        assert answer.status_code == 400
        page = Markup.of(answer.content)
        assert sentence in page.text(".govuk-error-summary")
        assert [one.get("value") for one in page.all("input[type=password]")] == [None, None]
        assert not User.objects.filter(email=EMAIL).exists()
        assert client.post(link, JOIN).status_code == 302

    def test_fields_beside_the_form_change_nothing(self, office, client):
        """Trust 5: address, role and agency are the invitation's."""
        _, link = office.invited()
        sent = {"email": "other@oak.example", "role": "administrator", "is_superuser": "on", "is_operator": "on"}
        client.post(link, {**JOIN, **sent})
        user = User.objects.get(email=EMAIL)
        assert not user.is_superuser
        assert not user.is_operator
        assert roles_of(office) == ["practitioner"]
        assert not User.objects.filter(email="other@oak.example").exists()


class TestSomebodyWithAnAccount:
    def test_signs_in_first_and_comes_back(self, office, marrowdale, client):
        """ACC-3: asked to sign in as that address; the sign-in page leads back to the one button."""
        with tenant_scope(marrowdale.pk):
            user = make_member(user=make_user(email=EMAIL), agency=make_agency("Marrow Hub")).user
        _, link = office.invited()
        page = client.get(link)
        assert "You have an account with this e-mail address" in main(page)
        assert Markup.of(page.content).all("main form") == []
        assert client.post(link, JOIN).status_code == 200
        assert roles_of(office) == []
        way = Markup.of(page.content).one("main a.govuk-button").get("href")
        signed_in = client.post(way, {"login": EMAIL, "password": PASSWORD})
        assert signed_in.url == link
        assert Markup.of(client.get(link).content).text("main button") == "Accept"
        assert client.post(link).url == "/fernshire/"
        assert client.get("/fernshire/").status_code == 200
        assert len(hats_of(user)) == 2

    def test_passes_their_second_step_before_they_accept(self, office, client):
        """ACC-1: a session that has not passed takes nothing on."""
        user = make_user(email=EMAIL)
        own = Client()
        enter(own, user)
        secret = set_up(own)
        _, link = office.invited()
        client.force_login(user, backend="foundation.accounts.backends.PasswordBackend")
        answer = client.post(link)
        assert unquote(answer.url) == f"/accounts/2fa/reauthenticate/?next={link}"
        assert roles_of(office) == []
        assert client.post(answer.url, {"code": code_of(secret, steps=1)}).url == link
        assert client.post(link).url == "/fernshire/"

    def test_who_left_comes_back_by_invitation(self, office, client):
        """ACC-3: with the role offered, and not with those that ended."""
        with office.scope():
            member = make_member(user=make_user(email=EMAIL), role=Role.SCREENER)
            services.deactivate(by=office.by, user_id=member.user_id)
        _, link = office.invited()
        sign_in(client, member.user).post(link)
        assert roles_of(office) == ["practitioner"]

    def test_wears_the_new_hat(self, office, client):
        """ACC-2: of several here, the one just taken on."""
        with office.scope():
            member = make_member(user=make_user(email=EMAIL), agency=make_agency("Ash School"))
            services.end_membership(by=office.by, membership_id=member.pk)
            agency = make_agency("Oak School")
        _, link = office.invited(agency)
        with office.scope():
            make_member(user=member.user, agency=make_agency("Elm School"))
        sign_in(client, member.user).post(link)
        assert "Oak School: Practitioner" in client.get("/fernshire/").content.decode()


@dataclass
class Bad:
    """A link that cannot be accepted, and who holds it."""

    link: str
    user: User | None = None


def used(office: Office) -> Bad:
    _, link = office.invited()
    assert Client().post(link, JOIN).status_code == 302
    return Bad(link)


def used_by_its_owner(office: Office) -> Bad:
    link = used(office).link
    return Bad(link, User.objects.get(email=EMAIL))


def used_and_role_ended(office: Office) -> Bad:
    link = used(office).link
    with office.scope():
        services.deactivate(by=office.by, user_id=User.objects.get(email=EMAIL).pk)
    return Bad(link, User.objects.get(email=EMAIL))


def withdrawn(office: Office) -> Bad:
    invitation, link = office.invited()
    with office.scope():
        services.withdraw_invitation(by=office.by, invitation_id=invitation.pk)
    return Bad(link)


def replaced(office: Office) -> Bad:
    invitation, link = office.invited()
    again(office, invitation)
    return Bad(link)


def expired(office: Office) -> Bad:
    with clock.at(clock.now() - dt.timedelta(days=7, seconds=1)):
        _, link = office.invited()
    return Bad(link)


def closed(office: Office) -> Bad:
    invitation, link = office.invited()
    with office.scope():
        services.close_agency(by=office.by, agency_id=invitation.agency_id)
    return Bad(link)


def member_already(office: Office) -> Bad:
    invitation, link = office.invited()
    with office.scope():
        member = make_member(user=make_user(email=EMAIL), agency=invitation.agency)
    return Bad(link, member.user)


def another_persons(office: Office) -> Bad:
    _, link = office.invited()
    return Bad(link, make_user("Mallory Keen"))


def administrators_own_hands(office: Office) -> Bad:
    _, link = office.invited()
    return Bad(link, office.admin.user)


def of_an_address_that_only_looks_alike(office: Office) -> Bad:
    _, link = office.invited()
    alike = User.objects.create(email=EMAIL.replace("e", "е", 1), full_name="Petra Lund")
    return Bad(link, alike)


def cut_short(office: Office) -> Bad:
    _, link = office.invited()
    return Bad(link[:-9] + "/")


def changed(office: Office) -> Bad:
    _, link = office.invited()
    place = link.index(".") - 4
    return Bad(link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :])


def of_another_partnership(office: Office) -> Bad:
    """Signed with our own key, but naming a partnership where there is no such invitation."""
    invitation, link = office.invited()
    secret = tokens.read(link.split("/")[-2]).secret
    other = make_partnership()
    return Bad(f"/accounts/invitations/{tokens.write(tokens.Link(other.pk, invitation.pk, secret))}/")


def of_no_partnership(office: Office) -> Bad:
    return Bad(f"/accounts/invitations/{tokens.write(tokens.Link(new_id(), new_id(), bytes(16)))}/")


def guessed_secret(office: Office) -> Bad:
    """With the key but without the secret that was sent."""
    invitation, _ = office.invited()
    return Bad(f"/accounts/invitations/{tokens.write(tokens.Link(office.partnership.pk, invitation.pk, bytes(16)))}/")


def nonsense(office: Office) -> Bad:
    return Bad("/accounts/invitations/nonsense/")


def far_too_long(office: Office) -> Bad:
    return Bad(f"/accounts/invitations/{'x' * 5_000}/")


def in_other_letters(office: Office) -> Bad:
    return Bad("/accounts/invitations/привет/")


TABLE = [
    (used, Trouble.USED, 410),
    (used_by_its_owner, Trouble.USED, 410),
    (used_and_role_ended, Trouble.USED, 410),
    (withdrawn, Trouble.WITHDRAWN, 410),
    (replaced, Trouble.REPLACED, 410),
    (guessed_secret, Trouble.REPLACED, 410),
    (expired, Trouble.EXPIRED, 410),
    (closed, Trouble.CLOSED, 410),
    (member_already, Trouble.MEMBER, 409),
    (another_persons, Trouble.ANOTHER, 403),
    (administrators_own_hands, Trouble.ANOTHER, 403),
    (of_an_address_that_only_looks_alike, Trouble.ANOTHER, 403),
    (cut_short, Trouble.UNKNOWN, 404),
    (changed, Trouble.UNKNOWN, 404),
    (of_another_partnership, Trouble.UNKNOWN, 404),
    (of_no_partnership, Trouble.UNKNOWN, 404),
    (nonsense, Trouble.UNKNOWN, 404),
    (far_too_long, Trouble.UNKNOWN, 404),
    (in_other_letters, Trouble.UNKNOWN, 404),
]


class TestBadLinks:
    @pytest.mark.parametrize(("make", "trouble", "status"), TABLE, ids=[make.__name__ for make, _, _ in TABLE])
    def test_says_why_and_accepts_nothing(self, office, client, make, trouble, status):
        """ACC-3: looked at and sent, with a sentence of its own; no account, no role and no line in the trail."""
        bad = make(office)
        if bad.user is not None:
            sign_in(client, bad.user)
        before = self.standing(office)
        for answer in (client.get(bad.link), client.post(bad.link, JOIN)):
            assert answer.status_code == status
            assert trouble.label in main(answer)
            assert Markup.of(answer.content).text("h1") == "This invitation cannot be accepted"
            assert answer.headers["Cache-Control"] == "no-store, private"
        assert self.standing(office) == before

    def test_every_trouble_is_tried_and_has_its_own_sentence(self):
        """ACC-3: none is left to a general error."""
        assert {trouble for _, trouble, _ in TABLE} == set(Trouble)
        assert len({trouble.label for trouble in Trouble}) == len(Trouble)

    def test_somebody_else_signs_out_by_one_button_and_comes_back(self, office, client):
        """ACC-3: and then finds what anybody new finds; the other person's address is not told."""
        _, link = office.invited()
        sign_in(client, make_user("Mallory Keen"))
        page = Markup.of(client.get(link).content)
        assert EMAIL not in page.text("main")
        (button,) = page.all("main form")
        assert button.get("action") == "/accounts/logout/"
        onward = page.one("main form input[name=next]").get("value")
        assert client.post("/accounts/logout/", {"next": onward}).url == link
        assert client.get(link).status_code == 200

    def test_new_link_works_where_the_old_one_does_not(self, office, client):
        """ACC-3: after "send again"."""
        invitation, old = office.invited()
        new = again(office, invitation)
        assert client.post(old, JOIN).status_code == 410
        assert client.post(new, JOIN).status_code == 302

    def test_last_second_counts(self, office, client):
        """ACC-3: seven days to the moment."""
        moment = dt.datetime(2026, 4, 7, 9, tzinfo=dt.UTC)
        with clock.at(moment):
            _, link = office.invited()
        with clock.at(moment + dt.timedelta(days=7)):
            assert client.get(link).status_code == 410
        with clock.at(moment + dt.timedelta(days=7, seconds=-1)):
            assert client.get(link).status_code == 200

    def test_link_of_one_partnership_opens_nothing_in_another(self, office, marrowdale, client):
        """ACC-6: two invitations of the same address are two, each with its own link."""
        there = make_office(marrowdale, "Mae Crowe")
        _, here_link = office.invited()
        _, there_link = there.invited(role=Role.AUDITOR)
        client.post(here_link, JOIN)
        assert roles_of(office) == ["practitioner"]
        assert roles_of(there) == []
        assert client.post(there_link).url == "/marrowdale/"
        assert roles_of(there) == ["auditor"]

    def test_log_holds_neither_token_nor_address(self, office, client, caplog):
        """OPS-2: lines about links tell which page, and no more."""
        _, link = office.invited()
        with caplog.at_level("DEBUG"):
            client.get(link)
            client.get(link[:-9] + "/")
        said = " ".join(str(record.msg) + str(record.args) for record in caplog.records)
        assert link.split("/")[-2][:40] not in said
        assert not re.search("petra", said, re.IGNORECASE)

    @staticmethod
    def standing(office: Office) -> tuple[int, ...]:
        with office.scope():
            return (
                User.objects.count(), Membership.objects.filter(ended_at=None).count(), AuditEntry.objects.count(),
                Invitation.objects.filter(state=InvitationState.ACCEPTED).count(),
            )  # fmt: skip
