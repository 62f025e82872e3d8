"""What each page of an enquiry must hold, and the sentence for each way in which it does not."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.common import clock
from foundation.common.errors import Invalid
from intake import rules
from tests.intake import answers

TODAY = dt.datetime(2026, 3, 30, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_a_day_in_march():
    with clock.at(TODAY):
        yield


def problems(rule, *args, **kwargs) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        rule(*args, **kwargs)
    return caught.value.fields


def after(days: int) -> str:
    return (TODAY.date() + dt.timedelta(days=days)).isoformat()


class TestFamily:
    def test_address_and_phone_may_be_unknown(self):
        """INT-1: what the enquirer does not know holds nothing up."""
        assert rules.family({"family_name": " Quillfeather "}) == {
            "family_name": "Quillfeather",
            "address": "",
            "phone": "",
        }

    @pytest.mark.parametrize("empty", [{}, {"family_name": ""}, {"family_name": "  "}, {"family_name": "\u200b"}])
    def test_a_family_has_a_name(self, empty):
        """Bad input: an empty page."""
        assert problems(rules.family, empty) == {"family_name": "Enter the family's name"}

    def test_every_wrong_field_has_its_own_sentence(self):
        """Bad input: all at once, not one after the other."""
        found = problems(rules.family, answers.family(family_name="Q" * 121, address="a\u202eb", phone="1" * 41))
        assert found == {
            "family_name": "The family name must be 120 characters or fewer. It has 121.",
            "address": "The address has a hidden character in it that turns text around. Type it again by hand.",
            "phone": "The phone number must be 40 characters or fewer. It has 41.",
        }


class TestPerson:
    def test_a_person_is_kept_clean(self):
        """FAM-1: the NHS number as ten digits, the date as ISO."""
        kept = rules.person(answers.child(given_name="  Zoe\u0308 ", born_on=dt.date(2016, 2, 29), key="k1"))
        assert kept == {
            "key": "k1",
            "given_name": "Zoë",
            "family_name": "Quillfeather",
            "part": "child",
            "born_kind": "exact",
            "born_on": "2016-02-29",
            "nhs_number": "9434765919",
        }

    def test_nothing_at_all_says_what_is_missing(self):
        """Bad input: an empty page."""
        assert problems(rules.person, {}) == {
            "part": "Choose who this person is in the family",
            "family_name": "Enter the person's family name",
            "born_kind": "Choose how sure the date of birth is, or that it is not known",
        }

    def test_a_child_has_a_given_name_and_an_adult_may_be_known_by_surname(self):
        """FAM-1: often a father's given name is not known."""
        assert problems(rules.person, answers.child(given_name="")) == {"given_name": "Enter the child's given name"}
        assert rules.person(answers.mother(given_name="", part="father"))["given_name"] == ""

    def test_a_wrong_check_digit(self):
        """Bad input: an NHS number with a wrong check digit."""
        found = problems(rules.person, answers.child(nhs_number="943 476 5918"))
        assert found["nhs_number"].startswith("Check the NHS number: ")

    @pytest.mark.parametrize("kind", ["exact", "estimated"])
    def test_a_date_of_birth_in_the_future(self, kind):
        """Bad input: a date of birth in the future; today is not the future."""
        assert rules.person(answers.child(born_kind=kind, born_on=after(0)))
        assert problems(rules.person, answers.child(born_kind=kind, born_on=after(1))) == {
            "born_on": "The date of birth must be today or in the past"
        }

    def test_a_date_of_birth_over_120_years_ago(self):
        """Bad input: nobody is that old."""
        assert rules.person(answers.mother(born_kind="estimated", born_on="1906-03-31"))
        found = problems(rules.person, answers.mother(born_kind="estimated", born_on="1906-03-30"))
        assert found == {"born_on": "The date of birth is more than 120 years ago. Check the year."}

    @pytest.mark.parametrize("day", ["2026-05-01", "2027-01-30", "2026-02-16"])
    def test_an_unborn_baby_may_be_expected(self, day):
        """FAM-1: up to ten months ahead, or some weeks overdue, and needs no given name."""
        baby = answers.child(part="unborn", given_name="", born_kind="expected", born_on=day, nhs_number="")
        assert rules.person(baby)["born_on"] == day

    def test_an_expected_date_too_far_away(self):
        """Bad input: more than ten months ahead, or long past."""
        baby = answers.child(part="unborn", born_kind="expected")
        assert problems(rules.person, baby | {"born_on": "2027-01-31"}) == {
            "born_on": "The expected date must be within the next 10 months"
        }
        assert "add them as a child" in problems(rules.person, baby | {"born_on": "2026-02-15"})["born_on"]

    def test_ten_months_from_the_end_of_a_long_month(self):
        """CLK-6: ten months from 30 April 2026 end in February, which has 28 days."""
        with clock.at(dt.datetime(2026, 4, 30, 12, tzinfo=dt.UTC)):
            baby = answers.child(part="unborn", born_kind="expected")
            assert rules.person(baby | {"born_on": "2027-02-28"})
            assert problems(rules.person, baby | {"born_on": "2027-03-01"})

    def test_only_the_unborn_are_expected(self):
        """FAM-1: kind and part agree."""
        assert "Only an unborn baby" in problems(rules.person, answers.child(born_kind="expected"))["born_kind"]
        assert "For an unborn baby" in problems(rules.person, answers.child(part="unborn"))["born_kind"]
        assert rules.person(answers.child(part="unborn", born_kind="unknown", born_on=None))

    def test_a_kind_and_its_date_belong_together(self):
        """FAM-1: no date without a kind, no kind without a date."""
        assert problems(rules.person, answers.child(born_on=None)) == {
            "born_on": "Enter the date, or choose that it is not known"
        }
        assert problems(rules.person, answers.mother(born_on="1990-01-01")) == {
            "born_kind": "You entered a date: say whether it is exact or estimated, or clear it"
        }
        assert problems(rules.person, answers.child(born_on="2016-02-30"))["born_on"].startswith("Enter a real date")

    @given(st.dictionaries(st.sampled_from(list(answers.child())), st.text(max_size=12) | st.none() | st.integers()))
    def test_whatever_is_typed_is_kept_or_refused_by_field(self, typed):
        """Bad input: never an error of another kind, never a field that the page does not have."""
        with clock.at(TODAY):
            wrong, kept = {}, None
            try:
                kept = rules.person(typed)
            except Invalid as error:
                wrong = error.fields
            assert set(wrong) <= set(answers.child())
            assert kept is None or rules.person(kept) == kept


