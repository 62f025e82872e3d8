"""The clocks of cases on their pages: the case page, its name bar, the list (CLK-2, screens: Case)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from cases import clocks, queries, services
from cases.enums import ContactResult
from cases.models import Case, Contact
from foundation.common import clock
from foundation.deadlines import services as deadlines
from foundation.deadlines.models import Deadline
from foundation.partnership.enums import ClockKind
from foundation.partnership.queries import current_policy
from foundation.tenancy.scope import tenant_scope
from tests.cases.asking import statements
from tests.factories import make_partnership, sign_in
from tests.limits import adopt
from tests.markup import Markup, words
from tests.walks import make_case, make_scene

MONDAY = dt.datetime(2026, 4, 20, 10, 30, tzinfo=clock.LONDON)
CONTACT = "First contact sought, due Thu 23 April 2026"


@pytest.fixture
def place(db):
    """A partnership with limits, on a Monday; its scope is closed, as a request finds it."""
    partnership = make_partnership()
    with clock.at(MONDAY):
        with tenant_scope(partnership.pk):
            scene = make_scene()
            adopt(scene.actor("lead"))
        partnership.refresh_from_db()
        yield SimpleNamespace(partnership=partnership, scene=scene, scope=lambda: tenant_scope(partnership.pk))


def case_in(place, **said) -> Case:
    with place.scope():
        return make_case(place.scene, **said)


def client(place, who: str = "lead") -> Client:
    member = getattr(place.scene, who)
    return sign_in(Client(), member.user, place.partnership, member.agency)


def url(place, name: str, *ids) -> str:
    return reverse(f"cases:{name}", args=[place.partnership.slug, *ids])


def main(answer) -> str:
    assert answer.status_code in {200, 400}, answer.status_code
    return words(Markup.of(answer.content).one("main"))


def form(place, case: Case, answer, **said) -> dict[str, str]:
    """What the form of a page holds by default, with these answers."""
    page = Markup.of(answer.content)
    fields = {one.get("name"): one.get("value", "") for one in page.all("main input") if one.get("type") != "radio"}
    return {name: value for name, value in fields.items() if name and name != "csrfmiddlewaretoken"} | said


def test_the_case_page_shows_its_clocks_and_the_next_in_the_name_bar(place):
    """Screens, Case: what is due when, high on the page, each with the way to its arithmetic."""
    case = case_in(place)
    answer = client(place).get(url(place, "detail", case.pk))
    page = Markup.of(answer.content)
    bar = words(page.one(".eh-name-bar"))
    assert CONTACT in bar
    assert "3 working days left" in bar
    told = main(answer)
    for label in ("First contact sought", "Family engaged", "Assessment started"):
        assert label in told
    assert told.index("Clocks") < told.index("The family")
    assert [one for one in page.all("main .eh-clock a") if "/clocks/" in one.get("href", "")]


def test_an_ended_clock_says_whether_it_was_met(place):
    """CLK-2: in words, folded below those that run."""
    case = case_in(place)
    with clock.at(MONDAY + dt.timedelta(days=4)):
        with place.scope():
            services.record_contact(
                by=place.scene.actor("lead"), case_id=case.pk, at=clock.now(), how="phone", result="reached"
            )
        page = Markup.of(client(place).get(url(place, "detail", case.pk)).content)
    folded = words(page.one("details .govuk-details__text .govuk-list"))
    assert "First contact sought" in folded
    assert "Met late" in folded
    assert "First contact" not in words(page.one(".eh-name-bar"))


def test_a_paused_clock_gives_way_to_one_that_runs(place):
    """Screens: what comes next is what runs out next."""
    case = case_in(place)
    with place.scope():
        one = Deadline.objects.get(subject_id=case.pk, kind=ClockKind.FIRST_CONTACT)
        reason = current_policy().pause_reasons[0]
        deadlines.pause_clock(by=place.scene.actor("lead"), deadline_id=one.pk, reason=reason)
        line = clocks.next_line(Case.objects.get(pk=case.pk), place.partnership)
    assert line.label == "Family engaged"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_once_for_the_clocks_of_its_rows(place, rows):
    """Lists: a literal number of statements with a policy in force, whatever the number of rows."""
    for number in range(rows):
        case_in(place, family_name=f"Family {number}")
    reader = client(place)
    reader.get(url(place, "list"), {"whose": "all"})
    answers = []
    asked = statements(lambda: answers.append(reader.get(url(place, "list"), {"whose": "all"})))
    assert main(answers[0]).count(CONTACT) == rows
    assert len(asked) == 14, "\n".join(asked)


def test_the_case_page_asks_the_same_with_many_clocks_and_contacts(place):
    """Pages: no question for each clock, none for each contact."""
    case, reader = case_in(place), client(place)
    reader.get(url(place, "detail", case.pk))
    few = len(statements(lambda: reader.get(url(place, "detail", case.pk))))
    with place.scope():
        for _ in range(3):
            services.record_contact(
                by=place.scene.actor("lead"), case_id=case.pk, at=clock.now(), how="text", result="attempted"
            )
    many = len(statements(lambda: reader.get(url(place, "detail", case.pk))))
    assert many <= few


def test_my_cases_are_ordered_by_their_next_clock(place):
    """Screens, My work: soonest first; a case without a clock comes after, the newest first."""
    with clock.at(MONDAY - dt.timedelta(days=2)):
        older = case_in(place, family_name="Older")
    newer = case_in(place, family_name="Newer")
    with place.scope():
        bare = make_case(place.scene, family_name="Bare")
        for subject in (bare.pk, bare.assessments.get().pk):
            deadlines.cancel_clocks(by=place.scene.actor("lead"), subject_id=subject, reason="mistake")
        mine = queries.newest_cases(place.scene.actor("lead"), whose="mine")
        assert [case.pk for case in queries.by_next_clock(mine)] == [older.pk, newer.pk, bare.pk]


def test_contact_is_recorded_by_phone_in_a_moment(place):
    """Screens: the form stands at now; two answers are enough. The case says that it was recorded, once."""
    case = case_in(place)
    with clock.at(MONDAY + dt.timedelta(hours=4)):
        lead = client(place)
        page = lead.get(url(place, "contact", case.pk))
        sent = form(place, case, page, result="reached", how="phone")
        assert (sent["on_day"], sent["at"]) == ("20", "2:30pm")
        for _ in range(2):
            assert lead.post(url(place, "contact", case.pk), sent).status_code == 302
        told = main(lead.get(url(place, "detail", case.pk)))
    assert "The contact is recorded." in told
    assert "Reached last on Mon 20 April 2026." in told
    assert "Lena Ward" in told
    with place.scope():
        assert Contact.objects.count() == 1
        assert Contact.objects.get().result == ContactResult.REACHED


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"at": "quarter to"}, "The time must be a time of day, such as 2:30pm or 14:30"),
        ({"at": ""}, "Enter the time"),
        ({"at": "25:00"}, "must be a time of day"),
        ({"at": "11:59pm"}, "The contact must be in the past"),
        ({"on_day": "21"}, "The day must be in the past"),
        ({"on_day": "19"}, "The contact must be after the enquiry"),
        ({"on_day": "31"}, "The day must be a real date"),
        ({"result": ""}, "Select whether you reached them"),
        ({"how": "pigeon"}, "Select one of the answers shown"),
        ({"note": "\u202eabc"}, "note"),
        ({"form_key": "nonsense", "result": ""}, "Select whether you reached them"),
    ],
)
def test_what_cannot_be_stands_beside_its_field(place, said, sentence):
    """Bad input: 400 with a sentence, never a 5xx; nothing is kept."""
    case, lead = case_in(place), client(place)
    sent = form(place, case, lead.get(url(place, "contact", case.pk)), result="attempted", how="visit")
    answer = lead.post(url(place, "contact", case.pk), {**sent, **said})
    assert answer.status_code == 400
    assert sentence in main(answer)
    with place.scope():
        assert not Contact.objects.exists()


def test_the_page_of_every_contact(place):
    """CON-2: what the panel shows three of stands whole here; reading it is a look."""
    case = case_in(place)
    with place.scope():
        for number in range(5):
            services.record_contact(
                by=place.scene.actor("lead"), case_id=case.pk, at=clock.now(), how="phone", result="attempted",
                note=f"Call {number}",
            )  # fmt: skip
    lead = client(place)
    assert "Every contact" in main(lead.get(url(place, "detail", case.pk)))
    told = main(lead.get(url(place, "contacts", case.pk)))
    assert all(f"Call {number}" in told for number in range(5))
    assert "Call 1" not in main(client(place, "nurse").get(url(place, "contacts", case.pk)))


def test_who_only_reads_is_not_offered_the_form(place):
    """CON-2: no link that leads to a refusal."""
    case, nurse = case_in(place), client(place, "nurse")
    assert "Record contact" not in main(nurse.get(url(place, "detail", case.pk)))
    assert nurse.get(url(place, "contact", case.pk)).status_code == 403
