"""The administrator's pages of clocks and working days: read, changed, refused in words (CLK-1, CLK-4, CLK-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from foundation.accounts.enums import Role
from foundation.common import clock
from foundation.common.bank_holidays import bank_holidays
from foundation.common.clock import LONDON
from foundation.common.errors import Invalid
from foundation.partnership import queries
from foundation.partnership.enums import ClockKind, Standing
from foundation.partnership.models import PathwayPolicy
from foundation.partnership.services import add_closure_days
from foundation.tenancy.scope import tenant_scope
from tests.deadlines.office import days, step, values_of
from tests.factories import make_member, make_partnership, sign_in
from tests.markup import Markup
from tests.partnership.conftest import place
from tests.partnership.founding import Place
from tests.trust.payloads import PAYLOADS
from tests.trust.stage import openings_in

__all__ = ["place"]
pytestmark = pytest.mark.django_db

# What every page of setting up asks, and the newest version; a form asks for kept words besides.
QUERIES = 15
WITH_FORM = QUERIES + 1


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """A day before Easter 2026."""
    with clock.at(dt.datetime(2026, 3, 10, 9, 0, tzinfo=LONDON)):
        yield


@pytest.fixture
def browser(place: Place) -> Client:
    return place.browser()


def page_of(browser: Client, url: str, status: int = 200) -> Markup:
    answer = browser.get(url)
    assert answer.status_code == status
    return Markup.of(answer.content)


def held(place: Place) -> Any:
    with tenant_scope(place.partnership.pk):
        return queries.current_policy()


def versions(place: Place) -> int:
    with tenant_scope(place.partnership.pk):
        return PathwayPolicy.objects.count()


def clock_url(place: Place, kind: str = "screening_decision") -> str:
    return place.url(f"clocks/{kind}/")


def sent_with(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page's form holds, with some boxes changed."""
    return values_of(page_of(browser, url)) | changes


def test_every_kind_of_clock_stands_in_the_list(place: Place, browser: Client) -> None:
    """CLK-1: each kind with its limit, its start and who is reminded; the ones without a limit as well."""
    page = page_of(browser, place.url("clocks/"))
    for kind in ClockKind:
        (row,) = page.by_id(kind.value)
        assert kind.label in " ".join(row.itertext())
    text = page.text("main")
    assert "1 working day from receiving the enquiry" in text
    assert "The worker when it is due" in text
    assert text.count("No limit") == sum(held(place).clock(kind) is None for kind in ClockKind)


def test_the_list_asks_the_same_with_one_version_as_with_many(
    place: Place, browser: Client, django_assert_num_queries: Any
) -> None:
    """A literal number of statements, for 1 and for 3 versions and closure days."""
    urls = [place.url("clocks/"), place.url("clocks/days/"), clock_url(place)]
    for _ in range(2):
        for url in urls:
            browser.get(url)
            with django_assert_num_queries(WITH_FORM if url == clock_url(place) else QUERIES):
                browser.get(url)
        with tenant_scope(place.partnership.pk):
            for number in range(3):
                version = queries.current_policy().version
                if (dt.date(2026, 12, 28 + number + 1)) not in queries.current_policy().closure_days:
                    day = (dt.date(2026, 12, 29 + number), "Closed")
                    add_closure_days(by=place.actor, version=version, days=[day])


def test_a_limit_is_changed(place: Place, browser: Client) -> None:
    """CLK-1: the form holds what stands; saved, it is the next version, the partnership's own; the old one stays."""
    url = clock_url(place)
    sent = sent_with(browser, url)
    assert (sent["limit"], sent["length"], sent["unit"], sent["start"]) == (
        "yes", "1", "working_days", "enquiry_received",
    )  # fmt: skip
    answer = browser.post(url, sent | {"length": "3", "approval_first": "on"})
    assert answer["Location"] == place.url("clocks/")
    now = held(place)
    assert now.version == 2
    found = now.clock(ClockKind.SCREENING_DECISION)
    assert found.length.in_words == "3 working days"
    assert found.approval_first
    assert found.reminders is None
    assert now.held["screening_decision"].standing is Standing.OWN
    main = page_of(browser, place.url("clocks/")).text("main")
    assert "Saved. This is now version 2" in main
    assert "3 working days from receiving the enquiry, more time only if granted before it is due" in main
    then = page_of(browser, place.url("clocks/versions/1/")).text("main")
    assert "1 working day from receiving the enquiry" in then
    assert "Change" not in then
    changes = page_of(browser, place.url("changes/")).text("main")
    assert "A clock’s limit or reminders changed" in changes