class TestPeople:
    def test_a_child_must_be_among_them(self):
        """INT-1: at least one child, young person or unborn baby."""
        assert problems(rules.people, []) == {"": "Add at least one child, young person or unborn baby"}
        assert problems(rules.people, [answers.mother()])
        unborn = answers.child(part="unborn", born_kind="unknown", born_on=None)
        assert len(rules.people([answers.mother(), unborn])) == 2

    def test_thirty_people_at_most(self):
        """Bad input: the limit has its sentence."""
        crowd = [answers.child(), *(answers.mother() for _ in range(29))]
        assert len(rules.people(crowd)) == 30
        assert problems(rules.people, [*crowd, answers.mother()])[""].startswith("An enquiry can name 30 people")

    def test_no_nhs_number_twice(self):
        """FAM-1: it belongs to one person."""
        assert "same NHS number" in problems(rules.people, [answers.child(), answers.child(given_name="Wren")])[""]


class TestStory:
    def test_only_the_worries_and_a_need_are_asked_for(self):
        """INT-1."""
        assert problems(rules.story, {}) == {
            "worries": "Say what you are worried about",
            "needs": "Choose at least one need",
        }
        assert rules.story({"worries": "Late to school.", "needs": ["attendance"]})["tried"] == ""

    def test_a_two_megabyte_note(self):
        """Bad input: refused by its field, with its length."""
        found = problems(rules.story, answers.story(tried="é" * 2 * 1024 * 1024))
        assert found == {"tried": "What has been tried must be 10,000 characters or fewer. You have written 2,097,152."}

    def test_needs_come_in_their_own_order_and_from_the_list(self):
        """INT-1."""
        assert rules.story(answers.story(needs=["caring", "attendance", "caring"]))["needs"] == ["attendance", "caring"]
        assert problems(rules.story, answers.story(needs=["attendance", "witchcraft"])) == {
            "needs": "Choose from the list"
        }


class TestConsent:
    AGENCIES = ("a1", "a2")

    def ask(self, **changes):
        given = answers.consent(people=["k1"], work=["a1"]) | changes
        return rules.consent(given, people_keys=["k1", "k2"], agency_ids=self.AGENCIES)

    def test_no_consent_is_refused_with_what_to_do(self):
        """INT-3: refused, with why, and the safeguarding route."""
        sentence = problems(self.ask, given="no")["given"]
        assert "only be sent with their consent" in sentence
        assert "A recorded override is not possible here yet" in sentence
        assert "significant harm" in sentence

    def test_not_saying_is_not_consent(self):
        """INT-3."""
        assert problems(self.ask, given="") == {"given": "Say whether the family has given consent"}

    def test_spoken_consent_has_a_witness_and_paper_a_place(self):
        """CON-1."""
        assert problems(self.ask, witness="") == {"witness": "Enter who heard them give consent"}
        assert problems(self.ask, how="paper") == {"paper_kept_at": "Enter where the signed paper is kept"}
        assert self.ask(how="paper", witness="", paper_kept_at="School office, green file")["how"] == "paper"

    def test_the_privacy_notice_was_shown(self):
        """CON-1."""
        assert "privacy notice" in problems(self.ask, privacy_notice=False)["privacy_notice"]

    @pytest.mark.parametrize(("given_on", "ok"), [(0, True), (-400, True), (1, False)])
    def test_consent_cannot_be_given_tomorrow(self, given_on, ok):
        """CON-1."""
        if ok:
            assert self.ask(given_on=after(given_on))
        else:
            assert problems(self.ask, given_on=after(given_on)) == {
                "given_on": "The date when consent was given must be today or in the past"
            }

    def test_consent_that_has_ended_is_none(self):
        """CON-1: it may end today, not yesterday."""
        assert self.ask(ends_on=after(0))
        assert "has passed" in problems(self.ask, ends_on=after(-1))["ends_on"]

    def test_it_names_at_least_one_agency_of_the_partnership(self):
        """CON-2: nobody is let in without being named, the sender's agency included."""
        assert "at least one agency" in problems(self.ask, work=[], see=[])["work"]
        assert self.ask(work=[], see=["a2"])["see"] == ["a2"]
        assert problems(self.ask, work=["another partnership's"])["work"] == "Choose from the list"

    def test_it_covers_people_who_are_named(self):
        """CON-2: at least one, and none that is not in the enquiry."""
        assert problems(self.ask, covers=[]) == {"covers": "Choose at least one person whom the consent covers"}
        assert problems(self.ask, covers=["k9"])["covers"] == "Choose from the list"

    def test_an_empty_page_says_all_that_is_missing(self):
        """Bad input."""
        found = problems(rules.consent, {"given": "yes"}, people_keys=["k1"], agency_ids=["a1"])
        assert set(found) == {"given_by", "how", "privacy_notice", "given_on", "work", "information", "covers"}
