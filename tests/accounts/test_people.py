"""People and their roles on the administrator's pages: found, given roles, ended, brought back (ACC-3, FAM-9)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DataError, connection

from cases.enums import WORKING_ROLES
from foundation.accounts import keys, leaving, queries, services
from foundation.accounts.enums import LEADING_ROLES, AccountVerb, InvitationState, Role
from foundation.accounts.hats import hats_of
from foundation.accounts.models import Agency, Invitation, LastSignIn, Membership, User
from foundation.audit.models import AuditEntry
from foundation.common import clock
from foundation.common.actors import system
from foundation.common.errors import Clash, NotAllowed, NotThere
from foundation.tenancy.scope import tenant_scope
from tests.factories import actor_of, make_agency, make_member, make_team, make_user, sign_in
from tests.markup import Markup, words
from tests.walks import make_case, make_scene

pytestmark = pytest.mark.django_db


def names_on(page) -> list[str]:
    return [words(cell) for cell in Markup.of(page.content).all("tbody th a")]


def found_by(office, **asked) -> list[str]:
    """The names that the list shows after its form is sent."""
    answer = office.post("people", data=asked)
    assert answer.status_code == 302
    return names_on(office.client.get(answer.url))


class TestLastAdministrator:
    def test_last_one_cannot_go_by_any_way(self, office):
        """ACC-3: not by ending the role, not by leaving, not by themself and not by the product itself."""
        with office.scope():
            for by in (office.by, system(office.partnership.pk)):
                with pytest.raises(Clash, match="would have no administrator"):
                    services.end_membership(by=by, membership_id=office.admin.pk)
                with pytest.raises(Clash, match="would have no administrator"):
                    services.deactivate(by=by, user_id=office.admin.user_id)
            assert Membership.objects.get(pk=office.admin.pk).ended_at is None

    def test_one_who_cannot_sign_in_or_whose_agency_is_closed_does_not_count(self, office):
        """ACC-3: somebody must be left who can come in."""
        with office.scope():
            inactive = make_member(role=Role.ADMINISTRATOR)
            inactive.user.is_active = False
            inactive.user.save()
            closed = make_member(role=Role.ADMINISTRATOR)
            services.close_agency(by=office.by, agency_id=closed.agency_id)
            with pytest.raises(Clash, match="would have no administrator"):
                services.deactivate(by=office.by, user_id=office.admin.user_id)

    def test_a_second_one_lets_the_first_go(self, office):
        """ACC-3: their own role too; from then on they are refused."""
        with office.scope():
            other, by = make_member(role=Role.ADMINISTRATOR), office.by
            services.end_membership(by=by, membership_id=office.admin.pk)
            with pytest.raises(NotAllowed, match="Your own role of partnership administrator has been ended"):
                services.end_membership(by=by, membership_id=other.pk)
            assert queries.administrators().get() == other


class TestLeading:
    def test_roles_that_lead_are_those_that_cases_are_given_to(self):
        """FAM-9: the two lists are the same."""
        assert frozenset(WORKING_ROLES) == LEADING_ROLES

    def test_nobody_leaves_while_they_lead(self, office):
        """FAM-9: by their only role or altogether; the sentence says how many and what to do."""
        with office.scope():
            scene = make_scene()
            for number in range(3):
                make_case(scene, family_name=f"Family {number}")
            for act in (
                lambda: services.end_membership(by=office.by, membership_id=scene.lead.pk),
                lambda: services.deactivate(by=office.by, user_id=scene.lead.user_id),
            ):
                with pytest.raises(Clash, match=r"leads 3 open cases. Hand them over to another colleague first"):
                    act()
            assert queries.can_lead(scene.lead.user_id, scene.early_help.pk)

    def test_a_second_role_that_leads_is_enough(self, office):
        """FAM-9: in the same agency; one in another, or one that does not lead, is not."""
        with office.scope():
            scene = make_scene()
            make_case(scene)
            lead = scene.lead
            make_member(user=lead.user, agency=scene.school)
            make_member(user=lead.user, agency=scene.early_help, role=Role.ANALYST)
            with pytest.raises(Clash):
                services.end_membership(by=office.by, membership_id=lead.pk)
            make_member(user=lead.user, agency=scene.early_help, role=Role.COORDINATOR)
            assert services.end_membership(by=office.by, membership_id=lead.pk).ended_at is not None

    def test_roles_that_do_not_lead_end_at_any_time(self, office):
        """FAM-9: an analyst's role holds no family."""
        with office.scope():
            scene = make_scene()
            make_case(scene)
            extra = make_member(user=scene.lead.user, agency=scene.early_help, role=Role.ANALYST)
            services.end_membership(by=office.by, membership_id=extra.pk)

    def test_nobody_leaves_where_nobody_can_tell(self, office, monkeypatch):
        """FAM-9: an unfilled registry refuses."""
        monkeypatch.setattr(leaving, "_checks", [])
        with office.scope():
            member = make_member()
            with pytest.raises(Clash, match="cannot be told"):
                services.deactivate(by=office.by, user_id=member.user_id)
            with pytest.raises(Clash, match="cannot be told"):
                services.end_membership(by=office.by, membership_id=member.pk)

    def test_every_check_is_heard_and_none_twice(self, monkeypatch):
        """FAM-9: each room says what it knows of."""
        monkeypatch.setattr(leaving, "_checks", [])
        asked = []

        def one(user_id, agency_id):
            asked.append((user_id, agency_id))
            return ["One."]

        leaving.add(one)
        leaving.add(one)
        leaving.add(lambda user_id, agency_id: ["Two.", "Three."])
        assert leaving.held_by(user_id=7) == ["One.", "Two.", "Three."]
        assert asked == [(7, None)]


