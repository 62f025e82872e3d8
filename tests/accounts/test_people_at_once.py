"""Two at the same moment, each on a connection of their own: administrators, links, leads (ACC-3, FAM-9, trust 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from foundation.accounts import queries, services
from foundation.accounts.enums import Role
from foundation.accounts.hats import actor_for
from foundation.accounts.models import Invitation, Membership, User
from foundation.accounts.offers import Refused
from foundation.common.errors import Clash, EarlyHelpError
from foundation.tenancy.scope import tenant_scope
from tests.accounts.office import Office, make_office
from tests.accounts.test_at_once import at_once
from tests.factories import PASSWORD, make_agency, make_member, make_partnership, make_user
from tests.walks import make_case, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def desk() -> Office:
    return make_office(make_partnership("fernshire"))


def said(act: Callable[[], Any]) -> str:
    """What an act came to: "done", or the class of what refused it."""
    try:
        act()
    except EarlyHelpError as refusal:
        return type(refusal).__name__
    return "done"


@pytest.mark.parametrize("how", ["end_membership", "deactivate", "mixed", "themselves", "close_agency"])
def test_two_administrators_who_remove_each_other_leave_one(desk, how):
    """ACC-3: by whatever way, and never none."""
    with desk.scope():
        both = [desk.admin, make_member(role=Role.ADMINISTRATOR, agency=make_agency("Council"))]

    def remove(number: int) -> str:
        own, other = both[number], both[1 - number]
        target = own if how == "themselves" else other
        with tenant_scope(desk.partnership.pk):
            by = actor_for(own.user, own.agency)
            way = "deactivate" if how == "themselves" or (how == "mixed" and number) else how
            if way == "deactivate":
                return said(lambda: services.deactivate(by=by, user_id=target.user_id))
            if way == "close_agency":
                return said(lambda: services.close_agency(by=by, agency_id=target.agency_id))
            return said(lambda: services.end_membership(by=by, membership_id=target.pk))

    for _ in range(3):
        results = Counter(at_once(2, remove))
        with desk.scope():
            left = list(queries.administrators())
            assert results["done"] == len(left) == 1, results
            services.reopen_agency(by=actor_for(left[0].user, left[0].agency), agency_id=both[0].agency_id)
            services.reopen_agency(by=actor_for(left[0].user, left[0].agency), agency_id=both[1].agency_id)
            standing = Membership.objects.filter(role=Role.ADMINISTRATOR, ended_at=None).values_list(
                "user_id", flat=True
            )
            gone = [one for one in both if one.user_id not in set(standing)]
            by = actor_for(left[0].user, left[0].agency)
            for one in gone:
                back = services.add_membership(by=by, user=one.user, agency=one.agency, role=Role.ADMINISTRATOR)
                both[both.index(one)] = back


def test_three_who_remove_each_other_in_a_ring_leave_one(desk):
    """ACC-3: whoever has been removed removes nobody any more."""
    with desk.scope():
        ring = [desk.admin, *(make_member(role=Role.ADMINISTRATOR, agency=desk.admin.agency) for _ in range(2))]

    def remove(number: int) -> str:
        own, other = ring[number], ring[(number + 1) % 3]
        with tenant_scope(desk.partnership.pk):
            by = actor_for(own.user, own.agency)
            return said(lambda: services.deactivate(by=by, user_id=other.user_id))

    at_once(3, remove)
    with desk.scope():
        assert queries.administrators().count() >= 1


def test_one_invitation_makes_one_person_however_often_it_is_sent(desk):
    """ACC-3: a button pressed by an impatient hand: one account, one role; the others are told that it was used."""
    _, link = desk.invited()
    token = link.split("/")[-2]

    def join(_: int) -> str:
        return said(lambda: services.join_by_invitation(token=token, full_name="Petra Lund", password=PASSWORD))

    assert Counter(at_once(6, join)) == {"done": 1, Refused.__name__: 5}
    with desk.scope():
        assert User.objects.filter(email="petra.lund@oak.example").count() == 1
        assert Membership.objects.filter(user__email="petra.lund@oak.example").count() == 1


def test_invitations_of_two_partnerships_make_one_account(desk):
    """ACC-3: accepted at the same moment as somebody new: one makes the account, the other asks to sign in."""
    other = make_office(make_partnership("marrowdale"), "Mae Crowe")
    tokens = [office.invited()[1].split("/")[-2] for office in (desk, other)]

    def join(number: int) -> str:
        return said(lambda: services.join_by_invitation(token=tokens[number], full_name="Petra", password=PASSWORD))

    assert Counter(at_once(2, join)) == {"done": 1, Clash.__name__: 1}
    assert User.objects.filter(email="petra.lund@oak.example").count() == 1


def test_withdrawn_and_accepted_at_once_is_one_of_both(desk):
    """ACC-3: never a role from an invitation that says it was withdrawn."""
    for number in range(3):
        user = make_user()
        invitation, link = desk.invited(email=user.email)
        with desk.scope():
            by = desk.by

        def act(which: int, invitation=invitation, link=link, user=user, by=by) -> str:
            if which:
                return said(lambda: services.accept_invitation(by_user=user, token=link.split("/")[-2]))
            with tenant_scope(desk.partnership.pk):
                return said(lambda: services.withdraw_invitation(by=by, invitation_id=invitation.pk))

        assert Counter(at_once(2, act))["done"] == 1, number
        with desk.scope():
            held = Membership.objects.filter(user=user).exists()
            assert (Invitation.objects.get(pk=invitation.pk).state == "accepted") == held


def test_same_invitation_by_two_colleagues_is_one(desk):
    """ACC-3: the second is told that it waits already."""
    with desk.scope():
        agency, by = make_agency(), desk.by

    def invite(_: int) -> str:
        with tenant_scope(desk.partnership.pk):
            return said(
                lambda: services.invite(
                    by=by, email="petra@oak.example", full_name="Petra", agency=agency, role=Role.PRACTITIONER
                )
            )

    assert Counter(at_once(4, invite)) == {"done": 1, Clash.__name__: 3}
    with desk.scope():
        assert Invitation.objects.count() == 1


@pytest.mark.parametrize("way", ["end_membership", "deactivate", "close_agency"])
def test_nobody_leaves_while_a_case_is_given_to_them(desk, way):
    """FAM-9: whichever comes first, no open case stands with a lead who has left."""
    with desk.scope():
        scene, by = make_scene(), desk.by

    def leave() -> str:
        with tenant_scope(desk.partnership.pk):
            if way == "close_agency":
                return said(lambda: services.close_agency(by=by, agency_id=scene.early_help.pk))
            if way == "deactivate":
                return said(lambda: services.deactivate(by=by, user_id=scene.lead.user_id))
            return said(lambda: services.end_membership(by=by, membership_id=scene.lead.pk))

    def give() -> str:
        with tenant_scope(desk.partnership.pk), transaction.atomic():
            return said(lambda: make_case(scene))

    given, left = at_once(2, lambda number: leave() if number else give())
    assert (given, left) in {("done", "Clash"), ("Invalid", "done"), ("NotAllowed", "done")}
