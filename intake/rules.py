"""What each page of an enquiry must hold (INT-1, INT-3). The forms ask it page by page, the service asks it again.

A rule takes a page's answers as a mapping of plain values (dates as dates or ISO strings) and gives them back cleaned,
as the draft keeps them. It raises Invalid with one sentence for each field that breaks a rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import TextChoices

from cases.enums import BirthDateKind, Part
from consent.enums import ConsentHow, InformationKind
from foundation.common import clock, text
from foundation.common.errors import Invalid
from intake.enums import Need

Answers = Mapping[str, Any]

MOST_PEOPLE = 30
OLDEST_YEARS = 120
EXPECTED_MONTHS = 10
OVERDUE_DAYS = 42
CHILDREN = frozenset({Part.CHILD, Part.UNBORN})

NO_CONSENT = (
    "An enquiry about a named family can only be sent with their consent. "
    "A recorded override is not possible here yet. "
    "Ask the family, then come back: what you have written is kept. "
    "If a child may be at risk of significant harm, do not wait for consent: "
    "use the safeguarding route at the top of this page."
)
TOO_MANY = f"An enquiry can name {MOST_PEOPLE} people at most. Tell the screener about the others in what you write."


class Page:
    """Collects the cleaned answers of one page, and one sentence for each field that is wrong."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.clean: dict[str, Any] = {}
        self.problems: dict[str, str] = {}

    def wrong(self, field: str, sentence: str) -> None:
        """Note what is wrong with a field; its first sentence stays."""
        self.problems.setdefault(field, sentence)

    def keep(self, field: str, cleaner: Callable[[str], str], *, needed: str = "") -> str:
        """Clean a text; `needed` is the sentence when it is empty and may not be."""
        try:
            value = cleaner(str(self.answers.get(field) or ""))
        except Invalid as error:
            self.wrong(field, error.sentence)
            value = ""
        if needed and not value:
            self.wrong(field, needed)
        self.clean[field] = value
        return value

    def line(self, field: str, what: str, limit: int, *, needed: str = "") -> str:
        """One line of text."""
        return self.keep(field, lambda value: text.clean_line(value, what=what, limit=limit), needed=needed)

    def note(self, field: str, what: str, *, needed: str = "") -> str:
        """Text of several lines."""
        return self.keep(field, lambda value: text.clean_note(value, what=what), needed=needed)

    def choice(self, field: str, choices: type[TextChoices], needed: str) -> str:
        """One of a list."""
        value = str(self.answers.get(field) or "")
        if value not in choices.values:
            self.wrong(field, needed)
            value = ""
        self.clean[field] = value
        return value

    def several(self, field: str, allowed: Collection[str], needed: str = "") -> list[str]:
        """Any of a list, in the list's order, each once."""
        given = {str(value) for value in self.answers.get(field) or ()}
        if given - set(allowed):
            self.wrong(field, "Choose from the list")
        chosen = [value for value in allowed if value in given]
        if needed and not chosen:
            self.wrong(field, needed)
        self.clean[field] = chosen
        return chosen

    def date(self, field: str) -> dt.date | None:
        """A date, or none."""
        value = self.answers.get(field) or None
        if value is not None and not isinstance(value, dt.date):
            try:
                value = dt.date.fromisoformat(str(value))
            except ValueError:
                self.wrong(field, "Enter a real date, such as 27 3 2026")
                value = None
        self.clean[field] = value.isoformat() if value else None
        return value

    def done(self) -> dict[str, Any]:
        """The cleaned answers; raises Invalid if anything is wrong."""
        if self.problems:
            raise Invalid(self.problems)
        return self.clean


def family(answers: Answers) -> dict[str, Any]:
    """What the family is called and how to reach them."""
    page = Page(answers)
    page.line("family_name", "The family name", 120, needed="Enter the family's name")
    page.line("address", "The address", 300)
    page.line("phone", "The phone number", 40)
    return page.done()


def person(answers: Answers) -> dict[str, Any]:
    """One family member. An unborn baby needs no given name, and may have an expected date (FAM-1)."""
    page = Page(answers)
    part = page.choice("part", Part, "Choose who this person is in the family")
    needed = "Enter the child's given name" if part == Part.CHILD else ""
    page.line("given_name", "The given name", text.NAME_LIMIT, needed=needed)
    page.line("family_name", "The family name", text.NAME_LIMIT, needed="Enter the person's family name")
    kind = page.choice("born_kind", BirthDateKind, "Choose how sure the date of birth is, or that it is not known")
    _birth(page, part, kind, page.date("born_on"))
    page.keep("nhs_number", text.nhs_number)
    page.clean["key"] = str(answers.get("key") or "")
    return page.done()