class TestLeavingAndComingBack:
    def test_all_roles_end_at_once_and_on_the_next_request(self, office, marrowdale):
        """ACC-3: here; what they hold in another partnership is not touched."""
        with office.scope():
            member = make_member(agency=make_agency("Oak School"))
            make_member(user=member.user, role=Role.SCREENER)
        with tenant_scope(marrowdale.pk):
            make_member(user=member.user, agency=make_agency("Marrow Hub"))
        with office.scope():
            ended = services.deactivate(by=office.by, user_id=member.user_id)
            assert len({one.ended_at for one in ended}) == 1
            assert AuditEntry.objects.filter(detail__because="deactivated").count() == len(ended) == 2
        assert [hat.label for hat in hats_of(member.user)] == ["Marrow Hub: Practitioner"]
        member.user.refresh_from_db()
        assert member.user.is_active

    def test_invitations_that_wait_for_them_are_withdrawn(self, office):
        """ACC-3: or one would let them in again; other people's wait on."""
        with office.scope():
            member = make_member()
            agency = make_agency()
        other = office.invite(agency)
        with office.scope():
            services.end_membership(by=office.by, membership_id=member.pk)
        own = office.invite(agency, email=member.user.email)
        with office.scope():
            services.deactivate(by=office.by, user_id=member.user_id)
            states = dict(Invitation.objects.values_list("pk", "state"))
        assert states == {own.pk: InvitationState.WITHDRAWN, other.pk: InvitationState.WAITING}

    def test_bringing_back_gives_what_was_held_last(self, office):
        """ACC-3: as new memberships; what ended earlier stays ended; a closed agency's role does not come back."""
        with office.scope():
            member = make_member(agency=make_agency("Oak School"), role=Role.MANAGER)
            earlier = make_member(user=member.user, agency=member.agency, role=Role.ANALYST)
            shut = make_member(user=member.user, team=make_team())
            services.end_membership(by=office.by, membership_id=earlier.pk)
            services.deactivate(by=office.by, user_id=member.user_id)
            services.close_agency(by=office.by, agency_id=shut.agency_id)
            (back,) = services.bring_back(by=office.by, user_id=member.user_id)
            assert (back.role, back.agency_id) == (Role.MANAGER, member.agency_id)
            assert back.pk != member.pk
            assert AuditEntry.objects.get(subject_id=back.pk).verb == AccountVerb.MEMBERSHIP_ADDED
            with pytest.raises(Clash, match="works here already"):
                services.bring_back(by=office.by, user_id=member.user_id)

    def test_bringing_back_to_closed_agencies_says_so(self, office):
        """ACC-3: nothing is written."""
        with office.scope():
            member = make_member()
            services.deactivate(by=office.by, user_id=member.user_id)
            services.close_agency(by=office.by, agency_id=member.agency_id)
            with pytest.raises(Clash, match=r"is closed. Add a role in another agency"):
                services.bring_back(by=office.by, user_id=member.user_id)

    def test_twice_changes_nothing(self, office):
        """ACC-3: the first moment stands."""
        with office.scope():
            member = make_member()
            services.deactivate(by=office.by, user_id=member.user_id)
            assert services.deactivate(by=office.by, user_id=member.user_id) == []

    def test_people_of_elsewhere_are_not_there(self, office, marrowdale):
        """ACC-6: somebody with an account elsewhere is as unknown as nobody at all."""
        with tenant_scope(marrowdale.pk):
            elsewhere = make_member().user_id
        with office.scope():
            for user_id in (elsewhere, make_user().pk, 999_999_999):
                for act in (services.deactivate, services.bring_back):
                    with pytest.raises(NotThere):
                        act(by=office.by, user_id=user_id)
                with pytest.raises(NotThere):
                    queries.person(user_id)
            with pytest.raises(NotThere):
                queries.membership(uuid.uuid4())


