"""Invitations as the administrator sends them, and the message that carries them (ACC-3)."""

from __future__ import annotations

import datetime as dt
import re
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from foundation.accounts import invitation_mail, queries, services, tokens
from foundation.accounts.enums import InvitationState, Role
from foundation.accounts.models import Invitation
from foundation.accounts.services import invitations
from foundation.common import clock
from foundation.common.errors import Clash, Invalid
from foundation.common.ids import new_id
from foundation.common.text import clean_email
from foundation.outbox import services as outbox
from foundation.outbox.models import OutboxMessage
from foundation.tenancy.scope import tenant_scope
from tests.accounts.office import LINK
from tests.factories import actor_of, make_agency, make_member, make_team, make_user
from tests.markup import Markup, words

pytestmark = pytest.mark.django_db


class Refuses(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected


def later(**time) -> dt.datetime:
    return clock.now() + dt.timedelta(**time)


class TestMessage:
    def test_says_what_it_is_and_names_nobody(self, office, settings):
        """ACC-3: the partnership, the agency, the role, the link, until when; neither who is invited nor by whom."""
        settings.PUBLIC_ADDRESS = "https://early-help.example"
        with office.scope():
            agency = make_agency("Oak School")
        with clock.at(dt.datetime(2026, 4, 7, 9, 30, tzinfo=dt.UTC)):
            invitation = office.invite(agency, email=" Petra.Lund@OAK.example ")
            outbox.deliver_due(partnership_id=office.partnership.pk)
        (message,) = mail.outbox
        assert message.to == ["petra.lund@oak.example"] == [invitation.email]
        assert message.subject == "Your invitation to Early Help in Fernshire"
        body = str(message.body)
        assert "as practitioner for Oak School" in body
        assert "It works once, until Tue 14 April 2026 at 10:30am." in body
        assert body.count("https://early-help.example/accounts/invitations/") == 1
        for name in ("Petra", "Lund", "Wilma", "Stroud"):
            assert name not in body
            assert name not in message.subject

    def test_link_fits_in_a_line_of_plain_letters(self, office):
        """ACC-3: no mail program breaks it in two."""
        _, link = office.invited()
        assert re.fullmatch(r"/accounts/invitations/[A-Za-z0-9._-]+/", link)
        assert len(link) < 150

    def test_sent_twice_it_is_the_same_message_with_the_same_link(self, office):
        """Trust 11: the outbox delivers at least once; a mail server can know the second for the first."""
        office.invite()
        with office.scope():
            message = OutboxMessage.objects.get()
            given = {"invitation_id": Invitation.objects.get().pk, "nonce": message.payload["nonce"]}
            for _ in range(2):
                assert invitation_mail.send(message_id=message.pk, **given)
        first, second = mail.outbox
        assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
        assert str(message.pk) in first.extra_headers["Message-ID"]
        assert first.body == second.body

    def test_mail_server_that_is_down_is_tried_again(self, office, settings):
        """OPS-1: nothing is lost; the link is the one that was promised."""
        works = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "tests.accounts.test_inviting.Refuses"
        office.invite()
        assert outbox.deliver_due(partnership_id=office.partnership.pk) == 0
        settings.EMAIL_BACKEND = works
        with clock.at(later(minutes=2)):
            assert outbox.deliver_due(partnership_id=office.partnership.pk) == 1
        assert LINK.search(str(mail.outbox[0].body))

    def test_nothing_is_sent_of_what_no_longer_waits(self, office):
        """ACC-3: withdrawn, ended, or sent anew before the first message went."""
        with office.scope():
            agency = make_agency()
        withdrawn = office.invite(agency)
        again = office.invite(agency, email="bea@oak.example")
        with office.scope():
            services.withdraw_invitation(by=office.by, invitation_id=withdrawn.pk)
            with clock.at(later(hours=1)):
                services.send_invitation_again(by=office.by, invitation_id=again.pk)
                assert not invitation_mail.send(message_id=new_id(), invitation_id=new_id(), nonce="0" * 32)
        with clock.at(later(hours=2)):
            assert outbox.deliver_due(partnership_id=office.partnership.pk) == 3
        assert [message.to for message in mail.outbox] == [["bea@oak.example"]]
        with office.scope():
            ended = OutboxMessage.objects.order_by("created_at").last()
            with clock.at(later(days=8)):
                assert not invitation_mail.send(
                    message_id=ended.pk, invitation_id=again.pk, nonce=ended.payload["nonce"]
                )

    def test_secret_stands_nowhere_in_the_database(self, office):
        """ACC-3: neither the link nor its secret: a copy of the database invites nobody."""
        invitation, link = office.invited()
        secret = tokens.read(link.rstrip("/").rpartition("/")[2]).secret
        with office.scope():
            payload = OutboxMessage.objects.get().payload
            kept = [*payload.values(), *map(str, Invitation.objects.values_list().get())]
        assert not any(secret.hex() in value for value in kept)
        assert tokens.digest_of(secret) == invitation.secret_digest
        assert tokens.digest_of(bytes.fromhex(payload["nonce"])) != invitation.secret_digest

    def test_key_that_was_changed_still_sends_what_waits(self, office, settings):
        """OPS-1: with the old key among the fallbacks; without it the message says nothing rather than a dead link."""
        office.invite()
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" + "1" * 40
        with office.scope():
            message = OutboxMessage.objects.get()
            given = {"invitation_id": Invitation.objects.get().pk, "nonce": message.payload["nonce"]}
            assert not invitation_mail.send(message_id=message.pk, **given)
            settings.SECRET_KEY_FALLBACKS = [old]
            assert invitation_mail.send(message_id=message.pk, **given)
        link = LINK.search(str(mail.outbox[0].body))[1]
        with office.scope():
            digest = Invitation.objects.get().secret_digest
        assert tokens.read(link.rstrip("/").rpartition("/")[2]).fits(digest)


class TestAddresses:
    @pytest.mark.parametrize(
        "typed", ["Petra.Lund@OAK.example", "  petra.lund@oak.example\n", "PETRA.LUND@OAK.EXAMPLE"]
    )
    def test_are_kept_in_small_letters_without_spaces(self, typed):
        """ACC-3: one person, one address."""
        assert clean_email(typed) == "petra.lund@oak.example"

    @pytest.mark.parametrize(
        "typed",
        [
            "", "petra", "petra@", "@oak.example", "petra@oak", "petra lund@oak.example", "a@b.example,c@d.example",
            "pеtra@oak.example",
            "petra@oaK.example".replace("K", "\u212a"), "petra\u200b@oak.example", "petra@oak．example",
            "petra@oak.example\r\nBcc: all@oak.example", "<script>@oak.example", "x" * 250 + "@oak.example",
            "pétra@oak.example",
        ],
    )  # fmt: skip
    def test_that_only_look_like_one_are_refused(self, typed):
        """ACC-3: no letter of another alphabet, no hidden character, no second address."""
        with pytest.raises(Invalid, match="in the correct format"):
            clean_email(typed)


class TestInvite:
    @pytest.mark.parametrize(
        ("said", "field", "sentence"),
        [
            ({"email": "petra"}, "email", "correct format"),
            ({"full_name": "  "}, "full_name", "Enter the person's name"),
            ({"full_name": "x" * 121}, "full_name", "120 characters or fewer"),
            ({"role": "emperor"}, "role", "Choose a role"),
        ],
    )
    def test_bad_input_has_its_sentence(self, office, said, field, sentence):
        """ACC-3: under its own field, and nothing is kept or sent."""
        with pytest.raises(Invalid, match=sentence) as refusal:
            office.invite(**said)
        assert list(refusal.value.fields) == [field]
        with office.scope():
            assert not Invitation.objects.exists()
            assert not OutboxMessage.objects.exists()

    def test_team_is_one_of_the_agency_and_the_agency_is_open(self, office):
        """ACC-3: else refused."""
        with office.scope():
            team, agency = make_team(), make_agency()
            services.close_agency(by=office.by, agency_id=agency.pk)
            agency.refresh_from_db()
        with pytest.raises(Invalid, match="team of this agency"):
            office.invite(team=team)
        with pytest.raises(Invalid, match="closed"):
            office.invite(agency)
        assert office.invite(team.agency, team=team).team == team

    def test_member_is_given_a_role_and_not_invited(self, office):
        """ACC-3: somebody of this partnership; who has left may be invited."""
        with office.scope():
            member = make_member()
        with pytest.raises(Invalid, match="works here already"):
            office.invite(email=member.user.email.upper())
        with office.scope():
            services.deactivate(by=office.by, user_id=member.user_id)
        assert office.invite(email=member.user.email).state == InvitationState.WAITING

    def test_account_of_another_partnership_looks_like_none(self, office, marrowdale):
        """ACC-6: the wall: the same rows, the same number of statements, the same pages."""
        with tenant_scope(marrowdale.pk):
            known = make_member(user=make_user("Ottoline Grey", email="known@police.example")).user
        with office.scope():
            agency = make_agency("Oak School")
        pages = []
        for email in (known.email, "nobody@police.example"):
            answer = office.post(
                "invite_to", agency.pk, data={"full_name": "Sam Vane", "email": email, "role": "practitioner"}
            )
            people, waiting = office.get("people").content, office.get("invitations").content
            assert b"Ottoline" not in people + waiting
            row = words(Markup.of(waiting).all("tbody tr")[0])
            pages.append((answer.status_code, answer.url, row.replace(email, "(address)"), names(people)))
        assert pages[0] == pages[1]

    def test_statements_tell_nothing_of_accounts_elsewhere(self, office, marrowdale, django_assert_num_queries):
        """ACC-6: as much work for a known address as for an unknown one, and never a look at accounts as such."""
        with tenant_scope(marrowdale.pk):
            make_member(user=make_user(email="known@police.example"))
        with office.scope():
            agency, by = make_agency(), office.by
            for email in ("known@police.example", "nobody@police.example"):
                with django_assert_num_queries(10) as done:
                    services.invite(by=by, email=email, full_name="Sam Vane", agency=agency, role=Role.PRACTITIONER)
                assert not any('FROM "accounts_user"' in query["sql"] for query in done.captured_queries)

    def test_same_role_waits_once(self, office):
        """ACC-3: told so while the link works; another role or agency is another invitation."""
        with office.scope():
            agency = make_agency()
        office.invite(agency)
        with pytest.raises(Clash, match="has been invited to that role already"):
            office.invite(agency, email="PETRA.LUND@oak.example")
        office.invite(agency, role=Role.MANAGER)
        office.invite()

    def test_after_its_link_has_ended_it_is_sent_anew(self, office):
        """ACC-3: the same invitation with a new link and 7 more days."""
        with office.scope():
            agency = make_agency()
        first = office.invite(agency)
        with clock.at(later(days=8)):
            second = office.invite(agency, full_name="Petra Lund-Hale")
            assert second.expires_at == clock.now() + invitations.VALID
        assert (second.pk, second.full_name) == (first.pk, "Petra Lund-Hale")
        assert second.secret_digest != first.secret_digest

    def test_a_day_has_its_limit(self, office, monkeypatch):
        """ACC-3: a list of addresses is not for this; the next day goes on."""
        monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
        for number in range(2):
            office.invite(email=f"person{number}@oak.example")
        with pytest.raises(Clash, match="within a day"):
            office.invite()
        with clock.at(later(hours=25)):
            office.invite()


class TestSendAgainAndWithdraw:
    def test_again_makes_a_new_link_for_7_days(self, office):
        """ACC-3: not within minutes of the last; its own line in the trail."""
        invitation = office.invite()
        with office.scope():
            with pytest.raises(Clash, match="It was sent just now"):
                services.send_invitation_again(by=office.by, invitation_id=invitation.pk)
            with clock.at(later(minutes=6)):
                again = services.send_invitation_again(by=office.by, invitation_id=invitation.pk)
                assert again.expires_at == clock.now() + invitations.VALID
            assert again.secret_digest != invitation.secret_digest

    def test_what_does_not_wait_is_not_sent_again(self, office):
        """ACC-3: withdrawn, or for an agency that has closed since."""
        withdrawn, closed = office.invite(), office.invite(email="bea@oak.example")
        with office.scope(), clock.at(later(hours=1)):
            services.withdraw_invitation(by=office.by, invitation_id=withdrawn.pk)
            services.close_agency(by=office.by, agency_id=closed.agency_id)
            with pytest.raises(Clash, match=r"has been withdrawn already. Nothing was sent"):
                services.send_invitation_again(by=office.by, invitation_id=withdrawn.pk)
            with pytest.raises(Clash, match="agency is closed"):
                services.send_invitation_again(by=office.by, invitation_id=closed.pk)

    def test_withdrawing_twice_changes_nothing_and_never_once_accepted(self, office):
        """ACC-3: after acceptance the role is what ends."""
        invitation = office.invite()
        with office.scope():
            for _ in range(2):
                withdrawn = services.withdraw_invitation(by=office.by, invitation_id=invitation.pk)
                assert withdrawn.state == InvitationState.WITHDRAWN
        accepted, link = office.invited(email="bea@oak.example")
        services.accept_invitation(by_user=make_user(email="bea@oak.example"), token=link.split("/")[-2])
        with office.scope(), pytest.raises(Clash, match="End the role on the person's own page"):
            services.withdraw_invitation(by=office.by, invitation_id=accepted.pk)


class TestPages:
    def test_somebody_is_invited_sent_again_and_withdrawn(self, office):
        """ACC-3: agency, then who and what; then the list."""
        with office.scope():
            team = make_team(make_agency("Oak School"), "Year 7")
        chosen = office.post("invite", data={"agency": str(team.agency_id)})
        assert chosen.url == office.url("invite_to", team.agency_id)
        given = {"full_name": "Petra Lund", "email": "Petra@oak.example", "role": "manager", "team": str(team.pk)}
        assert office.post("invite_to", team.agency_id, data=given).url == office.url("invitations")
        page = office.get("invitations")
        row = words(Markup.of(page.content).one("tbody tr"))
        for shown in ("Petra Lund", "petra@oak.example", "Oak School: Team manager (Year 7)", "Works until"):
            assert shown in row
        assert "1 invitation waits for an answer" in words(Markup.of(office.get("people").content).one("main"))
        with office.scope():
            invitation = Invitation.objects.get()
        assert office.post("invitation_again", invitation.pk).status_code == 409
        with clock.at(later(hours=1)):
            office.sit_down()
            assert office.post("invitation_again", invitation.pk).url == office.url("invitations")
        office.sit_down()
        assert office.post("invitation_withdraw", invitation.pk).status_code == 302
        assert "No invitation is waiting" in office.get("invitations").content.decode()

    def test_mistakes_come_back_with_their_words(self, office):
        """ACC-3: 400; the service's sentences stand under their fields too."""
        with office.scope():
            member = make_member()
        typed = {"full_name": "Petra Lund", "email": "pеtra@oak.example", "role": "practitioner"}
        for data, field, sentence in (
            ({}, "id_full_name", "Enter the person’s name"),
            (typed, "id_email", "in the correct format"),
            ({**typed, "email": member.user.email}, "id_email", "works here already"),
        ):
            answer = office.post("invite_to", member.agency_id, data=data)
            assert answer.status_code == 400
            page = Markup.of(answer.content)
            assert sentence in page.text(".govuk-error-summary")
            assert page.all(f'.govuk-error-summary a[href="#{field}"]')

    def test_ended_links_are_marked(self, office):
        """ACC-3: they stay in the list until sent again or withdrawn."""
        office.invite()
        with clock.at(later(days=8)):
            office.sit_down()
            row = words(Markup.of(office.get("invitations").content).one("tbody tr"))
        assert "Ended" in row

    def test_statements_are_the_same_for_1_and_25_rows(self, office, django_assert_num_queries):
        """OPS-1: a literal number."""
        office.invite()
        for more in (0, 24):
            for number in range(more):
                office.invite(email=f"person{number}@oak.example")
            with django_assert_num_queries(16):
                page = office.get("invitations")
            assert len(Markup.of(page.content).all("tbody tr")) == more + 1

    def test_invitations_of_elsewhere_are_not_there(self, office, marrowdale):
        """ACC-6: neither listed nor reached by their ids."""
        with tenant_scope(marrowdale.pk):
            agency, by = make_agency(), make_member(role=Role.ADMINISTRATOR)
            foreign = services.invite(
                by=actor_of(by), email="x@police.example", full_name="Ottoline Grey", agency=agency, role="auditor"
            )
        assert "Ottoline" not in office.get("invitations").content.decode()
        for name in ("invitation_again", "invitation_withdraw"):
            assert office.post(name, foreign.pk).status_code == 404
        with office.scope():
            assert not queries.invitations_waiting().exists()


def names(people: bytes) -> list[str]:
    return [words(cell) for cell in Markup.of(people).all("tbody th")]
