"""The pages of cases through the browser's own requests: list, case page, refusals (CON-2, ACC-6, FAM-8, FAM-10)."""

import datetime as dt
import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from cases import panels, queries, registries
from cases.models import Case
from consent import services as consents
from foundation.accounts.enums import Role
from foundation.audit.models import AccessEntry
from foundation.common import clock
from foundation.common.errors import NotAllowed, NotThere
from foundation.common.ids import new_id
from foundation.tenancy.scope import tenant_scope
from foundation.ui.paging import page_by_key
from tests.cases.asking import statements
from tests.cases.making import AMY, BABY, MOTHER, SEE, TOM, WORK, a_case, make_scene, opened, worker_of
from tests.factories import make_agency, make_member, make_partnership, sign_in


@pytest.fixture
def place(partnership):
    """A partnership with a scene, its scope closed again, as a request finds it."""
    with tenant_scope(partnership.pk):
        return make_scene()


def opened_in(partnership, scene, *args, **kwargs):
    with tenant_scope(partnership.pk):
        return opened(scene, *args, **kwargs)


def browser(partnership, agency, role=Role.PRACTITIONER, user=None):
    with tenant_scope(partnership.pk):
        member = make_member(role=role, agency=agency, user=user)
    return sign_in(Client(), member.user, partnership, agency)


def lead_browser(partnership, scene):
    return sign_in(Client(), scene.lead.user, partnership, scene.lead_agency)


def list_url(partnership, query=""):
    return reverse("cases:list", args=[partnership.slug]) + query


def case_url(partnership, case):
    return reverse("cases:detail", args=[partnership.slug, case.pk if isinstance(case, Case) else case])


