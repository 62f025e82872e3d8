"""The operator's pages: partnerships from presets, the first administrator's invitation, and nothing from inside."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from earlyhelp.operator import queries as known
from earlyhelp.operator import services
from foundation.accounts import services as accounts
from foundation.accounts.enums import InvitationState, Role
from foundation.accounts.models import Agency, Invitation, Membership, User
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.errors import Clash, NotAllowed
from foundation.outbox.services import deliver_due
from foundation.partnership import presets
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope
from tests.accounts.test_second_factor import set_up
from tests.factories import PASSWORD, make_member, make_partnership, make_user, sign_in
from tests.markup import Markup, words

PAGES = ("/operator/", "/operator/new/", "/operator/partnerships/fernshire/")
ASKED = {
    "preset": "devon",
    "name": "Fernshire Partnership",
    "slug": "fernshire",
    "full_name": "Carol Denton",
    "email": "carol@fernshire.example",
}


def found(desk: Client, **other: str) -> Partnership:
    answer = desk.post("/operator/new/", ASKED | other)
    assert answer.status_code == 302, answer.content.decode()
    return Partnership.objects.get(slug=(ASKED | other)["slug"])


def invitations(partnership: Partnership) -> list[Invitation]:
    with tenant_scope(partnership.pk):
        return list(Invitation.objects.order_by("sent_at"))


@pytest.mark.parametrize("path", PAGES)
def test_to_everybody_else_the_operators_pages_are_an_unknown_address(db, path: str) -> None:
    """Operator: administrators and people without a role get the page of an address where nothing is, byte for byte;
    who has not signed in is sent where every unknown address sends them."""
    partnership = make_partnership("fernshire")
    with tenant_scope(partnership.pk):
        member = make_member(role=Role.ADMINISTRATOR)
    for user in (member.user, make_user("Ned Vale")):
        client = sign_in(Client(), user)
        shown, unknown = client.get(path), client.get("/operator/nothing-here/")
        assert (shown.status_code, shown.content) == (404, unknown.content)
        assert client.post(path, ASKED).content == unknown.content
    assert Client().get(path).headers["Location"] == f"/accounts/login/?next={path}"
    assert Client().get("/nowhere/").headers["Location"] == "/accounts/login/?next=/nowhere/"
    assert Partnership.objects.count() == 1


def test_who_is_an_operator_no_more_finds_nothing_on_the_next_page(desk: Client, operator: User) -> None:
    """Trust 15: it is read with each request."""
    assert desk.get("/operator/").status_code == 200
    operator.is_operator = False
    operator.save()
    assert desk.get("/operator/").status_code == 404


def test_outside_a_demonstration_the_second_step_comes_first(db, operator: User, settings) -> None:
    """ACC-1: a password alone opens nothing; with the step passed, the page opens."""
    settings.DEMO = False
    client = Client()
    client.post("/accounts/login/", {"login": operator.email, "password": PASSWORD})
    for path in PAGES:
        assert client.get(path).headers["Location"].startswith("/accounts/2fa/")
        assert client.post(path, ASKED).headers["Location"].startswith("/accounts/2fa/")
    set_up(client)
    assert client.get("/operator/").status_code == 200
    assert not Partnership.objects.exists()


def test_an_operator_without_a_role_begins_at_their_own_page(desk: Client) -> None:
    """Operator: signing in leads there, not to a page that says that they have no role."""
    assert desk.get("/hats/").headers["Location"] == "/operator/"


def test_an_operator_with_a_role_finds_the_way_from_their_hats(desk: Client, operator: User) -> None:
    """Operator: who works in partnerships as well chooses."""
    for slug in ("fernshire", "marrowdale"):
        partnership = make_partnership(slug)
        with tenant_scope(partnership.pk):
            make_member(user=operator)
    assert Markup.of(desk.get("/hats/").content).one('main a[href="/operator/"]') is not None


def test_no_partnerships_page_opens_to_an_operator(desk: Client) -> None:
    """Practice model §2: neither before nor after they made it; it looks as if it were not there."""
    partnership = found(desk)
    unknown = desk.get("/nowhere/").content
    for path in ("", "cases/", "set-up/", "set-up/changes/", "enquiries/queue/"):
        answer = desk.get(f"/{partnership.slug}/{path}")
        assert (answer.status_code, answer.content) == (404, unknown)
    with tenant_scope(partnership.pk):
        assert not Membership.objects.exists()


def test_each_preset_is_offered_with_its_main_words(desk: Client) -> None:
    """§11: what an operator chooses can be read before it is chosen."""
    page = Markup.of(desk.get("/operator/new/").content)
    shown = [element.get("value") for element in page.all("input[name=preset]")]
    assert shown == presets.names()
    told = words(page.one("main form"))
    assert "Front door: Starting Point." in told
    assert "Lead: Lead Practitioner." in told


@pytest.mark.parametrize("preset", ["derby", "derbyshire", "devon", "rotherham", "tower-hamlets"])
def test_a_partnership_is_made_from_any_preset(desk: Client, preset: str) -> None:
    """§11: its words are the preset's, one agency stands, and an invitation waits for the first administrator."""
    partnership = found(desk, preset=preset)
    assert partnership.front_door == presets.load(preset).words["front_door"]
    assert partnership.second_factor
    (invitation,) = invitations(partnership)
    assert (invitation.email, invitation.role) == ("carol@fernshire.example", Role.ADMINISTRATOR)
    page = words(Markup.of(desk.get("/operator/partnerships/fernshire/").content).one("main"))
    assert "An invitation went to Carol Denton, carol@fernshire.example" in page


