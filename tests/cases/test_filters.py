"""The list of cases narrowed, and filters that a person keeps (screens, Case list; CON-2)."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import queries, services
from cases.filters import CaseFilters, address
from cases.models import SavedFilter
from consent import services as consents
from foundation.accounts import queries as accounts
from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.common.errors import Invalid, NotAllowed, NotThere
from foundation.common.ids import new_id
from foundation.tenancy.scope import tenant_scope
from foundation.ui.paging import bounded_count, page_by_key
from tests.cases.asking import statements
from tests.cases.making import SEE, a_case, a_consent, make_scene, worker_of
from tests.factories import actor_of, make_member, make_partnership, make_team, sign_in
from tests.markup import Markup, words

START = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)
LEVELS = ("1", "2", "3", "4", "1+")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Ten cases of two leads and two teams at five levels, one a day, and a case of another agency; never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        partnership = make_partnership()
        with tenant_scope(partnership.pk):
            scene = make_scene()
            north, south = (make_team(scene.lead_agency, name) for name in ("North", "South"))
            una = make_member(agency=scene.lead_agency, name="Una Reid")
            facts = {}
            for place in range(10):
                lead = (scene.lead, una)[place % 2]
                team = (north, south, None)[place % 3]
                with clock.at(START + dt.timedelta(days=place)):
                    case, people = a_case(scene, lead=lead.user, team=team, level=LEVELS[place % 5])
                    consent = a_consent(scene, {scene.hub: SEE})
                    consents.open_doors(by=scene.screener, consent_id=consent.pk, case=case, people=people)
                facts[case.pk] = SimpleNamespace(case=case, place=place, lead=lead, team=team, level=LEVELS[place % 5])
            other = make_scene()
            with clock.at(START):
                hidden, people = a_case(other, family_name="Quillfeather")
                consent = a_consent(other, {other.hub: SEE})
                consents.open_doors(by=other.screener, consent_id=consent.pk, case=hidden, people=people)
            manager = make_member(role=Role.MANAGER, team=north, name="Mariam Oyelaran")
        yield SimpleNamespace(
            partnership=partnership, scene=scene, facts=facts, north=north, south=south, una=una, hidden=hidden,
            other=other, manager=manager,
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def world(built):
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


def browser(world, member=None) -> Client:
    member = member or world.scene.lead
    return sign_in(Client(), member.user, world.partnership, member.agency)


def url(world, name="list", *args, query=""):
    return reverse(f"cases:{name}", args=[world.partnership.slug, *args]) + query


def references(response) -> list[str]:
    return re.findall(r"EH-\w{4}-\w{4}", words(Markup.of(response.content).one("main")))


def wanted(world, **said) -> list[str]:
    """The references that a filter leaves, newest first, worked out without the database."""
    left = []
    for one in sorted(world.facts.values(), key=lambda fact: -fact.place):
        opened_on = (START + dt.timedelta(days=one.place)).date()
        if (
            (said.get("whose", "all") != "mine" or one.lead is world.scene.lead)
            and (not said.get("level") or one.level == said["level"])
            and (not said.get("team") or (one.team is not None and str(one.team.pk) == said["team"]))
            and (not said.get("since") or opened_on >= dt.date.fromisoformat(said["since"]))
            and said.get("state") != "closed"
        ):
            left.append(one.case.reference)
    return left


def filters_of(world, actor, data) -> CaseFilters:
    teams = accounts.teams([actor.agency_id])
    return CaseFilters(QueryDict(data), actor=actor, partnership=world.partnership, teams=teams)


class TestNarrowing:
    @pytest.mark.parametrize(
        "said",
        [
            {}, {"whose": "mine"}, {"whose": "agency"}, {"level": "3"}, {"level": "1+"}, {"state": "open"},
            {"state": "closed"}, {"since": "2026-05-07"}, {"level": "2", "whose": "mine", "since": "2026-05-02"},
        ],
    )  # fmt: skip
    def test_the_list_is_what_the_address_says(self, world, said):
        """Screens, Case list: each filter, alone and together, and the count is that of the rows."""
        response = browser(world).get(url(world, query=address(said) if said else ""))
        left = wanted(world, **said)
        assert references(response) == left
        main = words(Markup.of(response.content).one("main"))
        assert (f"{len(left)} case" in main) if left else ("No case matches" in main)

    def test_the_filter_of_a_team_is_of_one_s_own_agency(self, world):
        """Practice model §1: cases are allocated to teams; the list offers those of the reader's agency."""
        said = {"team": str(world.south.pk)}
        response = browser(world).get(url(world, query=address(said)))
        assert references(response) == wanted(world, **said)
        assert "South" in words(Markup.of(response.content).one(".moj-filter-tags"))
        page = Markup.of(browser(world, world.other.lead).get(url(world)).content)
        assert not page.all("#id_team")

    def test_my_team_s_is_for_those_who_have_one(self, world):
        """A manager of one team narrows to it; who works for the whole agency is not offered what would be all."""
        mine = references(browser(world, world.manager).get(url(world, query="?whose=team")))
        assert mine == wanted(world, team=str(world.north.pk))
        page = Markup.of(browser(world).get(url(world)).content)
        assert [one.get("value") for one in page.all("#id_whose option")] == ["all", "agency", "mine"]

    def test_opened_since_counts_from_midnight_in_london(self, world):
        """Dates are days on a wall in London: 23:30 UTC in summer is the next day there."""
        with tenant_scope(world.partnership.pk), clock.at(dt.datetime(2026, 6, 9, 23, 30, tzinfo=dt.UTC)):
            late, _ = a_case(world.scene)
            consent = a_consent(world.scene, {world.scene.hub: SEE})
            consents.open_doors(by=world.scene.screener, consent_id=consent.pk, case=late, people=_)
        client = browser(world)
        assert references(client.get(url(world, query="?since=2026-06-10"))) == [late.reference]
        assert references(client.get(url(world, query="?since=2026-06-11"))) == []

    def test_each_tag_takes_one_filter_away(self, world):
        """MoJ's filter: what narrows the list stands above it, each with a link without it and with the others."""
        said = {"whose": "mine", "level": "2", "since": "2026-05-02"}
        page = Markup.of(browser(world).get(url(world, query=address(said))).content)
        tags = {words(tag): tag.get("href") for tag in page.all(".moj-filter__tag")}
        assert tags == {
            "Take away this filter: I lead": "?whose=all&level=2&since=2026-05-02",
            "Take away this filter: Level 2: Targeted early help": "?whose=mine&since=2026-05-02",
            "Take away this filter: Opened since 2 May 2026": "?whose=mine&level=2",
        }
        assert page.one('a[href="?whose=all"]') is not None

    def test_the_form_sends_a_plain_address_without_script(self, world):
        """Screens: everything works without script: a GET form with a button, its boxes as the address says."""
        query = "?whose=mine&state=&level=2&team=&since_day=2&since_month=5&since_year=2026"
        response = browser(world).get(url(world, query=query))
        assert references(response) == wanted(world, whose="mine", level="2", since="2026-05-02")
        page = Markup.of(response.content)
        assert page.one("main form").get("method") == "get"
        assert page.one("#id_since_month").get("value") == "5"
        assert page.one("#id_level option[selected]").get("value") == "2"

    @pytest.mark.parametrize("rows", [0, 1, 5])
    def test_narrowing_asks_no_more_statements(self, world, rows):
        """Performance: fourteen, narrowed or not, for however many rows."""
        said = {0: {"state": "closed"}, 1: {"level": "2", "whose": "mine"}, 5: {"whose": "mine"}}[rows]
        client = browser(world)
        pages = []
        asked = statements(lambda: pages.append(client.get(url(world, query=address(said)))))
        assert len(references(pages[0])) == rows
        assert len(asked) == (14 if rows else 12), "\n".join(asked)  # no rows have no people

    @pytest.mark.parametrize(("data", "alone"), [("", True), ("since=2026-05-04", True), ("level=2", False)])
    def test_the_count_agrees_with_the_rows_however_it_is_counted(self, world, data, alone):
        """CON-2: of the grants alone, or with the cases: the same number, of what is open today."""
        with tenant_scope(world.partnership.pk):
            for actor in (actor_of(world.scene.lead), actor_of(world.manager), worker_of(world.scene.hub)):
                filters = filters_of(world, actor, data)
                assert bounded_count(filters.countable).number == filters.qs.count()
                assert (filters.countable.model.__name__ == "CaseGrant") is alone

    def test_the_list_holds_no_more_of_people_than_it_shows(self, world):
        """CON-2: neither addresses nor anybody's password are fetched for a list."""
        with tenant_scope(world.partnership.pk):
            sql = str(queries.newest_cases(actor_of(world.scene.lead)).query)
        for column in ('"address"', '"phone"', '"password"', '"email"', '"home_key"'):
            assert column not in sql