def test_saving_what_stands_changes_nothing(place: Place, browser: Client) -> None:
    """CLK-2: no version without a difference, for every kind of clock."""
    for kind in ClockKind:
        url = clock_url(place, kind.value)
        answer = browser.post(url, sent_with(browser, url), follow=True)
        assert "Nothing was changed" in Markup.of(answer.content).text("main"), kind
    for path in ("clocks/days/hours/", "clocks/pause-reasons/"):
        browser.post(place.url(path), sent_with(browser, place.url(path)))
    assert versions(place) == 1


def test_a_limit_is_taken_away_and_given_again(place: Place, browser: Client) -> None:
    """CLK-1: no limit is an answer as well; a kind that no preset names takes one."""
    browser.post(clock_url(place), sent_with(browser, clock_url(place), limit="no"))
    assert held(place).clock(ClockKind.SCREENING_DECISION) is None
    url = clock_url(place, "contribution")
    sent = sent_with(browser, url, limit="yes", length="2", unit="weeks", start="contribution_asked")
    assert browser.post(url, sent).status_code == 302
    assert held(place).clock(ClockKind.CONTRIBUTION).in_words == "2 weeks from asking for it"
    assert "2 weeks from asking for it" in page_of(browser, place.url("pathway/")).text("main")


def test_what_the_page_does_not_ask_for_stays(place: Place, browser: Client) -> None:
    """CLK-1: changing a review's length keeps that a case may have its own interval."""
    before = held(place).clock(ClockKind.REVIEW)
    url = clock_url(place, "review")
    browser.post(url, sent_with(browser, url, length="7"))
    after = held(place).clock(ClockKind.REVIEW)
    assert (after.by_need, after.again, after.manager, after.meetings) == (
        before.by_need, before.again, before.manager, before.meetings,
    )  # fmt: skip
    assert after.length.count == 7


def test_reminders_of_ones_own_are_added_and_taken_away_without_script(place: Place, browser: Client) -> None:
    """CLK-5: up to six steps, by buttons that post the page; what was typed stays."""
    url = clock_url(place, "joint_visit")
    sent = sent_with(browser, url, reminding="own")
    assert sent["steps-TOTAL_FORMS"] == "3"
    answer = browser.post(url, sent | {"steps-add": "1", "length": "40"})
    page = Markup.of(answer.content)
    again = values_of(page)
    assert (again["steps-TOTAL_FORMS"], again["length"], again["steps-0-when"]) == ("4", "40", "before")
    assert "There is a problem" not in page.text("main")
    again |= step(3, "after", 5, "working_days", "hub")
    answer = browser.post(url, again | {"steps-remove-1": "1"})
    again = values_of(Markup.of(answer.content))
    assert again["steps-TOTAL_FORMS"] == "3"
    assert again["steps-2-to"] == "hub"
    assert browser.post(url, again).status_code == 302
    steps = held(place).clock(ClockKind.JOINT_VISIT).reminders
    assert [one.in_words for one in steps] == [
        "the worker 1 working day before",
        "the team’s manager 1 working day after",
        "the hub’s manager 5 working days after",
    ]
    assert "The hub’s manager 5 working days after" in page_of(browser, place.url("clocks/")).text("main")
    browser.post(url, sent_with(browser, url, reminding="nobody"))
    assert held(place).clock(ClockKind.JOINT_VISIT).reminders == ()