def test_the_invitation_is_sent_and_opens_the_partnership(desk: Client) -> None:
    """ACC-3: from the operator's button to the administrator's first page."""
    partnership = found(desk)
    assert deliver_due(partnership_id=partnership.pk) >= 1
    (message,) = mail.outbox
    assert message.to == ["carol@fernshire.example"]
    assert "Fernshire Partnership" in message.subject


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preset", "nowhere"),
        ("preset", ""),
        ("slug", "operator"),
        ("slug", "set-up"),
        ("slug", "Fern shire"),
        ("slug", "../x"),
        ("slug", "x" * 41),
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "x" * 121),
        ("email", "nobody"),
        ("email", "carol@fernshire.example\nBcc: all@x.example"),
        ("full_name", ""),
    ],
)
def test_all_or_nothing(desk: Client, field: str, value: str) -> None:
    """§11: whatever is wrong, nothing of the partnership is left, and the sentence stands at its field."""
    answer = desk.post("/operator/new/", ASKED | {field: value})
    assert answer.status_code == 400
    links = [link.get("href") for link in Markup.of(answer.content).all(".govuk-error-summary a")]
    assert any(link.startswith(f"#id_{field}") for link in links), links
    assert not Partnership.objects.exists()


def test_an_address_that_is_taken_is_refused(desk: Client) -> None:
    """§11: the second is told; the first stays as it was."""
    found(desk)
    answer = desk.post("/operator/new/", ASKED | {"name": "Other"})
    assert answer.status_code == 400
    assert "has this address already" in answer.content.decode()
    assert [partnership.name for partnership in Partnership.objects.all()] == ["Fernshire Partnership"]


def test_the_invitation_is_sent_again_to_the_same_address(desk: Client) -> None:
    """ACC-3: after a pause; the old link opens nothing any more."""
    partnership = found(desk)
    before = invitations(partnership)[0].secret_digest
    sent = {"full_name": "Carol Denton", "email": "Carol@fernshire.example"}
    assert desk.post("/operator/partnerships/fernshire/", sent).status_code == 409  # only just sent
    with clock.at(clock.now() + dt.timedelta(minutes=6)):
        assert desk.post("/operator/partnerships/fernshire/", sent).status_code == 302
    (after,) = invitations(partnership)
    assert after.secret_digest != before


