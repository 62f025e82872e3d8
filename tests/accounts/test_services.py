"""Agencies, teams and memberships: written by services, read by queries, inside one partnership."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.accounts import policies, queries, services
from foundation.accounts.enums import AccountVerb, AgencyKind, Role
from foundation.accounts.models import Agency, Membership
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import Actor, system
from foundation.common.errors import Clash, Invalid, NotAllowed, NotThere
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(fernshire):
    """Fernshire, with its scope open."""
    with tenant_scope(fernshire.pk):
        yield fernshire


@pytest.fixture
def admin(inside) -> Actor:
    return actor_of(make_member(role=Role.ADMINISTRATOR))


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("at", "pk").values_list("verb", flat=True))


class TestServices:
    def test_agency_has_a_group_that_only_its_key_names(self, admin):
        """OPS-2: grants name the group; the group, which stands outside the wall, holds no agency's name."""
        agency = services.create_agency(by=admin, name="  Oak   Housing ", kind=AgencyKind.HOUSING)
        assert agency.name == "Oak Housing"
        assert agency.group.name == f"agency:{agency.pk}"

    def test_each_change_is_in_the_trail_with_who_did_it(self, admin):
        """FAM-8: one entry for each, by ids and codes; every verb of this room is one of a service."""
        before = len(verbs())
        agency = services.create_agency(by=admin, name="Oak Housing", kind=AgencyKind.HOUSING)
        services.change_agency(by=admin, agency_id=agency.pk, name="Oak Homes", kind=AgencyKind.HOUSING)
        services.close_agency(by=admin, agency_id=agency.pk)
        agency = services.reopen_agency(by=admin, agency_id=agency.pk)
        team = services.create_team(by=admin, agency=agency, name="North")
        services.rename_team(by=admin, team_id=team.pk, name="Nord")
        member = services.add_membership(by=admin, user=make_user(), agency=agency, role=Role.MANAGER, team=team)
        services.end_membership(by=admin, membership_id=member.pk)
        offer = {"by": admin, "full_name": "Petra Lund", "agency": agency, "role": Role.MANAGER}
        invited = services.invite(email="petra@oak.example", **offer)
        with clock.at(clock.now() + dt.timedelta(hours=1)):
            services.send_invitation_again(by=admin, invitation_id=invited.pk)
        services.withdraw_invitation(by=admin, invitation_id=invited.pk)
        assert set(verbs()[before:]) == set(AccountVerb.values) - {AccountVerb.INVITATION_ACCEPTED}
        assert len(verbs()[before:]) == len(AccountVerb.values) - 1
        assert set(AuditEntry.objects.order_by("at").values_list("user_id", flat=True)[before:]) == {admin.user_id}
        entry = AuditEntry.objects.get(verb=AccountVerb.MEMBERSHIP_ADDED, subject_id=member.pk)
        assert entry.detail["role"] == "manager"

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
    def test_only_an_administrator_changes_who_works_where(self, inside, role):
        """ACC-3: every other role is refused, with whom to ask, and nothing is written."""
        member = make_member(role=role)
        by = actor_of(member)
        before = verbs()
        for act in (
            lambda: services.create_agency(by=by, name="Oak Housing", kind=AgencyKind.HOUSING),
            lambda: services.create_team(by=by, agency=member.agency, name="North"),
            lambda: services.add_membership(by=by, user=member.user, agency=member.agency, role=Role.ADMINISTRATOR),
            lambda: services.end_membership(by=by, membership_id=member.pk),
            lambda: services.change_agency(by=by, agency_id=member.agency_id, name="X", kind=AgencyKind.SCHOOL),
            lambda: services.close_agency(by=by, agency_id=member.agency_id),
            lambda: services.reopen_agency(by=by, agency_id=member.agency_id),
            lambda: services.rename_team(by=by, team_id=uuid.uuid4(), name="North"),
            lambda: services.deactivate(by=by, user_id=member.user_id),
            lambda: services.bring_back(by=by, user_id=member.user_id),
            lambda: services.invite(
                by=by, email="petra@oak.example", full_name="Petra Lund", agency=member.agency, role=Role.ADMINISTRATOR
            ),
            lambda: services.send_invitation_again(by=by, invitation_id=uuid.uuid4()),
            lambda: services.withdraw_invitation(by=by, invitation_id=uuid.uuid4()),
        ):
            with pytest.raises(NotAllowed, match="Only a partnership administrator"):
                act()
        assert verbs() == before

    def test_names_are_taken_once_and_not_left_empty(self, admin):
        """ACC-3: the same name in other capitals is the same name."""
        agency = services.create_agency(by=admin, name="Oak Housing", kind=AgencyKind.HOUSING)
        services.create_team(by=admin, agency=agency, name="North")
        with pytest.raises(Clash):
            services.create_agency(by=admin, name="OAK housing", kind=AgencyKind.HOUSING)
        with pytest.raises(Clash):
            services.create_team(by=admin, agency=agency, name="north ")
        with pytest.raises(Invalid, match="Enter the agency's name"):
            services.create_agency(by=admin, name="   ", kind=AgencyKind.HOUSING)
        with pytest.raises(Invalid, match="Enter the team's name"):
            services.create_team(by=admin, agency=agency, name="\t")

    def test_same_team_name_in_two_agencies_is_two_teams(self, admin):
        """ACC-3: localities are called alike everywhere."""
        for _ in range(2):
            services.create_team(by=admin, agency=make_agency(), name="North")

    def test_role_is_given_once(self, admin):
        """ACC-3: twice is a clash, for a team and for the whole agency alike; after it ended it may be given again."""
        member = make_member()
        with pytest.raises(Clash):
            make_member(user=member.user, agency=member.agency)
        services.end_membership(by=admin, membership_id=member.pk)
        assert make_member(user=member.user, agency=member.agency).pk != member.pk

    def test_database_holds_a_role_once_too(self, inside):
        """ACC-3: also against two at the same moment."""
        member = make_member()
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=member.user, agency=member.agency, role=member.role)

    def test_team_of_another_agency_and_unknown_roles_are_refused(self, admin):
        """ACC-3: bad input has its sentence."""
        with pytest.raises(Invalid, match="team of this agency"):
            make_member(agency=make_agency(), team=make_team())
        with pytest.raises(Invalid, match="Choose a role"):
            services.add_membership(by=admin, user=make_user(), agency=make_agency(), role="emperor")

    def test_ending_twice_changes_nothing(self, admin):
        """ACC-3: the first moment stands, and the trail has one entry."""
        member = make_member()
        first = services.end_membership(by=admin, membership_id=member.pk).ended_at
        with clock.at(clock.now().replace(year=2031)):
            assert services.end_membership(by=admin, membership_id=member.pk).ended_at == first
        assert verbs().count(AccountVerb.MEMBERSHIP_ENDED) == 1

    def test_membership_of_another_partnership_is_not_there(self, fernshire, marrowdale):
        """ACC-6: its id finds nothing, as a made-up one does."""
        with tenant_scope(marrowdale.pk):
            foreign = make_member()
        with tenant_scope(fernshire.pk):
            for key in (foreign.pk, uuid.uuid4()):
                with pytest.raises(NotThere):
                    services.end_membership(by=system(fernshire.pk), membership_id=key)
        with tenant_scope(marrowdale.pk):
            assert Membership.objects.get().ended_at is None

    def test_membership_in_an_agency_of_another_partnership_cannot_be_written(self, fernshire, marrowdale):
        """ACC-6: the database's own keys refuse it."""
        with tenant_scope(marrowdale.pk):
            foreign = make_agency()
        with tenant_scope(fernshire.pk), transaction.atomic():
            Membership.objects.create(user=make_user(), agency_id=foreign.pk, role=Role.PRACTITIONER)
            with pytest.raises(IntegrityError):
                connection.check_constraints()
            transaction.set_rollback(True)