BAD_CLOCKS: list[tuple[dict[str, str], str]] = [
    ({"limit": ""}, "Select whether there is a limit"),
    ({"length": ""}, "Enter how long it is"),
    ({"length": "0"}, "How long must be 1 or more"),
    ({"length": "-3"}, "How long must be 1 or more"),
    ({"length": "1.5"}, "How long must be a whole number"),
    ({"length": "²"}, "How long must be a whole number"),
    ({"length": "9" * 400}, "How long must be a whole number"),
    ({"length": "521"}, "This must be 520 working days or fewer."),
    ({"length": "25", "unit": "months"}, "This must be 24 months or fewer."),
    ({"unit": "fortnights"}, "Select one of the answers shown"),
    ({"start": "<script>"}, "Select one of the answers shown"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "0"}, "Enter at least one reminder"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "many"}, "The page was not sent whole"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "1", **step(0, "before", 1, "working_days")}, "shorter than the clock"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "1", **step(0, "before", 3, "months")}, "shorter than the clock"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "1", **step(0, "after", 900, "weeks")}, "This must be 104 weeks or"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "1", **step(0, "after", "", "weeks")}, "Enter how long before or after"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "1", **step(0, "after", 1)}, "Select what it is counted in"),
    ({"reminding": "own", "steps-TOTAL_FORMS": "1", **step(0, "at", to="god")}, "Select one of the answers shown"),
    (
        {"reminding": "own", "steps-TOTAL_FORMS": "7"} | {k: v for n in range(7) for k, v in step(n, "at").items()},
        "at most 6",
    ),
    (
        {"reminding": "own", "steps-TOTAL_FORMS": "2", **step(0, "at"), **step(1, "at")},
        "The same reminder stands twice.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD_CLOCKS)
def test_a_bad_limit_is_refused_with_a_sentence(
    place: Place, browser: Client, changes: dict[str, str], sentence: str
) -> None:
    """CLK-1: zero, negative and endless lengths, reminders longer than the clock, nonsense: told, and nothing kept."""
    url = clock_url(place)
    answer = browser.post(url, sent_with(browser, url) | changes)
    assert answer.status_code == 400
    main = Markup.of(answer.content).text("main")
    assert "There is a problem" in main
    assert sentence in main
    assert versions(place) == 1


@pytest.mark.parametrize("kind", ["coffee", "screening_decision2", "REVIEW"])
def test_a_kind_that_is_none_is_not_there(place: Place, browser: Client, kind: str) -> None:
    """CLK-1: an address of no clock."""
    assert browser.get(place.url(f"clocks/{kind}/")).status_code == 404
    assert browser.get(place.url(f"clocks/{kind}/example/")).status_code == 404


EASTER = (
    "An enquiry at 16:40 on Thursday 2 April 2026 would be due Tue 7 April 2026 at 5pm: 1 working day from "
    "Thu 2 April 2026, Good Friday and Easter Monday left out."
)


def test_the_worked_example_is_shown_with_the_form(place: Place, browser: Client) -> None:
    """ "an enquiry at 16:40 on Thursday 2 April 2026 would be due…", and whom it reminds when."""
    main = page_of(browser, clock_url(place)).text("main")
    assert EASTER in main
    assert "The worker is reminded on Tue 7 April 2026 at 5pm." in main
    assert "The team’s manager is reminded on Wed 8 April 2026 at 9am." in main


def test_the_example_follows_what_is_typed_without_saving(place: Place, browser: Client) -> None:
    """Without script by a button; with it from the same address in pieces; nothing is kept."""
    url = clock_url(place)
    sent = sent_with(browser, url, length="72", unit="hours", look="1")
    words = (
        "An enquiry at 16:40 on Thursday 2 April 2026 would be due Sun 5 April 2026 at 4:40pm: "
        "72 hours from Thu 2 April 2026 at 4:40pm."
    )
    assert words in Markup.of(browser.post(url, sent).content).text("main")
    answer = browser.get(f"{url}example/", sent)
    assert words in " ".join(answer.content.decode().split())
    assert "The worker is reminded on Sat 4 April 2026 at 10:40pm." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert versions(place) == 1


def test_the_example_reckons_with_closure_days_and_office_hours(place: Place, browser: Client) -> None:
    """CLK-1: the partnership's own days are left out by their names, and it is due when its office closes."""
    browser.post(place.url("clocks/days/add/"), {"revision": "1", **days(("2026-04-07", "Training day"))})
    browser.post(place.url("clocks/days/hours/"), {"revision": "2", "opens": "8:30", "closes": "4.30pm"})
    main = page_of(browser, clock_url(place)).text("main")
    assert "due Wed 8 April 2026 at 4:30pm" in main
    assert "Good Friday, Easter Monday and Training day left out." in main
    assert "The team’s manager is reminded on Thu 9 April 2026 at 8:30am." in main


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"length": "0"}, "Fill in the answers above to see the example."),
        ({"example-day_day": "31", "example-day_month": "2"}, "The day of the example must be a real date"),
        ({"example-at": "25:00"}, "Enter a time such as 16:40 or 4:40pm"),
        ({"example-at": "٤"}, "Enter a time such as 16:40 or 4:40pm"),
        ({"example-day_year": "2999"}, "England’s bank holidays are known from"),
        ({"example-day_year": "9999", "length": "24", "unit": "months"}, "England’s bank holidays are known from"),
        ({"example-day_year": "2028", "length": "520"}, "Ask whoever runs this installation to update it."),
        ({"length": "521"}, "Enter 520 working days or fewer."),
        ({"limit": "no"}, "nothing would be due"),
    ],
)
def test_an_example_that_nobody_can_work_out_says_why(
    place: Place, browser: Client, changes: dict[str, str], sentence: str
) -> None:
    """A date beyond the known holidays is refused with a message for the administrator, never guessed."""
    sent = sent_with(browser, clock_url(place)) | changes
    answer = browser.get(f"{clock_url(place)}example/", sent)
    assert answer.status_code == 200
    assert sentence in " ".join(answer.content.decode().split())
    browser.post(clock_url(place), sent | {"look": "1"})
    assert versions(place) == 1