def test_a_wrong_address_is_put_right(desk: Client) -> None:
    """ACC-3: the invitation to the wrong one is taken back in the same moment."""
    partnership = found(desk, email="carole@fernshire.example")
    sent = {"full_name": "Carol Denton", "email": "carol@fernshire.example"}
    assert desk.post("/operator/partnerships/fernshire/", sent | {"email": "carol@"}).status_code == 400
    assert [each.state for each in invitations(partnership)] == [InvitationState.WAITING]
    assert desk.post("/operator/partnerships/fernshire/", sent).status_code == 302
    assert [(each.email, each.state) for each in invitations(partnership)] == [
        ("carole@fernshire.example", InvitationState.WITHDRAWN),
        ("carol@fernshire.example", InvitationState.WAITING),
    ]


def test_once_there_is_an_administrator_the_operator_invites_nobody(desk: Client, operator: User) -> None:
    """Practice model §2: the operator's one way in ends with the first administrator, or it would be a back door."""
    partnership = found(desk)
    with tenant_scope(partnership.pk):
        make_member(role=Role.ADMINISTRATOR, agency=Agency.objects.get())
    page = words(Markup.of(desk.get("/operator/partnerships/fernshire/").content).one("main"))
    assert "has an administrator of its own" in page
    assert "carol@" not in page
    sent = {"full_name": "Mallory Finch", "email": "mallory@elsewhere.example"}
    assert desk.post("/operator/partnerships/fernshire/", sent).status_code == 409
    with pytest.raises(Clash, match="has an administrator now"):
        services.invite_again(by_user=operator, partnership=partnership, **sent)
    assert len(invitations(partnership)) == 1


def test_only_operators_may_whatever_page_they_came_by(db) -> None:
    """The services ask too, not the pages alone."""
    somebody = make_user("Ned Vale")
    with pytest.raises(NotAllowed):
        services.found(by_user=somebody, **ASKED)
    with pytest.raises(NotAllowed):
        services.invite_again(
            by_user=somebody, partnership=make_partnership(), full_name="Ned Vale", email="ned@x.example"
        )


def test_what_an_operator_did_stands_in_the_partnerships_trail(desk: Client, operator: User) -> None:
    """ACC-3: by their id, which the partnership's pages show as an operator."""
    partnership = found(desk)
    with tenant_scope(partnership.pk):
        verbs = set(AuditEntry.objects.filter(user_id=operator.pk).values_list("verb", flat=True))
        assert {"partnership.founded", "invitation.sent"} <= verbs


def test_the_list_tells_names_addresses_and_days_alone(desk: Client) -> None:
    """Operator: by name; the number of queries is the same for one and for three."""
    make_partnership("marrowdale", name="Marrowdale")
    for slug in ("ashdale", "zetland"):
        make_partnership(slug, name=slug.title())
    desk.get("/operator/")
    with CaptureQueriesContext(connection) as queries:
        page = Markup.of(desk.get("/operator/").content)
    asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"] and "set_config" not in q["sql"]]
    assert len(asked) == 4, "\n".join(asked)
    assert [words(row) for row in page.all("tbody th")] == ["Ashdale", "Marrowdale", "Zetland"]
    assert [len(list(row)) for row in page.all("tbody tr")] == [3, 3, 3]


def test_an_unknown_partnership_is_not_there(desk: Client) -> None:
    """Operator: whatever is typed."""
    for slug in ("nowhere", "operator", "x" * 300):
        assert desk.get(f"/operator/partnerships/{slug}/").status_code == 404


def test_a_partnership_without_a_waiting_invitation_says_so(desk: Client) -> None:
    """ACC-3: taken back by somebody, a new one can be sent."""
    partnership = found(desk)
    with tenant_scope(partnership.pk):
        invitation = Invitation.objects.get()
        by = services._as_founder(invitation.invited_by, partnership, invitation.agency)
        accounts.withdraw_invitation(by=by, invitation_id=invitation.pk)
        assert known.first_invitation() is None
    assert "No invitation waits." in desk.get("/operator/partnerships/fernshire/").content.decode()
    sent = {"full_name": "Carol Denton", "email": "carol@fernshire.example"}
    assert desk.post("/operator/partnerships/fernshire/", sent).status_code == 302
