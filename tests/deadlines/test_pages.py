"""A clock's page, its forms, and the manager's list of what is late (CLK-2, CLK-3, CLK-4, REP-4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foundation.audit.models import AccessEntry
from foundation.common import clock
from foundation.deadlines import services
from foundation.deadlines.models import Deadline, Extension
from foundation.deadlines.services.starting import Whose
from tests.cases.asking import statements
from tests.deadlines.making import (
    COMPLETED,
    CONTACT,
    ENGAGED,
    REFERENCE,
    SCREENING,
    WAIT,
    Place,
    again,
    due,
    later,
    london,
)
from tests.markup import Markup, words

SENTENCE = (
    "Due Tue 14 April 2026 at 5pm: 10 working days from Fri 27 March 2026, Good Friday and Easter Monday left out."
)
ASK = {"until_day": "21", "until_month": "4", "until_year": "2026", "reason": "Dad is away at sea."}


@pytest.fixture(autouse=True)
def first_of_april() -> Iterator[None]:
    """Wednesday before Easter 2026, ten in the morning."""
    with clock.at(london("2026-04-01 10:00")):
        yield


@pytest.fixture
def one(place: Place) -> Deadline:
    with place.scope():
        return place.start()


def text_of(response: Any) -> str:
    return words(Markup.of(response.content).one("main"))


def get(place: Place, who: str, name: str, query: str = "", **ids: Any) -> Any:
    return place.client(who).get(place.url(name, **ids) + query)


def post(place: Place, who: str, name: str, data: dict[str, str] | None = None, **ids: Any) -> Any:
    return place.client(who).post(place.url(name, **ids), data or {}, follow=True)


def buttons(response: Any) -> set[str]:
    page = Markup.of(response.content)
    found = [*page.all("main a[role=button]"), *page.all("main button")]
    return {words(each) for each in found}


class TestTheClock:
    def test_its_arithmetic_is_a_sentence(self, place: Place, one: Deadline) -> None:
        """CLK-2: policy version, start, length and what was left out can be read on the page."""
        text = text_of(get(place, "worker", "detail", deadline_id=one.pk))
        for said in (
            SENTENCE, "Assessment completed", "North locality", REFERENCE, "7 working days left", "Running",
            "By version 1 of the pathway policy", "The day of the start is not counted", "Started this clock",
            "Asha Okafor, Fernshire Early Help, North locality", "by Asha Okafor",
        ):  # fmt: skip
            assert said in text, said

    def test_every_pause_and_extension_is_told_in_order(self, place: Place, one: Deadline) -> None:
        """CLK-2: a due time never changes silently."""
        with place.scope():
            with later("2026-04-01 11:00"):
                services.pause_clock(by=place.actor("worker"), deadline_id=one.pk, reason=WAIT)
            with later("2026-04-08 11:00"):
                services.resume_clock(by=place.actor("worker"), deadline_id=one.pk)
            asked = place.ask(one, until="2026-04-28", at="2026-04-09 10:00")
            with later("2026-04-10 10:00"):
                services.grant_more_time(by=place.actor("manager"), extension_id=asked.pk, answer="Of course.")
        with later("2026-04-10 11:00"):
            text = text_of(get(place, "worker", "detail", deadline_id=one.pk))
        told = [
            SENTENCE,
            f"It stood still from Wed 1 April 2026 to Wed 8 April 2026: {WAIT}. Due Fri 17 April 2026 at 5pm since.",
            "Mariam Oyelaran gave more time on Fri 10 April 2026: until Tue 28 April 2026 at 5pm.",
        ]
        assert [text.index(each) for each in told] == sorted(text.index(each) for each in told)
        for said in (
            "Granted more time",
            "Of course.",
            "Asked for more time",
            "Dad is away at sea.",
            "Resumed this clock",
        ):
            assert said in text, said

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            ("late", ("2 working days late", "Missed, still open")),
            ("met", ("Met in time",)),
            ("met late", ("Met late",)),
            ("paused", ("paused since Wed 1 April 2026", f"It has stood still since Wed 1 April 2026: {WAIT}.")),
            ("cancelled", ("Cancelled",)),
        ],
    )
    def test_how_it_stands_is_a_word(self, place: Place, one: Deadline, state: str, said: tuple[str, ...]) -> None:
        """CLK-2: never by colour alone."""
        with place.scope():
            worker = place.actor("worker")
            if state == "paused":
                services.pause_clock(by=worker, deadline_id=one.pk, reason=WAIT)
            if state == "cancelled":
                services.cancel_clocks(by=worker, subject_id=place.team.pk, reason="mistake")
            if state.startswith("met"):
                with later("2026-04-15 09:00" if "late" in state else "2026-04-01 10:00"):
                    services.meet_clock(by=worker, kind=COMPLETED, subject_id=place.team.pk)
        with later("2026-04-16 10:00"):
            text = text_of(get(place, "worker", "detail", deadline_id=one.pk))
        assert all(each in text for each in said), text

    def test_what_cannot_be_worked_out_says_so(self, place: Place) -> None:
        """CLK-1: 10 working days from the end of what is known."""
        from foundation.deadlines.calendar import known_years

        with place.scope():
            one = place.start(at=london(f"{known_years()[1]}-12-28 12:00"))
        text = text_of(get(place, "worker", "detail", deadline_id=one.pk))
        assert "When that is cannot be worked out yet." in text
        assert "Ask for more time" not in text

    def test_the_buttons_are_those_of_the_reader(self, place: Place, one: Deadline) -> None:
        """CLK-3, CLK-4: whoever works on it asks and pauses; whoever sees it only reads."""

        def seen(who: str) -> set[str]:
            return buttons(get(place, who, "detail", deadline_id=one.pk))

        assert seen("worker") == seen("colleague") == {"Ask for more time", "Pause it"}
        assert seen("auditor") == seen("south") == set()
        with place.scope():
            place.ask(one)
        assert seen("worker") == {"Take your request back", "Pause it"}
        assert seen("manager") == {"Answer the request", "Pause it"}
        with place.scope():
            services.pause_clock(by=place.actor("worker"), deadline_id=one.pk, reason=WAIT)
        assert seen("worker") == {"Resume it"}

    def test_a_look_at_a_cases_clock_is_noted(self, place: Place, one: Deadline) -> None:
        """FAM-8: it stands in the case's access log."""
        with place.scope():
            Deadline.objects.filter(pk=one.pk).update(case_id=place.team.pk)
        get(place, "worker", "detail", deadline_id=one.pk)
        for name in ("ask", "pause"):
            get(place, "worker", name, deadline_id=one.pk)
        with place.scope():
            assert list(AccessEntry.objects.values_list("case_id", flat=True)) == [place.team.pk] * 3

    @pytest.mark.parametrize("who", ["stranger", "nobody"])
    def test_for_others_it_is_not_there(self, place: Place, one: Deadline, who: str) -> None:
        """ACC-6: as an id that is nobody's is not."""
        key = one.pk if who == "stranger" else uuid4()
        reader = "stranger" if who == "stranger" else "worker"
        for name in ("detail", "ask", "pause"):
            assert get(place, reader, name, deadline_id=key).status_code == 404
        assert post(place, reader, "resume", deadline_id=key).status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_as_many_statements_for_three_of_everything_as_for_one(
        self, place: Place, one: Deadline, rows: int
    ) -> None:
        """Lists: a literal number, whatever happened to a clock."""
        with place.scope():
            for day in range(rows):
                with later(f"2026-04-0{day + 1} 10:00"):
                    services.pause_clock(by=place.actor("worker"), deadline_id=one.pk, reason=WAIT)
                with later(f"2026-04-0{day + 1} 11:00"):
                    services.resume_clock(by=place.actor("worker"), deadline_id=one.pk)
            for day in range(rows):
                asked = place.ask(one, until=f"2026-04-2{day + 1}", at=f"2026-04-0{day + 7} 10:00")
                with later(f"2026-04-0{day + 7} 11:00"):
                    services.grant_more_time(by=place.actor("manager"), extension_id=asked.pk)
            place.ask(one, until="2026-04-29", at="2026-04-10 10:00")
        client = place.client("worker")
        client.get(place.url("detail", deadline_id=one.pk))
        asked_of = statements(lambda: client.get(place.url("detail", deadline_id=one.pk)))
        assert len(asked_of) == 17, "\n".join(asked_of)