def test_two_administrators_on_one_clock(place: Place, browser: Client) -> None:
    """CLK-2: the second answers 409 with both versions side by side; nothing is lost, and theirs can be sent again."""
    url, other = clock_url(place), place.browser(place.other)
    mine, theirs = sent_with(browser, url, length="3"), sent_with(other, url, length="5", reminding="nobody")
    assert browser.post(url, mine).status_code == 302
    answer = other.post(url, theirs)
    assert answer.status_code == 409
    page = Markup.of(answer.content)
    assert "3 working days from receiving the enquiry" in page.text("main")
    assert "5 working days from receiving the enquiry" in page.text("main")
    assert "nobody" in page.text("main")
    (form,) = page.all("main form")
    again = {field.get("name"): field.get("value") for field in form.iter("input")}
    again.pop("csrfmiddlewaretoken")
    assert again["revision"] == "2"
    assert held(place).clock(ClockKind.SCREENING_DECISION).length.count == 3
    assert other.post(url, again).status_code == 302
    assert held(place).clock(ClockKind.SCREENING_DECISION).length.count == 5


def test_two_administrators_on_the_days_and_reasons(place: Place, browser: Client) -> None:
    """CLK-2: the same for hours, closure days and reasons; a removal answers 409 with a sentence."""
    one = {"revision": "1", **days(("2026-12-29", "Christmas closure"))}
    assert browser.post(place.url("clocks/days/add/"), one).status_code == 302
    for path, sent in (
        ("days/hours/", {"opens": "9:00", "closes": "16:00"}),
        ("days/add/", days(("2026-12-30", "Christmas closure"))),
        ("pause-reasons/", {"reasons": "The family is abroad"}),
        ("days/remove/", {"day": "2026-12-29"}),
    ):
        answer = browser.post(place.url(f"clocks/{path}"), {"revision": "1", **sent})
        assert answer.status_code == 409, path
    assert versions(place) == 2
    for nonsense in ("", "x", "-1", "9" * 40, "²"):
        answer = browser.post(place.url("clocks/days/remove/"), {"revision": nonsense, "day": "2026-12-29"})
        assert answer.status_code == 409


def test_closure_days_are_added_shown_and_removed(place: Place, browser: Client) -> None:
    """CLK-1: several at once, beside England's bank holidays of their year; one is taken away again."""
    url = place.url("clocks/days/add/")
    answer = browser.post(
        url, {"revision": "1", **days(("2027-01-04", "Training day"), ("2026-12-29", "Christmas closure"))}
    )
    assert answer["Location"] == place.url("clocks/days/?year=2026")
    main = page_of(browser, place.url("clocks/days/?year=2026")).text("main")
    assert main.index("Christmas Day") < main.index("Christmas closure")
    assert "Training day" not in main
    assert "Training day" in page_of(browser, place.url("clocks/days/?year=2027")).text("main")
    assert "Tue 29 December 2026: Christmas closure" in page_of(browser, place.url("pathway/")).text("main")
    gone = browser.post(place.url("clocks/days/remove/"), {"revision": "2", "day": "2026-12-29"})
    assert gone["Location"] == place.url("clocks/days/?year=2026")
    assert list(held(place).closure_days) == [dt.date(2027, 1, 4)]
    for day in ("2026-12-29", "2026-12-25", "tomorrow", ""):
        assert browser.post(place.url("clocks/days/remove/"), {"revision": "3", "day": day}).status_code == 404