ODD = st.one_of(
    st.text(max_size=40), st.sampled_from(["mine", "team", "all", "2", "closed", "2026-02-30", "-1", "\x00"])
)


class TestHostile:
    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("?level=9", "That level cannot be chosen here"),
            ("?state=gone", "That state cannot be chosen here"),
            ("?whose=everybody", "Whose cases cannot be chosen here"),
            ("?team=01a2070f-ad4f-7380-8fe4-6e32fa67e1d6", "That team cannot be chosen here"),
            ("?team=x", "That team cannot be chosen here"),
            ("?level=" + "x" * 10_000, "That level cannot be chosen here"),
            ("?since_day=30&since_month=2&since_year=2026", "must be a real date"),
            ("?since_day=1", "must include a month and year"),
            ("?since_day=1&since_month=1&since_year=99999", "must be a real date"),
        ],
    )
    def test_what_cannot_be_is_said_and_narrows_nothing(self, world, query, sentence):
        """Bad input: a sentence with the list as it is without it; never an error page."""
        response = browser(world).get(url(world, query=query))
        assert response.status_code == 200
        assert sentence in words(Markup.of(response.content).one(".govuk-error-summary"))
        assert references(response) == wanted(world)

    @pytest.mark.parametrize("query", ["?since=rubbish", "?since=2026-99-99", "?since=%00", "?unknown=1", "?after=x"])
    def test_what_means_nothing_is_left_out(self, world, query):
        """Bad input: an address that somebody typed."""
        response = browser(world).get(url(world, query=query))
        assert (response.status_code, references(response)) == (200, wanted(world))

    def test_a_good_filter_holds_beside_a_bad_one(self, world):
        """Bad input: one mistake does not throw the rest away."""
        response = browser(world).get(url(world, query="?whose=mine&level=nine"))
        assert references(response) == wanted(world, whose="mine")

    def test_another_agency_s_team_is_no_way_in(self, world):
        """Trust 1: an id from elsewhere tells nothing, not even that there is such a team."""
        theirs = browser(world, world.other.lead)
        known = theirs.get(url(world, query=f"?team={world.north.pk}"))
        unknown = theirs.get(url(world, query=f"?team={new_id()}"))
        assert references(known) == references(unknown) == [world.hidden.reference]
        assert "North" not in words(Markup.of(known.content).one("main"))

    @given(data=st.dictionaries(st.sampled_from(["whose", "state", "level", "team", "since", "after"]), ODD))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_no_address_shows_what_visible_to_does_not(self, world, data):
        """CON-2, trust 1: whatever stands in the address, the rows are among those that are open to the agency."""
        with tenant_scope(world.partnership.pk):
            actor = actor_of(world.scene.lead)
            filters = filters_of(world, actor, urlencode(data))
            rows = set(filters.qs.values_list("pk", flat=True))
            assert rows <= set(queries.visible_to(actor).values_list("pk", flat=True)) == set(world.facts)
            assert filters.said["whose"] in {"all", "agency", "mine"}
            again = filters_of(world, actor, address(filters.said)[1:])
            assert again.said == filters.said
            assert set(again.qs.values_list("pk", flat=True)) == rows

    @given(
        said=st.fixed_dictionaries(
            {"whose": st.sampled_from(["all", "mine", "agency"])},
            optional={"level": st.sampled_from(LEVELS), "since": st.sampled_from(["2026-05-03", "2026-05-08"])},
        ),
        size=st.integers(1, 6),
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_paging_shows_each_row_once(self, world, said, size):
        """Architecture §4: page by page, narrowed in any way, every case exactly once and newest first."""
        with tenant_scope(world.partnership.pk):
            filters = filters_of(world, actor_of(world.scene.lead), urlencode(said))
            seen, after = [], ""
            while True:
                page = page_by_key(filters.qs, order=queries.NEWEST_FIRST, after=after, size=size)
                seen += [case.reference for case in page.rows]
                after = page.next
                if not after:
                    break
        assert seen == wanted(world, **said)

    def test_a_colleague_elsewhere_never_sees_them(self, world):
        """CON-2, ACC-6: another agency has its own list; another partnership has no such page."""
        theirs = references(browser(world, world.other.lead).get(url(world, query="?whose=all")))
        assert theirs == [world.hidden.reference]
        elsewhere = make_partnership()
        with tenant_scope(elsewhere.pk):
            stranger = make_member()
        client = sign_in(Client(), stranger.user, elsewhere, stranger.agency)
        assert client.get(url(world)).status_code == 404
        assert references(client.get(reverse("cases:list", args=[elsewhere.slug]))) == []


class TestKept:
    def save(self, world, name="High, North", query="?whose=mine&level=3", **more):
        data = {"name": name, **more}
        return browser(world).post(url(world, "filter_new", query=query), data)

    def own(self, world):
        with tenant_scope(world.partnership.pk):
            return list(queries.saved_filters(actor_of(world.scene.lead)))

    def test_a_filter_is_named_and_found_again_above_the_list(self, world):
        """Screens: save, find, open; what is kept are codes alone."""
        page = browser(world).get(url(world, query="?whose=mine&level=3"))
        assert url(world, "filter_new", query="?whose=mine&amp;level=3") in page.content.decode()
        answer = self.save(world)
        assert (answer.status_code, answer["Location"]) == (302, url(world, query="?whose=mine&level=3"))
        (kept,) = self.own(world)
        assert (kept.name, kept.query, kept.is_default) == ("High, North", {"whose": "mine", "level": "3"}, False)
        page = Markup.of(browser(world).get(answer["Location"]).content)
        chosen = page.one('nav[aria-label="Your filters"] a[aria-current="page"]')
        assert (words(chosen), chosen.get("href")) == ("High, North", "?whose=mine&level=3")

    def test_the_default_opens_the_list_and_the_address_says_so(self, world):
        """Screens: one of them may be the default; all cases are one click away."""
        self.save(world, is_default="on")
        client = browser(world)
        answer = client.get(url(world))
        assert (answer.status_code, answer["Location"]) == (302, url(world, query="?whose=mine&level=3"))
        assert references(client.get(url(world, query="?whose=all"))) == wanted(world)
        assert browser(world, world.una).get(url(world)).status_code == 200

    def test_there_is_one_default(self, world):
        """A second default takes the first one's place; the database holds no two."""
        self.save(world, is_default="on")
        self.save(world, name="Other", is_default="on")
        assert [one.name for one in self.own(world) if one.is_default] == ["Other"]
        with tenant_scope(world.partnership.pk), pytest.raises(IntegrityError), transaction.atomic():
            SavedFilter.objects.update(is_default=True)

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("", "Enter a name"), ("   ", "Enter a name"), ("HIGH, north", "a filter of this name already"),
            ("x" * 61, "60 characters or fewer"), ("a\u202eb", "hidden character"),
        ],
    )  # fmt: skip
    def test_a_name_that_cannot_be_is_refused_with_its_words_kept(self, world, name, sentence):
        """Bad input: missing, taken (however it is capitalised), too long, or with something hidden in it."""
        self.save(world)
        answer = self.save(world, name=name)
        assert answer.status_code == 400
        assert sentence in words(Markup.of(answer.content).one("main"))
        assert len(self.own(world)) == 1

    def test_twenty_are_enough(self, world):
        """Bad input: the twenty-first is refused with what to do."""
        with tenant_scope(world.partnership.pk):
            by = actor_of(world.scene.lead)
            for number in range(services.MOST_FILTERS):
                services.save_filter(by=by, name=f"Filter {number}", query={"whose": "all"})
        answer = self.save(world)
        assert answer.status_code == 400
        assert "You have 20 filters. Delete one" in words(Markup.of(answer.content).one("main"))

    @pytest.mark.parametrize(
        "query", [{"name": "Adeyemi"}, {"whose": "Ruth Adeyemi"}, {"level": "x" * 81}, {"user_id": "4"}]
    )
    def test_only_codes_are_kept(self, world, query):
        """Trust 5: no other field is written, and no name gets into what stands in an address."""
        with tenant_scope(world.partnership.pk), pytest.raises(Invalid):
            services.save_filter(by=actor_of(world.scene.lead), name="Mine", query=query)

    def test_renamed_and_deleted(self, world):
        """Screens: from the page of one's filters, each with what it shows."""
        self.save(world)
        (kept,) = self.own(world)
        client = browser(world)
        page = words(Markup.of(client.get(url(world, "filters")).content).one("main"))
        assert "I lead, Level 3: Child in need" in page
        client.post(url(world, "filter", kept.pk), {"name": "High", "is_default": "on"})
        assert [(one.name, one.is_default) for one in self.own(world)] == [("High", True)]
        client.post(url(world, "filter", kept.pk), {"name": "High"})
        assert [(one.name, one.is_default, one.query) for one in self.own(world)] == [("High", False, kept.query)]
        answer = client.post(url(world, "filter_delete", kept.pk), follow=True)
        assert "You have saved no filter yet" in words(Markup.of(answer.content).one("main"))

    def test_nobody_else_s_can_be_seen_or_touched(self, world):
        """ACC-6: a colleague's filter is not there, for the page as for the service; a second hat has its own."""
        self.save(world)
        (kept,) = self.own(world)
        una = browser(world, world.una)
        assert una.get(url(world, "filter", kept.pk)).status_code == 404
        assert una.post(url(world, "filter", kept.pk), {"name": "Mine now"}).status_code == 404
        assert una.post(url(world, "filter_delete", kept.pk)).status_code == 404
        with tenant_scope(world.partnership.pk):
            other_hat = actor_of(make_member(agency=world.scene.hub, user=world.scene.lead.user))
            assert list(queries.saved_filters(other_hat)) == []
            with pytest.raises(NotThere):
                services.delete_filter(by=other_hat, filter_id=kept.pk)
            with pytest.raises(NotAllowed):
                services.save_filter(by=worker_of(world.scene.hub, Role.ANALYST), name="x", query={})
        assert [one.name for one in self.own(world)] == ["High, North"]

    def test_a_team_that_is_no_longer_there_is_said(self, world):
        """A filter outlives what it names: the list opens without it and says so."""
        with tenant_scope(world.partnership.pk):
            query = {"whose": "all", "team": str(new_id()), "level": "3"}
            services.save_filter(by=actor_of(world.scene.lead), name="Old team", query=query)
        response = browser(world).get(url(world, query=address(query)))
        assert references(response) == wanted(world, level="3")
        assert "That team cannot be chosen here" in words(Markup.of(response.content).one("main"))

    def test_names_are_words_and_never_markup(self, world):
        """Trust 17: on the list, on the page of filters and in a form."""
        self.save(world, name="<script>alert(1)</script>")
        (kept,) = self.own(world)
        for name, args in (("list", []), ("filters", []), ("filter", [kept.pk])):
            page = Markup.of(browser(world).get(url(world, name, *args, query="?whose=all")).content)
            assert not page.all("main script")