class TestPolicies:
    def test_role_is_asked_by_name(self):
        """ACC-6: inside a partnership the refusal says whom to ask."""
        by = Actor(partnership_id=uuid.uuid4(), user_id=1, roles=frozenset({"practitioner"}))
        assert policies.check_has_role.allows(by=by, roles=[Role.PRACTITIONER])
        with pytest.raises(NotAllowed, match="Only a hub screener or a hub manager can do this"):
            policies.check_has_role(by=by, roles=[Role.SCREENER, Role.HUB_MANAGER])
        with pytest.raises(NotAllowed, match="Only a social worker can do this"):
            policies.check_has_role(by=by, roles=[Role.SOCIAL_WORKER])

    def test_actor_without_roles_may_nothing(self):
        """ACC-6: no role, no right."""
        assert not policies.check_has_role.allows(by=Actor(uuid.uuid4(), 1), roles=list(Role))
        assert not policies.check_can_administer.allows(by=Actor(uuid.uuid4(), 1))


class TestQueries:
    def test_agencies_are_the_open_ones_by_name(self, inside):
        """INT-7: what a choice of agencies holds."""
        for name in ("Willow Clinic", "Oak Housing", "Ash School"):
            make_agency(name)
        Agency.objects.filter(name="Ash School").update(active=False)
        assert [agency.name for agency in queries.agencies()] == ["Oak Housing", "Willow Clinic"]

    def test_teams_are_those_of_the_agencies_asked_for(self, inside):
        """ACC-3: by agency and name."""
        oak, ash = make_agency("Oak Housing"), make_agency("Ash School")
        for agency, name in ((oak, "South"), (oak, "North"), (ash, "Year 7"), (make_agency("Other"), "Else")):
            make_team(agency, name)
        assert [team.name for team in queries.teams([oak.pk, ash.pk])] == ["Year 7", "North", "South"]

    def test_leads_are_practitioners_in_force_of_those_agencies(self, inside):
        """INT-7: nobody else is offered to lead a family's plan."""
        oak = make_agency("Oak Housing")
        lead = make_member(agency=oak, name="Zora Lind")
        make_member(agency=oak, user=lead.user, team=make_team(oak))
        first = make_member(agency=oak, name="Amos Reed")
        make_member(agency=oak, role=Role.ANALYST)
        make_member()
        ended, inactive = make_member(agency=oak), make_member(agency=oak)
        services.end_membership(by=system(inside.pk), membership_id=ended.pk)
        inactive.user.is_active = False
        inactive.user.save()
        assert list(queries.members_who_can_lead([oak.pk])) == [first.user, lead.user]
        assert queries.can_lead(lead.user_id, oak.pk)
        assert not queries.can_lead(ended.user_id, oak.pk)
        assert not queries.can_lead(lead.user_id, make_agency().pk)

    def test_names_are_told_of_this_partnerships_people_alone(self, fernshire, marrowdale):
        """ACC-6: past members keep their name on what they did; people of elsewhere have none here."""
        with tenant_scope(marrowdale.pk):
            elsewhere = make_member(name="Ottoline Grey")
        with tenant_scope(fernshire.pk):
            here, past = make_member(name="Bea Holm"), make_member(name="Cy Marsh")
            services.end_membership(by=system(fernshire.pk), membership_id=past.pk)
            asked = [here.user_id, past.user_id, elsewhere.user_id, 0]
            assert queries.user_names(asked) == {here.user_id: "Bea Holm", past.user_id: "Cy Marsh"}

    def test_names_are_one_query(self, inside, django_assert_num_queries):
        """OPS-1: however many rows a list has."""
        people = [make_member().user_id for _ in range(3)]
        for some in (people[:1], people):
            with django_assert_num_queries(1):
                queries.user_names(some)