class TestMoreTime:
    def test_asked_and_answered(self, place: Place, one: Deadline) -> None:
        """CLK-3: from the worker's page to the manager's and back."""
        page = get(place, "worker", "ask", deadline_id=one.pk)
        assert SENTENCE in text_of(page)
        assert "Your manager has been asked" in words(
            Markup.of(post(place, "worker", "ask", ASK, deadline_id=one.pk).content).one("body")
        )
        with place.scope():
            asked = Extension.objects.get()
        answer = text_of(get(place, "manager", "answer", extension_id=asked.pk))
        for said in ("Asha Okafor", "Dad is away at sea.", "Tue 21 April 2026", SENTENCE):
            assert said in answer, said
        done = post(place, "manager", "answer", {"decision": "grant", "answer": ""}, extension_id=asked.pk)
        assert "Due Tue 14 April" in text_of(done)
        with place.scope():
            assert due(one) == "2026-04-21 17:00"

    @pytest.mark.parametrize(
        ("wrong", "field", "sentence"),
        [
            ({"until_day": ""}, "until", "The day must include a day"),
            ({"until_day": "31"}, "until", "The day must be a real date"),
            ({"until_year": "9999"}, "until", "within the next two years"),
            ({"until_day": "1"}, "until", "Choose a day after today"),
            ({"until_day": "14"}, "until", "Choose a day after Tue 14 April 2026"),
            ({"until_day": "18"}, "until", "Choose a working day"),
            ({"reason": " "}, "reason", "Say why more time is needed"),
            ({"reason": "x" * 2001}, "reason", "2,000 characters"),
            ({"reason": "a\u202eb"}, "reason", "hidden character"),
        ],
    )
    def test_bad_input_has_its_sentence_beside_its_field(
        self, place: Place, one: Deadline, wrong: dict[str, str], field: str, sentence: str
    ) -> None:
        """Screens: 400, nothing kept, and what was typed is still there."""
        page = post(place, "worker", "ask", {**ASK, **wrong}, deadline_id=one.pk)
        assert page.status_code == 400
        shown = Markup.of(page.content)
        assert sentence in " ".join(words(each) for each in shown.all(".govuk-error-message")), text_of(page)
        assert field in str(shown.one(".govuk-error-summary a").get("href"))
        with place.scope():
            assert not Extension.objects.exists()

    def test_a_refusal_wants_a_reason_and_a_choice(self, place: Place, one: Deadline) -> None:
        """CLK-3: beside their fields."""
        with place.scope():
            asked = place.ask(one)
        for data, sentence in (
            ({"decision": "refuse", "answer": ""}, "Say why, so that whoever asked knows"),
            ({"decision": "", "answer": "x"}, "Select whether you give this time"),
            ({"decision": "perhaps", "answer": "x"}, "Select one of the answers shown"),
        ):
            page = post(place, "manager", "answer", data, extension_id=asked.pk)
            assert (page.status_code, sentence in text_of(page)) == (400, True)
        page = post(place, "manager", "answer", {"decision": "refuse", "answer": "No."}, extension_id=asked.pk)
        assert "Refused more time" in text_of(page)

    def test_sent_twice_and_answered_by_two(self, place: Place, one: Deadline) -> None:
        """Trust 7: the second press is a page that says what was there first."""
        post(place, "worker", "ask", ASK, deadline_id=one.pk)
        twice = post(place, "worker", "ask", ASK, deadline_id=one.pk)
        assert (twice.status_code, "asked for already" in text_of(twice)) == (409, True)
        with place.scope():
            asked = Extension.objects.get()
        post(place, "manager", "answer", {"decision": "grant", "answer": ""}, extension_id=asked.pk)
        second = post(place, "second", "answer", {"decision": "refuse", "answer": "No."}, extension_id=asked.pk)
        assert (second.status_code, "Mariam Oyelaran has answered" in text_of(second)) == (409, True)
        read = text_of(get(place, "second", "answer", extension_id=asked.pk))
        assert "Granted by Mariam Oyelaran" in read
        assert "Send your answer" not in read

    def test_who_may_answer(self, place: Place, one: Deadline) -> None:
        """CLK-3: the worker reads a refusal, another agency's nothing; one's own waits for another manager."""
        with place.scope():
            asked = place.ask(one, by="manager")
        status = {
            who: get(place, who, "answer", extension_id=asked.pk).status_code
            for who in ("worker", "south", "stranger", "second", "manager")
        }
        assert status == {"worker": 403, "south": 403, "stranger": 404, "second": 200, "manager": 200}
        assert "Another manager has to answer this" in text_of(get(place, "manager", "answer", extension_id=asked.pk))
        assert get(place, "manager", "answer", extension_id=uuid4()).status_code == 404

    def test_taken_back(self, place: Place, one: Deadline) -> None:
        """CLK-3: by whoever asked; for others it is not there."""
        with place.scope():
            asked = place.ask(one)
        assert post(place, "colleague", "take_back", extension_id=asked.pk).status_code == 404
        assert "Your request is taken back" in words(
            Markup.of(post(place, "worker", "take_back", extension_id=asked.pk).content).one("body")
        )
        assert post(place, "worker", "take_back", extension_id=asked.pk).status_code == 409


