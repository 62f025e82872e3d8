"""People, ages and the name bar in words, as pages and lists tell them (FAM-1)."""

from __future__ import annotations

import datetime as dt

import pytest

from cases.disclosure import Disclosure
from cases.enums import BirthDateKind, CaseState, Part
from cases.models import Case, FamilyMember, Person
from cases.registries import PathStep
from cases.words import age_of, children_of, current_stage, level_of, name_bar_of, name_of
from foundation.accounts.models import Agency, User
from foundation.common import clock
from foundation.tenancy.models import Partnership

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
EXACT, ABOUT, DUE, UNKNOWN = (
    BirthDateKind.EXACT, BirthDateKind.ESTIMATED, BirthDateKind.EXPECTED, BirthDateKind.UNKNOWN,
)  # fmt: skip


def born(kind: BirthDateKind, day: str | None = None, name: str = "Amy") -> Person:
    return Person(
        given_name=name, family_name="Adeyemi", born_kind=kind, born_on=dt.date.fromisoformat(day) if day else None
    )


@pytest.mark.parametrize(
    ("kind", "day", "words"),
    [
        (EXACT, "2018-06-01", "8 years"),
        (EXACT, "2018-06-02", "7 years"),
        (EXACT, "2026-06-01", "0 days"),
        (EXACT, "2026-05-31", "1 day"),
        (EXACT, "2026-05-10", "3 weeks"),
        (EXACT, "2026-01-01", "5 months"),
        (EXACT, "2024-06-02", "23 months"),
        (EXACT, "2024-06-01", "2 years"),
        (EXACT, "1931-12-24", "94 years"),
        (ABOUT, "2021-11-30", "about 4 years"),
        (ABOUT, "2026-03-20", "about 10 weeks"),
        (DUE, "2026-08-03", "due 3 August 2026"),
        # A baby may come late, or nobody has written down yet that it came: it is still told as it was expected.
        (DUE, "2026-05-20", "due 20 May 2026"),
        (UNKNOWN, None, "age not known"),
    ],
)
def test_an_age_is_as_sure_as_the_date_of_birth(kind, day, words):
    """FAM-1: exact, about, due or not known; never surer than what the family said."""
    with clock.at(NOON):
        assert age_of(born(kind, day)) == words


def test_a_birthday_begins_at_london_s_midnight():
    """FAM-1: in summer a child turns eight at eleven in the evening, UTC."""
    child = born(EXACT, "2018-06-02")
    with clock.at(dt.datetime(2026, 6, 1, 22, 59, 59, tzinfo=dt.UTC)):
        assert age_of(child) == "7 years"
    with clock.at(dt.datetime(2026, 6, 1, 23, tzinfo=dt.UTC)):
        assert age_of(child) == "8 years"


@pytest.mark.parametrize(
    ("given", "family", "words"),
    [("Amy", "Adeyemi", "Amy Adeyemi"), ("", "Adeyemi", "Baby Adeyemi"), ("سلمى", "بن سعيد", "سلمى بن سعيد")],
)
def test_a_baby_without_a_name_is_baby_with_the_family_s(given, family, words):
    """FAM-1: nobody stands on a page without a name."""
    assert name_of(Person(given_name=given, family_name=family)) == words


class Known:
    """A disclosure of these members, to one who may know them all or not."""

    def __init__(self, *members: FamilyMember, left_out: bool = False) -> None:
        self._members, self.left_out = members, left_out

    def people(self) -> list[FamilyMember]:
        return list(self._members)


def member(part: Part, person: Person) -> FamilyMember:
    return FamilyMember(part=part, person=person)


def test_a_list_tells_children_and_babies_and_nobody_else():
    """Screens, lists: the ages of children, in the family's order; nobody needs a grandfather's."""
    known = Known(
        member(Part.MOTHER, born(EXACT, "1990-01-01")),
        member(Part.CHILD, born(EXACT, "2018-03-09")),
        member(Part.UNBORN, born(DUE, "2026-08-03", "")),
        member(Part.GRANDPARENT, born(EXACT, "1950-01-01")),
        member(Part.CHILD, born(UNKNOWN)),
    )
    with clock.at(NOON):
        assert children_of(known) == "8 years, due 3 August 2026, age not known"


@pytest.mark.parametrize(("left_out", "words"), [(True, "None that your agency may know of"), (False, "None")])
def test_no_children_and_none_that_may_be_known_are_two_things(left_out, words):
    """CON-2: a reader who knows the whole family is not told that something might be hidden."""
    mother = member(Part.MOTHER, born(EXACT, "1990-01-01"))
    assert children_of(Known(mother, left_out=left_out)) == words


@pytest.mark.parametrize(
    ("done", "place"), [([], 0), ([False], 0), ([True, False, False], 1), ([True, True], 2), ([True, False, True], 1)]
)
def test_the_current_stage_is_the_first_that_is_not_reached(done, place):
    """FAM-10: where the family is now; past the end when all is done."""
    day = dt.date(2026, 6, 1)
    assert current_stage([PathStep("stage", day if each else None) for each in done]) == place


def a_case(state: CaseState = CaseState.OPEN) -> Case:
    case = Case(reference="EH-7KQ2-M9XD", level="2", state=state)
    case.lead, case.lead_agency = User(full_name="Sol Benn"), Agency(name="Fernbank School")
    case.family = case._meta.get_field("family").related_model(name="Adeyemi")
    return case


def test_the_name_bar_says_whose_case_it_is():
    """Screens: on every page inside a case, its family, reference, level in words and lead."""
    bar = name_bar_of(a_case(), Partnership(slug="fernshire", name="Fernshire"))
    assert (bar.family_name, bar.reference) == ("Adeyemi", "EH-7KQ2-M9XD")
    assert bar.level == "2: Targeted early help"
    assert bar.lead == "Sol Benn, Fernbank School"
    assert bar.marks == ()


def test_a_closed_case_is_marked_in_words():
    """Screens: never a colour alone; somebody who writes to a closed case knows that it is."""
    assert name_bar_of(a_case(CaseState.CLOSED), Partnership(slug="fernshire")).marks == ("Closed",)


def test_the_name_bar_s_address_names_nobody():
    """Contract of every page: an id, never a name, in an address."""
    case = a_case()
    assert name_bar_of(case, Partnership(slug="fernshire")).url == f"/fernshire/cases/{case.pk}/"


def test_a_level_that_the_partnership_no_longer_words_is_told_by_its_code():
    """Practice model §1: words are the partnership's own, and may change under an old case."""
    case = a_case()
    assert level_of(case, Partnership(levels=[{"code": "1", "words": "All"}])) == "2: 2"


def test_disclosure_says_nothing_before_it_is_asked(django_assert_num_queries, db):
    """Making one costs nothing: pages make it early and ask it late."""
    with django_assert_num_queries(0):
        Disclosure(None, a_case())