class TestList:
    def test_is_found_by_first_name_last_name_or_address(self, office):
        """ACC-3: the beginning of each, in any capitals; not the middle."""
        with office.scope():
            for name, email in (
                ("Ottoline Grey", "ottoline@oak.example"),
                ("Bea Ottway", "bea@oak.example"),
                ("Cy Marsh", "ottcy@oak.example"),
                ("Scott Marsh", "smarsh@oak.example"),
                ("Zoë O’Neill", "zoe@oak.example"),
            ):
                make_member(user=make_user(name, email=email))
        assert found_by(office, search="OTT") == ["Bea Ottway", "Cy Marsh", "Ottoline Grey"]
        assert found_by(office, search=" ottoline g") == ["Ottoline Grey"]
        assert found_by(office, search="ZOË") == ["Zoë O’Neill"]
        assert found_by(office, search="smarsh@OAK") == ["Scott Marsh"]
        assert found_by(office, search="%") == found_by(office, search="_") == []

    def test_each_key_has_its_index(self, office):
        """OPS-1: a name is found without reading everybody: the ranges are those of the three indexes."""
        with office.scope(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_hashjoin = off")
            cursor.execute("SET LOCAL enable_mergejoin = off")
            for field, index in (
                ("name_key", "user_by_name"), ("last_name_key", "user_by_last_name"), ("email_key", "user_by_email"),
            ):  # fmt: skip
                keyed = User.objects.alias(name_key=keys.NAME, last_name_key=keys.LAST_NAME, email_key=keys.EMAIL)
                assert f" {index} " in keyed.filter(keys.beginning_with(field, "ott")).explain()

    def test_name_never_stands_in_the_address(self, office):
        """OPS-2: what is searched for is sealed; forged, it finds everybody."""
        with office.scope():
            make_member(name="Ottoline Grey")
        url = office.post("people", data={"search": "ottoline"}).url
        assert "ottoline" not in url.lower()
        assert names_on(office.client.get(url)) == ["Ottoline Grey"]
        for forged in ("nonsense", "é", "gAAAA", "x" * 3_000):
            assert len(names_on(office.get("people", query=f"?search={forged}"))) == 2

    def test_is_narrowed_by_agency_role_and_who_has_left(self, office):
        """ACC-3: an ended role counts among those who left, and nowhere else."""
        with office.scope():
            oak = make_agency("Oak School")
            here = make_member(agency=oak, name="Amos Reed")
            make_member(agency=oak, user=here.user, role=Role.MANAGER)
            gone = make_member(agency=oak, name="Gwen Stroud")
            services.deactivate(by=office.by, user_id=gone.user_id)
        assert found_by(office, agency=str(oak.pk)) == ["Amos Reed"]
        assert found_by(office, role="manager") == ["Amos Reed"]
        assert found_by(office, role="analyst") == []
        assert found_by(office, show="left") == ["Gwen Stroud"]
        assert found_by(office, show="left", agency=str(oak.pk), search="st") == ["Gwen Stroud"]
        row = Markup.of(office.get("people", query="?role=manager").content).one("tbody tr")
        assert "Oak School: Team manager, Practitioner" in words(row) or "Practitioner, Team manager" in words(row)
        assert "Never yet" in words(row)

    def test_damaged_questions_give_a_list_or_a_sentence(self, office):
        """ACC-3: never an error page."""
        for query in ("?agency=nonsense", "?role=emperor", "?show=x", "?after=é"):
            assert office.get("people", query=query).status_code == 200
        answer = office.post("people", data={"role": "emperor"})
        assert answer.status_code == 400
        assert "Select one of the answers shown" in answer.content.decode()

    def test_every_person_is_met_once(self, office):
        """ACC-3: page by page, also where names are the same."""
        with office.scope():
            for number in range(60):
                make_member(name="Amos Reed" if number % 2 else f"Bea {number}", agency=office.admin.agency)
        met, query = [], ""
        for _ in range(3):
            page = office.get("people", query=query)
            met += [cell.get("href") for cell in Markup.of(page.content).all("tbody th a")]
            query = f"?after={page.context['page'].next}"
        assert len(met) == len(set(met)) == 61
        assert "61 people" in page.content.decode()

    def test_statements_are_the_same_for_1_and_25_rows(self, office, django_assert_num_queries):
        """OPS-1: a literal number."""
        for more in (0, 24):
            with office.scope():
                for _ in range(more):
                    make_member(agency=office.admin.agency, team=make_team(office.admin.agency))
            with django_assert_num_queries(20):
                assert len(names_on(office.get("people"))) == more + 1

    def test_nobody_of_elsewhere_is_listed(self, office, marrowdale):
        """ACC-6: neither by their name nor by what they hold there."""
        with tenant_scope(marrowdale.pk):
            foreign = make_member(name="Ottoline Grey", agency=make_agency("Marrow Hub"))
            LastSignIn.objects.create(user=foreign.user, at=clock.now())
        with office.scope():
            make_member(user=foreign.user, agency=make_agency("Oak School"))
        page = office.get("people").content.decode()
        assert "Oak School: Practitioner" in words(Markup.of(page).all("tbody tr")[0])
        assert "Marrow" not in page
        assert page.count("Never yet") == 2


class TestPersonsPages:
    def test_role_is_added_and_ended(self, office):
        """ACC-3: the agency first, then role and team; then ended by its own page."""
        with office.scope():
            member = make_member(agency=make_agency("Oak School"))
            team = make_team(make_agency("Council"), "North")
        person = member.user_id
        chosen = office.post("role_agency", person, data={"agency": str(team.agency_id)})
        assert chosen.url == office.url("role_add", person, team.agency_id)
        done = office.post("role_add", person, team.agency_id, data={"role": "manager", "team": str(team.pk)})
        assert done.url == office.url("person", person)
        page = words(Markup.of(office.get("person", person).content).one("main"))
        assert "Team manager Council, North" in page
        assert "Practitioner Oak School" in page
        with office.scope():
            added = Membership.objects.get(role=Role.MANAGER)
        assert "End this role" in office.get("role_end", added.pk).content.decode()
        assert office.post("role_end", added.pk).url == office.url("person", person)
        assert office.post("role_end", added.pk).status_code == 404
        with office.scope():
            assert [one.role for one in queries.person(person).roles] == [Role.PRACTITIONER]

    def test_same_role_again_says_so(self, office):
        """ACC-3: 409 with its sentence."""
        with office.scope():
            member = make_member()
        answer = office.post("role_add", member.user_id, member.agency_id, data={"role": "practitioner"})
        assert answer.status_code == 409
        assert "already has that role there" in answer.content.decode()

    @pytest.mark.parametrize("data", [{}, {"role": "emperor"}, {"role": "manager", "team": str(uuid.uuid4())}])
    def test_mistakes_come_back(self, office, data):
        """ACC-3: 400, and no role."""
        with office.scope():
            member = make_member(team=make_team())
        assert office.post("role_add", member.user_id, member.agency_id, data=data).status_code == 400

    def test_team_of_another_agency_is_not_offered(self, office):
        """ACC-3: nor taken."""
        with office.scope():
            member, other = make_member(team=make_team()), make_team()
        data = {"role": "manager", "team": str(other.pk)}
        assert office.post("role_add", member.user_id, member.agency_id, data=data).status_code == 400

    def test_person_leaves_and_comes_back(self, office):
        """ACC-3: told what it means before; a bring-back button after."""
        with office.scope():
            member = make_member(agency=make_agency("Oak School"), name="Gwen Stroud")
        person = member.user_id
        before = words(Markup.of(office.get("person_deactivate", person).content).one("main"))
        assert "End all roles of Gwen Stroud" in before
        assert "Accounts and other partnerships are not touched." in before
        office.post("person_deactivate", person)
        page = office.get("person", person).content.decode()
        assert "Has left" in page
        assert "Roles held last" in page
        assert office.post("person_bring_back", person).url == office.url("person", person)
        assert "Works here" in office.get("person", person).content.decode()

    def test_page_says_what_is_led_and_has_no_button(self, office):
        """FAM-9: and a post is refused all the same."""
        with office.scope():
            scene = make_scene()
            make_case(scene)
        page = Markup.of(office.get("person_deactivate", scene.lead.user_id).content)
        assert "leads 1 open case. Hand it over to another colleague first." in page.text(".govuk-warning-text")
        assert page.all("main button") == []
        assert office.post("person_deactivate", scene.lead.user_id).status_code == 409

    def test_administrator_who_goes_is_led_out(self, office):
        """ACC-3: from the next page on the partnership is not there for them; the last one is told why not."""
        assert office.post("person_deactivate", office.admin.user_id).status_code == 409
        with office.scope():
            make_member(role=Role.ADMINISTRATOR)
        assert "End all your own roles here" in office.get("person_deactivate", office.admin.user_id).content.decode()
        assert office.post("person_deactivate", office.admin.user_id).url == "/hats/"
        assert office.get("people").status_code == 404

    def test_page_does_not_tell_whether_they_work_elsewhere(self, office, marrowdale):
        """ACC-6: the same bytes whether they do or not."""
        with office.scope():
            member = make_member()
        before = Markup.of(office.get("person", member.user_id).content).text("main")
        with tenant_scope(marrowdale.pk):
            make_member(user=member.user)
        assert Markup.of(office.get("person", member.user_id).content).text("main") == before

    @pytest.mark.parametrize("name", ["person", "person_deactivate", "role_agency"])
    def test_who_was_never_here_is_not_there(self, office, marrowdale, name):
        """ACC-6: an account of elsewhere, none at all, and a number that no database holds."""
        with tenant_scope(marrowdale.pk):
            elsewhere = make_member().user_id
        answers = [office.get(name, user_id) for user_id in (elsewhere, 99_999_999, 10**30)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1


class TestNextRequest:
    def test_ended_role_is_refused_at_once(self, office, client):
        """ACC-3: with the same session, the very next page."""
        with office.scope():
            member = make_member(role=Role.SCREENER)
            extra = make_member(user=member.user, agency=member.agency, role=Role.ANALYST)
        sign_in(client, member.user)
        queue = f"/{office.partnership.slug}/enquiries/queue/"
        assert client.get(queue).status_code == 200
        office.post("role_end", member.pk)
        assert client.get(queue).status_code == 403
        office.post("role_end", extra.pk)
        assert client.get(queue).status_code == 404

    def test_added_role_counts_at_once(self, office, client):
        """ACC-3: without signing in anew."""
        with office.scope():
            member = make_member()
        sign_in(client, member.user)
        queue = f"/{office.partnership.slug}/enquiries/queue/"
        assert client.get(queue).status_code == 403
        office.post("role_add", member.user_id, member.agency_id, data={"role": "screener"})
        assert client.get(queue).status_code == 200


class TestLastSignIn:
    def test_is_kept_once_for_each_session(self, office, client):
        """ACC-3: the first page of a session writes it, the next does not; another session does again."""
        with office.scope():
            member = make_member()
        first, later = (dt.datetime(2026, 4, day, 9, tzinfo=dt.UTC) for day in (1, 2))
        home = f"/{office.partnership.slug}/"
        client.force_login(member.user, backend="foundation.accounts.backends.PasswordBackend")
        with clock.at(first):
            client.get(home)
        with clock.at(later):
            client.get(home)
        assert self.kept(office, member) == [first]
        client.logout()
        client.force_login(member.user, backend="foundation.accounts.backends.PasswordBackend")
        with clock.at(later):
            client.get(home)
        assert self.kept(office, member) == [later]
        assert "Thu 2 April 2026" in office.get("person", member.user_id).content.decode()

    def test_each_partnership_has_its_own(self, office, marrowdale, client):
        """ACC-6: a visit next door is nobody's business here."""
        with office.scope():
            member = make_member()
        with tenant_scope(marrowdale.pk):
            make_member(user=member.user)
        client.force_login(member.user, backend="foundation.accounts.backends.PasswordBackend")
        client.get(f"/{marrowdale.slug}/")
        assert self.kept(office, member) == []
        client.get(f"/{office.partnership.slug}/")
        assert len(self.kept(office, member)) == 1

    def test_page_does_not_fail_because_of_it(self, office, client, monkeypatch):
        """ACC-3: a person who works is more than a note that they do."""

        def fails(**kwargs):
            raise DataError

        with office.scope():
            member = make_member()
        monkeypatch.setattr("foundation.accounts.services.note_sign_in", fails)
        client.force_login(member.user, backend="foundation.accounts.backends.PasswordBackend")
        assert client.get(f"/{office.partnership.slug}/").status_code == 200

    def test_costs_one_statement(self, office, django_assert_num_queries):
        """ACC-3: also when a moment is kept already."""
        with office.scope():
            by = actor_of(make_member())
            for _ in range(2):
                with django_assert_num_queries(1):
                    services.note_sign_in(by=by)

    @staticmethod
    def kept(office, member) -> list[dt.datetime]:
        with office.scope():
            return list(LastSignIn.objects.filter(user=member.user).values_list("at", flat=True))


def test_closed_agency_is_marked_beside_its_people(office):
    """ACC-3: an administrator sees why somebody cannot come in."""
    with office.scope():
        member = make_member(agency=make_agency("Oak School"))
        services.close_agency(by=office.by, agency_id=member.agency_id)
        assert Agency.objects.filter(active=False).count() == 1
    assert "Oak School (closed): Practitioner" in words(
        Markup.of(office.get("people", query="?role=practitioner").content).one("tbody tr")
    )