class TestPausing:
    def test_paused_and_resumed(self, place: Place, one: Deadline) -> None:
        """CLK-4: by one of the policy's reasons."""
        page = Markup.of(get(place, "worker", "pause", deadline_id=one.pk).content)
        assert len(page.all("input[name=reason]")) == 4
        done = post(place, "worker", "pause", {"reason": WAIT, "note": "Until the funeral."}, deadline_id=one.pk)
        assert "paused since Wed 1 April 2026" in text_of(done)
        assert "Until the funeral." in text_of(done)
        with later("2026-04-08 11:00"):
            assert "Due Fri 17 April 2026 at 5pm since" in text_of(post(place, "worker", "resume", deadline_id=one.pk))

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"reason": "", "note": ""}, "Select why it stands still"),
            ({"reason": "I am busy", "note": ""}, "Select one of the answers shown"),
            ({"reason": WAIT, "note": "a\u202eb"}, "hidden character"),
        ],
    )
    def test_bad_input_has_its_sentence(self, place: Place, one: Deadline, data: dict[str, str], sentence: str) -> None:
        """Screens: 400, beside its field, and it runs on."""
        page = post(place, "worker", "pause", data, deadline_id=one.pk)
        assert (page.status_code, sentence in text_of(page)) == (400, True)
        with place.scope():
            assert again(one).state == "running"

    def test_pressed_twice(self, place: Place, one: Deadline) -> None:
        """Trust 7: the second press says how it stands."""
        for expected in (200, 409):
            assert (
                post(place, "worker", "pause", {"reason": WAIT, "note": ""}, deadline_id=one.pk).status_code == expected
            )
        for expected in (200, 409):
            assert post(place, "worker", "resume", deadline_id=one.pk).status_code == expected

    def test_a_get_resumes_nothing(self, place: Place, one: Deadline) -> None:
        """Style: a button is a post."""
        assert get(place, "worker", "resume", deadline_id=one.pk).status_code == 405