def words_of(response):
    text = re.sub(r"<(script|style|head).*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def school(partnership, place):
    with tenant_scope(partnership.pk):
        return make_agency("Fernbank Academy")


class TestList:
    @pytest.mark.parametrize("rows", [1, 3, 25])
    def test_the_list_asks_as_often_for_three_rows_as_for_one(
        self, partnership, place, school, rows, django_assert_num_queries
    ):
        """CON-2: a list is one page of rows by one query, its people by two, and a bounded count."""
        with tenant_scope(partnership.pk):
            for _ in range(rows):
                opened(place, {school: SEE})
            reader = worker_of(school)
            with django_assert_num_queries(1):
                page = page_by_key(queries.newest_cases(reader), order=queries.NEWEST_FIRST, after=None)
        assert len(page.rows) == rows
        client = browser(partnership, school)
        client.get(list_url(partnership))
        asked = statements(lambda: client.get(list_url(partnership)))
        assert len(asked) == 14, "\n".join(asked)

    def test_an_agency_s_list_holds_its_own_open_doors(self, partnership, place, school):
        """CON-2: family, reference, level in the partnership's words, lead; and nobody else's case."""
        case, *_ = opened_in(partnership, place, {school: SEE})
        with tenant_scope(partnership.pk):
            hidden, *_ = opened(place, {make_agency(): SEE}, family_name="Quillfeather")

        text = words_of(browser(partnership, school).get(list_url(partnership)))

        assert "1 case " in text
        assert case.reference in text
        assert "2: Targeted early help" in text
        assert "Sol Benn" in text
        assert "Quillfeather" not in text
        assert hidden.reference not in text

    def test_children_s_ages_are_those_that_consent_lets_know(self, partnership, place, school):
        """CON-2: the lead reads every child's age, another agency those of the children covered."""
        people = [MOTHER, AMY, TOM, BABY]
        with clock.at(dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)):
            opened_in(partnership, place, {school: SEE}, covering=[0, 1], people=people)
            theirs = words_of(browser(partnership, school).get(list_url(partnership)))
            ours = words_of(lead_browser(partnership, place).get(list_url(partnership)))

        assert "8 years" in theirs
        assert "about 4 years" not in theirs
        assert "8 years, about 4 years, due 1 February 2027" in ours

    def test_the_list_narrows_to_what_one_leads(self, partnership, place, school):
        """Filters: all that are open to my agency, those that my agency leads, those that I lead."""
        mine, *_ = opened_in(partnership, place, {school: SEE})
        with tenant_scope(partnership.pk):
            colleague = make_member(agency=place.lead_agency, name="Una Reid")
            place.lead = colleague
            ours, *_ = opened(place, {school: SEE})
            other = make_scene()
            other.lead_agency, other.lead = school, make_member(agency=school)
            theirs, *_ = opened(other, {place.lead_agency: SEE})
        client = sign_in(Client(), mine.lead, partnership, place.lead_agency)

        def shown(query):
            text = words_of(client.get(list_url(partnership, query)))
            return {case for case in (mine, ours, theirs) if case.reference in text}

        assert shown("") == {mine, ours, theirs}
        assert shown("?whose=agency") == {mine, ours}
        assert shown("?whose=mine") == {mine}
        assert shown("?show=everything") == {mine, ours, theirs}

    def test_an_empty_list_says_what_will_appear(self, partnership, place):
        """Screens: empty states teach."""
        client = lead_browser(partnership, place)
        assert "when a family’s consent names your agency" in words_of(client.get(list_url(partnership)))
        for query in ("?whose=mine", "?whose=agency"):
            assert "the case appears here" in words_of(client.get(list_url(partnership, query)))

    def test_pages_follow_each_other_by_key(self, partnership, place, school, monkeypatch):
        """Architecture §4: pages by key, newest first; every case comes once, those of one moment too."""
        monkeypatch.setitem(page_by_key.__kwdefaults__, "size", 2)
        moment = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)
        made = []
        for day in (0, 3, 1, 1, 1):
            with clock.at(moment + dt.timedelta(days=day)):
                made.append(opened_in(partnership, place, {school: SEE})[0])
        expected = sorted(made, key=lambda case: (case.opened_at, case.pk), reverse=True)
        client = browser(partnership, school)

        seen, url = [], list_url(partnership)
        while url:
            page = client.get(url).content.decode()
            seen += re.findall(r"EH-\w{4}-\w{4}", page)
            found = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', page)
            url = list_url(partnership, found.group(1)) if found else ""

        assert seen == [case.reference for case in expected]

    def test_the_newest_page_is_read_from_one_index(self, inside, scene):
        """Architecture §4: no sort and no scan of grants; the index gives an agency's rows in the page's order."""
        from django.db import connection

        reader = worker_of(scene.lead_agency)
        sql, params = queries.newest_cases(reader).order_by(*queries.NEWEST_FIRST)[:26].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_hashjoin = off")
            cursor.execute("SET LOCAL enable_mergejoin = off")
            cursor.execute(f"EXPLAIN {sql}", params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert sql.count('"cases_casegrant" ON') == 1
        assert "grant_newest_first" in plan
        assert "Sort" not in plan


class TestWhoMay:
    @pytest.mark.parametrize("role", list(Role))
    def test_the_pages_at_each_role(self, partnership, place, school, role):
        """Practice model §2: those who work with families see what is open to them; no other role sees a case."""
        case, *_ = opened_in(partnership, place, {school: WORK})
        client = browser(partnership, school, role)
        expected = 200 if role in registries_roles() else 403

        assert client.get(list_url(partnership)).status_code == expected
        response = client.get(case_url(partnership, case))
        assert response.status_code == expected
        assert ("Adeyemi" in response.content.decode()) == (expected == 200)

    def test_inside_a_partnership_somebody_refused_is_told_whom_to_ask(self, partnership, place):
        """ACC-6: 403 with whom to ask, and not a word about the family."""
        case, *_ = opened_in(partnership, place, {place.lead_agency: WORK})
        with tenant_scope(partnership.pk):
            stranger = make_agency()
        response = browser(partnership, stranger).get(case_url(partnership, case))

        assert response.status_code == 403
        text = words_of(response)
        assert "This case is not open to your agency. Ask the Early Help Hub" in text
        for word in ("Adeyemi", case.reference, "Sol Benn"):
            assert word not in text

    def test_across_the_wall_missing_and_forbidden_are_the_same_page(self, partnership, place):
        """ACC-6: another partnership's case answers as an id that nobody gave out, byte for byte."""
        there = make_partnership()
        with tenant_scope(there.pk):
            foreign, *_ = opened(make_scene(), {make_agency(): WORK})
        for role in (Role.PRACTITIONER, Role.ADMINISTRATOR):
            client = browser(partnership, place.lead_agency, role)
            forbidden = client.get(case_url(partnership, foreign))
            missing = client.get(case_url(partnership, new_id()))
            assert forbidden.status_code == missing.status_code == 404
            assert forbidden.content == missing.content
        assert client.get(case_url(there, foreign)).content == missing.content

    def test_the_query_itself_refuses_alike(self, scene):
        """ACC-6: the same through `case_for`, which every room uses."""
        case, _ = a_case(scene)
        with pytest.raises(NotThere):
            queries.case_for(scene.lead_actor, new_id())
        with pytest.raises(NotAllowed, match="Ask the Early Help Hub"):
            queries.case_for(scene.lead_actor, case.pk)
        with pytest.raises(NotAllowed, match="Your role does not open"):
            queries.case_for(worker_of(scene.hub, Role.ANALYST), case.pk)

    def test_the_next_click_after_a_withdrawal_finds_nothing(self, partnership, place, school):
        """CON-2: list and detail are shut for the other agency, and open for the one that leads."""
        case, _, consent = opened_in(partnership, place, {school: WORK})
        client = browser(partnership, school)
        assert client.get(case_url(partnership, case)).status_code == 200
        with tenant_scope(partnership.pk):
            consents.withdraw(by=place.lead_actor, consent_id=consent.pk, told_by="Ruth Adeyemi, by telephone")

        assert client.get(case_url(partnership, case)).status_code == 403
        assert case.reference not in words_of(client.get(list_url(partnership)))
        text = words_of(lead_browser(partnership, place).get(case_url(partnership, case)))
        assert "The family withdrew this consent on" in text
        assert "Withdrawn" in text


def registries_roles():
    from cases.enums import SEEING_ROLES

    return SEEING_ROLES


class TestCasePage:
    def test_the_case_page_answers_its_questions(self, partnership, place, school):
        """Screens, Case: where the family is, who is in it, who may see it and why, what happened last."""
        case, *_ = opened_in(partnership, place, {school: WORK})
        text = words_of(lead_browser(partnership, place).get(case_url(partnership, case)))

        for words in (
            f"Reference {case.reference}",
            "Level of need 2: Targeted early help",
            "Lead Sol Benn",
            "Case opened",
            "Ruth Adeyemi",
            "Child or young person",
            "12 Larch Row",
            "Fernbank Academy",
            "See it and work on it",
            "Leads the case",
            "In force",
            "Family file, Fernbank School office",
            "Opened the case by Ivo Marsh",
            "Opened the case to the agencies that a consent names by Ivo Marsh",
        ):
            assert words in text, words
        assert "left out" not in text

    def test_another_agency_is_told_that_something_is_left_out(self, partnership, place, school):
        """CON-2: people and address outside the consent are left out, and the page says that something is."""
        case, *_ = opened_in(partnership, place, {school: SEE}, covering=[1], information=["education"])
        text = words_of(browser(partnership, school).get(case_url(partnership, case)))

        assert "Amy Adeyemi" in text
        assert "Tom Adeyemi" not in text
        assert "Larch Row" not in text
        assert "Something is left out here" in text
        assert "address and telephone are left out" in text

    def test_consents_of_others_are_not_told(self, partnership, place, school):
        """CON-2: an agency reads the consents that name it; the lead reads all."""
        case, people, _ = opened_in(partnership, place, {school: SEE})
        with tenant_scope(partnership.pk):
            from tests.cases.making import consent_said

            health = make_agency("Harbour Health")
            consents.record_for_case(
                by=place.lead_actor,
                case_id=case.pk,
                people=people,
                **consent_said({health: SEE}, given_by="Femi Adeyemi, father"),
            )
        assert "Femi Adeyemi" not in words_of(browser(partnership, school).get(case_url(partnership, case)))
        assert "Femi Adeyemi" in words_of(lead_browser(partnership, place).get(case_url(partnership, case)))

    def test_a_consent_that_has_ended_is_told_as_such(self, partnership, place, school):
        """CON-1: history stays on the page."""
        case, *_ = opened_in(partnership, place, {school: SEE}, ends_on=clock.today())
        with clock.at(clock.now() + dt.timedelta(days=2)):
            text = words_of(lead_browser(partnership, place).get(case_url(partnership, case)))
        assert "This consent ended on" in text
        assert "Fernbank Academy: see the case" in text

    def test_each_view_is_written_down(self, partnership, place, school):
        """FAM-8: who looked, when; once for each look, none for a refusal."""
        case, *_ = opened_in(partnership, place, {school: SEE})
        client = browser(partnership, school)
        for _ in range(2):
            client.get(case_url(partnership, case))
        with tenant_scope(partnership.pk):
            stranger = make_agency()
        browser(partnership, stranger).get(case_url(partnership, case))

        with tenant_scope(partnership.pk):
            looks = AccessEntry.objects.filter(case_id=case.pk)
            assert [(look.agency_id, look.subject_id) for look in looks] == [(school.pk, case.pk)] * 2

    def test_only_what_was_done_in_this_case_is_told(self, partnership, place, school):
        """Architecture §7: another case's trail does not stand on this page."""
        case, *_ = opened_in(partnership, place, {school: SEE})
        with tenant_scope(partnership.pk):
            place.screener = place.hub_manager
            opened(place, {school: SEE})
            told = queries.latest_happenings(place.lead_actor, case)
        assert {happening.who for happening in told} == {"Ivo Marsh"}

    def test_names_are_escaped_and_kept_in_their_direction(self, partnership, place, school):
        """Trust 17: a name is words, never markup; a right-to-left name stands in its own direction."""
        name = "<b>سلمى</b> 🌻"
        case, *_ = opened_in(partnership, place, {school: SEE}, family_name=name)
        page = browser(partnership, school).get(case_url(partnership, case)).content.decode()
        assert "<b>سلمى" not in page
        assert '<span dir="auto">&lt;b&gt;سلمى&lt;/b&gt; 🌻</span>' in page

    def test_no_name_stands_in_an_address(self, partnership, place, school):
        """Contract of every page: ids in addresses, never names."""
        case, *_ = opened_in(partnership, place, {school: SEE})
        page = browser(partnership, school).get(list_url(partnership)).content.decode()
        addresses = re.findall(r'href="([^"]+)"', page)
        assert any(str(case.pk) in address for address in addresses)
        assert not any("deyemi" in address.lower() for address in addresses)

    def test_the_page_asks_as_often_for_three_people_as_for_one(
        self, partnership, place, school, django_assert_num_queries
    ):
        """The page's queries do not grow with the family or with the agencies let in."""
        small, *_ = opened_in(partnership, place, {school: SEE}, people=[MOTHER])
        with tenant_scope(partnership.pk):
            large, *_ = opened(place, {school: SEE, make_agency(): WORK, make_agency(): SEE})
        client = browser(partnership, school)
        client.get(case_url(partnership, small))
        counts = []
        for case in (small, large):
            from django.db import connection
            from django.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(connection) as captured:
                client.get(case_url(partnership, case))
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 40


class TestRegistries:
    def test_panels_stand_in_order_and_once(self):
        """The page's panels are the rooms' own, in their order."""
        own = registries.Panels()
        own.add("b.html", lambda actor, case, request: {}, order=2)
        own.add("a.html", lambda actor, case, request: {}, order=1)
        own.add("b.html", lambda actor, case, request: {}, order=0)
        assert [panel.template for panel in own] == ["b.html", "a.html"]

    def test_the_first_next_step_is_the_one(self, scene):
        """FAM-10: one next step, from the first room in order that has one."""
        steps = registries.NextSteps()
        steps.add(lambda actor, cases: {case.pk: panels.NextStep("late", "Late", "/late") for case in cases}, order=2)
        steps.add(lambda actor, cases: {}, order=0)
        steps.add(lambda actor, cases: {cases[0].pk: panels.NextStep("first", "Do it", "/first")}, order=1)
        case, _ = a_case(scene)
        assert steps.first(scene.lead_actor, case).words == "first"
        assert registries.NextSteps().first(scene.lead_actor, case) is None

    def test_the_path_is_the_rooms_stages_in_order(self, scene):
        """FAM-10: stages done and to come, in the rooms' order."""
        path = registries.Path()
        path.add(lambda cases: {case.pk: [panels.PathStep("Assessment approved")] for case in cases}, order=5)
        path.add(panels.opened, order=0)
        case, _ = a_case(scene)
        assert [(stage.words, stage.done_on) for stage in path.of(case)] == [
            ("Case opened", clock.today()),
            ("Assessment approved", None),
        ]

    def test_a_verb_without_words_is_not_said(self):
        """The trail is told by the words that rooms gave, and by nothing else."""
        assert registries.Happenings().words("case.opened") is None
        assert panels.happenings.words("case.opened") == "opened the case"
        assert isinstance(new_id(), UUID)
