"""My work: what is late and due soon, for workers and for managers (CLK-2, REP-4, screens: My work)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client

from cases import services as cases
from foundation.common import clock
from foundation.deadlines import queries
from foundation.deadlines import services as deadlines
from foundation.deadlines.calendar import Calendar
from foundation.deadlines.models import Deadline
from foundation.partnership.enums import ClockKind
from foundation.tenancy.scope import tenant_scope
from tests.cases.asking import statements
from tests.factories import make_partnership, sign_in
from tests.limits import adopt
from tests.markup import Markup, words
from tests.walks import make_case, make_scene

MONDAY = dt.datetime(2026, 4, 20, 10, 30, tzinfo=clock.LONDON)
DUE, MINE = 'section[aria-labelledby="due"]', 'section[aria-labelledby="cases"]'


@pytest.fixture
def place(db):
    partnership = make_partnership()
    with clock.at(MONDAY):
        with tenant_scope(partnership.pk):
            scene = make_scene()
            adopt(scene.actor("lead"))
        yield SimpleNamespace(partnership=partnership, scene=scene)


def case_in(place, name: str = "Abara family", at: dt.datetime = MONDAY):
    with clock.at(at), tenant_scope(place.partnership.pk):
        return make_case(place.scene, family_name=name)


def home(place, who: str = "lead") -> Markup:
    answer = sign_in(Client(), place.scene.user(who)).get(f"/{place.partnership.slug}/")
    assert answer.status_code == 200
    return Markup.of(answer.content)


def test_my_work_begins_with_what_is_late_and_due(place):
    """Screens, My work: soonest first, each with the one button to where it is done."""
    late = case_in(place, "Late family", MONDAY - dt.timedelta(days=4))
    case_in(place, "Later family")
    page = home(place)
    assert words(page.all("main h2")[0]) == "Late and due soon"
    lines = page.all(f"{DUE} .eh-waiting__item")
    assert len(lines) == 6
    first = words(lines[0])
    for told in ("Late family", late.reference, "Family engaged" if "engaged" in first else "First contact sought"):
        assert told in first
    assert "late" in first
    links = {words(one): one.get("href", "") for line in lines for one in line.iter("a") if one.get("role") == "button"}
    assert links["Record contact: Late family, First contact sought"].endswith(f"/cases/{late.pk}/contact/")
    assert "/assessments/" in links["Write the assessment: Later family, Assessment started"]


def test_another_worker_finds_none_of_it(place):
    """Screens: a worker's own clocks, not the team's."""
    case_in(place)
    assert not home(place, "colleague").all(DUE)
    assert not home(place, "teacher").all(DUE)


def test_a_case_says_its_next_clock_and_the_soonest_comes_first(place):
    """Screens, My work: my cases by next clock, one line each."""
    case_in(place, "Second family")
    case_in(place, "First family", MONDAY - dt.timedelta(days=1))
    lines = [words(one) for one in home(place).all(f"{MINE} .eh-waiting__item")]
    assert [line.split(" EH-")[0] for line in lines] == ["First family", "Second family"]
    assert "due Wed 22 April 2026" in lines[0]
    assert "Record contact" in lines[0]


def test_ten_lines_and_a_word_that_there_is_more(place):
    """Screens, My work: five minutes between lessons."""
    for number in range(4):
        case_in(place, f"Family {number}")
    page = home(place)
    assert len(page.all(f"{DUE} .eh-waiting__item")) == 10
    assert "There is more" in page.text(DUE)


def test_a_manager_counts_late_today_and_soon_and_finds_the_requests(place):
    """REP-4: of the team, in one glance, each with the way to the list."""
    for days in (5, 3, 0):
        case_in(place, f"Family {days}", MONDAY - dt.timedelta(days=days))
    with tenant_scope(place.partnership.pk):
        one = Deadline.objects.filter(kind=ClockKind.ASSESSMENT_STARTED).latest("started_at")
        deadlines.ask_for_more_time(
            by=place.scene.actor("lead"), deadline_id=one.pk, until=dt.date(2026, 5, 29), reason="Dad is away."
        )
        bands = queries.bands_of(queries.managed_by(place.scene.actor("manager")), clock.now(), Calendar())
    page = home(place, "manager")
    told = page.text(DUE)
    assert f"{bands.late} late now" in told
    assert f"{bands.today} due today" in told
    assert f"{bands.soon} due in the next five working days" in told
    assert (bands.late > 0, bands.today > 0, bands.soon > 0, bands.more) == (True, True, True, False)
    assert "1 request for more time to answer" in told
    assert not home(place, "other_manager").text(DUE).count("request")
    for link in page.all(f"{DUE} a"):
        answer = sign_in(Client(), place.scene.user("manager")).get(link.get("href", ""))
        assert answer.status_code == 200


def test_counting_stops_at_its_limit(place, monkeypatch):
    """Architecture §4: a count ends somewhere, and says so."""
    for number in range(2):
        case_in(place, f"Family {number}", MONDAY - dt.timedelta(days=5))
    monkeypatch.setattr(queries, "COUNTED", 3)
    with tenant_scope(place.partnership.pk):
        bands = queries.bands_of(queries.managed_by(place.scene.actor("manager")), clock.now(), Calendar())
    assert bands == queries.Bands(late=2, today=1, soon=0, more=True)


def test_a_met_clock_leaves_the_page(place):
    """CLK-1: done is done."""
    case = case_in(place)
    assert "First contact" in home(place).text(DUE)
    with tenant_scope(place.partnership.pk):
        cases.record_contact(
            by=place.scene.actor("lead"), case_id=case.pk, at=clock.now(), how="phone", result="attempted"
        )
    told = home(place).text(DUE)
    assert "First contact" not in told
    assert "Family engaged" in told


@pytest.mark.parametrize("rows", [1, 3])
def test_a_lead_with_clocks_costs_a_literal_number_of_statements(place, rows):
    """Lists: the same for one row and for three, with a policy in force."""
    for number in range(rows):
        case_in(place, f"Family {number}")
    client = sign_in(Client(), place.scene.user("lead"))
    client.get(f"/{place.partnership.slug}/")
    asked = statements(lambda: client.get(f"/{place.partnership.slug}/"))
    assert len(asked) == 15, "\n".join(asked)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_manager_with_clocks_costs_a_literal_number_of_statements(place, rows):
    """Lists: counts are one question for all three."""
    for number in range(rows):
        case_in(place, f"Family {number}")
    client = sign_in(Client(), place.scene.user("manager"))
    client.get(f"/{place.partnership.slug}/")
    asked = statements(lambda: client.get(f"/{place.partnership.slug}/"))
    assert len(asked) == 16, "\n".join(asked)