BAD_DAYS: list[tuple[list[tuple[str, str]], str]] = [
    ([], "Enter at least one day."),
    ([("2026-04-03", "Shut")], "3 April 2026 is Good Friday, a bank holiday already"),
    ([("2026-04-04", "Shut")], "4 April 2026 is a Saturday, which is no working day anyway."),
    ([("2026-12-29", "A"), ("2026-12-29", "B")], "29 December 2026 stands here twice."),
    ([("2026-12-30", "")], "Enter what it is called"),
    ([("2026-02-31", "Shut")], "The day must be a real date"),
    ([("2099-01-05", "Shut")], "England’s bank holidays are known from"),
    ([("1999-01-05", "Shut")], "England’s bank holidays are known from"),
    ([("2026-12-30", "x" * 81)], "The name must be 80 characters or fewer"),
    ([("2026-12-30", "<b>Shut</b>")], "There is markup in it"),
    ([("2026-12-30", "Sh\x00ut")], "hidden character"),
    ([("2026-12-30", "\u202eShut")], "hidden character"),
]


@pytest.mark.parametrize(("found", "sentence"), BAD_DAYS)
def test_a_bad_closure_day_is_refused_with_a_sentence(
    place: Place, browser: Client, found: list[tuple[str, str]], sentence: str
) -> None:
    """CLK-1: closed anyway, twice, unknown, nameless, hostile: told beside the day, and nothing kept."""
    answer = browser.post(place.url("clocks/days/add/"), {"revision": "1", **days(*found)})
    assert answer.status_code == 400
    assert sentence in Markup.of(answer.content).text("main")
    assert versions(place) == 1


def test_a_day_that_is_closed_already_and_too_many_days(place: Place, browser: Client) -> None:
    """CLK-1: a year has a hundred closure days at most, and says so."""
    year = (dt.date(2027, 1, 1) + dt.timedelta(days=number) for number in range(365))
    many = [(day, "Shut") for day in year if day.weekday() < 5 and day not in bank_holidays()][:101]
    with tenant_scope(place.partnership.pk):
        with pytest.raises(Invalid, match="100 closure days at most, and 2027 would have 101"):
            add_closure_days(by=place.actor, version=1, days=many)
        add_closure_days(by=place.actor, version=1, days=many[:100])
    url = place.url("clocks/days/add/")
    answer = browser.post(url, {"revision": "2", **days((many[0][0].isoformat(), "Again"))})
    assert "is a closure day already: Shut." in Markup.of(answer.content).text("main")
    answer = browser.post(url, {"revision": "2", **days((many[100][0].isoformat(), "One more"))})
    assert answer.status_code == 400
    assert "A year can have 100 closure days at most, and 2027 would have 101." in Markup.of(answer.content).text(
        "main"
    )


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"opens": "", "closes": "17:00"}, "Enter when the office opens"),
        ({"opens": "17:00", "closes": "9:00"}, "The office must close later than it opens."),
        ({"opens": "9", "closes": "9am"}, "The office must close later than it opens."),
        ({"opens": "nine", "closes": "17:00"}, "Enter a time such as 16:40 or 4:40pm"),
        ({"opens": "9:00", "closes": "24:00"}, "Enter a time such as 16:40 or 4:40pm"),
        ({"opens": "9:60", "closes": "17:00"}, "Enter a time such as 16:40 or 4:40pm"),
        ({"opens": "13pm", "closes": "17:00"}, "Enter a time such as 16:40 or 4:40pm"),
        ({"opens": "9:00", "closes": "1" * 500}, "10 characters or fewer"),
    ],
)
def test_bad_office_hours_are_refused(place: Place, browser: Client, sent: dict[str, str], sentence: str) -> None:
    """CLK-1: an office opens before it closes, at times that there are."""
    answer = browser.post(place.url("clocks/days/hours/"), {"revision": "1", **sent})
    assert answer.status_code == 400
    assert sentence in Markup.of(answer.content).text("main")
    assert versions(place) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("\n".join(f"Reason {number}" for number in range(13)), "12 reasons at most"),
        ("x" * 121, "A reason must be 120 characters or fewer"),
        ("The family is away\nthe FAMILY is away", "stands here twice"),
        ("<script>alert(1)</script>", "There is markup in it"),
        ("x" * 2_001, "The reasons must be 2,000 characters or fewer"),
    ],
)
def test_bad_reasons_are_refused(place: Place, browser: Client, typed: str, sentence: str) -> None:
    """CLK-4: few, short, each once, plain words."""
    answer = browser.post(place.url("clocks/pause-reasons/"), {"revision": "1", "reasons": typed})
    assert answer.status_code == 400
    assert sentence in Markup.of(answer.content).text("main")
    assert versions(place) == 1