def _birth(page: Page, part: str, kind: str, born: dt.date | None) -> None:
    if kind == BirthDateKind.UNKNOWN:
        if born:
            page.wrong("born_kind", "You entered a date: say whether it is exact or estimated, or clear it")
        return
    if kind == BirthDateKind.EXPECTED and part and part != Part.UNBORN:
        page.wrong("born_kind", "Only an unborn baby has an expected date. Choose exact, estimated or not known.")
    if kind and kind != BirthDateKind.EXPECTED and part == Part.UNBORN:
        page.wrong("born_kind", "For an unborn baby choose the expected date, or that it is not known")
    if not kind or page.problems.get("born_on"):
        return
    if born is None:
        page.wrong("born_on", "Enter the date, or choose that it is not known")
    elif kind == BirthDateKind.EXPECTED:
        _expected(page, born)
    else:
        _past(page, born)


def _expected(page: Page, born: dt.date) -> None:
    today = clock.today()
    if born > _months_on(today, EXPECTED_MONTHS):
        page.wrong("born_on", f"The expected date must be within the next {EXPECTED_MONTHS} months")
    elif born < today - dt.timedelta(days=OVERDUE_DAYS):
        page.wrong("born_on", "The expected date is more than six weeks ago. If the baby is born, add them as a child.")


def _past(page: Page, born: dt.date) -> None:
    today = clock.today()
    if born > today:
        page.wrong("born_on", "The date of birth must be today or in the past")
    elif born <= _months_on(today, -12 * OLDEST_YEARS):
        page.wrong("born_on", f"The date of birth is more than {OLDEST_YEARS} years ago. Check the year.")


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last day that a shorter month has."""
    years, month = divmod(day.month - 1 + months, 12)
    first = dt.date(day.year + years, month + 1, 1)
    after = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + dt.timedelta(days=day.day - 1), after - dt.timedelta(days=1))


def people(answers: Iterable[Answers]) -> list[dict[str, Any]]:
    """Everyone named: a child, young person or unborn baby among them, 30 at most, no NHS number twice."""
    everyone = [person(each) for each in answers]
    if len(everyone) > MOST_PEOPLE:
        raise Invalid(TOO_MANY)
    if not any(each["part"] in CHILDREN for each in everyone):
        raise Invalid("Add at least one child, young person or unborn baby")
    numbers = [each["nhs_number"] for each in everyone if each["nhs_number"]]
    if len(numbers) != len(set(numbers)):
        raise Invalid("Two people have the same NHS number. Check both.")
    return everyone


def story(answers: Answers) -> dict[str, Any]:
    """What is happening, in the enquirer's words, and the presenting needs."""
    page = Page(answers)
    page.note("worries", "What you are worried about", needed="Say what you are worried about")
    page.note("working_well", "What is working well")
    page.note("tried", "What has been tried")
    page.note("wishes", "What the family wishes")
    page.several("needs", Need.values, "Choose at least one need")
    return page.done()


def consent(answers: Answers, *, people_keys: Sequence[str], agency_ids: Sequence[str]) -> dict[str, Any]:
    """What the family agreed to (CON-1). Without consent an enquiry about a named family is refused (INT-3)."""
    given = str(answers.get("given") or "")
    if given != "yes":
        raise Invalid({"given": NO_CONSENT if given == "no" else "Say whether the family has given consent"})
    page = Page(answers)
    page.clean["given"] = given
    page.line("given_by", "The name", 160, needed="Enter who gave consent")
    how = page.choice("how", ConsentHow, "Choose how consent was given")
    witness = "Enter who heard them give consent" if how == ConsentHow.SPOKEN else ""
    page.line("witness", "The witness's name", 160, needed=witness)
    kept = "Enter where the signed paper is kept" if how == ConsentHow.PAPER else ""
    page.line("paper_kept_at", "The place", 200, needed=kept)
    page.clean["privacy_notice"] = bool(answers.get("privacy_notice"))
    if not page.clean["privacy_notice"]:
        page.wrong("privacy_notice", "Give the family the privacy notice first, then confirm that you have")
    _consent_dates(page)
    page.several("see", agency_ids)
    page.several("work", agency_ids)
    if not page.clean["see"] and not page.clean["work"]:
        page.wrong("work", "Choose at least one agency that the family agrees may see this or work on it")
    page.several("information", InformationKind.values, "Choose at least one kind of information")
    page.several("covers", people_keys, "Choose at least one person whom the consent covers")
    return page.done()


def _consent_dates(page: Page) -> None:
    today = clock.today()
    given_on, ends_on = page.date("given_on"), page.date("ends_on")
    if given_on is None:
        page.wrong("given_on", "Enter the date when consent was given")
    elif given_on > today:
        page.wrong("given_on", "The date when consent was given must be today or in the past")
    elif given_on <= _months_on(today, -12 * OLDEST_YEARS):
        page.wrong("given_on", "Check the year when consent was given")
    if ends_on and ends_on < today:
        page.wrong("ends_on", "The date when consent ends has passed. Ask the family again.")