class TestTheList:
    def rows(self, response: Any) -> list[str]:
        return [words(each) for each in Markup.of(response.content).all("tbody tr")]

    def fill(self, place: Place, number: int = 1, **more: Any) -> list[Deadline]:
        with place.scope():
            return [place.start(subject=piece, **more) for piece in place.more_pieces(number)]

    def test_three_bands_with_their_counts(self, place: Place) -> None:
        """REP-4: late, today, the next five working days; the first is what opens."""
        self.fill(place, 2)
        self.fill(place, 1, at=london("2026-04-01 09:00"))
        with later("2026-04-15 09:00"):
            page = get(place, "manager", "late")
            assert len(self.rows(page)) == 2
            assert "Late now (2)" in text_of(page)
            assert "Due in the next five working days (1)" in text_of(page)
            assert len(self.rows(get(place, "manager", "late", "?band=soon"))) == 1
            assert "Nothing here" in text_of(get(place, "manager", "late", "?band=today"))
            assert len(self.rows(get(place, "manager", "late", "?band=nonsense&after=nonsense&team=nonsense"))) == 2

    def test_a_row_says_what_when_who(self, place: Place) -> None:
        """REP-4: about what, which clock, how late, who does it."""
        self.fill(place, 1)
        with later("2026-04-15 09:00"):
            (row,) = self.rows(get(place, "manager", "late"))
        for said in ("Piece", REFERENCE, "Assessment completed", "1 working day late", "Asha Okafor", "North locality"):
            assert said in row, row

    def test_a_team_at_a_time(self, place: Place) -> None:
        """REP-4: one manager of the whole agency chooses; the team's manager has theirs alone."""
        self.fill(place, 1)
        with place.scope():
            south = place.people["south"].team_id
            piece = next(place.more_pieces(1))
            place.start(subject=piece, whose=Whose(place.user_id("colleague"), place.agency.pk, south))
        with later("2026-04-15 09:00"):
            assert len(self.rows(get(place, "second", "late"))) == 2
            (row,) = self.rows(get(place, "second", "late", f"?team={south}"))
            assert "South locality" in row
            assert len(self.rows(get(place, "manager", "late", f"?team={south}"))) == 1

    def test_hub_managers_have_the_hubs(self, place: Place) -> None:
        """REP-4: nobody has taken it yet."""
        self.fill(place, 1, whose=Whose())
        with place.scope():
            place.start(SCREENING, subject=next(place.more_pieces(1)), whose=Whose())
        with later("2026-04-15 09:00"):
            rows = self.rows(get(place, "hub", "late"))
        assert len(rows) == 2
        assert "Nobody yet" in rows[0]

    def test_what_only_counts_is_not_listed(self, place: Place) -> None:
        """CLK-5: family engaged, for the figures."""
        with place.scope():
            place.start(ENGAGED)
        with later("2026-05-15 09:00"):
            assert self.rows(get(place, "manager", "late")) == []

    def test_it_pages_by_key(self, place: Place) -> None:
        """Architecture §4: 25 at a time, none twice."""
        self.fill(place, 27)
        with later("2026-04-15 09:00"):
            client = place.client("manager")
            first = client.get(place.url("late"))
            following = next(
                str(link.get("href"))
                for link in Markup.of(first.content).all("main a")
                if "after=" in str(link.get("href"))
            )
            second = client.get(place.url("late") + following)
        pages = [{words(each) for each in Markup.of(page.content).all("tbody th a")} for page in (first, second)]
        assert [len(each) for each in pages] == [25, 2]
        assert not pages[0] & pages[1]

    def test_requests_stand_first(self, place: Place) -> None:
        """REP-4: extensions asked, with one click to the act."""
        (one,) = self.fill(place)
        with place.scope():
            asked = place.ask(one, at="2026-04-15 08:00")
        with later("2026-04-15 09:00"):
            page = get(place, "manager", "late")
        assert "asked by Asha Okafor" in text_of(page)
        assert "after it was due" in text_of(page)
        hrefs = {link.get("href") for link in Markup.of(page.content).all("main a")}
        assert place.url("answer", extension_id=asked.pk) in hrefs

    @pytest.mark.parametrize("who", ["worker", "screener", "admin", "auditor"])
    def test_it_is_for_managers(self, place: Place, who: str) -> None:
        """Practice model §2: others have their own clocks on My work."""
        page = get(place, who, "late")
        assert (page.status_code, "Only managers" in text_of(page)) == (403, True)
        assert "Late and due" not in words(Markup.of(page.content).one("header"))

    @pytest.mark.parametrize("rows", [1, 3])
    def test_as_many_statements_for_three_as_for_one(self, place: Place, rows: int) -> None:
        """Lists: a literal number."""
        for one in self.fill(place, rows):
            with place.scope():
                place.ask(one)
        with later("2026-04-15 09:00"):
            client = place.client("manager")
            client.get(place.url("late"))
            pages: list[Any] = []
            asked = statements(lambda: pages.append(client.get(place.url("late"))))
        assert len(self.rows(pages[0])) == rows
        assert len(asked) == 13, "\n".join(asked)


def test_nobody_outside_reads_anything(place: Place, one: Deadline) -> None:
    """ACC-2: signed out, every page asks to sign in."""
    for name in ("detail", "ask", "pause"):
        assert Client().get(place.url(name, deadline_id=one.pk)).status_code == 302
    assert Client().get(place.url("late")).status_code == 302


def test_hours_have_their_moment(place: Place) -> None:
    """CLK-6: 72 hours from Friday noon, over the change of clocks, are Monday at one."""
    with place.scope():
        one = place.start(CONTACT)
    with later("2026-03-30 09:00"):
        text = text_of(get(place, "worker", "detail", deadline_id=one.pk))
    assert "Due Mon 30 March 2026 at 1pm: 72 hours from Fri 27 March 2026 at 12pm." in text
    assert "due today at 1pm" in text
    assert "day of the start" not in text