def test_reasons_are_changed_and_given_back(place: Place, browser: Client) -> None:
    """CLK-4: one on each line; none: the product's own again."""
    url = place.url("clocks/pause-reasons/")
    products = held(place).pause_reasons
    assert sent_with(browser, url)["reasons"].splitlines() == list(products)
    browser.post(url, {"revision": "1", "reasons": " The family is abroad \r\n\r\nA court case "})
    assert held(place).pause_reasons == ("The family is abroad", "A court case")
    browser.post(url, {"revision": "2", "reasons": ""})
    assert held(place).pause_reasons == products


def test_hostile_words_are_only_words(place: Place, browser: Client) -> None:
    """Trust 17: whatever is typed as a name or a reason is refused or shown as words, never a 5xx."""
    version = 1
    for number, payload in enumerate(PAYLOADS):
        name = payload if isinstance(payload, str) else str(payload)
        answer = browser.post(
            place.url("clocks/days/add/"),
            {"revision": str(version), **days(("2027-02-01", name[:80]))},
        )
        assert answer.status_code in {302, 400}, number
        assert list(openings_in(answer.content.decode())) == []
        if answer.status_code == 302:
            shown = browser.get(place.url("clocks/days/?year=2027")).content.decode()
            assert list(openings_in(shown)) == []
            browser.post(place.url("clocks/days/remove/"), {"revision": str(version + 1), "day": "2027-02-01"})
            version += 2


@pytest.mark.parametrize("asked", ["", "2026", "1999", "99999", "²", "x", "-1", "2028"])
def test_any_year_shows_a_year(place: Place, browser: Client, asked: str) -> None:
    """Trust 6: nonsense shows this year."""
    page = page_of(browser, place.url(f"clocks/days/?year={asked}"))
    wanted = asked if asked in {"2026", "2028"} else "2026"
    assert f"Closed days of {wanted}" in page.text("main")


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.HUB_MANAGER, Role.AUDITOR])
def test_nobody_else_sees_or_changes_them(place: Place, role: Role) -> None:
    """Practice model §2: the policy is the administrator's."""
    with tenant_scope(place.partnership.pk):
        member = make_member(role=role, agency=place.member.agency)
    browser = place.browser(member)
    for path in (
        "",
        "days/",
        "days/hours/",
        "days/add/",
        "pause-reasons/",
        "review/",
        "review/example/",
        "versions/1/",
    ):
        assert browser.get(place.url(f"clocks/{path}")).status_code == 403
    assert browser.post(place.url("clocks/review/"), {"revision": "1", "limit": "no"}).status_code == 403


def test_without_a_policy_the_pages_say_where_to_choose_one(db: None) -> None:
    """§11: a partnership that has chosen no pathway has no clocks yet."""
    partnership = make_partnership("marrowdale", name="Marrowdale")
    with tenant_scope(partnership.pk):
        member = make_member(role=Role.ADMINISTRATOR)
    browser = sign_in(Client(), member.user, agency=member.agency)
    for path in ("", "days/"):
        answer = browser.get(f"/marrowdale/set-up/clocks/{path}")
        assert "Choose one first" in answer.content.decode()
    for path in ("review/", "days/add/", "days/hours/", "pause-reasons/", "review/example/"):
        assert browser.get(f"/marrowdale/set-up/clocks/{path}").status_code == 404


def test_the_pages_are_found(place: Place, browser: Client) -> None:
    """Style: from the page of setting up, and from each clock of the policy."""
    assert place.url("clocks/") in [a.get("href") for a in page_of(browser, place.url()).all("main a")]
    links = [a.get("href") for a in page_of(browser, place.url("pathway/")).all("main a")]
    for path in ("clocks/review/", "clocks/days/", "clocks/days/hours/", "clocks/pause-reasons/", "clocks/"):
        assert place.url(path) in links
    then = page_of(browser, place.url("pathway/versions/1/"))
    links = [a.get("href") for a in then.all("main a")]
    assert place.url("clocks/versions/1/") in links
    assert place.url("clocks/review/") not in links
    assert "The product’s own stands." in then.text("main")
